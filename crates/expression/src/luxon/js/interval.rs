//! The class `Interval`.

use rquickjs::{Class, Ctx, Exception, Object, Result, Value};

use super::{
    args::{
        self, date_time, duration_like, flag, friendly_date, invalid_argument, not_nullish, number, options, property,
        text, text_or_null, truthy, unit, units, zone_option,
    },
    call::{Call, Entry, Js, Native, constructor, define_getters, define_methods},
    options::{date_format, iso, locale_options, parse_accuracy},
};
use crate::luxon::{
    DateTime, Duration, Error, Field, INVALID_INTERVAL, Interval, Invalid, IsoOptions, Unit, intl, parse::ParseOptions,
};

/// As many pieces as an interval is cut into: luxon has no limit but memory.
const MOST_PIECES: usize = 50_000;

/// The constructor with its static methods.
pub(super) fn class<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let class = constructor::<Interval>(ctx, |call| {
        let config = options(call, 0, "start")?;
        let end = |name: &str| -> Result<Option<DateTime>> {
            Ok(property(config.as_ref(), name)?.as_ref().and_then(date_time))
        };
        Ok(match (end("start")?, end("end")?) {
            (Some(start), Some(end)) => Interval::new(start, end),
            (None, _) => Interval::invalid(Invalid::new("missing or invalid start")),
            (_, None) => Interval::invalid(Invalid::new("missing or invalid end")),
        }
        .into())
    })?;
    define_methods(&class, STATIC)?;
    Ok(class)
}

/// An interval as an object. It has luxon's own fields, which is what JSON writes of it.
pub(super) fn object<'js>(ctx: &Ctx<'js>, interval: Interval) -> Result<Value<'js>> {
    let end = |date: Option<&DateTime>| match date {
        Some(date) => super::date_time_value(ctx, date.clone()),
        None => Ok(Value::new_undefined(ctx.clone())),
    };
    let (start, last) = (end(interval.start())?, end(interval.end())?);
    let invalid = match interval.invalid_reason() {
        Some(invalid) => {
            let object = Object::new(ctx.clone())?;
            object.set("reason", invalid.reason.as_str())?;
            object.set("explanation", text_or_null(invalid.explanation.as_deref()))?;
            object.into_value()
        }
        None => Value::new_null(ctx.clone()),
    };
    let object = Class::instance(ctx.clone(), interval)?.into_inner();
    object.set("s", start)?;
    object.set("e", last)?;
    object.set("invalid", invalid)?;
    object.set("isLuxonInterval", true)?;
    Ok(object.into_value())
}

pub(super) fn prototype<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let prototype = Object::new(ctx.clone())?;
    define_getters(&prototype, GETTERS)?;
    define_methods(&prototype, METHODS)?;
    define_methods(&prototype, PARTS)?;
    define_methods(&prototype, FORMATS)?;
    Ok(prototype)
}

const STATIC: &[Entry] = &[
    ("fromDateTimes", 2, |call| {
        let start = friendly_date(call, &call.arg(0))?;
        Ok(Interval::new(start, friendly_date(call, &call.arg(1))?).into())
    }),
    ("after", 2, |call| {
        let duration = duration_like(&call.ctx, &call.arg(1))?;
        let start = friendly_date(call, &call.arg(0))?;
        args::check_movable(&call.ctx, &start, &duration)?;
        Ok(Interval::after(start, &duration).into())
    }),
    ("before", 2, |call| {
        let duration = duration_like(&call.ctx, &call.arg(1))?;
        let end = friendly_date(call, &call.arg(0))?;
        args::check_movable(&call.ctx, &end, &duration)?;
        Ok(Interval::before(end, &duration).into())
    }),
    ("fromISO", 1, from_iso),
    ("invalid", 1, invalid),
    ("isInterval", 1, |call| Ok(args::interval(&call.arg(0)).is_some().into())),
    ("merge", 1, |call| Ok(Interval::merge(list(call, &call.arg(0), "sort")?).into())),
    ("xor", 1, |call| Ok(Interval::xor(&list(call, &call.arg(0), "map")?).into())),
];

