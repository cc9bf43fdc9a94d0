// Intl.NumberFormat and the toLocaleString of numbers.
(host) => {
  const { localeOf, objectOf, choice, bounded } = host.intlOptions;
  const { define } = host.builtins;

  const CURRENCY_DIGITS = {
    0: 'AFN ALL BIF CLP COP DJF GNF HUF IDR IQD IRR ISK JPY KMF KPW KRW LAK LBP MGA MMK PKR PYG RWF SLL SOS SYP UGX VND VUV XAF XOF XPF YER',
    3: 'BHD JOD KWD LYD OMR TND',
  };
  const digitsOf = (currency) =>
    Number(Object.keys(CURRENCY_DIGITS).find((digits) => CURRENCY_DIGITS[digits].split(' ').includes(currency)) ?? 2);

  const currencyOf = (options, style) => {
    const { currency } = options;
    if (currency === undefined) {
      if (style === 'currency') throw new TypeError('Currency code is required with currency style.');
      return '';
    }
    if (!/^[a-z]{3}$/i.test(String(currency))) throw new RangeError(`Invalid currency code : ${String(currency)}`);
    return String(currency).toUpperCase();
  };

  /** Default minimum and maximum of digits after the decimal sign. */
  const defaultFraction = (style, currency, notation) => {
    if (style === 'currency' && notation === 'standard') return [digitsOf(currency), digitsOf(currency)];
    return [0, style === 'decimal' && notation !== 'compact' ? 3 : 0];
  };

  const fractionDigits = (options, [least, most]) => {
    const minimum = bounded(options.minimumFractionDigits, 'minimumFractionDigits', 0, 100);
    const maximum = bounded(options.maximumFractionDigits, 'maximumFractionDigits', 0, 100);
    if (minimum === undefined && maximum === undefined) return [least, most];
    if (minimum === undefined) return [Math.min(least, maximum), maximum];
    if (maximum === undefined) return [minimum, Math.max(most, minimum)];
    if (minimum > maximum) throw new RangeError('maximumFractionDigits value is out of range.');
    return [minimum, maximum];
  };

  const significantDigits = (options) => {
    const minimum = bounded(options.minimumSignificantDigits, 'minimumSignificantDigits', 1, 21, 1);
    return [minimum, bounded(options.maximumSignificantDigits, 'maximumSignificantDigits', minimum, 21, 21)];
  };

  const digitOptions = (options, defaults, notation) => {
    const has = (...names) => names.some((name) => options[name] !== undefined);
    const hasSignificant = has('minimumSignificantDigits', 'maximumSignificantDigits');
    const hasFraction = has('minimumFractionDigits', 'maximumFractionDigits');
    const priority = choice(options, 'roundingPriority', ['auto', 'morePrecision', 'lessPrecision'], 'auto');
    if (priority !== 'auto') {
      const both = { fraction: fractionDigits(options, defaults), significant: significantDigits(options) };
      return { ...both, morePrecision: priority === 'morePrecision' };
    }
    if (hasSignificant) return { significant: significantDigits(options), morePrecision: false };
    if (!hasFraction && notation === 'compact') return { fraction: [0, 0], significant: [1, 2], morePrecision: true };
    return { fraction: fractionDigits(options, defaults), morePrecision: false };
  };

  const groupingOf = (options, notation) => {
    const fallback = notation === 'compact' ? 'min2' : 'auto';
    const value = options.useGrouping;
    if (value === true) return 'always';
    if (value === undefined || value === 'true' || value === 'false') return fallback;
    if (!value) return 'false';
    return choice(options, 'useGrouping', ['min2', 'auto', 'always'], fallback);
  };

  const ROUNDING_MODES = [
    'ceil', 'floor', 'expand', 'trunc', 'halfCeil', 'halfFloor', 'halfExpand', 'halfTrunc', 'halfEven',
  ];

  const resolve = (locales, given) => {
    const locale = localeOf(locales);
    const options = objectOf(given);
    const style = choice(options, 'style', ['decimal', 'percent', 'currency'], 'decimal');
    const currency = currencyOf(options, style);
    const notation = choice(options, 'notation', ['standard', 'scientific', 'engineering', 'compact'], 'standard');
    return {
      locale,
      style,
      currency,
      currencyDisplay: choice(options, 'currencyDisplay', ['code', 'symbol', 'narrowSymbol', 'name'], 'symbol'),
      currencySign: choice(options, 'currencySign', ['standard', 'accounting'], 'standard'),
      integer: bounded(options.minimumIntegerDigits, 'minimumIntegerDigits', 1, 21, 1),
      ...digitOptions(options, defaultFraction(style, currency, notation), notation),
      roundingMode: choice(options, 'roundingMode', ROUNDING_MODES, 'halfExpand'),
      stripsZeros: choice(options, 'trailingZeroDisplay', ['auto', 'stripIfInteger'], 'auto') === 'stripIfInteger',
      notation,
      isLong: choice(options, 'compactDisplay', ['short', 'long'], 'short') === 'long',
      grouping: groupingOf(options, notation),
      signDisplay: choice(options, 'signDisplay', ['auto', 'never', 'always', 'exceptZero', 'negative'], 'auto'),
    };
  };

  const textOf = (value) => {
    if (typeof value === 'bigint') return String(value);
    const number = Number(value);
    return Object.is(number, -0) ? '-0' : String(number);
  };
  const partsOf = (resolved, value) => host.native.numberParts(resolved, textOf(value)).map(([type, text]) => ({ type, value: text }));
  const written = (resolved, value) => partsOf(resolved, value).map((part) => part.value).join('');

  const states = new WeakMap();
  const stateOf = (format) => {
    const state = states.get(format);
    if (!state) throw new TypeError('Receiver is not an Intl.NumberFormat');
    return state;
  };

  function NumberFormat(locales, options) {
    if (new.target === undefined) return new NumberFormat(locales, options);
    states.set(this, resolve(locales, options));
  }
  define(NumberFormat.prototype, {
    get format() {
      const state = stateOf(this);
      return (value) => written(state, value);
    },
    formatToParts(value) { return partsOf(stateOf(this), value); },
    resolvedOptions() {
      const { locale, style, currency, currencyDisplay, currencySign, integer, fraction, significant, notation, grouping, signDisplay, roundingMode } = stateOf(this);
      return {
        locale,
        numberingSystem: 'latn',
        style,
        ...(style === 'currency' && { currency, currencyDisplay, currencySign }),
        minimumIntegerDigits: integer,
        ...(fraction && { minimumFractionDigits: fraction[0], maximumFractionDigits: fraction[1] }),
        ...(significant && { minimumSignificantDigits: significant[0], maximumSignificantDigits: significant[1] }),
        useGrouping: grouping === 'false' ? false : grouping,
        notation,
        signDisplay,
        roundingIncrement: 1,
        roundingMode,
        roundingPriority: 'auto',
        trailingZeroDisplay: 'auto',
      };
    },
  }, 'Intl.NumberFormat');

  define(Number.prototype, {
    toLocaleString(locales, options) { return written(resolve(locales, options), Number.prototype.valueOf.call(this)); },
  });
  define(BigInt.prototype, {
    toLocaleString(locales, options) { return written(resolve(locales, options), BigInt.prototype.valueOf.call(this)); },
  });

  return { NumberFormat };
}
