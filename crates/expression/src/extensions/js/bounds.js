// Bounds for built-ins that run on in native code without asking whether the time is up, beside the plain bounds of size
// that the sandbox sets: what may come without end (iterators, values that hold each other many times) is taken in
// JavaScript, which asks, and what may grow between two looks is refused.
(host) => {
  const { define } = host.builtins;
  const { exceeded } = host.native;
  const { apply, construct, ownKeys, getOwnPropertyDescriptor } = Reflect;
  const { isArray } = Array;
  const { isView } = ArrayBuffer;

  // No array with this many values fits into the memory limit; only holes can be more.
  const MAX_LENGTH = 4_000_000;
  // Characters, or numbers of a typed array, that costly operations take.
  const MAX_COSTLY = 1_000_000;
  // Comparisons that a native search may take.
  const MAX_SEARCH = 30_000_000;

  const within = (length, limit) => length <= limit || exceeded();

  /** Checks a list that is not an array: its length must be plain, so that it cannot grow between two looks. */
  const checkList = (list) => {
    if (list === null || list === undefined || typeof list === 'function') return;
    if (typeof list === 'string') return void within(list.length, MAX_LENGTH);
    if (typeof list !== 'object') return;
    if (isArray(list) || isView(list)) return void within(list.length, MAX_LENGTH);
    for (let owner = list; owner !== null; owner = Object.getPrototypeOf(owner)) {
      const property = getOwnPropertyDescriptor(owner, 'length');
      if (property === undefined) continue;
      if (!('value' in property) || (typeof property.value === 'object' && property.value !== null)) {
        throw new TypeError('The length of a list must be a plain number');
      }
      within(Number(property.value), MAX_LENGTH);
      return;
    }
  };

  /** Replaces methods by others of the same name and length. */
  const replace = (target, names, make) => {
    for (const name of names) {
      const native = target[name];
      if (typeof native !== 'function') continue;
      const method = make(native, name);
      Object.defineProperty(method, 'name', { value: native.name, configurable: true });
      Object.defineProperty(method, 'length', { value: native.length, configurable: true });
      define(target, { [name]: method });
    }
  };

  // --- arrays -------------------------------------------------------------------------------------------------------

  const { slice } = Array.prototype;
  const arrayIterator = Array.prototype[Symbol.iterator];

  /** Searching for a long text among many compares long texts: in JavaScript then. */
  const searched = (native, name) => ({
    method(...args) {
      checkList(this);
      const [wanted] = args;
      if (typeof wanted !== 'string' || wanted.length * this.length < MAX_SEARCH) return apply(native, this, args);
      const list = apply(slice, this, []);
      const position = name === 'lastIndexOf' ? list.findLastIndex((entry) => entry === wanted) : list.findIndex((entry) => entry === wanted);
      return name === 'includes' ? position !== -1 : position;
    },
  }).method;
  replace(Array.prototype, ['indexOf', 'includes', 'lastIndexOf'], searched);

  const flattenInto = (target, list, depth) => {
    checkList(list);
    for (let index = 0; index < list.length; index++) {
      if (!(index in list)) continue;
      if (depth > 0 && isArray(list[index])) flattenInto(target, list[index], depth - 1);
      else target.push(list[index]);
    }
    return target;
  };
  replace(Array.prototype, ['flat'], () => ({
    method(depth = 1) {
      return flattenInto([], Object(this), Math.trunc(Number(depth)) || 0);
    },
  }).method);

  replace(Array.prototype, ['concat'], (native) => ({
    method(...args) {
      checkList(this);
      args.forEach(checkList);
      return apply(native, this, args);
    },
  }).method);

  /** The values of an iterable or a list, taken one by one in JavaScript. */
  const collect = (source) => {
    if (isArray(source) && source.length <= MAX_LENGTH && source[Symbol.iterator] === arrayIterator) return source;
    const values = [];
    if (source?.[Symbol.iterator] !== undefined && source[Symbol.iterator] !== null) {
      for (const value of source) values.push(value);
      return values;
    }
    const list = Object(source);
    checkList(list);
    const length = Math.trunc(Number(list.length)) || 0;
    for (let index = 0; index < length; index++) values.push(list[index]);
    return values;
  };

  replace(Array, ['from'], (native) => ({
    method(source, ...rest) {
      if (source === null || source === undefined) return apply(native, this, [source, ...rest]);
      return apply(native, this, [typeof source === 'string' ? source : collect(source), ...rest]);
    },
  }).method);
  replace(Object, ['fromEntries'], (native) => ({
    method(entries) {
      return apply(native, this, [entries === null || entries === undefined ? entries : collect(entries)]);
    },
  }).method);

  // --- constructors -------------------------------------------------------------------------------------------------

  /** A constructor that calls `prepare` on its arguments first. */
  const replaceConstructor = (name, prepare) => {
    const native = globalThis[name];
    if (native === undefined) return;
    const constructor = {
      [name]: function (...args) {
        if (new.target === undefined) return apply(native, this, prepare(args));
        return construct(native, prepare(args), new.target === constructor ? native : new.target);
      },
    }[name];
    for (const key of ownKeys(native)) Object.defineProperty(constructor, key, getOwnPropertyDescriptor(native, key));
    Object.setPrototypeOf(constructor, Object.getPrototypeOf(native));
    Object.defineProperty(native.prototype, 'constructor', { value: constructor, writable: true, configurable: true });
    globalThis[name] = constructor;
    if (name in host.scope) host.scope[name] = constructor;
  };

  const collected = ([source, ...rest]) => (source === undefined || source === null ? [source, ...rest] : [collect(source), ...rest]);
  for (const name of ['Set', 'Map', 'WeakSet', 'WeakMap']) replaceConstructor(name, collected);

  const isBuffer = (value) => value instanceof ArrayBuffer || (typeof SharedArrayBuffer === 'function' && value instanceof SharedArrayBuffer);
  const numbers = (args) => {
    const [source] = args;
    return typeof source !== 'object' || source === null || isBuffer(source) || isView(source) ? args : [collect(source)];
  };
  const TYPED_ARRAYS = [
    'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float16Array',
    'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array',
  ];
  const typedArray = Object.getPrototypeOf(Uint8Array);
  for (const name of TYPED_ARRAYS) replaceConstructor(name, numbers);
  replace(typedArray, ['from'], (native) => ({
    method(source, ...rest) {
      return apply(native, this, [typeof source === 'object' && source !== null ? collect(source) : source, ...rest]);
    },
  }).method);
  replace(typedArray.prototype, ['sort', 'toSorted', 'join', 'toLocaleString', 'set'], (native) => ({
    method(...args) {
      within(this.length, MAX_LENGTH / 4);
      checkList(args[0]);
      return apply(native, this, args);
    },
  }).method);

  // --- text ---------------------------------------------------------------------------------------------------------

  const thisText = (value) => {
    if (typeof value === 'string') return value;
    if (value === null || value === undefined) throw new TypeError('String.prototype method called on null or undefined');
    return String(value);
  };

  // A pattern that long asks for the time only after thousands of positions.
  const MAX_PATTERN = 10_000;
  const checkPattern = (args) => {
    const [pattern] = args;
    if (typeof pattern === 'object' && pattern !== null && !(pattern instanceof RegExp)) args[0] = String(pattern);
    if (typeof args[0] === 'string') within(args[0].length, MAX_PATTERN);
    return args;
  };
  replaceConstructor('RegExp', checkPattern);
  replace(RegExp.prototype, ['compile'], (native) => ({
    method(...args) {
      return apply(native, this, checkPattern(args));
    },
  }).method);
  const matched = (hook) => (native) => ({
    method(...args) {
      const isOther = typeof args[0] === 'object' && args[0] !== null && args[0][hook];
      return apply(native, thisText(this), isOther ? args : checkPattern(args));
    },
  }).method;
  replace(String.prototype, ['match'], matched(Symbol.match));
  replace(String.prototype, ['matchAll'], matched(Symbol.matchAll));
  replace(String.prototype, ['search'], matched(Symbol.search));

  // --- JSON ---------------------------------------------------------------------------------------------------------

  // A value may hold another many times, and a text of the result grows without end: a replacer asks for the time.
  const { stringify } = JSON;
  const ask = (key, value) => value;
  define(JSON, {
    stringify(value, replacer, space) {
      if (value === null || typeof value !== 'object') return stringify(value, replacer, space);
      if (typeof replacer === 'function') return stringify(value, replacer, space);
      if (isArray(replacer)) stringify(value, ask, space);
      return stringify(value, isArray(replacer) ? replacer : ask, space);
    },
  });

  // --- sets and iterators -------------------------------------------------------------------------------------------

  // What is combined with a set brings its own iterator, which need not end.
  const { Set } = globalThis;
  const SET_METHODS = [
    'union', 'intersection', 'difference', 'symmetricDifference', 'isSubsetOf', 'isSupersetOf', 'isDisjointFrom',
  ];
  replace(Set.prototype, SET_METHODS, (native) => ({
    method(other) {
      const keys = other?.keys?.();
      if (typeof keys?.next !== 'function') return apply(native, this, [other]);
      return apply(native, this, [new Set(collect({ [Symbol.iterator]: () => keys }))]);
    },
  }).method);
  const iterators = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
  const KNOWN = [
    'constructor', 'drop', 'every', 'filter', 'find', 'flatMap', 'forEach', 'map', 'reduce', 'some', 'take', 'toArray',
  ];
  for (const name of Object.getOwnPropertyNames(iterators)) {
    if (!KNOWN.includes(name)) delete iterators[name];
  }
  replace(iterators, ['drop', 'take'], (native) => ({
    method(limit) {
      within(Number(limit), MAX_LENGTH);
      return apply(native, this, [Number(limit)]);
    },
  }).method);

  /** A text that native code may work on, at some cost for every character. */
  const costly = (text, times = 1) => {
    within(text.length, times * MAX_COSTLY);
    return text;
  };

  return { costly };
}