fn from_iso<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let settings = call.settings();
    let value = call.arg(0);
    if truthy(&value) && !value.is_string() {
        let message = "(text || \"\").split is not a function or its return value is not iterable";
        return Err(Exception::throw_type(&call.ctx, message));
    }
    let options = call.arg(1).into_object();
    let options = ParseOptions {
        zone: zone_option(call, options.as_ref(), &settings)?,
        set_zone: flag(options.as_ref(), "setZone", false)?,
        locale: args::locale(call, options.as_ref())?,
    };
    Ok(Interval::from_iso(&text(&call.ctx, &value)?, &options, &settings).into())
}

fn invalid<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    Ok(Interval::invalid(invalid_argument(call, "Interval")?).into())
}

/// The intervals of a list; those that are none, or invalid, are left out.
fn list<'js>(call: &Call<'_, 'js>, value: &Value<'js>, method: &str) -> Result<Vec<Interval>> {
    let Some(array) = value.as_array() else {
        let message = match value.is_null() || value.is_undefined() {
            true => format!("Cannot read properties of {} (reading '{method}')", text(&call.ctx, value)?),
            false => format!("intervals.{method} is not a function"),
        };
        return Err(Exception::throw_type(&call.ctx, &message));
    };
    let mut intervals = Vec::with_capacity(array.len());
    for item in array.iter::<Value<'js>>() {
        intervals.extend(args::interval(&item?).filter(Interval::is_valid));
    }
    Ok(intervals)
}

const GETTERS: &[(&str, Native)] = &[
    ("start", |call| own_end(call, "s")),
    ("end", |call| own_end(call, "e")),
    ("lastDateTime", |call| call.with(|i: &Interval| i.last_date_time().into())),
    ("isValid", |call| call.with(Interval::is_valid).map(Js::Bool)),
    ("invalidReason", |call| call.with(|i: &Interval| text_or_null(i.invalid_reason().map(|i| i.reason.as_str())))),
    ("invalidExplanation", |call| {
        call.with(|i: &Interval| text_or_null(i.invalid_reason().and_then(|i| i.explanation.as_deref())))
    }),
];

/// The same object each time, and null if invalid.
fn own_end<'js>(call: &Call<'_, 'js>, name: &str) -> Result<Js<'js>> {
    let valid = call.with(Interval::is_valid)?;
    let end = property(call.this().as_object(), name)?;
    Ok(end.filter(|_| valid).into())
}

const METHODS: &[Entry] = &[
    ("length", 0, length),
    ("count", 0, count),
    ("hasSame", 1, has_same),
    ("isEmpty", 0, |call| {
        let interval = call.interval()?;
        if !interval.is_valid() {
            let message = "Cannot read properties of undefined (reading 'valueOf')";
            return Err(Exception::throw_type(&call.ctx, message));
        }
        Ok(interval.is_empty().into())
    }),
    ("isAfter", 1, |call| compare(call, |(start, _), at| start > at)),
    ("isBefore", 1, |call| compare(call, |(_, end), at| end <= at)),
    ("contains", 1, |call| compare(call, |(start, end), at| start <= at && end > at)),
    ("overlaps", 1, |call| relate(call, "s", Interval::overlaps)),
    ("engulfs", 1, |call| relate(call, "s", Interval::engulfs)),
    ("abutsStart", 1, |call| relate(call, "s", |this, other| this.bounds().1 == other.bounds().0)),
    ("abutsEnd", 1, |call| relate(call, "e", |this, other| other.bounds().1 == this.bounds().0)),
    ("equals", 1, |call| relate(call, "isValid", Interval::equals)),
    ("toDuration", 0, to_duration),
];

