//! The class `DateTime`: its getters and methods.

use rquickjs::{Array, Ctx, Exception, Object, Result, Value};

use super::{
    args::{
        check_movable, date_time, duration_like, enumerable, fields, flag, format_argument, locale, not_nullish,
        number, options, property, text, text_or_null, truthy, unit, units, zone, zone_option,
    },
    call::{Call, Entry, Js, Native, constructor, define_getters, define_methods},
    date_parse::STATIC,
    options::{date_format, iso, locale_options, parse_accuracy, relative, sql},
};
use crate::luxon::{
    DateTime, Duration, Field, INVALID_DATE_TIME, Interval, IsoOptions, Locale, LocaleOptions, Unit, Zone,
    english::Width,
    format,
    intl::{self, names::Names, presets},
    math::time_clip,
};

/// The constructor with its static methods and presets.
pub(super) fn class<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let class = constructor::<DateTime>(ctx, construct)?;
    define_methods(&class, STATIC)?;
    for preset in presets::ALL {
        let parts = Object::new(ctx.clone())?;
        for (name, value) in preset.parts {
            parts.set(*name, *value)?;
        }
        class.set(preset.name, parts)?;
    }
    Ok(class)
}

pub(super) fn prototype<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let prototype = Object::new(ctx.clone())?;
    define_getters(&prototype, GETTERS)?;
    define_getters(&prototype, FIELDS)?;
    define_methods(&prototype, METHODS)?;
    define_methods(&prototype, FORMATS)?;
    Ok(prototype)
}

/// `new DateTime({ ts, zone })`.
fn construct<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let config = call.arg(0);
    not_nullish(&call.ctx, &config, "zone")?;
    let settings = call.settings();
    let config = config.into_object();
    let zone = zone_option(call, config.as_ref(), &settings)?;
    let ts = match property(config.as_ref(), "ts")? {
        Some(ts) => number(&call.ctx, &ts)?,
        None => settings.now,
    };
    Ok(DateTime::new(ts, zone, Locale::default()).into())
}

fn read<'js>(call: &Call<'_, 'js>, read: impl FnOnce(&DateTime) -> f64) -> Result<Js<'js>> {
    call.with(read).map(Js::Number)
}

/// Numbers of the local date and time.
const FIELDS: &[(&str, Native)] = &[
    ("year", |call| read(call, |d| d.field(|c| c.year.into()))),
    ("quarter", |call| read(call, DateTime::quarter)),
    ("month", |call| read(call, |d| d.field(|c| c.month.into()))),
    ("day", |call| read(call, |d| d.field(|c| c.day.into()))),
    ("hour", |call| read(call, |d| d.field(|c| c.hour.into()))),
    ("minute", |call| read(call, |d| d.field(|c| c.minute.into()))),
    ("second", |call| read(call, |d| d.field(|c| c.second.into()))),
    ("millisecond", |call| read(call, |d| d.field(|c| c.millisecond.into()))),
    ("weekYear", |call| read(call, DateTime::week_year)),
    ("weekNumber", |call| read(call, DateTime::week_number)),
    ("weekday", |call| read(call, DateTime::weekday)),
    ("localWeekday", |call| read(call, DateTime::local_weekday)),
    ("localWeekNumber", |call| read(call, DateTime::local_week_number)),
    ("localWeekYear", |call| read(call, DateTime::local_week_year)),
    ("ordinal", |call| read(call, DateTime::ordinal)),
    ("offset", |call| read(call, DateTime::offset)),
    ("daysInMonth", |call| {
        // Of an invalid date there is no month, not even NaN.
        call.with(|d: &DateTime| if d.is_valid() { d.days_in_month().into() } else { Js::Undefined })
    }),
    ("daysInYear", |call| read(call, DateTime::days_in_year)),
    ("weeksInWeekYear", |call| read(call, DateTime::weeks_in_week_year)),
    ("weeksInLocalWeekYear", |call| read(call, DateTime::weeks_in_local_week_year)),
    ("ts", |call| read(call, DateTime::ts)),
];

