//! Arguments as luxon reads them: loosely.

use rquickjs::{Class, Coerced, Ctx, Exception, FromJs, Object, Result, Type, Value};

use super::{
    call::{Call, Js, throw},
    class::JsZone,
    options::{locale_options, parse_accuracy},
    read_js_date,
};
use crate::luxon::{
    DateTime, Duration, Error, Field, FieldSet, FromObject, Interval, Invalid, Locale, Settings, Unit, Values, Zone,
};

/// `Number(value)`.
pub(super) fn number<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> Result<f64> {
    match value.as_number() {
        Some(number) => Ok(number),
        None => Coerced::<f64>::from_js(ctx, value.clone()).map(|number| number.0),
    }
}

/// `String(value)`, lone surrogates replaced.
pub(super) fn text<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> Result<String> {
    let text = Coerced::<rquickjs::String<'js>>::from_js(ctx, value.clone())?.0;
    Ok(text.to_string().unwrap_or_else(|_| "\u{fffd}".into()))
}

/// JavaScript's name of a value's kind.
pub(super) fn type_of(value: &Value<'_>) -> &'static str {
    match value.type_of() {
        Type::Undefined | Type::Uninitialized => "undefined",
        Type::Bool => "boolean",
        Type::Int | Type::Float => "number",
        Type::BigInt => "bigint",
        Type::String => "string",
        Type::Symbol => "symbol",
        Type::Function | Type::Constructor => "function",
        _ => "object",
    }
}

/// Whether JavaScript takes the value for true.
pub(super) fn truthy(value: &Value<'_>) -> bool {
    match value.type_of() {
        Type::Undefined | Type::Uninitialized | Type::Null => false,
        Type::Bool => value.as_bool() == Some(true),
        Type::Int | Type::Float => value.as_number().is_some_and(|number| number != 0.0 && !number.is_nan()),
        Type::String => value.as_string().is_some_and(|text| text.to_string().map_or(true, |text| !text.is_empty())),
        _ => true,
    }
}

/// Refuses undefined and null as JavaScript does where luxon reads a property of the value.
pub(super) fn not_nullish<'js>(ctx: &Ctx<'js>, value: &Value<'js>, property: &str) -> Result<()> {
    let kind = match value.type_of() {
        Type::Null => "null",
        Type::Undefined | Type::Uninitialized => "undefined",
        _ => return Ok(()),
    };
    Err(Exception::throw_type(ctx, &format!("Cannot read properties of {kind} (reading '{property}')")))
}

/// The first argument of the `toFormat` methods; what is no text has no tokens.
pub(super) fn format_argument(call: &Call<'_, '_>) -> Result<String> {
    let format = call.arg(0);
    not_nullish(&call.ctx, &format, "length")?;
    if format.is_string() { text(&call.ctx, &format) } else { Ok(String::new()) }
}

/// The arguments of the `invalid` methods of a class: the reason, and perhaps an explanation.
pub(super) fn invalid_argument(call: &Call<'_, '_>, class: &str) -> Result<Invalid> {
    let (reason, explanation) = (call.arg(0), call.arg(1));
    if !truthy(&reason) {
        return Err(call.fail(&Error::argument(format!("need to specify a reason the {class} is invalid"))));
    }
    let explanation = if truthy(&explanation) { Some(text(&call.ctx, &explanation)?) } else { None };
    Ok(Invalid { reason: text(&call.ctx, &reason)?, explanation, is_undefined: false })
}

/// An object whose properties are options: none for undefined and primitives; null cannot be read.
pub(super) fn options<'js>(call: &Call<'_, 'js>, index: usize, first: &str) -> Result<Option<Object<'js>>> {
    let value = call.arg(index);
    if value.is_null() {
        let message = format!("Cannot read properties of null (reading '{first}')");
        return Err(Exception::throw_type(&call.ctx, &message));
    }
    Ok(value.into_object())
}

/// A property, if it is there and not undefined.
pub(super) fn property<'js>(object: Option<&Object<'js>>, name: &str) -> Result<Option<Value<'js>>> {
    let Some(object) = object else { return Ok(None) };
    let value: Value<'js> = object.get(name)?;
    Ok(Some(value).filter(|value| !value.is_undefined()))
}

/// A property as JavaScript tests it; `default` where it is undefined.
pub(super) fn flag(object: Option<&Object<'_>>, name: &str, default: bool) -> Result<bool> {
    Ok(property(object, name)?.map_or(default, |value| truthy(&value)))
}

