// What an expression calls by name: $min, $ifEmpty, numberList, zip, ..., and the globals that replace or complete
// JavaScript's own.
(host) => {
  const { fail, defineField } = host.shared;
  const { hasFields } = host.luxon;
  const { ExpressionError } = host.errors;

  const average = (...numbers) => host.array.average(numbers);
  const not = (value) => !value;

  const isEmpty = (value) =>
    value === undefined || value === null || value === '' || (typeof value === 'object' && !hasFields(value));

  function ifEmpty(value, defaultValue) {
    if (arguments.length !== 2) throw new ExpressionError('expected two arguments (value, defaultValue) for this function');
    return isEmpty(value) ? defaultValue : value;
  }

  const numberList = (start, end) => {
    const numbers = new Array(Math.abs(start - end) + 1);
    const step = start < end ? 1 : -1;
    for (let index = 0, number = Number(start); index < numbers.length; index++, number += step) numbers[index] = number;
    return numbers;
  };

  const zip = (keys, values) => {
    if (!Array.isArray(keys) || !Array.isArray(values)) fail('keys and values must be arrays');
    if (keys.length !== values.length) fail('keys and values not of equal length');
    const zipped = {};
    for (let index = 0; index < keys.length; index++) defineField(zipped, keys[index], values[index]);
    return zipped;
  };

  /** `.` and `..` would vanish from a path and cannot be encoded, so they are refused. */
  const toPathSegment = (value) => {
    if (value === null || value === undefined) throw new ExpressionError('Invalid identifier: a value is required');
    const segment = String(value);
    if (['', '.', '..'].includes(segment)) throw new ExpressionError(`Invalid identifier: "${segment}" is not allowed`);
    return encodeURIComponent(segment);
  };

  const functions = {
    min: Math.min,
    max: Math.max,
    not,
    average,
    numberList,
    zip,
    toPathSegment,
    $min: Math.min,
    $max: Math.max,
    $average: average,
    $not: not,
    $ifEmpty: ifEmpty,
    Date: host.javascriptDate.Date,
    Intl: host.intl,
    $jmespath: host.jmespath.jmespath,
    $jmesPath: host.jmespath.jmespath,
    extend: host.dispatch.extend,
    extendOptional: host.dispatch.extendOptional,
  };
  return Object.assign(host.scope, functions);
}
