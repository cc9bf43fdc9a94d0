// The global Intl.
(host) => {
  const { tagsOf } = host.intlOptions;
  const { define } = host.builtins;
  const { NumberFormat } = host.intlNumber;
  const { Collator } = host.intlText;

  /** Tags as BCP 47 spells them: language in lower case, script in title case, region in upper case. */
  const canonical = (tag) =>
    tag
      .split('-')
      .map((part, index, parts) => {
        const isExtension = parts.slice(0, index).some((earlier) => earlier.length === 1);
        if (index === 0 || isExtension) return part.toLowerCase();
        if (/^[a-z]{4}$/i.test(part)) return part[0].toUpperCase() + part.slice(1).toLowerCase();
        return part.length === 2 ? part.toUpperCase() : part.toLowerCase();
      })
      .join('-');

  const supportedLocalesOf = (locales) => tagsOf(locales).map(canonical).filter((tag) => host.native.knowsLocale(tag));
  for (const type of [NumberFormat, Collator]) define(type, { supportedLocalesOf });

  const Intl = {};
  define(Intl, { NumberFormat, Collator, getCanonicalLocales: (locales) => [...new Set(tagsOf(locales).map(canonical))] }, 'Intl');
  globalThis.Intl = Intl;
  return Intl;
}