/// A zone as luxon's normalizeZone reads it.
pub(super) fn zone<'js>(ctx: &Ctx<'js>, value: Option<&Value<'js>>, settings: &Settings) -> Result<Zone> {
    let Some(value) = value.filter(|value| !value.is_undefined() && !value.is_null()) else {
        return Ok(settings.default_zone.clone());
    };
    if let Some(zone) = value.as_object().and_then(Class::<JsZone>::from_object) {
        return Ok(zone.borrow().0.clone());
    }
    if let Some(offset) = value.as_number() {
        return Ok(Zone::Fixed(offset));
    }
    let name = text(ctx, value)?;
    Ok(if value.is_string() { Zone::parse(&name, &settings.default_zone) } else { Zone::Invalid(name.into()) })
}

/// The `zone` option.
pub(super) fn zone_option<'js>(
    call: &Call<'_, 'js>,
    options: Option<&Object<'js>>,
    settings: &Settings,
) -> Result<Zone> {
    zone(&call.ctx, property(options, "zone")?.as_ref(), settings)
}

/// The locale of the options, from the default.
pub(super) fn locale<'js>(call: &Call<'_, 'js>, options: Option<&Object<'js>>) -> Result<Locale> {
    match options {
        None => Ok(Locale::default()),
        Some(_) => Ok(Locale::new(locale_options(&call.ctx, options)?)),
    }
}

/// A DateTime, if the value is one.
pub(super) fn date_time(value: &Value<'_>) -> Option<DateTime> {
    let class = Class::<DateTime>::from_object(value.as_object()?)?;
    let date = class.borrow().clone();
    Some(date)
}

/// An Interval, if the value is one.
pub(super) fn interval(value: &Value<'_>) -> Option<Interval> {
    let class = Class::<Interval>::from_object(value.as_object()?)?;
    let interval = class.borrow().clone();
    Some(interval)
}

/// A Duration, if the value is one.
pub(super) fn duration(value: &Value<'_>) -> Option<Duration> {
    let class = Class::<Duration>::from_object(value.as_object()?)?;
    let duration = class.borrow().clone();
    Some(duration)
}

/// Something that stands for a date: a DateTime, a Date, an object of fields.
pub(super) fn friendly_date<'js>(call: &Call<'_, 'js>, value: &Value<'js>) -> Result<DateTime> {
    if let Some(date) = date_time(value) {
        return Ok(date);
    }
    let settings = call.settings();
    if let Some(ts) = read_js_date(&call.ctx, value)? {
        return Ok(from_js_date(ts, settings.default_zone.clone(), Locale::default(), &settings));
    }
    if truthy(value) && value.is_number() {
        return Ok(from_js_date(f64::NAN, Zone::UTC, Locale::default(), &settings));
    }
    if let Some(object) = value.as_object().filter(|object| !object.is_function()) {
        let fields = fields(&call.ctx, object)?;
        let from = FromObject { zone: settings.default_zone.clone(), locale: Locale::default(), specific_offset: None };
        return call.ok(DateTime::from_object(&fields, &from, &settings));
    }
    let message = format!("Unknown datetime argument: {}, of type {}", text(&call.ctx, value)?, type_of(value));
    Err(call.fail(&Error::argument(message)))
}

pub(super) fn from_js_date(ts: f64, zone: Zone, locale: Locale, settings: &Settings) -> DateTime {
    use crate::luxon::Invalid;
    if ts.is_nan() {
        return DateTime::invalid(Invalid::new("invalid input"), settings);
    }
    if !zone.is_valid() {
        return DateTime::invalid(crate::luxon::datetime::unsupported_zone(&zone), settings);
    }
    DateTime::new(ts, zone, locale)
}

/// Something that stands for a duration: milliseconds, a Duration, an object of amounts.
pub(super) fn duration_like<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> Result<Duration> {
    if let Some(millis) = value.as_number() {
        if !millis.is_finite() {
            return Err(invalid_unit_value(ctx, value));
        }
        return Ok(Duration::from_millis(millis));
    }
    if let Some(duration) = duration(value) {
        return Ok(duration);
    }
    if type_of(value) == "object" {
        return duration_from_object(ctx, value, None);
    }
    let message = format!("Unknown duration argument {} of type {}", text(ctx, value)?, type_of(value));
    Err(throw(ctx, &Error::argument(message)))
}

/// Refuses to move a date by an invalid duration, as luxon does when it takes the amounts apart.
pub(super) fn check_movable(ctx: &Ctx<'_>, date: &DateTime, duration: &Duration) -> Result<()> {
    let missing = !duration.is_valid() || duration.values().iter().any(|(_, amount)| !amount.is_finite());
    if date.is_valid() && missing {
        return Err(throw(ctx, &Error::argument("Invalid unit value NaN")));
    }
    Ok(())
}

