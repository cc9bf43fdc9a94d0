//! The static methods of `DateTime`.

use rquickjs::{Exception, Result, Value};

use super::{
    args::{
        date_time, enumerable, fields, from_js_date, invalid_argument, locale, not_nullish, number, options, property,
        text, type_of, zone_option,
    },
    call::{Call, Entry, Js},
    read_js_date,
};
use crate::luxon::{DateTime, Error, FromObject, Invalid, Locale, LocaleOptions, Settings, Zone, parse::ParseOptions};

pub(super) const STATIC: &[Entry] = &[
    ("now", 0, |call| Ok(DateTime::now(&call.settings()).into())),
    ("local", 0, |call| from_parts(call, false)),
    ("utc", 0, |call| from_parts(call, true)),
    ("fromJSDate", 1, from_date),
    ("fromMillis", 1, from_millis),
    ("fromSeconds", 1, from_seconds),
    ("fromObject", 1, from_object),
    ("fromISO", 1, |call| parse(call, DateTime::from_iso, "ISO 8601")),
    ("fromSQL", 1, |call| parse(call, DateTime::from_sql, "SQL")),
    ("fromHTTP", 1, |call| parse(call, DateTime::from_http, "HTTP")),
    ("fromRFC2822", 1, from_rfc2822),
    ("fromFormat", 2, from_format),
    ("fromString", 2, from_format),
    ("invalid", 1, invalid),
    ("isDateTime", 1, |call| Ok(is_date_time(&call.arg(0)))),
    ("min", 0, |call| best(call, false)),
    ("max", 0, |call| best(call, true)),
];

type Parser = fn(&str, &ParseOptions, &Settings) -> std::result::Result<DateTime, Error>;

fn is_date_time<'js>(value: &Value<'js>) -> Js<'js> {
    date_time(value).is_some().into()
}

/// The options of a parser, at an index of the arguments.
fn parse_options<'js>(call: &Call<'_, 'js>, index: usize, settings: &Settings) -> Result<ParseOptions> {
    if call.arg(index).is_null() {
        return Err(Exception::throw_type(&call.ctx, "Cannot destructure property 'setZone' of 'opts' as it is null."));
    }
    let options = call.arg(index).into_object();
    let options = options.as_ref();
    Ok(ParseOptions {
        zone: zone_option(call, options, settings)?,
        set_zone: super::args::flag(options, "setZone", false)?,
        locale: locale(call, options)?,
    })
}

fn parse<'js>(call: &Call<'_, 'js>, parser: Parser, form: &str) -> Result<Js<'js>> {
    let settings = call.settings();
    let options = parse_options(call, 1, &settings)?;
    let value = call.arg(0);
    if value.is_undefined() || value.is_null() {
        let shown = if form == "HTTP" { "[object Object]".into() } else { text(&call.ctx, &value)? };
        return Ok(DateTime::unparsable(&shown, form, &settings).into());
    }
    call.ok(parser(&text(&call.ctx, &value)?, &options, &settings)).map(Js::from)
}

fn from_rfc2822<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let value = call.arg(0);
    not_nullish(&call.ctx, &value, "replace")?;
    if !value.is_string() {
        return Err(Exception::throw_type(&call.ctx, "s.replace is not a function"));
    }
    parse(call, DateTime::from_rfc2822, "RFC 2822")
}

fn from_format<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let (input, format) = (call.arg(0), call.arg(1));
    if input.is_undefined() || format.is_undefined() {
        return Err(call.fail(&Error::argument("fromFormat requires an input string and a format")));
    }
    if input.is_null() || format.is_null() {
        let method = if format.is_null() { "length" } else { "match" };
        let message = format!("Cannot read properties of null (reading '{method}')");
        return Err(Exception::throw_type(&call.ctx, &message));
    }
    if !input.is_string() {
        return Err(Exception::throw_type(&call.ctx, "input.match is not a function"));
    }
    let settings = call.settings();
    let options = parse_options(call, 2, &settings)?;
    // Only text has characters; anything else is a format without tokens.
    let pattern = if format.is_string() { text(&call.ctx, &format)? } else { String::new() };
    let words = Locale::new(LocaleOptions {
        locale: Some(options.locale.tag().to_owned()),
        numbering_system: options.locale.numbering_system().map(str::to_owned),
        ..LocaleOptions::default()
    });
    let source = text(&call.ctx, &input)?;
    call.ok(DateTime::from_format(&source, &pattern, &words, &options, &settings)).map(Js::from)
}

