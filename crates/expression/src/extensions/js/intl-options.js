// What the constructors of Intl share: locales and options, checked as ECMA-402 checks them.
(host) => {
  const TAG =
    /^(?:[a-z]{2,3}|[a-z]{5,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*(?:-[a-wyz\d](?:-[a-z\d]{2,8})+)*(?:-x(?:-[a-z\d]{1,8})+)?$/i;

  /** The tags of a `locales` argument. */
  const tagsOf = (locales) => {
    if (locales === undefined) return [];
    const list = typeof locales === 'string' ? [locales] : Array.from(Object(locales));
    if (locales === null) throw new TypeError('Incorrect locale information provided');
    return list.map((tag) => {
      if (typeof tag !== 'string' && (typeof tag !== 'object' || tag === null)) {
        throw new TypeError('Incorrect locale information provided');
      }
      if (!TAG.test(String(tag))) throw new RangeError(`Incorrect locale information provided`);
      return String(tag);
    });
  };

  /** The first known one of `locales`. */
  const localeOf = (locales) => tagsOf(locales).find((tag) => host.native.knowsLocale(tag)) ?? 'en-US';

  const objectOf = (options) => {
    if (options === null) throw new TypeError('Cannot convert undefined or null to object');
    return options === undefined ? {} : Object(options);
  };

  /** A named choice. */
  const choice = (options, name, allowed, fallback) => {
    const value = options[name];
    if (value === undefined) return fallback;
    const text = String(value);
    if (!allowed.includes(text)) throw new RangeError(`Value ${text} out of range for options property ${name}`);
    return text;
  };

  const bounded = (value, name, minimum, maximum, fallback) => {
    if (value === undefined) return fallback;
    const number = Number(value);
    if (!(number >= minimum && number <= maximum)) throw new RangeError(`${name} value is out of range.`);
    return Math.floor(number);
  };

  return { tagsOf, localeOf, objectOf, choice, bounded };
}
