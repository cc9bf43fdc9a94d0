//! `Intl.DateTimeFormat`, and the methods of Date that depend on a locale. A Date's own zone is UTC.

use rquickjs::{Array, Class, Coerced, Ctx, Exception, FromJs, Object, Result, Value};

use super::{
    args::{number, options, property, type_of},
    call::{Call, Entry, Js, constructor, define_methods},
    options::date_format,
    read_js_date,
};
use crate::luxon::{
    DateTime, Locale, LocaleOptions, Zone,
    intl::{
        date::{format, parts},
        options::{DateFormat, Digits, Month},
        range::format_range,
    },
};

/// A formatter: what `new Intl.DateTimeFormat(locales, options)` makes.
#[derive(Clone, Debug)]
pub(crate) struct JsDateFormat {
    format: DateFormat,
    locale: Locale,
}

/// Which parts are written where the options name none.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Default {
    /// The date, unless a time is asked for.
    Any,
    /// Date and time, unless either is asked for.
    Both,
    Date,
    Time,
}

/// Puts the methods on Date, and DateTimeFormat on Intl where there is one.
pub(crate) fn install(ctx: &Ctx<'_>) -> Result<()> {
    let date: Object<'_> = ctx.globals().get("Date")?;
    define_methods(&date.get("prototype")?, DATE_METHODS)?;
    if let Some(intl) = ctx.globals().get::<_, Option<Object<'_>>>("Intl")? {
        let class = constructor::<JsDateFormat>(ctx, |call| {
            let formatter = formatter(call, Default::Any)?;
            Ok(Js::Value(Class::instance(call.ctx.clone(), formatter)?.into_value()))
        })?;
        intl.prop("DateTimeFormat", rquickjs::object::Property::from(class).writable().configurable())?;
    }
    Ok(())
}

const DATE_METHODS: &[Entry] = &[
    ("toLocaleString", 0, |call| write_date(call, Default::Both)),
    ("toLocaleDateString", 0, |call| write_date(call, Default::Date)),
    ("toLocaleTimeString", 0, |call| write_date(call, Default::Time)),
];

const FORMAT_METHODS: &[Entry] = &[
    ("format", 1, |call| {
        let (date, this) = (date_argument(call, 0)?, call.with(JsDateFormat::clone)?);
        Ok(format(&date, &this.format, &this.locale).into())
    }),
    ("formatToParts", 1, format_to_parts),
    ("formatRange", 2, |call| {
        let (start, end, this) = (date_argument(call, 0)?, date_argument(call, 1)?, call.with(JsDateFormat::clone)?);
        Ok(format_range(&start, &end, &this.format, &this.locale).into())
    }),
    ("resolvedOptions", 0, resolved_options),
];

pub(super) fn prototype<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let prototype = Object::new(ctx.clone())?;
    define_methods(&prototype, FORMAT_METHODS)?;
    Ok(prototype)
}

fn write_date<'js>(call: &Call<'_, 'js>, default: Default) -> Result<Js<'js>> {
    let Some(ts) = read_js_date(&call.ctx, &call.this())? else {
        return Err(Exception::throw_type(&call.ctx, "this is not a Date object."));
    };
    if ts.is_nan() {
        return Ok("Invalid Date".into());
    }
    let formatter = formatter(call, default)?;
    Ok(format(&DateTime::new(ts, Zone::System, Locale::default()), &formatter.format, &formatter.locale).into())
}

fn formatter<'js>(call: &Call<'_, 'js>, default: Default) -> Result<JsDateFormat> {
    let locale = locale(call, &call.arg(0))?;
    if call.arg(1).is_null() {
        return Err(Exception::throw_type(&call.ctx, "Cannot convert undefined or null to object"));
    }
    let given = options(call, 1, "timeZone")?;
    let other = match default {
        Default::Date => Some("timeStyle"),
        Default::Time => Some("dateStyle"),
        _ => None,
    };
    if let Some(other) = other
        && property(given.as_ref(), other)?.is_some()
    {
        return Err(Exception::throw_type(&call.ctx, &["Invalid option : ", other].concat()));
    }
    let mut format = date_format(call, given.as_ref())?;
    let (has_date, has_time) = (format.has_date(), format.has_time());
    let (needs_date, needs_time) = match default {
        Default::Any => (!has_date && !has_time, false),
        Default::Both => (!has_date && !has_time, !has_date && !has_time),
        Default::Date => (!has_date, false),
        Default::Time => (false, !has_time),
    };
    if needs_date {
        format.year = Some(Digits::Numeric);
        format.month = Some(Month::Number(Digits::Numeric));
        format.day = Some(Digits::Numeric);
    }
    if needs_time {
        format.hour = Some(Digits::Numeric);
        format.minute = true;
        format.second = true;
    }
    Ok(JsDateFormat { format, locale })
}

/// The first of the locales asked for.
fn locale<'js>(call: &Call<'_, 'js>, locales: &Value<'js>) -> Result<Locale> {
    let first = match locales.as_array() {
        Some(list) => list.get(0)?,
        None => locales.clone(),
    };
    if first.is_undefined() {
        return Ok(Locale::default());
    }
    let refuse = || Exception::throw_range(&call.ctx, "Incorrect locale information provided");
    if !first.is_string() && !first.is_object() {
        return Err(Exception::throw_type(&call.ctx, "Incorrect locale information provided"));
    }
    let tag = Coerced::<String>::from_js(&call.ctx, first)?.0;
    let part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    if !tag.split('-').all(part) || !(2..=8).contains(&tag.split('-').next().unwrap_or_default().len()) {
        return Err(refuse());
    }
    Ok(Locale::new(LocaleOptions { locale: Some(tag), ..LocaleOptions::default() }))
}

/// A date to format: now, where there is none.
fn date_argument<'js>(call: &Call<'_, 'js>, index: usize) -> Result<DateTime> {
    let value = call.arg(index);
    let ts = if type_of(&value) == "undefined" { call.settings().now } else { number(&call.ctx, &value)? };
    let date = DateTime::new(ts, Zone::System, Locale::default());
    if date.is_valid() { Ok(date) } else { Err(Exception::throw_range(&call.ctx, "Invalid time value")) }
}

fn format_to_parts<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let (date, this) = (date_argument(call, 0)?, call.with(JsDateFormat::clone)?);
    let array = Array::new(call.ctx.clone())?;
    for (index, part) in parts(&date, &this.format, &this.locale).into_iter().enumerate() {
        let object = Object::new(call.ctx.clone())?;
        object.set("type", part.kind)?;
        object.set("value", part.value)?;
        array.set(index, object)?;
    }
    Ok(Js::Value(array.into_value()))
}

fn resolved_options<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let this = call.with(JsDateFormat::clone)?;
    let object = Object::new(call.ctx.clone())?;
    object.set("locale", this.locale.tag())?;
    object.set("calendar", "gregory")?;
    object.set("numberingSystem", "latn")?;
    object.set("timeZone", this.format.time_zone.map_or_else(|| "UTC".to_owned(), |zone| zone.name()))?;
    Ok(Js::Value(object.into_value()))
}
