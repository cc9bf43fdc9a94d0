// Freezes everything that an expression can reach, so that nothing it does outlives it.
(function (...roots) {
	// A frozen prototype would make `object.toString = ...` fail on objects that inherit from it: those members become
	// accessors that define the property on the object itself.
	const tame = (object) => {
		for (const name of Object.getOwnPropertyNames(object)) {
			const property = Object.getOwnPropertyDescriptor(object, name);
			if (!('value' in property) || !property.configurable) continue;
			const { value } = property;
			Object.defineProperty(object, name, {
				get: () => value,
				set(replacement) {
					if (this === object) return;
					Object.defineProperty(this, name, { value: replacement, writable: true, enumerable: true, configurable: true });
				},
				enumerable: property.enumerable,
				configurable: false,
			});
		}
	};
	tame(Object.prototype);
	for (const type of [Error, TypeError, SyntaxError, EvalError, RangeError, ReferenceError, URIError]) tame(type.prototype);

	// Functions of the engine are written as V8 writes built-in ones, their source is nobody's business.
	const known = new WeakSet();
	const [scope] = roots;
	const nameless = new Set(['Object', 'Error', 'TypeError', 'SyntaxError', 'EvalError', 'RangeError', 'ReferenceError', 'URIError'].map((name) => scope[name]));
	const functions = Object.getPrototypeOf(function () {});
	const { toString } = functions;
	const written = {
		toString() {
			if (known.has(this)) return `function ${nameless.has(this) ? '' : this.name}() { [native code] }`;
			const text = toString.call(this);
			return text.endsWith('[native code]\n}') ? text.replace(/\s*\{\n\s*\[native code\]\n\}$/, ' { [native code] }') : text;
		},
	}.toString;
	Object.defineProperty(functions, 'toString', { value: written, writable: true, configurable: true });

	const seen = new Set();
	const freeze = (value) => {
		if (value === null || (typeof value !== 'object' && typeof value !== 'function') || seen.has(value)) return;
		seen.add(value);
		if (typeof value === 'function') known.add(value);
		freeze(Object.getPrototypeOf(value));
		// QuickJS makes built-in members when they are first read; frozen before that, they leak.
		const properties = Reflect.ownKeys(value).map((key) => Reflect.getOwnPropertyDescriptor(value, key));
		Object.freeze(value);
		for (const property of properties) {
			if (property === undefined) continue;
			if ('value' in property) freeze(property.value);
			else { freeze(property.get); freeze(property.set); }
		}
	};
	for (const sample of [[][Symbol.iterator](), ''[Symbol.iterator](), new Map()[Symbol.iterator](), new Set()[Symbol.iterator](),
		'x'.matchAll(/x/g), (function* () {})(), async function () {}, (async function* () {})(), function () {}, new Uint8Array(0)]) {
		freeze(Object.getPrototypeOf(sample));
	}
	freeze(globalThis);
	roots.forEach(freeze);
});
