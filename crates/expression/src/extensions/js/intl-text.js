// Intl.Collator, and the methods of strings and lists that depend on a locale.
(host) => {
  const { tagsOf, localeOf, objectOf, choice } = host.intlOptions;
  const { define } = host.builtins;

  const resolve = (locales, given) => {
    const locale = localeOf(locales);
    const options = objectOf(given);
    return {
      locale,
      usage: choice(options, 'usage', ['sort', 'search'], 'sort'),
      sensitivity: choice(options, 'sensitivity', ['base', 'accent', 'case', 'variant'], 'variant'),
      ignorePunctuation: options.ignorePunctuation === undefined ? locale.startsWith('th') : Boolean(options.ignorePunctuation),
      numeric: options.numeric === undefined ? undefined : Boolean(options.numeric),
      caseFirst: choice(options, 'caseFirst', ['upper', 'lower', 'false'], ''),
    };
  };
  const compare = (resolved, left, right) =>
    host.native.compare(resolved, String(left).toWellFormed(), String(right).toWellFormed());

  const states = new WeakMap();
  const stateOf = (collator) => {
    const state = states.get(collator);
    if (!state) throw new TypeError('Receiver is not an Intl.Collator');
    return state;
  };
  function Collator(locales, options) {
    if (new.target === undefined) return new Collator(locales, options);
    states.set(this, resolve(locales, options));
  }
  define(Collator.prototype, {
    get compare() {
      const state = stateOf(this);
      return (left, right) => compare(state, left, right);
    },
    resolvedOptions() {
      const { numeric, caseFirst, ...state } = stateOf(this);
      return { ...state, collation: 'default', numeric: Boolean(numeric), caseFirst: caseFirst || 'false' };
    },
  }, 'Intl.Collator');

  // Turkish and Azeri have an i with a dot and one without.
  const hasTwoIs = (locales) => /^(?:tr|az)\b/i.test(tagsOf(locales)[0] ?? '');
  const thisText = (value) => {
    if (value === null || value === undefined) throw new TypeError('String.prototype method called on null or undefined');
    return String(value);
  };
  const standard = resolve(undefined, undefined);
  define(String.prototype, {
    localeCompare(other, locales, options) {
      const isStandard = locales === undefined && options === undefined;
      return compare(isStandard ? standard : resolve(locales, options), thisText(this), other);
    },
    toLocaleUpperCase(locales) {
      const text = thisText(this);
      return (hasTwoIs(locales) ? text.replace(/i/g, 'İ') : text).toUpperCase();
    },
    toLocaleLowerCase(locales) {
      const text = thisText(this);
      return (hasTwoIs(locales) ? text.replace(/I\u0307|İ/g, 'i').replace(/I/g, 'ı') : text).toLowerCase();
    },
  });

  define(Array.prototype, {
    toLocaleString(locales, options) {
      return Array.from(this, (entry) =>
        entry === null || entry === undefined ? '' : String(entry.toLocaleString(locales, options)),
      ).join(',');
    },
  });

  return { Collator };
}