/// `Duration.fromObject`.
pub(super) fn duration_from_object<'js>(
    ctx: &Ctx<'js>,
    value: &Value<'js>,
    options: Option<&Object<'js>>,
) -> Result<Duration> {
    let object = value.as_object().filter(|_| type_of(value) == "object");
    let Some(object) = object else {
        let kind = if value.is_null() { "null" } else { type_of(value) };
        let message = format!("Duration.fromObject: argument expected to be an object, got {kind}");
        return Err(throw(ctx, &Error::argument(message)));
    };
    let mut values = Values::default();
    amounts(ctx, object, |name, amount| {
        values.set(Unit::parse(name)?, amount()?);
        Ok(())
    })?;
    Ok(Duration::new(
        values,
        Locale::new(locale_options(ctx, options)?),
        parse_accuracy(ctx, options)?.unwrap_or_default(),
    ))
}

/// An argument whose own properties are read: none of a number, and of a text its characters, which are no units.
pub(super) fn enumerable<'js>(call: &Call<'_, 'js>, index: usize) -> Result<Object<'js>> {
    let value = call.arg(index);
    match value.as_object() {
        Some(object) => Ok(object.clone()),
        None if value.is_string() && truthy(&value) => Err(call.fail(&Error::unit("0"))),
        None => Object::new(call.ctx.clone()),
    }
}

/// The fields of `fromObject` and `set`.
pub(super) fn fields<'js>(ctx: &Ctx<'js>, object: &Object<'js>) -> Result<FieldSet> {
    let mut fields = FieldSet::default();
    amounts(ctx, object, |name, amount| {
        fields.set(Field::parse(name)?, amount()?);
        Ok(())
    })?;
    Ok(fields)
}

/// Why reading an amount stopped: luxon's error, or one already thrown.
pub(super) enum Stop {
    Luxon(Error),
    Thrown(rquickjs::Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Luxon(error)
    }
}

/// Reads an object's own properties as numbers; the name is read before the number, as luxon does.
fn amounts<'js>(
    ctx: &Ctx<'js>,
    object: &Object<'js>,
    mut take: impl FnMut(&str, &dyn Fn() -> std::result::Result<f64, Stop>) -> std::result::Result<(), Stop>,
) -> Result<()> {
    // luxon's own objects have members of their own, and none of them is a unit.
    let value = object.clone().into_value();
    let member = match () {
        () if date_time(&value).is_some() => Some("ts"),
        () if interval(&value).is_some() => Some("s"),
        () if duration(&value).is_some() => Some("values"),
        () => None,
    };
    if let Some(member) = member {
        return Err(throw(ctx, &Error::unit(member)));
    }
    for property in object.props::<String, Value<'js>>() {
        let (name, value) = property?;
        if value.is_undefined() || value.is_null() {
            continue;
        }
        let amount = || -> std::result::Result<f64, Stop> {
            let number = number(ctx, &value).map_err(Stop::Thrown)?;
            let blank = value.as_string().is_some_and(|text| text.to_string().is_ok_and(|text| text.is_empty()));
            if value.is_bool() || blank || !number.is_finite() {
                return Err(Stop::Thrown(invalid_unit_value(ctx, &value)));
            }
            Ok(number)
        };
        take(&name, &amount).map_err(|stop| match stop {
            Stop::Luxon(error) => throw(ctx, &error),
            Stop::Thrown(error) => error,
        })?;
    }
    Ok(())
}

pub(super) fn invalid_unit_value<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> rquickjs::Error {
    match text(ctx, value) {
        Ok(text) => throw(ctx, &Error::argument(format!("Invalid unit value {text}"))),
        Err(error) => error,
    }
}

/// A duration's unit by name.
pub(super) fn unit<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> Result<Unit> {
    if truthy(value) && !value.is_string() {
        return Err(Exception::throw_type(ctx, "unit.toLowerCase is not a function"));
    }
    let name = text(ctx, value)?;
    Unit::parse(&name).map_err(|error| throw(ctx, &error))
}

/// One unit or a list of them; milliseconds where there is none.
pub(super) fn units<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> Result<Vec<Unit>> {
    if value.is_undefined() {
        return Ok(vec![Unit::Milliseconds]);
    }
    let Some(list) = value.as_array() else { return Ok(vec![unit(ctx, value)?]) };
    let units = list.iter::<Value<'js>>().map(|item| unit(ctx, &item?)).collect::<Result<Vec<_>>>()?;
    if units.is_empty() {
        return Err(throw(ctx, &Error::unit("undefined")));
    }
    Ok(units)
}

/// The texts of a list, for an answer.
pub(super) fn text_or_null<'js>(value: Option<&str>) -> Js<'js> {
    value.map_or(Js::Null, Js::from)
}