fn from_parts<'js>(call: &Call<'_, 'js>, utc: bool) -> Result<Js<'js>> {
    let settings = call.settings();
    let mut args = call.args();
    let mut options = None;
    if args.last().is_some_and(|last| type_of(last) == "object") {
        let last = args.pop();
        if last.as_ref().is_some_and(Value::is_null) {
            let message = match utc {
                true => "Cannot set properties of null (setting 'zone')",
                false => "Cannot read properties of null (reading 'zone')",
            };
            return Err(Exception::throw_type(&call.ctx, message));
        }
        options = last.and_then(Value::into_object);
    }
    let zone = if utc { Zone::UTC } else { zone_option(call, options.as_ref(), &settings)? };
    let locale = locale(call, options.as_ref())?;
    const UNITS: [&str; 7] = ["year", "month", "day", "hour", "minute", "second", "millisecond"];
    let mut parts = Vec::with_capacity(7);
    for (index, (value, unit)) in args.iter().zip(UNITS).enumerate() {
        match value.as_number() {
            Some(number) => parts.push(number),
            None if value.is_undefined() && index == 0 => break,
            None if value.is_undefined() => parts.push(if index < 3 { 1.0 } else { 0.0 }),
            None => {
                // The parts before it are looked at first.
                let before = DateTime::from_parts(&parts, zone, locale, &settings);
                let date = if before.is_valid() { out_of_range(call, value, unit, &settings)? } else { before };
                return Ok(date.into());
            }
        }
    }
    Ok(DateTime::from_parts(&parts, zone, locale, &settings).into())
}

/// A part that is no number: luxon says its value and type.
fn out_of_range<'js>(call: &Call<'_, 'js>, value: &Value<'js>, unit: &str, settings: &Settings) -> Result<DateTime> {
    let shown = text(&call.ctx, value)?;
    let kind = type_of(value);
    let explanation = format!("you specified {shown} (of type {kind}) as a {unit}, which is invalid");
    Ok(DateTime::invalid(Invalid::explained("unit out of range", explanation), settings))
}

fn from_date<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let settings = call.settings();
    let ts = read_js_date(&call.ctx, &call.arg(0))?.unwrap_or(f64::NAN);
    if ts.is_nan() {
        return Ok(DateTime::invalid(Invalid::new("invalid input"), &settings).into());
    }
    let options = options(call, 1, "zone")?;
    let zone = zone_option(call, options.as_ref(), &settings)?;
    Ok(from_js_date(ts, zone, locale(call, options.as_ref())?, &settings).into())
}

fn from_millis<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let value = call.arg(0);
    let Some(millis) = value.as_number() else {
        let (kind, shown) = (type_of(&value), text(&call.ctx, &value)?);
        let message = format!("fromMillis requires a numerical input, but received a {kind} with value {shown}");
        return Err(call.fail(&Error::argument(message)));
    };
    let settings = call.settings();
    if millis.abs() > 8.64e15 {
        return Ok(DateTime::from_millis(millis, Zone::UTC, Locale::default(), &settings).into());
    }
    let (zone, locale) = zone_and_locale(call, &settings)?;
    Ok(DateTime::from_millis(millis, zone, locale, &settings).into())
}

fn from_seconds<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let Some(seconds) = call.arg(0).as_number() else {
        return Err(call.fail(&Error::argument("fromSeconds requires a numerical input")));
    };
    let settings = call.settings();
    let (zone, locale) = zone_and_locale(call, &settings)?;
    Ok(DateTime::new(seconds * 1000.0, zone, locale).into())
}

fn zone_and_locale<'js>(call: &Call<'_, 'js>, settings: &Settings) -> Result<(Zone, Locale)> {
    let options = options(call, 1, "zone")?;
    Ok((zone_option(call, options.as_ref(), settings)?, locale(call, options.as_ref())?))
}

fn from_object<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let settings = call.settings();
    let options = options(call, 1, "zone")?;
    let zone = zone_option(call, options.as_ref(), &settings)?;
    let specific_offset = match property(options.as_ref(), "specificOffset")? {
        Some(value) => Some(number(&call.ctx, &value)?),
        None => None,
    };
    let from = FromObject { zone, locale: locale(call, options.as_ref())?, specific_offset };
    if !from.zone.is_valid() {
        return call.ok(DateTime::from_object(&Default::default(), &from, &settings)).map(Js::from);
    }
    let object = enumerable(call, 0)?;
    let fields = fields(&call.ctx, &object)?;
    call.ok(DateTime::from_object(&fields, &from, &settings)).map(Js::from)
}

fn invalid<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    Ok(DateTime::invalid(invalid_argument(call, "DateTime")?, &call.settings()).into())
}

fn best<'js>(call: &Call<'_, 'js>, latest: bool) -> Result<Js<'js>> {
    let args = call.args();
    let Some(dates) = args.iter().map(date_time).collect::<Option<Vec<_>>>() else {
        let name = if latest { "max" } else { "min" };
        return Err(call.fail(&Error::argument(format!("{name} requires all arguments be DateTimes"))));
    };
    Ok(DateTime::best(&dates, latest).map_or(Js::Undefined, |date| date.clone().into()))
}
