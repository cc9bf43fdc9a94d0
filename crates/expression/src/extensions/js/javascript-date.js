// JavaScript's Date with UTC for local time, whatever the machine's zone, and with V8's reading of text.
(host) => {
  const NativeDate = globalThis.Date;
  const { prototype } = NativeDate;
  const { now, parseDate } = host.native;

  const { define } = host.builtins;

  for (const part of ['Date', 'Day', 'FullYear', 'Hours', 'Milliseconds', 'Minutes', 'Month', 'Seconds']) {
    const get = prototype[`getUTC${part}`];
    const set = prototype[`setUTC${part}`];
    define(prototype, { [`get${part}`]() { return get.call(this); } });
    if (set) define(prototype, { [`set${part}`](...args) { return set.apply(this, args); } });
  }

  const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
  const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  const padded = (number, length) => String(Math.abs(number)).padStart(length, '0');
  const dayText = (date) => {
    const year = date.getUTCFullYear();
    return [
      DAYS[date.getUTCDay()],
      MONTHS[date.getUTCMonth()],
      padded(date.getUTCDate(), 2),
      `${year < 0 ? '-' : ''}${padded(year, year < 0 ? 6 : 4)}`,
    ].join(' ');
  };
  const timeText = (date) => {
    const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map((part) => padded(part, 2)).join(':');
    return `${time} GMT+0000 (Coordinated Universal Time)`;
  };
  const written = (date, write) => (isNaN(prototype.getTime.call(date)) ? 'Invalid Date' : write(date));

  define(prototype, {
    getTimezoneOffset() { return this.getTime() * 0; },
    getYear() { return this.getUTCFullYear() - 1900; },
    setYear(year) {
      const full = Math.trunc(Number(year));
      return this.setUTCFullYear(full >= 0 && full <= 99 ? full + 1900 : Number(year));
    },
    toString() { return written(this, (date) => `${dayText(date)} ${timeText(date)}`); },
    toDateString() { return written(this, dayText); },
    toTimeString() { return written(this, timeText); },
  });

  const parse = (text) => parseDate(String(text).toWellFormed());

  const timeOf = (value) => {
    if (value instanceof NativeDate) return value.getTime();
    const primitive = value === null || typeof value !== 'object' ? value : host.shared.toPrimitive(value);
    return typeof primitive === 'string' ? parse(primitive) : Number(primitive);
  };

  function Date(year, month, ...rest) {
    if (new.target === undefined) return new Date().toString();
    const time = arguments.length === 0 ? now() : arguments.length === 1 ? timeOf(year) : NativeDate.UTC(year, month, ...rest);
    return Reflect.construct(NativeDate, [time], new.target);
  }
  Object.defineProperty(Date, 'length', { value: 7, configurable: true });
  Object.defineProperty(Date, 'prototype', { value: prototype, writable: false });
  define(Date, { now() { return now(); }, parse(text) { return parse(text); }, UTC: NativeDate.UTC });
  define(prototype, { constructor: Date });
  define(globalThis, { Date });
  return { Date };
}
