// Methods of strings.
(host) => {
  const { fail } = host.shared;
  const { DateTime } = host.luxon;
  const { titleCase, sentenceCase, snakeCase, removeMarkdown, removeTags } = host.text;
  const { isUrl, isDomain, isEmail, extractUrl, extractDomain, extractEmail } = host.addresses;

  const ALGORITHMS = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha3'];

  const hash = (value, [name]) => {
    const algorithm = name?.toLowerCase() ?? 'md5';
    host.bounds.costly(value, 4);
    if (algorithm === 'base64') return host.native.base64Encode(value.toWellFormed());
    if (!ALGORITHMS.includes(algorithm)) {
      fail(`Unknown algorithm ${algorithm}. Available algorithms are: ${ALGORITHMS.join()}, and Base64.`);
    }
    // n8n's md5 goes through encodeURIComponent, which refuses lone surrogates.
    if (algorithm === 'md5') encodeURIComponent(value);
    return host.native.hash(algorithm, value.toWellFormed());
  };

  // Currency signs and abbreviations that a number may be written with. Earlier ones win.
  const CURRENCIES = [
    'Lek', '؋', '$', 'ƒ', '₼', 'Br', 'BZ$', '$b', 'KM', 'P', 'лв', 'R$', '៛', '¥', '₡', 'kn', '₱', 'Kč', 'kr', 'RD$', '£', '€',
    '¢', 'Q', 'L', 'Ft', '₹', 'Rp', '﷼', '₪', 'J$', '₩', '₭', 'ден', 'RM', '₨', '₮', 'MT', 'C$', '₦', 'B/.', 'Gs', 'S/.',
    'zł', 'lei', '₽', 'Дин.', 'S', 'R', 'CHF', 'NT$', '฿', 'TT$', '₺', '₴', '$U', 'Bs', '₫', 'Z$',
  ];
  const CURRENCY = new RegExp(CURRENCIES.map((sign) => sign.replace(/[$./]/g, '\\$&')).join('|'), 'gu');
  const withoutCurrency = (value) => value.replace(CURRENCY, '');

  const requireNumber = (number, kind) => {
    if (isNaN(number)) fail(`cannot convert to ${kind}`);
    return number;
  };
  const toInt = (value, [radix]) => requireNumber(parseInt(withoutCurrency(value), radix), 'integer');
  const toNumber = (value) => requireNumber(Number(withoutCurrency(value)), 'number');
  const toFloat = (value) => {
    if (value.includes(',')) fail('cannot convert to float, expected . as decimal separator');
    return requireNumber(parseFloat(withoutCurrency(value)), 'float');
  };

  const toDate = (value) => {
    const date = new Date(Date.parse(value));
    if (isNaN(date.getTime())) fail('cannot convert to date');
    if (!value.includes(':')) date.setHours(0, 0, 0);
    return date;
  };

  const toDateTime = (value, [format] = []) => {
    try {
      if (!format) return host.dates.parse(value);
      if (['ms', 's', 'us', 'excel'].includes(format)) return host.number.functions.toDateTime(Number(value), [format]);
      return DateTime.fromFormat(value, format);
    } catch {
      return fail('cannot convert to Luxon DateTime');
    }
  };

  const toBoolean = (value) => !['', 'false', 'no', '0'].includes(value.toLowerCase());

  const parseJson = (value) => {
    try {
      return JSON.parse(value);
    } catch {
      return fail(value.includes("'") ? "Parsing failed. Check you're using double quotes" : 'Parsing failed');
    }
  };

  /** The mark is part of a pattern, as in n8n: one of several characters matches only after its own backslash. */
  const quote = (value, [mark = '"']) => {
    const escaped = value.replace(/\\/g, '\\\\').replace(new RegExp(`\\${mark}`, 'g'), `\\${mark}`);
    return `${mark}${escaped}${mark}`;
  };

  const isNumeric = (value) => !value.includes(' ') && !isNaN(value) && !isNaN(parseFloat(value));

  return {
    typeName: 'String',
    functions: {
      hash,
      removeMarkdown,
      removeTags,
      toDate,
      toDateTime,
      toBoolean,
      toDecimalNumber: toFloat,
      toNumber,
      toFloat,
      toInt,
      toWholeNumber: toInt,
      toSentenceCase: sentenceCase,
      toSnakeCase: snakeCase,
      toTitleCase: titleCase,
      urlDecode: (value, [whole = false]) => (whole ? decodeURI(value) : decodeURIComponent(value)),
      urlEncode: (value, [whole = false]) => (whole ? encodeURI(value) : encodeURIComponent(value)),
      quote,
      replaceSpecialChars: (value) => host.native.transliterate(host.bounds.costly(value).toWellFormed()),
      length: (value) => value.length,
      isDomain,
      isEmail,
      isNumeric,
      isUrl,
      isEmpty: (value) => value === '',
      isNotEmpty: (value) => value !== '',
      toJsonString: (value) => JSON.stringify(value),
      extractEmail,
      extractDomain,
      extractUrl,
      extractUrlPath: (value) => host.native.urlPath(value.toWellFormed()),
      parseJson,
      base64Encode: (value) => host.native.base64Encode(value.toWellFormed()),
      base64Decode: (value) => host.native.base64Decode(value.toWellFormed()),
    },
  };
}
