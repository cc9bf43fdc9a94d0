// Generates luxon calls from a seed: the same seed gives the same calls.

const ZONES = ['America/New_York', 'UTC', 'Europe/London', 'Europe/Berlin', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/St_Johns',
  'Pacific/Apia', 'Asia/Tokyo', 'America/Sao_Paulo', 'Europe/Dublin', 'Africa/Casablanca', 'Pacific/Auckland', 'Asia/Kolkata', 'America/Los_Angeles'];
const MORE_ZONES = [...ZONES, 'utc', 'gmt', 'local', 'system', 'default', 'utc+3', 'UTC-5:30', 'utc+14', 'UTC+05:45', 'Etc/GMT+5', 'US/Pacific', 'EST', 'CET',
  'america/chicago', 'nowhere/land', 'GMT+5', 'Africa/Cairo', 'Asia/Tehran', 'America/Caracas', 'Antarctica/Troll', 'Europe/Moscow', '', 'PST8PDT', '+05:30', 'Zulu'];
const UNITS = ['year', 'years', 'quarter', 'quarters', 'month', 'months', 'week', 'weeks', 'day', 'days', 'hour', 'hours', 'minute', 'minutes', 'second',
  'seconds', 'millisecond', 'milliseconds'];
const PLURAL = UNITS.filter((unit) => unit.endsWith('s'));
const TOKENS = ['S', 'u', 'SSS', 's', 'ss', 'uu', 'uuu', 'm', 'mm', 'h', 'hh', 'H', 'HH', 'Z', 'ZZ', 'ZZZ', 'ZZZZ', 'ZZZZZ', 'z', 'a', 'd', 'dd', 'c', 'ccc',
  'cccc', 'ccccc', 'E', 'EEE', 'EEEE', 'EEEEE', 'L', 'LL', 'LLL', 'LLLL', 'LLLLL', 'M', 'MM', 'MMM', 'MMMM', 'MMMMM', 'y', 'yy', 'yyyy', 'yyyyyy', 'G', 'GG',
  'GGGGG', 'kk', 'kkkk', 'W', 'WW', 'n', 'nn', 'ii', 'iiii', 'o', 'ooo', 'q', 'qq', 'X', 'x', 'D', 'DD', 'DDD', 'DDDD', 't', 'tt', 'ttt', 'tttt', 'T', 'TT',
  'TTT', 'TTTT', 'f', 'ff', 'fff', 'ffff', 'F', 'FF', 'FFF', 'FFFF', 'j', 'b', 'yyy', 'dddd', 'A', 'Q', "'quoted'", "''", "'it''s'", "'open"];
const PARSE_TOKENS = ['yyyy', 'y', 'yy', 'MM', 'M', 'MMM', 'MMMM', 'LLL', 'LLLL', 'dd', 'd', 'HH', 'H', 'hh', 'h', 'mm', 'm', 'ss', 's', 'SSS', 'S', 'u', 'uu', 'uuu',
  'a', 'ooo', 'o', 'EEE', 'EEEE', 'ccc', 'c', 'E', 'kkkk', 'WW', 'W', 'ZZ', 'ZZZ', 'Z', 'z', 'q', 'qq', 'G', 'D', 'DD', 'DDD', 't', 'tt', 'T', 'TT', 'f', 'F', 'ff'];
const PRESETS = ['DATE_SHORT', 'DATE_MED', 'DATE_MED_WITH_WEEKDAY', 'DATE_FULL', 'DATE_HUGE', 'TIME_SIMPLE', 'TIME_WITH_SECONDS', 'TIME_WITH_SHORT_OFFSET',
  'TIME_WITH_LONG_OFFSET', 'TIME_24_SIMPLE', 'TIME_24_WITH_SECONDS', 'TIME_24_WITH_SHORT_OFFSET', 'TIME_24_WITH_LONG_OFFSET', 'DATETIME_SHORT',
  'DATETIME_SHORT_WITH_SECONDS', 'DATETIME_MED', 'DATETIME_MED_WITH_SECONDS', 'DATETIME_MED_WITH_WEEKDAY', 'DATETIME_FULL', 'DATETIME_FULL_WITH_SECONDS',
  'DATETIME_HUGE', 'DATETIME_HUGE_WITH_SECONDS'];