const GETTERS: &[(&str, Native)] = &[
    ("isLuxonDateTime", |call| call.with(|_: &DateTime| Js::Bool(true))),
    ("isValid", |call| call.with(DateTime::is_valid).map(Js::Bool)),
    ("invalidReason", |call| call.with(|d: &DateTime| text_or_null(d.invalid_reason().map(|i| i.reason.as_str())))),
    ("invalidExplanation", |call| {
        call.with(|d: &DateTime| match d.invalid_reason() {
            Some(invalid) if invalid.is_undefined => Js::Undefined,
            invalid => text_or_null(invalid.and_then(|invalid| invalid.explanation.as_deref())),
        })
    }),
    ("locale", |call| of_locale(call, |locale| Some(locale.tag()))),
    ("numberingSystem", |call| of_locale(call, Locale::numbering_system)),
    ("outputCalendar", |call| of_locale(call, Locale::output_calendar)),
    ("zone", |call| call.with(|d: &DateTime| d.zone().clone().into())),
    ("zoneName", |call| call.with(|d: &DateTime| d.is_valid().then(|| d.zone().name()).into())),
    ("isWeekend", |call| call.with(DateTime::is_weekend).map(Js::Bool)),
    ("isInDST", |call| call.with(DateTime::is_in_dst).map(Js::Bool)),
    ("isInLeapYear", |call| call.with(DateTime::is_in_leap_year).map(Js::Bool)),
    ("isOffsetFixed", |call| call.with(|d: &DateTime| d.is_valid().then(|| d.zone().is_universal()).into())),
    ("monthShort", |call| month_name(call, Width::Short)),
    ("monthLong", |call| month_name(call, Width::Long)),
    ("weekdayShort", |call| weekday_name(call, Width::Short)),
    ("weekdayLong", |call| weekday_name(call, Width::Long)),
    ("offsetNameShort", |call| offset_name(call, Width::Short)),
    ("offsetNameLong", |call| offset_name(call, Width::Long)),
    ("c", |call| civil_object(call)),
];

fn of_locale<'js>(call: &Call<'_, 'js>, read: fn(&Locale) -> Option<&str>) -> Result<Js<'js>> {
    call.with(|date: &DateTime| text_or_null(read(date.locale()).filter(|_| date.is_valid())))
}

fn month_name<'js>(call: &Call<'_, 'js>, width: Width) -> Result<Js<'js>> {
    call.with(|d: &DateTime| d.civil().map(|c| Names::of(d.locale()).month(c.month, width, true)).into())
}

fn weekday_name<'js>(call: &Call<'_, 'js>, width: Width) -> Result<Js<'js>> {
    call.with(|d: &DateTime| d.civil().map(|_| Names::of(d.locale()).weekday(d.weekday() as u8, width, true)).into())
}

fn offset_name<'js>(call: &Call<'_, 'js>, width: Width) -> Result<Js<'js>> {
    call.with(|d: &DateTime| d.is_valid().then(|| format::offset_name(d.zone(), d.ts(), width)).into())
}

const METHODS: &[Entry] = &[
    ("get", 1, get),
    ("plus", 1, |call| shift(call, false)),
    ("minus", 1, |call| shift(call, true)),
    ("set", 1, set),
    ("startOf", 1, |call| edge(call, DateTime::start_of)),
    ("endOf", 1, end_of),
    ("setZone", 1, set_zone),
    ("toUTC", 0, to_utc),
    ("toLocal", 0, to_local),
    ("reconfigure", 0, reconfigure),
    ("setLocale", 1, set_locale),
    ("diff", 1, diff),
    ("diffNow", 0, diff_now),
    ("until", 1, until),
    ("hasSame", 2, has_same),
    ("equals", 1, equals),
    ("getPossibleOffsets", 0, possible_offsets),
    ("valueOf", 0, |call| read(call, DateTime::to_millis)),
    ("toMillis", 0, |call| read(call, DateTime::to_millis)),
    ("toSeconds", 0, |call| read(call, |d| d.to_millis() / 1000.0)),
    ("toUnixInteger", 0, |call| read(call, |d| (d.to_millis() / 1000.0).floor())),
    ("toJSDate", 0, |call| call.with(DateTime::to_millis).map(Js::Date)),
    ("toBSON", 0, |call| call.with(DateTime::to_millis).map(Js::Date)),
    ("toObject", 0, to_object),
];

fn get<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    match call.this().as_object() {
        Some(date) => date.get::<_, Value<'js>>(call.arg(0)).map(Js::from),
        None => Ok(Js::Undefined),
    }
}

fn shift<'js>(call: &Call<'_, 'js>, back: bool) -> Result<Js<'js>> {
    let date = call.date()?;
    if !date.is_valid() {
        return Ok(date.into());
    }
    let duration = duration_like(&call.ctx, &call.arg(0))?;
    check_movable(&call.ctx, &date, &duration)?;
    Ok(if back { date.minus(&duration) } else { date.plus(&duration) }.into())
}

