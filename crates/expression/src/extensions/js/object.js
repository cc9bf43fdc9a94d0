// Methods of objects that are neither lists nor dates.
(host) => {
  const { fail, compactObject, nothing } = host.shared;

  const isEmpty = (value) => !host.luxon.hasFields(value);

  const removeField = (value, [name]) => {
    if (!(name in value)) return value;
    const copy = { ...value };
    delete copy[name];
    return copy;
  };

  /** A copy without the fields `isDropped` names. */
  const without = (value, isDropped) => {
    const copy = { ...value };
    for (const [key, field] of Object.entries(value)) {
      if (isDropped(field)) delete copy[key];
    }
    return copy;
  };

  const requireText = (text, message) => {
    if (typeof text !== 'string' || text === '') fail(message);
    return text;
  };

  const removeFieldsContaining = (value, [match]) => {
    const text = requireText(match, 'removeFieldsContaining(): expected non-empty string arg');
    return without(value, (field) => typeof field === 'string' && field.includes(text));
  };

  const keepFieldsContaining = (value, [match]) => {
    const text = requireText(match, 'argument of keepFieldsContaining must be a non-empty string');
    return without(value, (field) => typeof field !== 'string' || !field.includes(text));
  };

  /** One name or value of a query string, as URLSearchParams writes it. */
  const encodeQueryPart = (part) =>
    encodeURIComponent(String(part).toWellFormed())
      .replace(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
      .replace(/%20/g, '+');

  const queryPairs = (value) => {
    if (typeof value[Symbol.iterator] !== 'function') return Object.entries(value);
    return Array.from(value, (pair) => {
      const parts = Array.from(pair);
      if (parts.length !== 2) throw new TypeError('Each query pair must be an iterable [name, value] tuple');
      return parts;
    });
  };

  const urlEncode = (value) =>
    queryPairs(value)
      .map((pair) => pair.map(encodeQueryPart).join('='))
      .join('&');

  return {
    typeName: 'Object',
    functions: {
      isEmpty,
      isNotEmpty: (value) => !isEmpty(value),
      hasField: (value, [name]) => name in value,
      removeField,
      removeFieldsContaining,
      keepFieldsContaining,
      compact: compactObject,
      urlEncode,
      keys: (value) => Object.keys(value),
      values: (value) => Object.values(value),
      toJsonString: (value) => JSON.stringify(value),
      toInt: nothing,
      toFloat: nothing,
      toBoolean: nothing,
      toDateTime: nothing,
    },
  };
}
