// The functions of JMESPath queries, with the peculiarities of the npm package jmespath that n8n uses: `sort` orders
// numbers as text, `starts_with` looks at the last occurrence, `max_by` and `min_by` know numbers only.
(host) => {
  const { defineField } = host.shared;

  /** A part of a query handed to a function unevaluated (`&name`). */
  class Reference {
    constructor(evaluate) {
      this.evaluate = evaluate;
    }
  }

  const TYPES = {
    '[object String]': 'string',
    '[object Number]': 'number',
    '[object Array]': 'array',
    '[object Boolean]': 'boolean',
    '[object Null]': 'null',
    '[object Object]': 'object',
  };
  const typeOf = (value) =>
    value instanceof Reference ? 'expref' : TYPES[Object.prototype.toString.call(value)];

  const matches = (value, type) => {
    if (type === 'any') return true;
    const [base, element] = type.split('-of-');
    return typeOf(value) === base && (element === undefined || value.every((entry) => typeOf(entry) === element));
  };

  const locate = (list, isBetter) => list.reduce((best, entry) => (isBetter(entry, best) ? entry : best));
  const total = (numbers) => numbers.reduce((sum, number) => sum + number, 0);

  const extreme = (pick, sign) => (list) => {
    if (list.length === 0) return null;
    if (typeOf(list[0]) === 'number') return list.reduce((best, number) => pick(best, number));
    return locate(list, (entry, best) => sign * entry.localeCompare(best) > 0);
  };

  const keyOf = (reference, entry) => {
    const key = reference.evaluate(entry);
    if (typeOf(key) !== 'number' && typeOf(key) !== 'string') throw new TypeError('expected a number or a string');
    return key;
  };

  const extremeBy = (isBetter, start) => (list, reference) => {
    let [best, bestKey] = [undefined, start];
    for (const entry of list) {
      const key = keyOf(reference, entry);
      if (isBetter(key, bestKey)) [best, bestKey] = [entry, key];
    }
    return best;
  };

  const sortBy = (list, reference) => {
    if (list.length === 0) return [];
    const keyed = list.map((entry) => ({ entry, key: keyOf(reference, entry) }));
    if (keyed.some(({ key }) => typeOf(key) !== typeOf(keyed[0].key))) {
      throw new TypeError('expected keys of one type');
    }
    keyed.sort((a, b) => (a.key > b.key ? 1 : a.key < b.key ? -1 : 0));
    return keyed.map(({ entry }) => entry);
  };

  const merge = (...objects) => {
    const merged = {};
    for (const object of objects) {
      for (const key in object) defineField(merged, key, object[key]);
    }
    return merged;
  };

  const toNumber = (value) => {
    const number = typeOf(value) === 'string' ? Number(value) : value;
    return typeOf(number) === 'number' && (typeOf(value) === 'number' || !isNaN(number)) ? number : null;
  };

  const reverse = (value) => (typeOf(value) === 'string' ? value.split('').reverse().join('') : value.slice().reverse());
  const notNull = (...values) => {
    const found = values.findIndex((value) => typeOf(value) !== 'null');
    return found === -1 ? null : values[found];
  };

  // name: [the types of each argument, the function]; an argument list ending in '...' repeats its last one.
  const FUNCTIONS = {
    abs: [['number'], Math.abs],
    avg: [['array-of-number'], (list) => total(list) / list.length],
    ceil: [['number'], Math.ceil],
    contains: [['string|array', 'any'], (value, part) => value.indexOf(part) >= 0],
    ends_with: [['string', 'string'], (text, end) => text.indexOf(end, text.length - end.length) !== -1],
    floor: [['number'], Math.floor],
    length: [['string|array|object'], (value) => (typeOf(value) === 'object' ? Object.keys(value) : value).length],
    map: [['expref', 'array'], (reference, list) => Array.from(list, (entry) => reference.evaluate(entry))],
    max: [['array-of-number|array-of-string'], extreme(Math.max, 1)],
    merge: [['object', '...'], merge],
    max_by: [['array', 'expref'], extremeBy((key, best) => key > best, -Infinity)],
    sum: [['array-of-number'], total],
    starts_with: [['string', 'string'], (text, start) => text.lastIndexOf(start) === 0],
    min: [['array-of-number|array-of-string'], extreme(Math.min, -1)],
    min_by: [['array', 'expref'], extremeBy((key, best) => key < best, Infinity)],
    type: [['any'], typeOf],
    keys: [['object'], Object.keys],
    values: [['object'], Object.values],
    sort: [['array-of-string|array-of-number'], (list) => list.slice().sort()],
    sort_by: [['array', 'expref'], sortBy],
    join: [['string', 'array-of-string'], (separator, list) => list.join(separator)],
    reverse: [['string|array'], reverse],
    to_array: [['any'], (value) => (typeOf(value) === 'array' ? value : [value])],
    to_string: [['any'], (value) => (typeOf(value) === 'string' ? value : JSON.stringify(value))],
    to_number: [['any'], toNumber],
    not_null: [['any', '...'], notNull],
  };

  const call = (name, args) => {
    if (!Object.hasOwn(FUNCTIONS, name)) throw new Error(`Unknown function: ${name}()`);
    const [signature, run] = FUNCTIONS[name];
    const types = signature.filter((type) => type !== '...');
    const isVariadic = types.length < signature.length;
    if (isVariadic ? args.length < types.length : args.length !== types.length) {
      throw new Error(`ArgumentError: ${name}() takes ${types.length} but received ${args.length}`);
    }
    types.forEach((type, index) => {
      if (!type.split('|').some((one) => matches(args[index], one))) {
        throw new Error(`TypeError: ${name}() expected argument ${index + 1} to be type ${type}`);
      }
    });
    return run(...args);
  };

  return { call, Reference };
}
