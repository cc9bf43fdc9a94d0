// The class DateTime, and what is one of luxon's objects.
(host) => {
  const { DateTime } = host;
  const isDateTime = (value) => Boolean(value) && DateTime.isDateTime(value);
  // n8n's views of nodes and items throw when they are asked for what they do not have.
  const isLuxon = (value) =>
    value.isProxy !== true &&
    (value.isLuxonDateTime === true || value.isLuxonDuration === true || value.isLuxonInterval === true);

  /** Whether an object counts as filled: luxon's objects keep their fields to themselves here, but have some. */
  const hasFields = (value) => Object.keys(value).length > 0 || isLuxon(value);

  return { DateTime, isDateTime, isLuxon, hasFields };
}
