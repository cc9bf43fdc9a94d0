// The class DateTime, and what is one.
(host) => {
  const { DateTime } = host;
  return { DateTime, isDateTime: (value) => Boolean(value) && DateTime.isDateTime(value) };
}