const GETTERS = ['isValid', 'invalidReason', 'invalidExplanation', 'locale', 'numberingSystem', 'outputCalendar', 'zoneName', 'zone', 'year', 'quarter', 'month', 'day',
  'hour', 'minute', 'second', 'millisecond', 'weekYear', 'weekNumber', 'weekday', 'isWeekend', 'localWeekday', 'localWeekNumber', 'localWeekYear', 'ordinal',
  'monthShort', 'monthLong', 'weekdayShort', 'weekdayLong', 'offset', 'offsetNameShort', 'offsetNameLong', 'isOffsetFixed', 'isInDST', 'isInLeapYear', 'daysInMonth',
  'daysInYear', 'weeksInWeekYear', 'weeksInLocalWeekYear', 'zone.ianaName', 'ts', 'c'];
const PLAIN = ['toISO', 'toISODate', 'toISOTime', 'toISOWeekDate', 'toRFC2822', 'toHTTP', 'toSQL', 'toSQLDate', 'toSQLTime', 'toJSON', 'toString', 'valueOf', 'toMillis',
  'toSeconds', 'toUnixInteger', 'toObject', 'toJSDate', 'toBSON', 'toUTC', 'toLocal', 'toRelative', 'toRelativeCalendar', 'toLocaleString', 'toLocaleParts',
  'getPossibleOffsets', 'resolvedLocaleOptions'];

