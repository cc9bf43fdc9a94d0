// QuickJS polls its time limit between its own instructions, not inside built-in functions. Those that could run on over
// a huge array-like, string or number are bounded here: beyond the bound they throw a RangeError. Arrays themselves are
// bounded where they are made, so that the common case, a method of an array, costs one check.
(function (scope, host) {
	const MAX_LENGTH = 1_000_000; // elements of an array
	const MAX_SORTED = 200_000;
	const MAX_JOINED = 500_000;
	const MAX_TEXT = 2_000_000; // characters that a slow function walks over
	const MAX_BITS = 65_536; // of a BigInt
	const { isArray } = Array;
	const { apply, construct } = Reflect;
	const { isView } = ArrayBuffer;

	/** A bound that is met is a spent limit: the evaluation fails, whoever catches this. */
	const refuse = (what) => {
		host.spent('memory');
		throw new RangeError(`${what} is too large for an expression`);
	};
	const checkLength = (value, limit = MAX_LENGTH) => {
		if (value !== null && value !== undefined && value.length > limit) refuse('Array');
	};
	/** The length of a list that is no array must be a number as it stands: a getter could answer otherwise the next time. */
	const checkPlain = (list) => {
		for (let owner = list; owner !== null && typeof owner === 'object' && !isView(owner); owner = Object.getPrototypeOf(owner)) {
			const property = Object.getOwnPropertyDescriptor(owner, 'length');
			if (property === undefined) continue;
			if (!('value' in property) || (typeof property.value === 'object' && property.value !== null)) {
				throw new TypeError('The length of a list must be a plain number');
			}
			return;
		}
	};
	/** Replaces a function by one that calls `guard` with its receiver and arguments first. */
	const bound = (owner, name, guard) => {
		const property = Object.getOwnPropertyDescriptor(owner, name);
		if (typeof property?.value !== 'function') return;
		const real = property.value;
		const guarded = {
			[name](a, b, c) {
				guard(this, a, b, c);
				switch (arguments.length) {
					case 0: return real.call(this);
					case 1: return real.call(this, a);
					case 2: return real.call(this, a, b);
					default: return apply(real, this, arguments);
				}
			},
		}[name];
		Object.defineProperty(guarded, 'name', { value: real.name });
		Object.defineProperty(guarded, 'length', { value: real.length });
		Object.defineProperty(owner, name, { ...property, value: guarded });
	};
	const members = (object) => Reflect.ownKeys(object).filter((name) => typeof name === 'string' && name !== 'constructor');

	// Arrays: the methods work on anything with a length. Spelled out, since they are called most.
	const like = (receiver) => {
		if (!isArray(receiver)) checkLength(receiver);
	};
	const limits = { join: MAX_JOINED, toString: MAX_JOINED, toLocaleString: MAX_JOINED, sort: MAX_SORTED, toSorted: MAX_SORTED };
	for (const name of members(Array.prototype)) {
		const limit = limits[name] ?? MAX_LENGTH;
		const property = Object.getOwnPropertyDescriptor(Array.prototype, name);
		const real = property.value;
		if (typeof real !== 'function') continue;
		const guarded = {
			[name](a, b) {
				if (!isArray(this)) checkPlain(this);
				if (this.length > limit) refuse('Array');
				switch (arguments.length) {
					case 0: return real.call(this);
					case 1: return real.call(this, a);
					case 2: return real.call(this, a, b);
					default: return apply(real, this, arguments);
				}
			},
		}[name];
		Object.defineProperty(guarded, 'length', { value: real.length });
		Object.defineProperty(Array.prototype, name, { ...property, value: guarded });
	}
	const sorted = (receiver) => checkLength(receiver, MAX_SORTED);
	bound(Array.prototype, 'concat', (receiver, ...items) => items.forEach(like));
	const typed = Object.getPrototypeOf(Uint8Array.prototype);
	for (const name of ['sort', 'toSorted']) bound(typed, name, sorted);
	const joined = (receiver) => checkLength(receiver, MAX_JOINED);
	for (const name of ['join', 'toString', 'toLocaleString']) bound(typed, name, joined);
	for (const name of ['indexOf', 'lastIndexOf', 'includes', 'reverse', 'toReversed', 'fill', 'set', 'with']) {
		bound(typed, name, (receiver) => checkLength(receiver, 16_000_000));
	}
	bound(Array, 'from', (_, items) => like(items));
	bound(typed.constructor, 'from', (_, items) => like(items));

	/** A constructor that checks its arguments. */
	const made = (type, guard) => {
		const { name } = type;
		const checked = { [name]: function (...args) {
			guard(args, new.target !== undefined);
			return new.target === undefined ? apply(type, this, args) : construct(type, args, new.target === checked ? type : new.target);
		} }[name];
		for (const key of Reflect.ownKeys(type)) {
			if (key === 'prototype' || key === 'length' || key === 'name') continue;
			Object.defineProperty(checked, key, Object.getOwnPropertyDescriptor(type, key));
		}
		Object.defineProperty(checked, 'prototype', { value: type.prototype, writable: false });
		Object.defineProperty(checked, 'length', { value: type.length });
		scope[name] = checked;
		return checked;
	};
	made(Array, (args) => {
		if (args.length === 1 && typeof args[0] === 'number' && args[0] > MAX_LENGTH) refuse('Array');
	});
	// QuickJS takes an array for a set; JavaScript throws.
	const setLike = (_, other) => {
		if (typeof other !== 'object' || other === null || Number.isNaN(Number(other.size)) || typeof other.has !== 'function' || typeof other.keys !== 'function') {
			throw new TypeError('The argument is not set-like');
		}
	};
	for (const name of ['union', 'intersection', 'difference', 'symmetricDifference', 'isSubsetOf', 'isSupersetOf', 'isDisjointFrom']) {
		bound(Set.prototype, name, setLike);
	}
	for (const type of [Set, Map, WeakSet, WeakMap]) made(type, (args) => checkLength(args[0]));
	bound(Object, 'assign', (_, target, ...sources) => {
		if (!isArray(target)) return;
		for (const source of sources) {
			if (source === null || typeof source !== 'object') continue;
			for (const key of Object.keys(source)) if (Number(key) > MAX_LENGTH) refuse('Array');
			if (Object.hasOwn(source, 'length') && !isArray(source)) checkLength(source);
		}
	});
	scope.Object.assign = Object.assign;

	// A member that is assigned to by computed name, or is a length: `ref(object, name).v = value`.
	class Reference {
		constructor(object, name) {
			this.object = object;
			this.name = name;
		}
		get v() { return this.object[this.name]; }
		set v(value) {
			const { object, name } = this;
			if (isArray(object) && (name === 'length' ? value > MAX_LENGTH : Number(name) > MAX_LENGTH)) refuse('Array');
			object[name] = value;
		}
	}
	const ref = (object, name) => new Reference(object, name);

	// Strings.
	const walked = (receiver) => {
		if (typeof receiver === 'string' && receiver.length > MAX_TEXT) refuse('String');
	};
	for (const name of ['normalize', 'localeCompare', 'toUpperCase', 'toLowerCase', 'toLocaleUpperCase', 'toLocaleLowerCase', 'split', 'isWellFormed', 'toWellFormed', 'trim', 'trimStart', 'trimEnd']) {
		bound(String.prototype, name, walked);
	}
	const searched = (receiver, wanted) => {
		const text = String(receiver);
		if (typeof wanted === 'string' && wanted.length > 64 && text.length * wanted.length > 50_000_000) refuse('String');
		walked(text);
	};
	for (const name of ['indexOf', 'lastIndexOf', 'includes', 'replace', 'replaceAll', 'split']) bound(String.prototype, name, searched);
	bound(String, 'raw', (_, template) => checkLength(template?.raw));
	const text = (_, value) => walked(value);
	for (const name of ['encodeURI', 'encodeURIComponent', 'decodeURI', 'decodeURIComponent', 'parseFloat', 'parseInt']) {
		bound(globalThis, name, text);
		scope[name] = globalThis[name];
	}
	bound(JSON, 'parse', (_, value) => {
		if (typeof value === 'string' && value.length > 16_000_000) refuse('String');
	});
	bound(Number, 'parseFloat', text);
	bound(Number, 'parseInt', text);

	// BigInts: none gets large enough for its digits, or its products, to take long.
	const bits = (value) => {
		let low = 1;
		while (low <= MAX_BITS * 2 && BigInt.asIntN(low, value) !== value) low *= 2;
		return low;
	};
	const checked = (value) => {
		if (typeof value === 'bigint' && bits(value) > MAX_BITS) refuse('BigInt');
		return value;
	};
	const numeric = (value) => (typeof value === 'object' && value !== null ? value.valueOf() : value);
	const power = (base, exponent) => {
		[base, exponent] = [numeric(base), numeric(exponent)];
		const isBig = typeof base === 'bigint' && typeof exponent === 'bigint';
		if (isBig && base !== 0n && base !== 1n && base !== -1n && exponent * BigInt(bits(base)) > BigInt(MAX_BITS)) refuse('BigInt');
		return base ** exponent;
	};
	const shift = (value, by) => {
		[value, by] = [numeric(value), numeric(by)];
		if (typeof value === 'bigint' && typeof by === 'bigint' && by + BigInt(bits(value)) > BigInt(MAX_BITS)) refuse('BigInt');
		return value << by;
	};
	const product = (left, right) => checked(left * right);
	made(BigInt, (args) => {
		const [value] = args;
		if (typeof value === 'string' && value.length > 20_000) refuse('BigInt');
		if (value !== null && typeof value === 'object') checkLength(value, 20_000);
	});
	for (const name of ['asIntN', 'asUintN']) bound(scope.BigInt, name, (_, size) => {
		if (size > MAX_BITS) refuse('BigInt');
	});
	return { ref, power, shift, product };
});
