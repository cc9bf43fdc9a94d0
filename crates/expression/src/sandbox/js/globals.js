// Takes from the context what expressions must not reach, and puts the rest of JavaScript into the scope.
(function (scope, host) {
	const put = (name, value) => Object.defineProperty(scope, name, { value, writable: true, enumerable: true, configurable: true });

	// Source that makes code out of strings.
	const refuse = function () { throw new TypeError('Code generation from strings disallowed for this context'); };
	for (const sample of [function () {}, async function () {}, function* () {}, async function* () {}]) {
		Object.defineProperty(Object.getPrototypeOf(sample), 'constructor', { value: refuse });
	}
	for (const name of ['Function', 'eval', 'performance', 'navigator', 'queueMicrotask', 'gc', 'DOMException', 'WeakRef', 'FinalizationRegistry', 'gc']) {
		delete globalThis[name];
	}

	const empty = ['document', 'global', 'window', 'Window', 'this', 'globalThis', 'self', 'alert', 'prompt', 'confirm', 'eval', 'uneval',
		'setTimeout', 'setInterval', 'setImmediate', 'clearImmediate', 'queueMicrotask', 'Function', 'require', 'module', 'Buffer',
		'__dirname', '__filename', 'fetch', 'XMLHttpRequest', 'Promise', 'Generator', 'GeneratorFunction', 'AsyncFunction',
		'AsyncGenerator', 'AsyncGeneratorFunction', 'WebAssembly', 'Reflect', 'Proxy', 'escape', 'unescape'];
	for (const name of empty) put(name, Object.freeze({}));
	// The few members of process that n8n shows; none of them tells anything about this machine.
	put('process', { arch: 'x64', env: {}, platform: 'linux', pid: 1, ppid: 0, release: { name: 'node' }, version: 'v24.0.0', versions: { node: '24.0.0' } });
	for (const name of ['__lookupGetter__', '__lookupSetter__', '__defineGetter__', '__defineSetter__']) put(name, undefined);

	const allowed = ['Date', 'Array', 'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array',
		'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array', 'Map', 'WeakMap', 'Set', 'WeakSet', 'String', 'RegExp', 'Math',
		'Number', 'BigInt', 'Infinity', 'NaN', 'parseFloat', 'parseInt', 'JSON', 'ArrayBuffer', 'SharedArrayBuffer', 'Atomics', 'DataView',
		'encodeURI', 'encodeURIComponent', 'decodeURI', 'decodeURIComponent', 'Boolean', 'Symbol'];
	for (const name of allowed) if (name in globalThis) put(name, globalThis[name]);
	put('isFinite', Number.isFinite);
	put('isNaN', Number.isNaN);

	// Object and the errors without the members that n8n takes away.
	const { construct, ownKeys } = Reflect;
	const without = (type, blocked, replaced) => {
		const { name } = type;
		const safe = { [name]: function (...args) { return construct(type, args, new.target ?? type); } }[name];
		for (const key of ownKeys(type)) {
			if (key === 'prototype' || key === 'length' || key === 'name' || blocked.has(key)) continue;
			Object.defineProperty(safe, key, Object.getOwnPropertyDescriptor(type, key));
		}
		for (const key of blocked) Object.defineProperty(safe, key, { value: undefined });
		Object.defineProperty(safe, 'prototype', { value: type.prototype, writable: false });
		Object.defineProperty(safe, 'length', { value: type.length });
		return Object.assign(safe, replaced);
	};
	const legacy = ['__defineGetter__', '__defineSetter__', '__lookupGetter__', '__lookupSetter__'];
	const reflection = new Set(['defineProperty', 'defineProperties', 'setPrototypeOf', 'getPrototypeOf', 'getOwnPropertyDescriptor', 'getOwnPropertyDescriptors', ...legacy]);
	const { create } = Object;
	put('Object', without(Object, reflection, { create: (prototype) => create(prototype) }));
	const stack = new Set(['captureStackTrace', 'prepareStackTrace', 'stackTraceLimit', ...legacy]);
	for (const name of ['Error', 'TypeError', 'SyntaxError', 'EvalError', 'RangeError', 'ReferenceError', 'URIError']) {
		put(name, without(globalThis[name], stack));
	}
});
