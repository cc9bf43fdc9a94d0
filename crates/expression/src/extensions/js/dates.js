// Reading a DateTime out of text of any common form.
(host) => {
  const { DateTime } = host.luxon;

  const READERS = [
    (text) => DateTime.fromISO(text, { setZone: true }),
    (text) => DateTime.fromHTTP(text, { setZone: true }),
    (text) => DateTime.fromRFC2822(text, { setZone: true }),
    (text) => DateTime.fromSQL(text, { setZone: true }),
    (text) => DateTime.fromMillis(Date.parse(text)),
  ];

  /** The first reading that is valid; throws where there is none. */
  const parse = (value) => {
    const text = value.trim();
    for (const read of READERS) {
      const date = read(text);
      if (date.isValid) return date;
    }
    throw new Error('Value is not a valid date');
  };

  return { parse };
}