fn set<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let date = call.date()?;
    if !date.is_valid() {
        return Ok(date.into());
    }
    let object = enumerable(call, 0)?;
    let fields = fields(&call.ctx, &object)?;
    call.ok(date.set(&fields)).map(Js::from)
}

fn edge<'js>(call: &Call<'_, 'js>, find: fn(&DateTime, Unit, bool) -> DateTime) -> Result<Js<'js>> {
    let date = call.date()?;
    if !date.is_valid() {
        return Ok(date.into());
    }
    let unit = unit(&call.ctx, &call.arg(0))?;
    let weeks = flag(call.arg(1).as_object(), "useLocaleWeeks", false)?;
    Ok(find(&date, unit, weeks).into())
}

/// `endOf` reads its unit as the key of an object, where anything is text.
fn end_of<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let date = call.date()?;
    if !date.is_valid() {
        return Ok(date.into());
    }
    let name = text(&call.ctx, &call.arg(0))?;
    let unit = call.ok(Unit::parse(&name))?;
    let weeks = flag(call.arg(1).as_object(), "useLocaleWeeks", false)?;
    Ok(date.end_of(unit, weeks).into())
}

fn set_zone<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let settings = call.settings();
    let date = call.date()?;
    let zone = zone(&call.ctx, Some(&call.arg(0)), &settings)?;
    let options = call.arg(1).into_object();
    let keep = flag(options.as_ref(), "keepLocalTime", false)? || flag(options.as_ref(), "keepCalendarTime", false)?;
    Ok(date.set_zone(&zone, keep, &settings).into())
}

fn to_utc<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let settings = call.settings();
    let offset = call.arg(0);
    let offset = if offset.is_undefined() { 0.0 } else { number(&call.ctx, &offset)? };
    let keep = flag(call.arg(1).as_object(), "keepLocalTime", false)?;
    Ok(call.date()?.set_zone(&Zone::Fixed(offset), keep, &settings).into())
}

fn to_local<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let settings = call.settings();
    Ok(call.date()?.set_zone(&settings.default_zone, false, &settings).into())
}

fn reconfigure<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let date = call.date()?;
    let options = locale_options(&call.ctx, options(call, 0, "locale")?.as_ref())?;
    Ok(date.with_locale(date.locale().with(LocaleOptions { week: None, ..options })).into())
}

fn set_locale<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let date = call.date()?;
    let tag = call.arg(0);
    if truthy(&tag) && !tag.is_string() {
        return Err(Exception::throw_type(&call.ctx, "localeStr.indexOf is not a function"));
    }
    let locale = if truthy(&tag) { Some(text(&call.ctx, &tag)?) } else { None };
    Ok(date.with_locale(date.locale().with(LocaleOptions { locale, ..LocaleOptions::default() })).into())
}

fn diff<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let other = call.arg(0);
    not_nullish(&call.ctx, &other, "isValid")?;
    let date = call.date()?;
    match date_time(&other) {
        Some(other) => diff_from(call, &date, &other, 1),
        None => Ok(Duration::invalid(crate::luxon::Invalid::new("created by diffing an invalid DateTime")).into()),
    }
}

fn diff_now<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let date = call.date()?;
    diff_from(call, &date, &DateTime::now(&call.settings()), 0)
}

fn diff_from<'js>(call: &Call<'_, 'js>, date: &DateTime, other: &DateTime, index: usize) -> Result<Js<'js>> {
    if !date.is_valid() || !other.is_valid() {
        return Ok(date.diff(other, &[], None, Default::default()).into());
    }
    let units = units(&call.ctx, &call.arg(index))?;
    let options = call.arg(index + 1).into_object();
    let locale = match &options {
        Some(_) => Some(date.locale().with(locale_options(&call.ctx, options.as_ref())?)),
        None => None,
    };
    let accuracy = parse_accuracy(&call.ctx, options.as_ref())?.unwrap_or_default();
    let duration = date.diff(other, &units, locale, accuracy);
    // Past the end of time there is no duration.
    check_movable(&call.ctx, date, &duration)?;
    Ok(duration.into())
}

fn until<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let date = call.date()?;
    if !date.is_valid() {
        return Ok(date.into());
    }
    Ok(Interval::new(date, super::args::friendly_date(call, &call.arg(0))?).into())
}

