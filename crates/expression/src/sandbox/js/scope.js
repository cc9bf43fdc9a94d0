// n8n's names. Every value is made when it is first asked for, and forgotten after the evaluation.
(function (scope, host, errors, { facts, workflow, forbidden, bounded }) {
	const { ExpressionError, ExpressionExtensionError } = errors;
	const { fact } = host;

	let slots = Object.create(null);
	const reset = () => { slots = Object.create(null); };
	const write = (name) => function (value) {
		Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
	};
	/** A name whose value is asked for every time. */
	const live = (name, get) => Object.defineProperty(scope, name, { get, set: write(name), enumerable: true, configurable: true });
	/** A name whose value is made once an evaluation. */
	const once = (name, make) => live(name, () => {
		if (name in slots) return slots[name];
		host.touch();
		return (slots[name] = make());
	});

	const current = { index: () => fact('itemIndex'), run: -1 };
	const names = workflow(current);
	for (const [name, make] of Object.entries(names.made)) once(name, make);
	for (const [name, get] of Object.entries(names.live)) live(name, get);
	live('$json', host.json);
	live('$data', host.json);
	const listed = ['$', '$input', '$binary', '$data', '$env', '$evaluateExpression', '$item', '$fromAI', '$fromai', '$fromAi', '$items', '$tool',
		'$json', '$node', '$self', '$parameter', '$rawParameter', '$prevNode', '$runIndex', '$mode', '$workflow', '$itemIndex', '$now', '$today',
		'$jmesPath', 'DateTime', 'Interval', 'Duration', '$execution', '$evaluation', '$vars', '$secrets', '$executionId', '$resumeWebhookUrl',
		'$getPairedItem', '$jmespath', '$position', '$thisItem', '$thisItemIndex', '$thisRunIndex', '$nodeVersion', '$nodeId', '$agentInfo', '$webhookId'];
	/** `$item(1)`: the names as another item sees them. */
	const item = (index, run) => {
		const { made, live: asked } = workflow({ index: () => index, run: run === undefined ? -1 : run });
		return new Proxy({}, {
			has: () => true,
			ownKeys: () => listed,
			getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
			get: (_, name) => {
				if (name === 'isProxy') return true;
				if (Object.hasOwn(made, name)) return made[name]();
				return Object.hasOwn(asked, name) ? asked[name]() : scope[name];
			},
		});
	};
	live('$item', () => (fact('combined') ? host.json() : item));
	for (const [name, get] of Object.entries(facts.facts)) live(name, get);
	for (const [name, make] of Object.entries(facts.made)) once(name, make);
	// Names that the caller added for this evaluation, and what every object has.
	const inherited = Object.prototype;
	Object.setPrototypeOf(scope, new Proxy(Object.create(inherited), {
		get: (_, name, receiver) => {
			if (typeof name === 'string') {
				if (name in slots) return slots[name];
				const value = host.extra(name);
				if (value !== undefined) {
					host.touch();
					return (slots[name] = value);
				}
			}
			return Reflect.get(inherited, name, receiver);
		},
	}));

	// What compiled templates call.
	scope.__sanitize = (value) => {
		const name = String(value);
		if (forbidden.has(name)) throw new ExpressionError(`Cannot access "${name}" due to security concerns`);
		return name;
	};
	const { InternalError } = globalThis;
	/** The engine's own limits end the evaluation, whoever catches their errors. */
	const noteLimits = (thrown) => {
		if (thrown instanceof RangeError && thrown.message === 'Maximum call stack size exceeded') host.spent('stack');
		else if (InternalError !== undefined && thrown instanceof InternalError) host.spent(thrown.message === 'stack overflow' ? 'stack' : 'memory');
	};
	const rethrow = (thrown) => {
		if (thrown instanceof ExpressionError) throw thrown;
		noteLimits(thrown);
	};
	/** What a catch clause of an expression sees: V8's words where QuickJS has its own. */
	const caught = (thrown) => {
		noteLimits(thrown);
		if (thrown instanceof TypeError) {
			const words = /^cannot (read|set) property '(.*)' of (null|undefined)$/.exec(thrown.message);
			if (words !== null) {
				const [, verb, name, value] = words;
				thrown.message = `Cannot ${verb} properties of ${value} (${verb === 'read' ? 'reading' : 'setting'} '${name}')`;
			}
		}
		return thrown;
	};

	// What the host calls.
	const makeError = (kind, message) => {
		switch (kind) {
			case 'ExpressionError': return new ExpressionError(message, { runIndex: fact('runIndex'), itemIndex: fact('itemIndex') });
			case 'ExpressionExtensionError': return new ExpressionExtensionError(message);
			default: {
				const error = new Error(message);
				Object.defineProperty(error, 'name', { value: kind });
				return error;
			}
		}
	};
	const tag = Object.prototype.toString;
	const classify = (value) => {
		if (value.isProxy === true) return 'Object';
		if (value.isLuxonDateTime === true) return 'DateTime';
		if (value.isLuxonDuration === true) return 'Duration';
		if (value.isLuxonInterval === true) return 'Interval';
		return tag.call(value).slice(8, -1);
	};
	const { toWellFormed } = String.prototype;
	const wellFormed = (text) => toWellFormed.call(text);
	const fresh = () => Object.create(scope);
	const guards = { caught, ...bounded };
	return { fresh, guards, rethrow, noteLimits, reset, missingJson: names.missingJson, classify, wellFormed, makeError };
});
