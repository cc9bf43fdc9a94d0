// Methods of dates: DateTime and JavaScript's Date.
(host) => {
  const { fail, nothing } = host.shared;
  const { DateTime } = host.luxon;
  const isDateTime = host.luxon.isDateTime;

  const DURATION_UNITS = ['milliseconds', 'seconds', 'minutes', 'hours', 'days', 'weeks', 'months', 'quarters', 'years'];
  const DATE_PARTS = [
    'day', 'week', 'month', 'year', 'hour', 'minute', 'second', 'millisecond', 'weekNumber', 'yearDayNumber', 'weekday',
  ];

  const DURATION_ALIASES = {
    day: 'days', month: 'months', year: 'years', week: 'weeks', hour: 'hours', minute: 'minutes', second: 'seconds',
    millisecond: 'milliseconds', ms: 'milliseconds', sec: 'seconds', secs: 'seconds', hr: 'hours', hrs: 'hours',
    min: 'minutes', mins: 'minutes',
  };
  const UNIT_ALIASES = {
    days: 'day', months: 'month', years: 'year', hours: 'hour', minutes: 'minute', seconds: 'second',
    milliseconds: 'millisecond', hrs: 'hour', hr: 'hour', mins: 'minute', min: 'minute', secs: 'second', sec: 'second',
    ms: 'millisecond',
  };
  const alias = (aliases, unit) => aliases[unit] || unit;

  const asDateTime = (date) => (isDateTime(date) ? date : DateTime.fromJSDate(date));

  /** Applies `change` to a DateTime, or to a Date, which stays a Date. */
  const changed = (date, change) => (isDateTime(date) ? change(date) : change(DateTime.fromJSDate(date)).toJSDate());

  const duration = (amount, unit) => ({ [String(alias(DURATION_ALIASES, unit))]: amount });
  const amountOf = (args) => {
    if (args.length === 1) return args[0];
    const [amount = 0, unit = 'minutes'] = args;
    return duration(amount, unit);
  };

  const DAY_MS = 24 * 60 * 60 * 1000;
  const yearDay = (date) => {
    const jsDate = isDateTime(date) ? date.toJSDate() : date;
    return Math.floor((jsDate.getTime() - new Date(jsDate.getFullYear(), 0, 0).getTime()) / DAY_MS);
  };

  const extract = (date, [part = 'week']) => {
    if (part === 'yearDayNumber') return yearDay(date);
    return asDateTime(date).get(part === 'week' ? 'weekNumber' : alias(UNIT_ALIASES, part));
  };

  /** A bound of isBetween; undefined where it is no date. */
  const boundary = (value) => {
    if (typeof value === 'string') {
      const date = DateTime.fromJSDate(new Date(value));
      return date.isValid ? date : undefined;
    }
    if (value instanceof Date) return DateTime.fromJSDate(value);
    return isDateTime(value) ? value : undefined;
  };

  const isBetween = (date, bounds) => {
    if (bounds.length !== 2) fail('isBetween(): expected exactly two args');
    const [first, second] = bounds.map(boundary);
    if (!first || !second) return undefined;
    return first > second ? second < date && date < first : second > date && date > first;
  };

  const isInLast = (date, [amount = 0, unit = 'minutes']) => {
    const start = DateTime.now().minus(duration(amount, unit));
    const moment = asDateTime(date);
    return start <= moment && moment <= DateTime.now();
  };

  const toDateTime = (date) => {
    if (isDateTime(date)) return date;
    return typeof date === 'string' ? host.string.functions.toDateTime(date) : DateTime.fromJSDate(date);
  };

  const diffTo = (date, [other, unit = 'days']) => {
    const asked = Array.isArray(unit) ? unit : [unit];
    const units = asked.length === 0 ? ['days'] : asked;
    const unknown = units.find((name) => !DATE_PARTS.includes(name) && !DURATION_UNITS.includes(name));
    if (unknown) {
      const supported = DURATION_UNITS.map((name) => `'${name}'`).join(', ');
      fail(`Unsupported unit '${String(unknown)}'. Supported: ${supported}.`);
    }
    const difference = date.diff(toDateTime(other), units);
    return units.length > 1 ? difference.toObject() : difference.as(units[0]);
  };

  const toInt = (date) => (isDateTime(date) ? date.toMillis() : date.getTime());

  return {
    typeName: 'Date',
    functions: {
      beginningOf: (date, [unit = 'week']) => changed(date, (moment) => moment.startOf(alias(UNIT_ALIASES, unit))),
      endOfMonth: (date) => changed(date, (moment) => moment.endOf('month')),
      extract,
      isBetween,
      isDst: (date) => asDateTime(date).isInDST,
      isInLast,
      isWeekend: (date) => [6, 7].includes(asDateTime(date).weekday),
      minus: (date, args) => changed(date, (moment) => moment.minus(amountOf(args))),
      plus: (date, args) => changed(date, (moment) => moment.plus(amountOf(args))),
      format: (date, [format, localeOptions = {}]) => asDateTime(date).toFormat(format, { ...localeOptions }),
      toDateTime,
      diffTo,
      diffToNow: (date, [unit]) => diffTo(date, [DateTime.now(), unit]),
      toInt,
      toFloat: toInt,
      toBoolean: nothing,
      isEmpty: () => false,
      isNotEmpty: () => true,
    },
  };
}