fn has_same<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let settings = call.settings();
    let date = call.date()?;
    if !date.is_valid() {
        return Ok(false.into());
    }
    let other = call.arg(0);
    not_nullish(&call.ctx, &other, "valueOf")?;
    let zone = date_time(&other).map_or_else(|| settings.default_zone.clone(), |other| other.zone().clone());
    // In a zone that is none there is no time: nobody asks for the unit.
    if !date.set_zone(&zone, true, &settings).is_valid() {
        return Ok(false.into());
    }
    let unit = unit(&call.ctx, &call.arg(1))?;
    let weeks = flag(call.arg(2).as_object(), "useLocaleWeeks", false)?;
    if let Some(other) = date_time(&other) {
        return Ok(date.has_same(&other, unit, weeks, &settings).into());
    }
    // A Date or a number has no zone: the default one stands.
    let here = date.set_zone(&settings.default_zone, true, &settings);
    let at = if other.is_string() { f64::NAN } else { number(&call.ctx, &other)? };
    let same = here.start_of(unit, weeks).to_millis() <= at && at <= here.end_of(unit, weeks).to_millis();
    Ok(same.into())
}

fn equals<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let other = call.arg(0);
    let date = call.date()?;
    if date.is_valid() {
        not_nullish(&call.ctx, &other, "isValid")?;
    }
    match date_time(&other) {
        Some(other) => Ok(date.equals(&other).into()),
        // What has no `isValid` makes the answer undefined.
        None if date.is_valid() => Ok(Js::Undefined),
        None => Ok(false.into()),
    }
}

fn possible_offsets<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let array = Array::new(call.ctx.clone())?;
    for (index, date) in call.date()?.possible_offsets().into_iter().enumerate() {
        array.set(index, super::date_time_value(&call.ctx, date)?)?;
    }
    Ok(Js::Value(array.into_value()))
}

fn civil_object<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let date = call.date()?;
    let Some(civil) = date.civil() else { return Ok(Js::Null) };
    let object = Object::new(call.ctx.clone())?;
    let parts = [
        ("year", civil.year),
        ("month", civil.month.into()),
        ("day", civil.day.into()),
        ("hour", civil.hour.into()),
        ("minute", civil.minute.into()),
        ("second", civil.second.into()),
        ("millisecond", civil.millisecond.into()),
    ];
    for (name, value) in parts {
        object.set(name, value)?;
    }
    Ok(Js::Value(object.into_value()))
}

fn to_object<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let date = call.date()?;
    let options = options(call, 0, "includeConfig")?;
    if !date.is_valid() {
        return Ok(Js::Value(Object::new(call.ctx.clone())?.into_value()));
    }
    let object = civil_object(call)?;
    if let Js::Value(value) = &object
        && let Some(object) = value.as_object()
        && flag(options.as_ref(), "includeConfig", false)?
    {
        object.set("outputCalendar", text_or_null(date.locale().output_calendar()))?;
        object.set("numberingSystem", text_or_null(date.locale().numbering_system()))?;
        object.set("locale", date.locale().tag())?;
    }
    Ok(object)
}

/// The ways a date is written.
const FORMATS: &[Entry] = &[
    ("toISO", 0, |call| {
        if call.len() == 0 {
            return call.with(|date: &DateTime| date.to_iso_default().into());
        }
        iso_form(call, "format", Field::Millisecond, DateTime::to_iso)
    }),
    ("toISODate", 0, |call| {
        iso_form(call, "format", Field::Day, |date, options| date.to_iso_date(options.extended, options.precision))
    }),
    ("toISOTime", 0, |call| iso_form(call, "suppressMilliseconds", Field::Millisecond, DateTime::to_iso_time)),
    ("toISOWeekDate", 0, |call| call.with(|date: &DateTime| date.to_iso_week_date().into())),
    ("toRFC2822", 0, |call| call.with(|date: &DateTime| date.to_rfc2822().into())),
    ("toHTTP", 0, |call| call.with(|date: &DateTime| date.to_http(&call.settings()).into())),
    ("toSQLDate", 0, |call| call.with(|date: &DateTime| date.to_iso_date(true, Field::Millisecond).into())),
    ("toSQLTime", 0, |call| {
        let options = sql(options(call, 0, "includeOffset")?.as_ref())?;
        call.with(|date: &DateTime| date.to_sql_time(&options).into())
    }),
    ("toSQL", 0, |call| {
        let options = sql(options(call, 0, "includeOffset")?.as_ref())?;
        call.with(|date: &DateTime| date.to_sql(&options).into())
    }),
    ("toString", 0, |call| {
        call.with(|date: &DateTime| date.to_iso_default().map_or(INVALID_DATE_TIME.into(), Js::from))
    }),
    ("toJSON", 0, |call| call.with(|date: &DateTime| date.to_iso_default().into())),
    ("toFormat", 1, to_format),
    ("toLocaleString", 0, to_locale_string),
    ("toLocaleParts", 0, to_locale_parts),
    ("toRelative", 0, |call| to_relative(call, false)),
    ("toRelativeCalendar", 0, |call| to_relative(call, true)),
    ("resolvedLocaleOptions", 0, resolved_locale_options),
];

