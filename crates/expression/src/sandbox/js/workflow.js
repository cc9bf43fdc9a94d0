// The names that show items, nodes and parameters, as a view from one item: `workflow({ index, run })` gives
// `{ made, live, missingJson }`, functions that make the values of names.
(function (host, { ExpressionError }, { lineage, forbidden }) {
	const { fact } = host;
	const entries = { enumerable: true, configurable: true };
	const unexecuted = 'An expression references this node, but the node is unexecuted. Consider re-wiring your nodes or checking for execution first, i.e. {{ $if( $("{{nodeName}}").isExecuted, <action_if_executed>, "") }}';

	const shown = (item, whole) => {
		if (whole || !fact('combined')) return item;
		return Array.isArray(item) ? item.map(({ json }) => json) : item.json;
	};

	/** What `$binary` shows of an item: everything but the data itself. */
	const binaryOf = (item) => {
		const binary = {};
		for (const key of Object.keys(item.binary ?? {})) {
			const { data, ...rest } = item.binary[key];
			binary[key] = rest;
		}
		return binary;
	};

	const swallowing = (text) => {
		let value;
		try {
			value = host.evaluate(text);
		} catch (error) {
			if (error instanceof ExpressionError || error?.name === 'UserError') throw error;
			return null;
		}
		if (typeof value === 'function') throw new Error('this is a function, please add ()');
		return value;
	};

	return (view) => {
		const { index } = view;
		const error = (message, context) => new ExpressionError(message, { runIndex: fact('runIndex'), itemIndex: index(), ...context });
		const notExecuted = (node) => error(`Node '${node}' hasn't been executed`, {
			messageTemplate: unexecuted, functionality: 'pairedItem', descriptionKey: 'pairedItemNoConnection', type: 'no_execution_data', nodeCause: node,
		});
		const noItem = (node, count) => error(`"${node}" node has ${count} item(s) but you're trying to access item ${index()}`, {
			messageTemplate: 'Adjust your expression to access an existing item index (0-{{maxIndex}})',
			functionality: 'pairedItem', descriptionKey: 'pairedItemInvalidIndex', type: 'no_execution_data', nodeCause: node,
		});
		const unknownNode = (node) => error("Referenced node doesn't exist", { nodeCause: node, descriptionKey: 'nodeNotFound' });

		const missingItem = () => {
			const node = fact('nodeName');
			const count = fact('itemCount');
			return count === 0 ? notExecuted(node) : noItem(node, count);
		};
		const input = () => {
			const item = host.item(index());
			if (item === undefined) throw missingItem();
			return item;
		};
		const missingJson = () => input().json;

		/** Where a node's data is to be read: its run and output, checked as n8n checks them. */
		const place = (node, output, run) => {
			if (!fact('hasRunData')) throw error("The workflow hasn't been executed yet, so you can't reference any output data");
			if (!host.isNode(node)) throw unknownNode(node);
			const runs = host.runs(node);
			if (runs < 0) throw notExecuted(node);
			if (run === undefined) run = view.run;
			if (run === -1) run = runs - 1;
			if (runs <= run) throw error(`Run ${run} of node "${node}" not found`);
			if (!Number.isInteger(run) || run < 0) throw new TypeError(`no run ${run}`);
			const outputs = host.outputs(node, run);
			if (outputs <= 0 || host.count(node, run, 0) < 0) throw error('No data found from `main` input');
			if (output === undefined) {
				output = host.outputTo(fact('nodeName'), node);
				if (output === undefined) throw error(`connect "${fact('nodeName')}" to "${node}"`);
			}
			if (outputs <= output) throw error(`Node "${node}" has no branch with index ${output}.`);
			return { node, run, output, count: Number.isInteger(output) && output >= 0 ? host.count(node, run, output) : -1 };
		};
		/** n8n reads a property of an output that is not there. */
		const present = (at) => {
			if (at.count < 0) throw new TypeError('no such output');
			return at;
		};
		const all = (at) => (at.count < 0 ? undefined : host.runItems(at.node, at.run, at.output));
		const itemOf = (at, position) => (position < at.count ? host.runItem(at.node, at.run, at.output, position) : undefined);

		const contextOf = (node) => {
			if (!fact('hasRunData')) {
				if (fact('itemCount') > 0) return {};
				throw error("The workflow hasn't been executed yet, so you can't reference any context data", { type: 'no_execution_data' });
			}
			const data = {};
			return new Proxy(data, {
				has: () => true,
				getOwnPropertyDescriptor: () => entries,
				get: (_, name) => (name === 'isProxy' ? true : data[String(name)]),
			});
		};

		const parametersOf = (node, resolve) => {
			const parameters = host.parameters(node) ?? {};
			return new Proxy({}, {
				has: () => true,
				ownKeys: () => Reflect.ownKeys(parameters),
				getOwnPropertyDescriptor: () => entries,
				get(_, property) {
					if (property === 'isProxy') return true;
					if (property === 'toJSON') return () => JSON.parse(JSON.stringify(parameters));
					const name = String(property);
					if (name[0] === '&') {
						const siblings = host.siblings();
						if (siblings === undefined || !Object.hasOwn(siblings, name.slice(1))) throw new Error('Could not find sibling parameter on node');
						return resolved(siblings[name.slice(1)], name, resolve);
					}
					if (!Object.hasOwn(parameters, name)) return undefined;
					return resolved(parameters[name], name, resolve);
				},
			});
		};
		const resolved = (value, name, resolve) => {
			if (value === `={{ $parameter.${name} }}`) return undefined;
			if (value !== null && typeof value === 'object' && '__rl' in value && 'mode' in value && 'value' in value) {
				if (value.__regex && typeof value.value === 'string') {
					const extracted = new RegExp(value.__regex).exec(value.value);
					if (extracted === null || extracted.length < 2) return value.value;
					value = extracted[1];
				} else {
					value = value.value;
				}
			}
			return resolve && typeof value === 'string' && value[0] === '=' ? swallowing(value) : value;
		};

		/** `$node["Name"]` */
		const nodeData = (node) => new Proxy({ binary: undefined, data: undefined, json: undefined }, {
			has: () => true,
			get(target, property, receiver) {
				if (property === 'isProxy') return true;
				const name = String(property);
				if (name === 'json' || name === 'data' || name === 'binary') {
					const at = present(place(node));
					if (at.count === 0) throw notExecuted(node);
					if (at.count <= index()) throw noItem(node, at.count);
					const item = itemOf(at, index());
					return name === 'binary' ? binaryOf(item) : item.json;
				}
				if (name === 'context') return contextOf(node);
				if (name === 'parameter') return parametersOf(node, true);
				if (name === 'runIndex') return host.runs(node) - (host.runs(node) < 0 ? 0 : 1);
				return Reflect.get(target, name, receiver);
			},
		});

		/** `$('Name')` */
		const reference = (name, whole) => {
			if (!name) {
				name = previous()?.previousNode;
				if (!name) throw error('When calling $(), please specify a node');
			}
			const node = String(name);
			if (!host.isNode(node)) throw unknownNode(node);
			const executed = () => host.runs(node) >= 0;
			const needsData = () => {
				if (!executed()) throw notExecuted(node);
			};
			const output = (branch) => branch ?? host.outputTo(fact('nodeName'), node) ?? 0;
			const paired = (method) => {
				if (!host.isBefore(fact('nodeName'), node)) throw lineage.noConnection(error, node);
				needsData();
				const resolve = (itemIndex) => {
					if (itemIndex === undefined) {
						if (method === 'itemMatching') throw error('Missing item index for .itemMatching()', { itemIndex });
						itemIndex = index();
					}
					if (fact('itemCount') === 0) {
						const at = present(place(node));
						if (at.count > 0) {
							if (itemIndex >= at.count) throw error(`"${node}" node has ${at.count} item(s) but expression references item ${itemIndex}`, { itemIndex });
							return shown(itemOf(at, itemIndex), whole);
						}
					}
					return shown(lineage.resolve({ error, node, method, itemIndex, source: previous() }), whole);
				};
				return method === 'item' ? resolve() : resolve;
			};
			return new Proxy({}, {
				has: () => true,
				ownKeys: () => ['pairedItem', 'isExecuted', 'itemMatching', 'item', 'first', 'last', 'all', 'context', 'params'],
				get(target, property, receiver) {
					switch (property) {
						case 'isProxy': return true;
						case 'isExecuted': return executed();
						case 'pairedItem':
						case 'itemMatching':
						case 'item': return paired(property);
						case 'first':
							needsData();
							return (branch, run) => {
								const item = itemOf(present(place(node, output(branch), run)), 0);
								return item === undefined ? undefined : shown(item, whole);
							};
						case 'last':
							needsData();
							return (branch, run) => {
								const at = present(place(node, output(branch), run));
								return at.count === 0 ? undefined : shown(itemOf(at, at.count - 1), whole);
							};
						case 'all':
							needsData();
							return (branch, run) => shown(all(place(node, output(branch), run)), whole);
						case 'context': return contextOf(node);
						case 'params': return host.parameters(node);
						default: return Reflect.get(target, property, receiver);
					}
				},
			});
		};

		const previous = () => fact('source') ?? undefined;
		const sourceOf = () => {
			const source = previous();
			if (source === undefined) {
				throw error('Can’t get data for expression', {
					messageTemplate: 'Can’t get data for expression under ‘%%PARAMETER%%’ field',
					description: 'Apologies, this is an internal error. See details for more information',
					causeDetailed: 'Missing sourceData (probably an internal error)',
				});
			}
			return source;
		};

		const made = {
			$: () => reference,
			$input: () => new Proxy({}, {
				has: () => true,
				ownKeys: () => ['all', 'context', 'first', 'item', 'last', 'params'],
				getOwnPropertyDescriptor: () => entries,
				get(target, property, receiver) {
					if (property === 'isProxy') return true;
					const count = fact('itemCount');
					if (count === 0) throw error('No execution data available', { type: 'no_execution_data' });
					const alone = (make) => (...args) => {
						if (args.length) throw error(`$input.${property}() takes no arguments. To get items from a specific upstream node, use $('NodeName').${property}() (or $('NodeName').all() for every item).`);
						return make();
					};
					switch (property) {
						case 'item': return shown(host.item(index()));
						case 'first': return alone(() => shown(host.item(0)));
						case 'last': return alone(() => shown(host.item(count === Infinity ? -1 : count - 1)));
						case 'all': return () => shown(host.items());
						case 'context': return contextOf(sourceOf().previousNode);
						case 'params': return host.parameters(sourceOf().previousNode);
						default: return Reflect.get(target, property, receiver);
					}
				},
			}),
			$node: () => new Proxy({}, {
				has: () => true,
				get(_, property) {
					if (property === 'isProxy') return true;
					const node = String(property);
					if (!host.isNode(node)) throw unknownNode(node);
					return nodeData(node);
				},
			}),
			$parameter: () => parametersOf(fact('nodeName'), true),
			$rawParameter: () => parametersOf(fact('nodeName'), false),
			$prevNode: () => new Proxy({}, {
				has: () => true,
				ownKeys: () => ['name', 'outputIndex', 'runIndex'],
				getOwnPropertyDescriptor: () => entries,
				get(target, property, receiver) {
					if (property === 'isProxy') return true;
					const source = previous();
					if (source === undefined) return undefined;
					switch (property) {
						case 'name': return source.previousNode;
						case 'outputIndex': return source.previousNodeOutput;
						case 'runIndex': return source.previousNodeRun;
						default: return Reflect.get(target, property, receiver);
					}
				},
			}),
			$items: () => (name, output, run) => {
				if (name === undefined) {
					const node = previous().previousNode;
					if (!host.isNode(node)) throw new TypeError('no such node');
					const items = host.items();
					return host.executesOnce(node) ? items.slice(0, 1) : items;
				}
				return all(place(String(name), output || 0, run === undefined ? -1 : run));
			},
			$binary: () => binaryOf(input()),
			$getPairedItem: () => (node, source, item) => lineage.walk(error, String(node), source, item, '$getPairedItem'),
			$evaluateExpression: () => (expression) => swallowing(`=${expression}`),
			$env: () => new Proxy({}, {
				has: () => true,
				get: (_, property) => {
					if (property === 'isProxy') return true;
					throw error('access to env vars denied', {
						causeDetailed: 'If you need access please contact the administrator to remove the environment variable ‘N8N_BLOCK_ENV_ACCESS_IN_NODE‘',
					});
				},
			}),
			$workflow: () => new Proxy({}, {
				has: () => true,
				ownKeys: () => ['active', 'id', 'name'],
				getOwnPropertyDescriptor: () => entries,
				get(target, property, receiver) {
					switch (property) {
						case 'isProxy': return true;
						case 'active': return fact('workflowActive');
						case 'name': return fact('workflowName');
						case 'id': {
							const id = fact('workflowId');
							if (id === undefined) throw error('save workflow to view', { description: 'Please save the workflow first to use $workflow' });
							return id;
						}
						default: return Reflect.get(target, property, receiver);
					}
				},
			}),
			$self: () => {
				const values = host.self() ?? {};
				return new Proxy({}, {
					has: () => true,
					get: (_, property) => {
						if (property === 'isProxy') return true;
						const value = values[String(property)];
						return typeof value === 'string' && value[0] === '=' ? swallowing(value) : value;
					},
				});
			},
		};

		// $fromAI: what a tool's caller filled in.
		const own = (source, key) => (source === null || typeof source !== 'object' || !Object.hasOwn(source, key) ? undefined : source[key]);
		const fromAi = (name, _description, _type = 'string', fallback) => {
			if (!name) throw error("Add a key, e.g. $fromAI('placeholder_name')");
			if (!/^[a-zA-Z0-9_-]{0,64}$/.test(name)) {
				throw error('Invalid parameter key, must be between 1 and 64 characters long and only contain lowercase letters, uppercase letters, numbers, underscores, and hyphens');
			}
			if (forbidden.has(name)) throw error('Invalid parameter key');
			const json = host.runs(fact('nodeName')) > fact('runIndex') ? undefined : host.item(fact('runIndex'))?.json;
			if (!json) throw error('No execution data available', { type: 'no_execution_data' });
			return own(own(json, 'query'), name) ?? own(json, name) ?? fallback;
		};
		for (const name of ['$fromAI', '$fromai', '$fromAi']) made[name] = () => fromAi;
		made.$tool = () => {
			try {
				return { name: fromAi('tool', ''), parameters: fromAi('toolParameters', '') };
			} catch (thrown) {
				if (thrown instanceof ExpressionError && thrown.context.type === 'no_execution_data') return undefined;
				throw thrown;
			}
		};

		const live = { $thisItem: () => host.item(index()) };
		for (const name of ['$itemIndex', '$position', '$thisItemIndex']) live[name] = index;
		for (const name of ['$json', '$data']) live[name] = missingJson;
		return { made, live, missingJson };
	};
});
