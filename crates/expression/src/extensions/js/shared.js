// Helpers every receiver type uses. Evaluates to a function of the host: { native, errors, luxon }.
(host) => {
  const { ExpressionExtensionError } = host.errors;

  const fail = (message, options) => {
    throw new ExpressionExtensionError(message, options);
  };

  /** Defines an own data field: unlike an assignment it never runs an inherited setter such as `__proto__`. */
  const defineField = (target, key, value) =>
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });

  const isObject = (value) => typeof value === 'object' && value !== null;

  /** Whether `field` is the object's own, or a proxy's, and not something every object of its kind has. */
  const hasReadableField = (value, field) => {
    if (Object.hasOwn(value, field)) return true;
    const prototype = Object.getPrototypeOf(value);
    return field in value && (prototype === null || !(field in prototype));
  };

  const isFilled = (value) => value !== null && value !== undefined && value !== 'nil' && value !== '';

  /** Drops the empty fields of an object; nested lists become objects, as in n8n. */
  const compactObject = (value) => {
    if (host.luxon.isLuxon(value)) return value;
    const kept = {};
    for (const [key, field] of Object.entries(value)) {
      if (!isFilled(field)) continue;
      if (typeof field !== 'object') defineField(kept, key, field);
      else if (host.luxon.hasFields(field)) defineField(kept, key, compactObject(field));
    }
    return kept;
  };

  /** For conversions that exist on a type only so that mixed data does not raise an error. */
  const nothing = () => undefined;

  /** The primitive an object stands for where either text or a number will do. */
  const toPrimitive = (value, hint = 'default') => {
    const convert = value[Symbol.toPrimitive];
    const ways = convert ? [() => convert.call(value, hint)] : [() => value.valueOf?.(), () => value.toString?.()];
    for (const way of ways) {
      const primitive = way();
      if (primitive === null || (typeof primitive !== 'object' && typeof primitive !== 'function')) return primitive;
    }
    throw new TypeError('Cannot convert object to primitive value');
  };

  return { toPrimitive, fail, defineField, isObject, hasReadableField, isFilled, compactObject, nothing };
}