/// One of the ISO forms; an invalid date has none, whatever the options.
fn iso_form<'js>(
    call: &Call<'_, 'js>,
    first: &str,
    precision: Field,
    write: fn(&DateTime, &IsoOptions) -> Option<String>,
) -> Result<Js<'js>> {
    let given = options(call, 0, first)?;
    if !call.with(DateTime::is_valid)? {
        return Ok(Js::Null);
    }
    let options = iso(&call.ctx, given.as_ref(), precision)?;
    call.with(|date: &DateTime| write(date, &options).into())
}

fn to_format<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let date = call.date()?;
    if !date.is_valid() {
        return Ok(INVALID_DATE_TIME.into());
    }
    let format = format_argument(call)?;
    let locale = date.locale().with(locale_options(&call.ctx, call.arg(1).as_object())?);
    Ok(date.to_format(&format, &locale).into())
}

fn to_locale_string<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let date = call.date()?;
    if !date.is_valid() {
        return Ok(INVALID_DATE_TIME.into());
    }
    let format = date_format(call, options(call, 0, "timeZone")?.as_ref())?;
    let locale = date.locale().with(locale_options(&call.ctx, call.arg(1).as_object())?);
    check_time(call, &date)?;
    Ok(intl::date::format(&date, &format, &locale).into())
}

/// What is out of JavaScript's time, as the start of its first day may be, Intl does not write.
fn check_time(call: &Call<'_, '_>, date: &DateTime) -> Result<()> {
    if time_clip(date.ts()).is_nan() {
        return Err(Exception::throw_range(&call.ctx, "Invalid time value"));
    }
    Ok(())
}

fn to_locale_parts<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let date = call.date()?;
    let array = Array::new(call.ctx.clone())?;
    if date.is_valid() {
        let options = options(call, 0, "timeZone")?;
        let format = date_format(call, options.as_ref())?;
        let locale = match &options {
            Some(_) => date.locale().with(locale_options(&call.ctx, options.as_ref())?),
            None => date.locale().clone(),
        };
        check_time(call, &date)?;
        for (index, part) in intl::date::parts(&date, &format, &locale).into_iter().enumerate() {
            let object = Object::new(call.ctx.clone())?;
            object.set("type", part.kind)?;
            object.set("value", part.value)?;
            array.set(index, object)?;
        }
    }
    Ok(Js::Value(array.into_value()))
}

fn to_relative<'js>(call: &Call<'_, 'js>, calendar: bool) -> Result<Js<'js>> {
    let date = call.date()?;
    if !date.is_valid() {
        return Ok(Js::Null);
    }
    let given = options(call, 0, "base")?;
    if calendar && property(given.as_ref(), "unit")?.is_some_and(|unit| unit.is_array()) {
        return Err(Exception::throw_type(&call.ctx, "unit.toLowerCase is not a function"));
    }
    let options = relative(&call.ctx, given.as_ref(), calendar)?;
    let settings = call.settings();
    let told =
        if calendar { date.to_relative_calendar(&options, &settings) } else { date.to_relative(&options, &settings) };
    call.ok(told).map(Js::from)
}

fn resolved_locale_options<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let date = call.date()?;
    if matches!(date.zone(), Zone::Iana(_)) && !date.zone().is_valid() {
        let message = format!("Invalid time zone specified: {}", date.zone().name());
        return Err(Exception::throw_range(&call.ctx, &message));
    }
    let given = options(call, 0, "locale")?;
    let locale = match &given {
        Some(_) => date.locale().with(locale_options(&call.ctx, given.as_ref())?),
        None => locale(call, None)?,
    };
    let object = Object::new(call.ctx.clone())?;
    object.set("locale", locale.tag())?;
    object.set("numberingSystem", locale.numbering_system().unwrap_or("latn"))?;
    object.set("outputCalendar", locale.output_calendar().unwrap_or("gregory"))?;
    Ok(Js::Value(object.into_value()))
}
