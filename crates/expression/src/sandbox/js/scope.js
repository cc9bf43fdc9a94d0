// n8n's names. Every value is made when it is first asked for, and forgotten after the evaluation.
(function (scope, host, { ExpressionError, ExpressionExtensionError }) {
	const UNSAFE = new Set(['__proto__', 'prototype', 'constructor', 'getPrototypeOf', 'setPrototypeOf', 'getOwnPropertyDescriptor',
		'getOwnPropertyDescriptors', 'defineProperty', 'defineProperties', 'mainModule', 'binding', '_linkedBinding', '_load',
		'prepareStackTrace', '__lookupGetter__', '__lookupSetter__', '__defineGetter__', '__defineSetter__', 'caller', 'callee',
		'arguments', 'getBuiltinModule', 'dlopen', 'execve', 'loadEnvFile']);
	const { fact } = host;

	// --- the scope object -------------------------------------------------------------------------------------------
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
	const constant = (name, value) => Object.defineProperty(scope, name, { value, writable: true, enumerable: true, configurable: true });

	const where = () => ({ runIndex: fact('runIndex'), itemIndex: fact('itemIndex') });
	const error = (message, context) => new ExpressionError(message, { ...where(), ...context });
	const entries = { enumerable: true, configurable: true };

	// --- items ------------------------------------------------------------------------------------------------------
	const shown = (item) => (fact('combined') ? (Array.isArray(item) ? item.map(({ json }) => json) : item.json) : item);
	const missingItem = () => {
		const node = fact('nodeName');
		const count = fact('itemCount');
		if (count === 0) {
			return error(`Node '${node}' hasn't been executed`, {
				messageTemplate: 'An expression references this node, but the node is unexecuted. Consider re-wiring your nodes or checking for execution first, i.e. {{ $if( $("{{nodeName}}").isExecuted, <action_if_executed>, "") }}',
				functionality: 'pairedItem', descriptionKey: 'pairedItemNoConnection', type: 'no_execution_data', nodeCause: node,
			});
		}
		return error(`"${node}" node has ${count} item(s) but you're trying to access item ${fact('itemIndex')}`, {
			messageTemplate: 'Adjust your expression to access an existing item index (0-{{maxIndex}})',
			functionality: 'pairedItem', descriptionKey: 'pairedItemInvalidIndex', type: 'no_execution_data', nodeCause: node,
		});
	};
	const missingJson = () => {
		if (host.item(fact('itemIndex')) === undefined) throw missingItem();
		return undefined;
	};
	const binaryOf = (item) => {
		const shownBinary = {};
		for (const key of Object.keys(item.binary ?? {})) {
			const { data, ...rest } = item.binary[key];
			shownBinary[key] = rest;
		}
		return shownBinary;
	};

	live('$json', host.json);
	live('$data', host.json);
	once('$binary', () => {
		const item = host.item(fact('itemIndex'));
		if (item === undefined) throw missingItem();
		return binaryOf(item);
	});

	once('$input', () => new Proxy({}, {
		has: () => true,
		ownKeys: () => ['all', 'context', 'first', 'item', 'last', 'params'],
		getOwnPropertyDescriptor: () => entries,
		get(target, name, receiver) {
			if (name === 'isProxy') return true;
			const count = fact('itemCount');
			if (count === 0) throw error('No execution data available', { type: 'no_execution_data' });
			const alone = (method, make) => (...args) => {
				if (args.length) throw error(`$input.${method}() takes no arguments. To get items from a specific upstream node, use $('NodeName').${method}() (or $('NodeName').all() for every item).`);
				return make();
			};
			switch (name) {
				case 'item': return shown(host.item(fact('itemIndex')));
				case 'first': return alone('first', () => shown(host.item(0)));
				case 'last': return alone('last', () => shown(host.item(count - 1)));
				case 'all': return () => shown(host.items());
				default: return Reflect.get(target, name, receiver);
			}
		},
	}));

	// --- parameters -------------------------------------------------------------------------------------------------
	const parametersOf = (node, resolve) => new Proxy({}, {
		has: () => true,
		ownKeys: () => fact('parameterNames'),
		getOwnPropertyDescriptor: () => entries,
		get(target, property) {
			if (property === 'isProxy') return true;
			const name = String(property);
			let value = host.parameter(node, name);
			if (value === `={{ $parameter.${name} }}`) return undefined;
			if (value !== null && typeof value === 'object' && value.__rl === true) value = value.value;
			return resolve && typeof value === 'string' ? host.evaluate(value) : value;
		},
	});
	once('$parameter', () => parametersOf(fact('nodeName'), true));
	once('$rawParameter', () => parametersOf(fact('nodeName'), false));

	// --- dates ---------------------------------------------------------------------------------------------------------
	const { DateTime } = scope;
	once('$now', () => DateTime.now());
	once('$today', () => DateTime.now().set({ hour: 0, minute: 0, second: 0, millisecond: 0 }));

	// --- facts ------------------------------------------------------------------------------------------------------
	for (const [name, key] of Object.entries({
		$itemIndex: 'itemIndex', $position: 'itemIndex', $thisItemIndex: 'itemIndex', $runIndex: 'runIndex', $thisRunIndex: 'runIndex',
		$mode: 'mode', $nodeVersion: 'nodeVersion', $nodeId: 'nodeId', $webhookId: 'webhookId',
	})) live(name, () => fact(key));

	// --- what compiled templates call -------------------------------------------------------------------------------
	constant('__sanitize', (value) => {
		const name = String(value);
		if (UNSAFE.has(name)) throw new ExpressionError(`Cannot access "${name}" due to security concerns`);
		return name;
	});
	const { InternalError } = globalThis;
	const rethrow = (thrown) => {
		if (thrown instanceof ExpressionError) throw thrown;
		if (thrown === null || (InternalError !== undefined && thrown instanceof InternalError)) host.exhausted();
	};
	const makeError = (kind, message) => {
		switch (kind) {
			case 'ExpressionError': return new ExpressionError(message, where());
			case 'ExpressionExtensionError': return new ExpressionExtensionError(message);
			case 'TypeError': return new TypeError(message);
			default: return new Error(message);
		}
	};
	const tag = Object.prototype.toString;
	const classify = (value) => {
		if (value.isLuxonDateTime === true) return 'DateTime';
		if (value.isLuxonDuration === true) return 'Duration';
		if (value.isLuxonInterval === true) return 'Interval';
		return tag.call(value).slice(8, -1);
	};
	const { toWellFormed } = String.prototype;
	const wellFormed = (text) => toWellFormed.call(text);
	const fresh = () => Object.create(scope);
	return { fresh, rethrow, reset, missingJson, classify, wellFormed, makeError };
});