fn length<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let interval = call.interval()?;
    if !interval.is_valid() {
        return Ok(f64::NAN.into());
    }
    let unit = single_unit(call)?;
    Ok(interval.to_duration(&[unit], Default::default()).get(unit).into())
}

fn single_unit(call: &Call<'_, '_>) -> Result<Unit> {
    if call.arg(0).is_undefined() { Ok(Unit::Milliseconds) } else { unit(&call.ctx, &call.arg(0)) }
}

fn count<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let interval = call.interval()?;
    if !interval.is_valid() {
        return Ok(f64::NAN.into());
    }
    Ok(interval.count(single_unit(call)?, flag(call.arg(1).as_object(), "useLocaleWeeks", false)?).into())
}

fn has_same<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let interval = call.interval()?;
    if !interval.is_valid() || interval.is_empty() {
        return Ok(interval.is_valid().into());
    }
    Ok(interval.has_same(unit(&call.ctx, &call.arg(0))?, &call.settings()).into())
}

/// Compares with anything that has a number.
fn compare<'js>(call: &Call<'_, 'js>, test: fn((f64, f64), f64) -> bool) -> Result<Js<'js>> {
    let interval = call.interval()?;
    if !interval.is_valid() {
        return Ok(false.into());
    }
    Ok(test(interval.bounds(), number(&call.ctx, &call.arg(0))?).into())
}

fn relate<'js>(call: &Call<'_, 'js>, reads: &str, test: fn(&Interval, &Interval) -> bool) -> Result<Js<'js>> {
    let interval = call.interval()?;
    not_nullish(&call.ctx, &call.arg(0), reads)?;
    Ok(args::interval(&call.arg(0)).is_some_and(|other| test(&interval, &other)).into())
}

fn to_duration<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let interval = call.interval()?;
    if !interval.is_valid() {
        return Ok(interval.to_duration(&[], Default::default()).into());
    }
    let options = call.arg(1).into_object();
    let accuracy = parse_accuracy(&call.ctx, options.as_ref())?.unwrap_or_default();
    Ok(interval.to_duration(&units(&call.ctx, &call.arg(0))?, accuracy).into())
}

/// Methods that make intervals of intervals.
const PARTS: &[Entry] = &[
    ("set", 0, set),
    ("splitAt", 0, |call| {
        let interval = call.interval()?;
        if !interval.is_valid() {
            return Ok(Vec::<Interval>::new().into());
        }
        let times = call.args().iter().map(|value| friendly_date(call, value)).collect::<Result<Vec<_>>>()?;
        Ok(interval.split_at(&times).into())
    }),
    ("splitBy", 1, |call| {
        let duration = duration_like(&call.ctx, &call.arg(0))?;
        let pieces = call.interval()?.split_by(&duration, MOST_PIECES);
        call.ok(pieces).map(Js::from)
    }),
    ("divideEqually", 1, divide_equally),
    ("intersection", 1, |call| combine(call, |this, other| this.intersection(other).into())),
    ("union", 1, |call| combine(call, |this, other| this.union(other).into())),
    ("difference", 0, difference),
    ("mapEndpoints", 1, map_endpoints),
];

fn set<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let interval = call.interval()?;
    let (Some(start), Some(end)) = (interval.start(), interval.end()) else { return Ok(interval.into()) };
    if call.arg(0).is_null() {
        let message = "Cannot destructure property 'start' of '(intermediate value)(intermediate value)(intermediate \
                       value)' as it is null.";
        return Err(Exception::throw_type(&call.ctx, message));
    }
    let given = options(call, 0, "start")?;
    let pick = |name: &str, own: &DateTime| -> Result<DateTime> {
        match property(given.as_ref(), name)?.filter(truthy) {
            Some(value) => friendly_date(call, &value),
            None => Ok(own.clone()),
        }
    };
    Ok(Interval::new(pick("start", start)?, pick("end", end)?).into())
}

