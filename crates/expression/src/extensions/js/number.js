// Methods of numbers.
(host) => {
  const { fail } = host.shared;
  const { DateTime } = host.luxon;

  const requireInteger = (value, name) => {
    if (!Number.isInteger(value)) fail(`${name}() is only callable on integers`);
    return value;
  };

  const round = (value, [decimalPlaces = 0]) => Number(value.toFixed(decimalPlaces));

  // Days from Excel's epoch to 1970, with the two it counts too many (day 0, and the leap day that 1900 did not have).
  const EXCEL_EPOCH_DAYS = 25567 + 2;

  const DATE_UNITS = {
    ms: (value) => DateTime.fromMillis(value),
    s: (value) => DateTime.fromSeconds(value),
    us: (value) => DateTime.fromMillis(value / 1000),
    excel: (value) => DateTime.fromSeconds((value - EXCEL_EPOCH_DAYS) * 86_400),
  };

  const toDateTime = (value, [unit = 'ms']) => {
    if (!Object.keys(DATE_UNITS).includes(unit)) {
      fail(`Unsupported format '${String(unit)}'. toDateTime() supports 'ms', 's', 'us' and 'excel'.`);
    }
    return DATE_UNITS[unit](value);
  };

  return {
    typeName: 'Number',
    functions: {
      ceil: (value) => Math.ceil(value),
      floor: (value) => Math.floor(value),
      format: (value, [locales = 'en-US', options = {}]) => new Intl.NumberFormat(locales, options).format(value),
      round,
      abs: (value) => Math.abs(value),
      isInteger: (value) => Number.isInteger(value),
      isEven: (value) => requireInteger(value, 'isEven') % 2 === 0,
      isOdd: (value) => Math.abs(requireInteger(value, 'isOdd')) % 2 === 1,
      toBoolean: (value) => value !== 0,
      toInt: (value) => round(value, []),
      toFloat: (value) => value,
      toDateTime,
    },
  };
}