export function generate(seed, count) {
  const random = mulberry(seed);
  const below = (n) => Math.floor(random() * n);
  const pick = (list) => list[below(list.length)];
  const chance = (p) => random() < p;
  const between = (low, high) => low + below(high - low + 1);
  const some = (list, least, most) => {
    const left = [...list];
    return Array.from({ length: between(least, most) }, () => left.splice(below(left.length), 1)[0]);
  };
  const text = (value) => JSON.stringify(value);
  const object = (entries) => `{ ${entries.map(([name, value]) => `${name}: ${value}`).join(', ')} }`;
  const two = (n) => String(n).padStart(2, '0');

  const zone = () => text(pick(MORE_ZONES));
  const unit = () => text(chance(0.96) ? pick(UNITS) : pick(['Day', 'fortnight', 'WEEKS', '', 'weekday']));
  const amount = () => (chance(0.75) ? between(-40, 60) : pick([0, 0.5, -1.5, 2.25, 13, 400, -366, 1e4, 1 / 3, 0.1, 1000, 86400, '"7"', '"2.5"', 'null']));

  // Around the changes of summer time, the ends of months, and far away.
  const isoDate = () => {
    if (chance(0.3)) {
      return pick(['2024-03-10', '2024-11-03', '2024-03-31', '2024-10-27', '2024-02-29', '2023-02-28', '2024-12-31', '2024-01-01', '2024-04-07', '2024-10-06', '2011-12-30',
        '2000-02-29', '1999-12-31', '2020-01-05', '2026-12-28', '2024-09-29', '1970-01-01', '1900-03-01', '0099-05-05', '1883-11-18', '2018-02-18', '2018-11-04']);
    }
    const year = chance(0.85) ? between(1970, 2037) : pick([between(0, 99), between(100, 1969), between(2038, 9999)]);
    return `${String(year).padStart(4, '0')}-${two(between(1, 12))}-${two(between(1, 28))}`;
  };
  const isoTime = () => {
    const hour = chance(0.4) ? between(0, 3) : between(0, 23);
    return `${two(hour)}:${two(pick([0, 0, 15, 30, 45, 59, between(0, 59)]))}${chance(0.6) ? `:${two(between(0, 59))}${chance(0.6) ? `.${pick(['0', '5', '123', '250', '999', '1234567'])}` : ''}` : ''}`;
  };
  const offset = () => pick(['Z', '+00:00', '-05:00', '+05:30', '+0200', '-03', 'z', '+14:00', '[Asia/Tokyo]', '-04:00[America/New_York]', 'Z[UTC]']);
  const iso = () => {
    if (chance(0.7)) return `${isoDate()}${chance(0.8) ? `T${isoTime()}${chance(0.35) ? offset() : ''}` : ''}`;
    const year = between(1990, 2030);
    return pick([
      `${year}-W${two(between(1, 53))}-${between(1, 7)}`, `${year}W${two(between(1, 53))}`, `${year}-${String(between(1, 366)).padStart(3, '0')}`, `${year}`, `${year}-${two(between(1, 12))}`,
      isoDate().replaceAll('-', ''), `${isoDate().replaceAll('-', '')}T${two(between(0, 23))}${two(between(0, 59))}`, isoTime(), `T${isoTime()}`, `+00${year}-01-01`, '-000001-06-06',
      `${year}-13-01`, `${year}-02-30`, `${isoDate()}T24:00`, `${isoDate()}T24:01`, `${isoDate()} ${isoTime()}`, '', 'bad', `${isoDate()}T25:00`, `${isoDate()}T12:60`, `${year}-367`, `${year}-W54`,
      `${isoDate()}T12:30:45,5Z`, ' 2020-01-01', '2020-1-1', '20200101T', `${isoDate()}Z`, '2016-W05-8', `${year}-W05-7T10`, '2024-060T06:00Z', `${isoDate()}T1230Z`, `${isoDate()}T12:30:00[Nowhere/Land]`,
    ]);
  };
  const zoneOptions = () => object([...(chance(0.7) ? [['zone', zone()]] : []), ...(chance(0.4) ? [['setZone', chance(0.8)]] : []), ...(chance(0.1) ? [['locale', text(pick(['en-US', 'en', 'en-us']))]] : [])]);
  const millis = () => pick([0, between(0, 2e12), between(0, 2e12), -between(0, 2e12), between(-6e13, 2e14), 1710054000000 + between(-3, 3) * 1800000, 1730610000000 + between(-5, 5) * 1800000,
    1.5, -0.5, 8.64e15, 8640000000000001, -8.64e15, 253402300800000, -62198755200000]);
  const fieldsObject = () => {
    const kinds = [
      [['year', between(1900, 2100)], ['month', between(1, 12)], ['day', between(1, 31)]],
      [['weekYear', between(1990, 2030)], ['weekNumber', between(1, 53)], ['weekday', between(1, 7)]],
      [['year', between(1990, 2030)], ['ordinal', between(1, 366)]],
      [['year', between(1990, 2030)], ['month', between(1, 12)], ['day', between(1, 28)], ['weekday', between(1, 7)]],
      [['localWeekYear', between(1990, 2030)], ['localWeekNumber', between(1, 53)], ['localWeekday', between(1, 7)]],
      [['weekday', between(0, 8)]], [['quarter', between(1, 4)], ['year', 2024]], [['month', pick([0, 13, 1.5, '"3"'])]], [['year', 2024], ['weekNumber', 3]], [['ordinal', 3], ['month', 2]], [['localWeekday', 1], ['weekday', 2]],
    ];
    const date = kinds[chance(0.7) ? below(4) : below(kinds.length)];
    const kept = date.slice(0, between(1, date.length));
    const time = [['hour', between(0, 24)], ['minute', between(0, 60)], ['second', between(0, 59)], ['millisecond', between(0, 999)]];
    return object([...kept, ...(chance(0.5) ? time.slice(0, between(1, 4)) : []), ...(chance(0.03) ? [['bogus', 1]] : [])]);
  };
  const parts = () => [between(1970, 2037), between(1, 12), between(1, 28), between(0, 23), between(0, 59), between(0, 59), between(0, 999)].slice(0, between(0, 7));

  const date = () => {
    const dice = random();
    if (dice < 0.42) return `DateTime.fromISO(${text(`${isoDate()}T${isoTime()}`)}${chance(0.5) ? `, { zone: ${text(pick(ZONES))} }` : ''})`;
    if (dice < 0.52) return 'DateTime.now()';
    if (dice < 0.62) return `DateTime.fromMillis(${millis()}${chance(0.4) ? `, { zone: ${zone()} }` : ''})`;
    if (dice < 0.7) return `DateTime.${pick(['local', 'utc'])}(${parts().join(', ')})`;
    if (dice < 0.78) return `DateTime.fromObject(${fieldsObject()}${chance(0.4) ? `, { zone: ${zone()} }` : ''})`;
    if (dice < 0.9) return `DateTime.fromISO(${text(iso())}${chance(0.5) ? `, ${zoneOptions()}` : ''})`;
    if (dice < 0.95) return `DateTime.fromSeconds(${pick([0, 1e9, 1710085530.25, -5.5, 1e12])})`;
    return `DateTime.fromJSDate(new Date(${pick([text(`${isoDate()}T00:00:00Z`), '"bad"', 0, 1710085530250])})${chance(0.5) ? `, { zone: ${zone()} }` : ''})`;
  };
  const durationObject = () => object(some(PLURAL, 1, 3).map((name) => [name, amount()]));
  const isoDuration = () => pick(['P1Y2M3W4DT5H6M7.8S', 'PT36H', 'P1W', 'P-3D', '-P1D', 'PT-1.5S', 'PT0.5S', 'P0.5Y', 'PT1H30M', 'P', 'PT', 'bad', 'P1YT', 'PT-0.25S', '-PT1,5S', 'P1M', 'PT90M', 'PT1000S', 'P400D', 'P1DT']);
  const durationOptions = () => (chance(0.2) ? `, { conversionAccuracy: ${text(pick(['longterm', 'casual', 'x']))} }` : '');
  const duration = () => {
    const base = pick([
      () => `Duration.fromObject(${durationObject()}${durationOptions()})`, () => `Duration.fromObject(${durationObject()}${durationOptions()})`, () => `Duration.fromISO(${text(isoDuration())}${durationOptions()})`,
      () => `Duration.fromMillis(${pick([0, 1, 999, 90061001, -90061001, 1e12, 1.5, 86400000, between(-1e9, 1e9)])})`, () => `Duration.fromISOTime(${text(pick(['11:22:33.444', 'T1100', '11', '25:99', 'bad', '00:00']))})`,
      () => `${simpleDate()}.diff(${simpleDate()}, ${units()})`, () => `Duration.fromDurationLike(${pick([5, durationObject()])})`,
    ])();
    return base + (chance(0.5) ? durationStep() : '') + (chance(0.2) ? durationStep() : '');
  };
  const durationStep = () => pick([
    () => `.plus(${durationObject()})`, () => `.minus(${pick([durationObject(), 1500])})`, () => '.normalize()', () => '.rescale()', () => '.negate()', () => '.shiftToAll()', () => '.removeZeros()',
    () => `.shiftTo(${some(PLURAL, 1, 4).map(text).join(', ')})`, () => `.set(${durationObject()})`, () => '.mapUnits((x) => x * 2)', () => '.mapUnits((x, u) => u === "hours" ? x / 4 : x)',
    () => `.reconfigure({ conversionAccuracy: ${text(pick(['longterm', 'casual']))} })`,
  ])();
  const simpleDate = () => `DateTime.fromISO(${text(`${isoDate()}T${isoTime()}`)}${chance(0.5) ? `, { zone: ${text(pick(ZONES))} }` : ''})`;
  const language = () => text(pick(['de', 'fr', 'es', 'it', 'pt-BR', 'nl', 'en-GB', 'sv', 'pl', 'de-AT', 'ja', 'ru', 'cs', 'fi']));
  const units = () => (chance(0.4) ? unit() : `[${some(PLURAL, 1, 4).map(text).join(', ')}]`);

  const step = () => pick([
    () => `.plus(${durationObject()})`, () => `.minus(${durationObject()})`, () => `.plus(${pick([5, -86400000, 1.5, `Duration.fromISO(${text(isoDuration())})`])})`, () => `.startOf(${unit()}${chance(0.1) ? ', { useLocaleWeeks: true }' : ''})`,
    () => `.endOf(${unit()}${chance(0.1) ? ', { useLocaleWeeks: true }' : ''})`, () => `.set(${fieldsObject()})`, () => `.set({ ${pick(['hour', 'minute', 'day', 'month', 'year', 'ordinal', 'weekday', 'weekNumber', 'millisecond'])}: ${between(-3, 40)} })`,
    () => `.setZone(${zone()}${chance(0.4) ? ', { keepLocalTime: true }' : ''})`, () => `.toUTC(${pick(['', 0, 60, -330])}${chance(0.1) ? '' : ''})`, () => '.toLocal()', () => '.setLocale("en-US")',
  ])();
  const chain = () => date() + Array.from({ length: between(0, 2) }, step).join('');

  const format = (tokens) => Array.from({ length: between(1, 6) }, () => pick(tokens)).join(pick([' ', '-', '/', ':', ', ', '', '.', " 'at' ", ' | ']));
  const intl = () => {
    const choices = [
      ['weekday', pick(['long', 'short', 'narrow'])], ['era', pick(['long', 'short', 'narrow'])], ['year', pick(['numeric', '2-digit'])], ['month', pick(['numeric', '2-digit', 'long', 'short', 'narrow'])],
      ['day', pick(['numeric', '2-digit'])], ['hour', pick(['numeric', '2-digit'])], ['minute', pick(['numeric', '2-digit'])], ['second', pick(['numeric', '2-digit'])], ['timeZoneName', pick(['short', 'long', 'shortOffset', 'longOffset'])],
    ];
    const usual = pick([['year', 'month', 'day'], ['month', 'day'], ['year', 'month'], ['hour', 'minute'], ['weekday', 'month', 'day'], ['weekday'], ['month'], ['year'], ['day'], ['weekday', 'year', 'month', 'day', 'hour', 'minute'],
      ['month', 'day', 'hour', 'minute'], ['hour'], ['hour', 'minute', 'second'], ['minute', 'second'], ['year', 'month', 'day', 'hour', 'minute', 'second', 'timeZoneName'], ['year', 'month', 'day', 'era'], ['weekday', 'hour', 'minute']]);
    const kept = choices.filter(([name]) => usual.includes(name)).map(([name, value]) => [name, text(value)]);
    const extra = pick([[], [], [['hour12', chance(0.5)]], [['hourCycle', text(pick(['h23', 'h12', 'h11', 'h24']))]], [['timeZone', text(pick(ZONES))]], [['fractionalSecondDigits', between(1, 3)], ['second', text('numeric')], ['minute', text('numeric')]]]);
    const style = () => text(pick(['full', 'long', 'medium', 'short']));
    return chance(0.15) ? object(pick([[['dateStyle', style()]], [['timeStyle', style()]], [['dateStyle', style()], ['timeStyle', style()]]])) : object([...kept, ...extra.filter(([name]) => !usual.includes(name))]);
  };
  const isoOptions = () => object(some([
    ['format', text(pick(['basic', 'extended']))], ['suppressSeconds', chance(0.7)], ['suppressMilliseconds', chance(0.7)], ['includeOffset', chance(0.4)], ['includePrefix', chance(0.7)], ['extendedZone', chance(0.7)],
    ['precision', text(pick(['year', 'months', 'day', 'hour', 'minutes', 'second', 'milliseconds', 'week', 'quarter']))],
  ], 1, 3));
  const relativeOptions = () => object([
    ...(chance(0.6) ? [['base', simpleDate()]] : []), ...(chance(0.3) ? [['unit', chance(0.6) ? text(pick(PLURAL.slice(0, 8))) : '["days", "hours"]']] : []), ...(chance(0.3) ? [['style', text(pick(['long', 'short', 'narrow']))]] : []),
    ...(chance(0.3) ? [['round', chance(0.4)]] : []), ...(chance(0.2) ? [['padding', pick([1000, 3600000])]] : []), ...(chance(0.2) ? [['rounding', text(pick(['trunc', 'expand', 'round', 'floor', 'ceil', 'bad']))]] : []),
  ]);

  const dateCase = () => pick([
    () => `${chain()}.${pick(GETTERS)}`, () => `${chain()}.${pick(GETTERS)}`, () => `${chain()}`, () => `${chain()}`, () => `${chain()}.${pick(PLAIN)}()`, () => `${chain()}.${pick(PLAIN)}()`,
    () => `${chain()}.toFormat(${text(format(TOKENS))})`, () => `${chain()}.toFormat(${text(format(TOKENS))})`, () => `${chain()}.toFormat(${text(pick(TOKENS))})`, () => `${chain()}.toLocaleString(DateTime.${pick(PRESETS)})`, () => `${chain()}.toLocaleString(${intl()})`,
    () => `${chain()}.toLocaleParts(${intl()})`, () => `${chain()}.${pick(['toISO', 'toISODate', 'toISOTime'])}(${isoOptions()})`,
    () => `${chain()}.${pick(['toSQL', 'toSQLTime'])}(${object(some([['includeOffset', chance(0.5)], ['includeZone', chance(0.5)], ['includeOffsetSpace', chance(0.5)]], 1, 3))})`,
    () => `${chain()}.diff(${chain()}, ${units()}${chance(0.2) ? ', { conversionAccuracy: "longterm" }' : ''})`, () => `${simpleDate()}.diff(${simpleDate()}, ${units()})`, () => `${chain()}.diffNow(${units()})`,
    () => `${chain()}.hasSame(${chain()}, ${unit()})`, () => `[${chain()}].map((d) => d.equals(${chain()}))`, () => `DateTime.${pick(['min', 'max'])}(${[simpleDate(), simpleDate(), simpleDate()].slice(0, between(1, 3)).join(', ')})`,
    () => `${chain()}.${pick(['toRelative', 'toRelativeCalendar'])}(${relativeOptions()})`, () => `DateTime.now().${pick(['plus', 'minus'])}(${durationObject()}).${pick(['toRelative', 'toRelativeCalendar'])}()`,
    () => `${chain()}.toObject({ includeConfig: true })`, () => `${chain()} ${pick(['<', '>', '<=', '-'])} ${chain()}`, () => `${chain()}.get(${text(pick(['year', 'month', 'ordinal', 'nothing']))})`,
    () => `${chain()}.until(${chain()})`, () => `${chain()}.zone.${pick(['offset(0)', 'formatOffset(0, "short")', 'formatOffset(1e12, "techie")', 'formatOffset(0, "narrow")', 'offsetName(1.7e12, { format: "long", locale: "en-US" })', 'isUniversal', 'type'])}`,
  ])();
  const parseCase = () => pick([
    () => `DateTime.fromISO(${text(iso())}${chance(0.5) ? `, ${zoneOptions()}` : ''})`, () => `DateTime.fromISO(${text(iso())}${chance(0.5) ? `, ${zoneOptions()}` : ''})`,
    () => `DateTime.fromSQL(${text(pick([`${isoDate()} ${isoTime()}`, isoDate(), isoTime(), `${isoDate()} ${isoTime()} ${pick(ZONES)}`, `${isoDate()} ${isoTime()} -04:00`, `${isoDate()} ${isoTime()}Z`, 'bad', `${isoDate()}T${isoTime()}`]))}${chance(0.4) ? `, ${zoneOptions()}` : ''})`,
    () => `DateTime.fromHTTP(${text(pick(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994', 'Mon, 06 Nov 1994 08:49:37 GMT', 'bad', 'Wed Nov 16 08:49:37 1994', 'Sunday, 06-Nov-59 08:49:37 GMT']))}${chance(0.4) ? `, ${zoneOptions()}` : ''})`,
    () => `DateTime.fromRFC2822(${text(pick(['25 Nov 2016 13:23:12 GMT', 'Fri, 25 Nov 2016 13:23:12 +0600', '25 Nov 2016 13:23 Z', 'Tue, 01 Nov 2016 01:23:12 EST', 'Thu, 25 Nov 2016 13:23:12 +0600', '1 Nov 16 01:23 PDT', '(c) 25 Nov 2016 (x) 13:23:12   -0530', 'bad', '25 Nov 2016 13:23:12 UT', '31 Feb 2016 13:23:12 GMT', '01 Nov 61 01:23 MST', '1 Nov 116 01:23 MST']))}${chance(0.4) ? `, ${zoneOptions()}` : ''})`,
    () => { const f = text(format(PARSE_TOKENS)); return `DateTime.fromFormat(${simpleDate()}.toFormat(${f}), ${f}${chance(0.3) ? `, ${zoneOptions()}` : ''})`; },
    () => { const f = text(format(PARSE_TOKENS)); return `DateTime.fromFormat(${simpleDate()}.toFormat(${f}), ${f})`; },
    () => { const f = text(pick(['yyyy-MM-dd', 'dd/MM/yyyy HH:mm', 'M/d/yy', 'LLLL d, yyyy', 'EEE, d LLL yyyy', 'yyyyMMddHHmmss', 'h:mm a', 'HH:mm:ss.SSS', 'd LLL yyyy HH:mm ZZ', 'yyyy-MM-dd HH:mm z', 'kkkk-\'W\'WW-c', 'yyyy-ooo', 'FF', 'DDDD', 'tt'])); return `DateTime.fromFormat(${simpleDate()}.toFormat(${f}), ${f}${chance(0.5) ? `, ${zoneOptions()}` : ''})`; },
    () => `DateTime.fromFormat(${text(pick(['12/31/2024', '2024-02-30', 'JANUARY 5, 2024', 'jan. 5 2024', '5:07 pm', '13:00 PM', '24:00', '2024-05-05T10:00+02:00', '', '1/2/34', '99', 'Mon 5', 'Q3 2024']))}, ${text(pick(['MM/dd/yyyy', 'yyyy-MM-dd', 'MMMM d, yyyy', 'LLL d yyyy', 'h:mm a', 'HH:mm a', 'HH:mm', "yyyy-MM-dd'T'HH:mmZZ", '', 'd/M/yy', 'yy', 'EEE d', "'Q'q yyyy"]))}${chance(0.3) ? `, ${zoneOptions()}` : ''})`,
    () => `DateTime.fromObject(${fieldsObject()}${chance(0.5) ? `, { zone: ${zone()} }` : ''})`, () => `DateTime.${pick(['local', 'utc'])}(${parts().join(', ')}${chance(0.3) ? `${'' }` : ''})`,
    () => `DateTime.fromMillis(${millis()}, ${zoneOptions()})`,
  ])();
  const durationCase = () => pick([
    () => duration(), () => duration(), () => `${duration()}.${pick(['toISO', 'toJSON', 'toString', 'toMillis', 'valueOf', 'toObject', 'toHuman', 'isValid', 'invalidReason', 'toISOTime', 'years', 'hours', 'minutes', 'milliseconds', 'conversionAccuracy', 'locale']).replace(/^(to\w+|valueOf)$/, '$1()')}`,
    () => `${duration()}.as(${unit()})`, () => `${duration()}.get(${unit()})`,
    () => `${duration()}.toFormat(${text(pick(['hh:mm:ss', "d 'days' hh:mm", 'S', 'SSSSSS', 'h', 'y M w d h m s S', 'ss.SSS', 'yyyy-MM-dd', "mm 'minutes'", 'D', '', 'dd\'d\' hh\'h\'']))}${chance(0.4) ? `, ${object(some([['floor', chance(0.5)], ['round', chance(0.5)], ['signMode', text(pick(['all', 'negative', 'negativeLargestOnly']))]], 1, 2))}` : ''})`,
    () => `${duration()}.toHuman(${object(some([['listStyle', text(pick(['long', 'short', 'narrow']))], ['unitDisplay', text(pick(['long', 'short', 'narrow']))], ['showZeros', chance(0.4)], ['maximumFractionDigits', between(0, 4)], ['useGrouping', true]], 1, 3))})`,
    () => `${duration()}.toISOTime(${isoOptions()})`, () => `${duration()}.equals(${duration()})`, () => `${duration()} > ${duration()}`,
  ])();
  const interval = () => pick([
    () => { const start = simpleDate(); return `Interval.after(${start}, ${object(some(PLURAL.slice(0, 7), 1, 2).map((name) => [name, between(0, 20)]))})`; },
    () => `Interval.fromDateTimes(${simpleDate()}, ${simpleDate()})`, () => `Interval.before(${simpleDate()}, { days: ${between(0, 40)} })`,
    () => `Interval.fromISO(${text(pick([`${isoDate()}/${isoDate()}`, `${isoDate()}/P${between(1, 9)}D`, `P1W/${isoDate()}`, `${isoDate()}T${isoTime()}/PT${between(1, 50)}H`, 'bad', '2024-01-01/bad', '2024-01-01', 'P1D/P1D']))}${chance(0.3) ? `, ${zoneOptions()}` : ''})`,
    () => `Interval.fromDateTimes(DateTime.fromISO("2024-01-01").plus({ days: ${between(0, 20)} }), DateTime.fromISO("2024-01-21").plus({ days: ${between(0, 20)} }))`,
  ])();
  const near = () => `Interval.after(DateTime.fromISO("2024-03-0${between(1, 9)}"), { days: ${between(0, 9)}, hours: ${between(0, 30)} })`;
  const intervalCase = () => pick([
    () => interval(), () => `${interval()}.${pick(['start', 'end', 'lastDateTime', 'isValid', 'invalidReason', 'invalidExplanation', 'isEmpty()', 'toString()', 'toISO()', 'toISODate()', 'toISOTime()', 'toDuration()', 'length()', 'count()', 'toLocaleString()'])}`,
    () => `${interval()}.length(${unit()})`, () => `${interval()}.count(${unit()})`, () => `${interval()}.toDuration(${units()})`, () => `${interval()}.hasSame(${unit()})`,
    () => `${near()}.${pick(['overlaps', 'engulfs', 'abutsStart', 'abutsEnd', 'equals', 'intersection', 'union', 'difference'])}(${near()})`, () => `${near()}.${pick(['contains', 'isAfter', 'isBefore'])}(DateTime.fromISO("2024-03-0${between(1, 9)}"))`,
    () => `${near()}.splitBy(${pick(['{ days: 2 }', '{ hours: 20 }', '86400000', '{ days: 1, hours: 6 }', '{ weeks: 1 }', '{ days: 0 }'])})`, () => `${near()}.divideEqually(${between(1, 5)})`, () => `${near()}.splitAt(DateTime.fromISO("2024-03-0${between(1, 9)}"), DateTime.fromISO("2024-03-08T12:00"))`,
    () => `Interval.merge([${near()}, ${near()}, ${near()}])`, () => `Interval.xor([${near()}, ${near()}, ${near()}])`, () => `${near()}.difference(${near()}, ${near()})`, () => `${interval()}.toFormat(${text(format(TOKENS))}${chance(0.3) ? ', { separator: " to " }' : ''})`,
    () => `${interval()}.toISO(${isoOptions()})`, () => `${interval()}.toISOTime(${isoOptions()})`, () => `${near()}.mapEndpoints((d) => d.plus({ days: 1 }))`, () => `${near()}.set({ start: DateTime.fromISO("2024-03-01") })`,
  ])();
  const WORDS = TOKENS.filter((token) => /^(MMM+|LLL+|ccc+|EEE+|G+|a|yyyy|dd?|HH|mm)$/.test(token));
  const PLAIN_PRESETS = PRESETS.filter((name) => !/OFFSET|FULL|HUGE/.test(name) || /^DATE_/.test(name));
  const localeCase = () => pick([
    () => `${simpleDate()}.setLocale(${language()}).toLocaleString(${chance(0.2) ? '' : `DateTime.${pick(PLAIN_PRESETS)}`})`, () => `${simpleDate()}.toLocaleString(DateTime.${pick(PLAIN_PRESETS)}, { locale: ${language()} })`,
    () => `${simpleDate()}.setLocale(${language()}).toLocaleString(${pick(['{ day: "2-digit", month: "2-digit", year: "numeric" }', '{ dateStyle: "full" }', '{ dateStyle: "short" }', '{ dateStyle: "medium", timeStyle: "short" }', '{ weekday: "long" }', '{ month: "long", year: "numeric" }', '{ weekday: "short", day: "numeric", month: "short" }', '{ hour: "2-digit", minute: "2-digit" }', '{ hour: "numeric", minute: "numeric", hour12: true }'])})`,
    () => `${simpleDate()}.setLocale(${language()}).toFormat(${text(format(WORDS))})`, () => `${simpleDate()}.setLocale(${language()}).${pick(['monthLong', 'monthShort', 'weekdayLong', 'weekdayShort', 'locale', 'localWeekday', 'localWeekNumber', 'isWeekend'])}`,
    () => `${simpleDate()}.toFormat(${text(format(WORDS))}, { locale: ${language()} })`, () => `${simpleDate()}.setLocale(${language()}).startOf("week", { useLocaleWeeks: true })`,
    () => { const f = text(pick(['d MMMM yyyy', 'dd LLL yyyy', 'EEEE d MMMM yyyy', 'd. MMM yyyy'])); const l = language(); return `DateTime.fromFormat(${simpleDate()}.setLocale(${l}).toFormat(${f}), ${f}, { locale: ${l} })`; },
  ])();
  const errorCase = () => pick([
    () => `DateTime.now().${pick(['startOf', 'endOf', 'plus', 'minus', 'diff', 'hasSame', 'until', 'toFormat', 'equals', 'setZone', 'set', 'get', 'toISO', 'toRelative', 'setLocale'])}(${pick(['', '"x"', '5', 'null', '{}', '[]', '{ x: 1 }', 'true', '{ days: "x" }', '{ days: "" }', '{ days: true }', '{ days: NaN }', 'undefined', 'new Date(0)'])})`,
    () => `DateTime.${pick(['fromISO', 'fromSQL', 'fromHTTP', 'fromMillis', 'fromSeconds', 'fromObject', 'fromJSDate', 'fromFormat', 'local', 'utc', 'min', 'isDateTime', 'invalid', 'fromRFC2822'])}(${pick(['undefined', '"x"', '5', 'null', '{}', '[]', 'true', '{ x: 1 }', '"5"', 'NaN', 'Infinity'])}${chance(0.3) ? pick([', null', ', "y"', ', 5', ', {}', ', { zone: 5 }', ', { zone: true }', ', { zone: {} }']) : ''})`,
    () => `Duration.${pick(['fromISO', 'fromObject', 'fromMillis', 'fromDurationLike', 'isDuration', 'invalid', 'fromISOTime', 'normalizeUnit'])}(${pick(['', '"x"', '5', 'null', '{}', '[]', 'true', '{ x: 1 }', '{ days: "x" }', '"days"', 'NaN'])})`,
    () => `Duration.fromObject({ days: 1 }).${pick(['plus', 'minus', 'get', 'set', 'as', 'shiftTo', 'equals', 'toFormat', 'mapUnits', 'toHuman'])}(${pick(['', '"x"', '5', 'null', '{}', '{ x: 1 }', '"days"', '{ days: 2 }'])})`,
    () => `Interval.${pick(['fromDateTimes', 'after', 'before', 'fromISO', 'merge', 'xor', 'isInterval', 'invalid'])}(${pick(['undefined', '"x"', '5', 'null', '{}', '[]', 'DateTime.now()', 'new Date(0)'])}${chance(0.5) ? pick([', 5', ', "x"', ', { days: 1 }', ', DateTime.now()', ', null']) : ''})`,
    () => `Interval.after(DateTime.now(), { days: 1 }).${pick(['length', 'count', 'contains', 'overlaps', 'splitAt', 'divideEqually', 'set', 'equals', 'union', 'toDuration', 'hasSame'])}(${pick(['', '"x"', '5', 'null', '{}', '0'])})`,
  ])();

  return Array.from({ length: count }, (_, id) => {
    const dice = random();
    const kind = dice < 0.5 ? dateCase : dice < 0.7 ? parseCase : dice < 0.82 ? durationCase : dice < 0.92 ? intervalCase : dice < 0.95 ? localeCase : errorCase;
    const now = chance(0.7) ? 1710085530250 : pick([1730613600000, 1704067199999, 1719792000000, 951782400000]);
    return { id, zone: chance(0.6) ? 'America/New_York' : pick(ZONES), now, code: kind() };
  });
}

/** A small generator of random numbers with a seed. */
function mulberry(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