fn divide_equally<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let interval = call.interval()?;
    if !interval.is_valid() {
        return Ok(Vec::<Interval>::new().into());
    }
    let parts = number(&call.ctx, &call.arg(0))?;
    let (start, end) = interval.bounds();
    let step = (end - start) / parts;
    if !step.is_finite() {
        let shown = Value::new_float(call.ctx.clone(), step);
        return Err(args::invalid_unit_value(&call.ctx, &shown));
    }
    let mut pieces = call.ok(interval.split_by(&Duration::from_millis(step), MOST_PIECES))?;
    pieces.truncate(parts.max(0.0) as usize);
    Ok(pieces.into())
}

fn combine<'js>(call: &Call<'_, 'js>, join: fn(&Interval, &Interval) -> Js<'static>) -> Result<Js<'js>> {
    let interval = call.interval()?;
    if !interval.is_valid() {
        return Ok(interval.into());
    }
    not_nullish(&call.ctx, &call.arg(0), "s")?;
    let Some(other) = args::interval(&call.arg(0)) else {
        let message = "Unknown datetime argument: undefined, of type undefined";
        return Err(call.fail(&Error::argument(message)));
    };
    Ok(match join(&interval, &other) {
        Js::Interval(found) => found.into(),
        _ => Js::Null,
    })
}

fn difference<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let mut others = Vec::new();
    for value in call.args() {
        match value.as_array() {
            Some(_) => others.extend(list(call, &value, "concat")?),
            None => others.extend(args::interval(&value).filter(Interval::is_valid)),
        }
    }
    Ok(call.interval()?.difference(&others).into())
}

fn map_endpoints<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let interval = call.interval()?;
    let Some(change) = call.arg(0).into_function() else {
        return Err(Exception::throw_type(&call.ctx, "mapFn is not a function"));
    };
    let end = |date: Option<&DateTime>| -> Result<DateTime> {
        let value = match date {
            Some(date) => super::date_time_value(&call.ctx, date.clone())?,
            None => Value::new_undefined(call.ctx.clone()),
        };
        friendly_date(call, &change.call::<_, Value<'js>>((value,))?)
    };
    Ok(Interval::new(end(interval.start())?, end(interval.end())?).into())
}

/// The ways an interval is written.
const FORMATS: &[Entry] = &[
    ("toString", 0, |call| call.with(|i: &Interval| i.to_text().into())),
    ("toISO", 0, |call| iso_form(call, Interval::to_iso)),
    ("toISODate", 0, |call| call.with(|i: &Interval| i.to_iso_date().into())),
    ("toISOTime", 0, |call| iso_form(call, Interval::to_iso_time)),
    ("toFormat", 1, |call| {
        let format = text(&call.ctx, &call.arg(0))?;
        let separator = match property(options(call, 1, "separator")?.as_ref(), "separator")? {
            Some(separator) => text(&call.ctx, &separator)?,
            None => " – ".into(),
        };
        call.with(|i: &Interval| i.to_format(&format, &separator).into())
    }),
    ("toLocaleString", 0, to_locale_string),
];

/// One of the ISO forms; an invalid interval has none, whatever the options.
fn iso_form<'js>(call: &Call<'_, 'js>, write: fn(&Interval, &IsoOptions) -> String) -> Result<Js<'js>> {
    let interval = call.interval()?;
    if !interval.is_valid() {
        return Ok(INVALID_INTERVAL.into());
    }
    let options = iso(&call.ctx, options(call, 0, "format")?.as_ref(), Field::Millisecond)?;
    Ok(write(&interval, &options).into())
}

fn to_locale_string<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let interval = call.interval()?;
    let (Some(start), Some(end)) = (interval.start(), interval.end()) else { return Ok(INVALID_INTERVAL.into()) };
    let format = date_format(call, options(call, 0, "timeZone")?.as_ref())?;
    let locale = start.locale().with(locale_options(&call.ctx, call.arg(1).as_object())?);
    Ok(intl::range::format_range(start, end, &format, &locale).into())
}
