// Changing the case of text, and taking the markup out of it.
(host) => {
  // Words that stay small inside a title, as the npm package title-case has them.
  const SMALL_WORDS = [
    'an?d?', 'a[st]', 'because', 'but', 'by', 'en', 'for', 'i[fn]', 'neither', 'nor', 'o[fnr]', 'only', 'over', 'per', 'so', 'some',
    'tha[tn]', 'the', 'to', 'up', 'upon', 'vs?\\.?', 'versus', 'via', 'when', 'with', 'without', 'yet',
  ];
  const SMALL_WORD = new RegExp(`\\b(?:${SMALL_WORDS.join('|')})\\b`, 'i');
  const CASED_BY_HAND = /.(?=[A-Z]|\..)/;

  /** Upper-cases the first letter of every word, small words inside and words with capitals of their own excepted. */
  const titleCase = (text) => {
    const caseToken = (token, start) => {
      const end = start + token.length;
      const isInside = start !== 0 && end !== text.length;
      const isScheme = text.charAt(end) === ':' && !/\s/.test(text.charAt(end + 1));
      if (CASED_BY_HAND.test(token) || (isInside && SMALL_WORD.test(token)) || isScheme) return token;
      return token.replace(/[A-Za-z0-9\u00C0-\u00FF]/, (char) => char.toUpperCase());
    };
    // Line ends are no part of any token and are dropped, as title-case does.
    return Array.from(text.matchAll(/[^\s:–—-]+|./g), (match) => caseToken(match[0], match.index)).join('');
  };

  const LETTER = /\p{L}/u;

  /** Upper-cases the first letter of every sentence and lower-cases all others. */
  const sentenceCase = (text) => {
    let done = '';
    let rest = text;
    while (LETTER.test(rest)) {
      const letter = rest.search(LETTER);
      rest = rest.slice(0, letter) + rest[letter].toUpperCase() + rest.slice(letter + 1).toLowerCase();
      const end = rest.search(/[!?.]/);
      if (end === -1) return done + rest;
      done += rest.slice(0, end + 1);
      rest = rest.slice(end + 1);
    }
    return done + rest;
  };

  const snakeCase = (text) =>
    text
      .toLowerCase()
      .replace(/[ -]/g, '_')
      .replace(/[\u2000-\u206F\u2E00-\u2E7F\\'!"#$%&()*+,./:;<=>?@[\]^`{|}~]/g, '');

  // Markdown is taken out step by step; later steps see what earlier ones left. The first group, if any, is what stays.
  const MARKDOWN_STEPS = [
    [/^(\s*)(?:[*\-+]|\d\.)\s+/gm, '$1'], // list bullets
    [/\n={2,}/g, '\n'], // underlined headings
    [/~~/g, ''],
    [/`{3}.*\n/g, ''], // opening code fences
    [/<[\w|\s='":(),;/.-]+[>|\\]/g, ''], // HTML tags
    [/^[=-]{2,}\s*$/g, ''],
    [/\[\^.+?\](: .*?$)?/g, ''], // footnotes
    [/\s{0,2}\[.*?\]: .*?$/g, ''],
    [/!\[.*?\][[(].*?[\])]/g, ''], // images
    [/\[(.*?)\][[(].*?[\])]/g, '$1'], // links
    [/>/g, ''],
    [/^\s{1,2}\[(.*?)\]: (\S+)( ".*?")?\s*$/g, ''],
    [/^#{1,6}\s*([^#]*)\s*(#{1,6})?/gm, '$1'], // headings
    [/([*_]{1,3})(\S.*?\S)\1/g, '$2'], // emphasis
    [/(`{3,})(.*?)\1/gm, '$2'],
    [/^-{3,}\s*$/g, ''],
    [/`(.+?)`/g, '$1'],
    [/\n{2,}/g, '\n\n'],
  ];
  const removeMarkdown = (text) => MARKDOWN_STEPS.reduce((rest, [pattern, stays]) => rest.replace(pattern, stays), text);

  const removeTags = (text) => text.replace(/<[^>]*>?/g, '');

  return { titleCase, sentenceCase, snakeCase, removeMarkdown, removeTags };
}
