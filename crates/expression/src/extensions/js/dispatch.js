// Finds the method a receiver has under a name: its type's own, else JavaScript's, else one of any value.
(host) => {
  const { fail } = host.shared;
  const { array, date, number, object, string, boolean } = host;
  const TYPES = [array, date, number, object, string, boolean];

  const FORBIDDEN = new Set(host.native.forbiddenProperties);

  const generic = {
    isEmpty: (value) => !value,
    isNotEmpty: (value) => Boolean(value),
  };

  /** Whether a string is exactly what Date.toISOString writes: such strings, common in items, count as dates. */
  const isDateText = (value) => {
    if (typeof value !== 'string' || !/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}.\d{3}Z/.test(value)) return false;
    const parsed = new Date(value);
    return !isNaN(parsed.getTime()) && parsed.toISOString() === value;
  };

  const typeOf = (value, name) => {
    if (Array.isArray(value)) return array;
    if (typeof value === 'string') return name !== 'toDate' && name !== 'toDateTime' && isDateText(value) ? date : string;
    if (typeof value === 'number') return number;
    if (typeof value === 'boolean') return boolean;
    if (value === null || typeof value !== 'object') return undefined;
    return host.luxon.isDateTime(value) || value instanceof Date ? date : object;
  };

  /** A function that runs the method with a list of arguments; undefined where the receiver has none of that name. */
  const find = (receiver, functionName) => {
    const name = typeof functionName === 'string' ? functionName : String(functionName);
    if (FORBIDDEN.has(name)) fail(`Cannot access "${name}" via expression extension due to security concerns`);
    const type = typeOf(receiver, name);
    const own = type?.functions[name];
    // A method of dates gets the text itself, not a date: n8n calls an invalid date what it makes of it.
    if (own) return (args) => own(receiver, args);
    const value = type === date && typeof receiver === 'string' ? new Date(receiver) : receiver;
    if (value && name && typeof value[name] === 'function') {
      const native = value[name];
      return (args) => Reflect.apply(native, receiver, args);
    }
    const method = generic[name];
    return method && ((args) => method(receiver, args));
  };

  const refuse = (receiver, name) => {
    if (receiver === undefined || receiver === null) {
      fail(`${name} can't be used on ${String(receiver)} value`, {
        description: `To ignore this error, add a ? to the variable before this function, e.g. my_var?.${name}`,
      });
    }
    const types = TYPES.filter(({ functions }) => name in functions).map(({ typeName }) => `"${typeName}"`);
    if (types.length === 0) fail(`Unknown expression function: ${name}`);
    if (types.length === 1) fail(`${name}() is only callable on type ${types[0]}`);
    const last = types.pop();
    fail(`${name}() is only callable on types ${types.join(', ')}, and ${last}`);
  };

  /** `receiver.name(...args)`, an extension name being meant. */
  const extend = (receiver, name, args) => {
    const method = find(receiver, name);
    return method ? method(args) : refuse(receiver, name);
  };

  /** `receiver.name` where a `?.(` follows: the method, or undefined. */
  const extendOptional = (receiver, name) => {
    const method = find(receiver, name);
    return method && ((...args) => method(args));
  };

  const names = [...new Set([...TYPES.flatMap(({ functions }) => Object.keys(functions)), ...Object.keys(generic)])];
  return { extend, extendOptional, names };
}
