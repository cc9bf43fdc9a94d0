//! The class `Duration`.

use rquickjs::{Ctx, Exception, Object, Result, Value};

use super::{
    args::{
        self, duration, duration_from_object, duration_like, format_argument, invalid_argument, invalid_unit_value,
        not_nullish, number, options, property, text, text_or_null, unit,
    },
    call::{Call, Entry, Js, Native, constructor, define_getters, define_methods},
    options::{duration_format, human_format, iso, locale_options, parse_accuracy},
};
use crate::luxon::{Duration, Field, INVALID_DURATION, Invalid, Locale, LocaleOptions, Unit, Values, parse};

/// The constructor with its static methods.
pub(super) fn class<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let class = constructor::<Duration>(ctx, |call| {
        let values = property(call.arg(0).as_object(), "values")?;
        let empty = Object::new(call.ctx.clone())?.into_value();
        duration_from_object(&call.ctx, &values.unwrap_or(empty), None).map(Js::from)
    })?;
    define_methods(&class, STATIC)?;
    Ok(class)
}

pub(super) fn prototype<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let prototype = Object::new(ctx.clone())?;
    define_getters(&prototype, GETTERS)?;
    define_methods(&prototype, METHODS)?;
    define_methods(&prototype, FORMATS)?;
    Ok(prototype)
}

const STATIC: &[Entry] = &[
    ("fromMillis", 1, from_millis),
    ("fromObject", 1, |call| duration_from_object(&call.ctx, &call.arg(0), call.arg(1).as_object()).map(Js::from)),
    ("fromDurationLike", 1, |call| duration_like(&call.ctx, &call.arg(0)).map(Js::from)),
    ("fromISO", 1, |call| from_iso(call, parse::duration)),
    ("fromISOTime", 1, |call| from_iso(call, parse::duration_of_time)),
    ("invalid", 1, invalid),
    ("isDuration", 1, |call| Ok(duration(&call.arg(0)).is_some().into())),
    ("normalizeUnit", 1, |call| Ok(unit(&call.ctx, &call.arg(0))?.name().into())),
];

fn from_millis<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let object = Object::new(call.ctx.clone())?;
    object.set("milliseconds", call.arg(0))?;
    duration_from_object(&call.ctx, &object.into_value(), call.arg(1).as_object()).map(Js::from)
}

fn from_iso<'js>(call: &Call<'_, 'js>, parser: fn(&str) -> Option<Values>) -> Result<Js<'js>> {
    let source = text(&call.ctx, &call.arg(0))?;
    let nothing = call.arg(0).is_null() || call.arg(0).is_undefined();
    match parser(&source).filter(|_| !nothing) {
        Some(values) => {
            if values.iter().any(|(_, amount)| !amount.is_finite()) {
                return Err(invalid_unit_value(&call.ctx, &Value::new_float(call.ctx.clone(), f64::NAN)));
            }
            let options = call.arg(1).into_object();
            let locale = Locale::new(locale_options(&call.ctx, options.as_ref())?);
            let accuracy = parse_accuracy(&call.ctx, options.as_ref())?.unwrap_or_default();
            Ok(Duration::new(values, locale, accuracy).into())
        }
        None => {
            let explanation = format!("the input \"{source}\" can't be parsed as ISO 8601");
            Ok(Duration::invalid(Invalid::explained("unparsable", explanation)).into())
        }
    }
}

fn invalid<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    Ok(Duration::invalid(invalid_argument(call, "Duration")?).into())
}

fn amount<'js>(call: &Call<'_, 'js>, unit: Unit) -> Result<Js<'js>> {
    call.with(|duration: &Duration| duration.get(unit).into())
}

const GETTERS: &[(&str, Native)] = &[
    ("years", |call| amount(call, Unit::Years)),
    ("quarters", |call| amount(call, Unit::Quarters)),
    ("months", |call| amount(call, Unit::Months)),
    ("weeks", |call| amount(call, Unit::Weeks)),
    ("days", |call| amount(call, Unit::Days)),
    ("hours", |call| amount(call, Unit::Hours)),
    ("minutes", |call| amount(call, Unit::Minutes)),
    ("seconds", |call| amount(call, Unit::Seconds)),
    ("milliseconds", |call| amount(call, Unit::Milliseconds)),
    ("values", |call| to_object(call)),
    ("isLuxonDuration", |call| call.with(|_: &Duration| Js::Bool(true))),
    ("isValid", |call| call.with(Duration::is_valid).map(Js::Bool)),
    ("invalidReason", |call| call.with(|d: &Duration| text_or_null(d.invalid_reason().map(|i| i.reason.as_str())))),
    ("invalidExplanation", |call| {
        call.with(|d: &Duration| text_or_null(d.invalid_reason().and_then(|i| i.explanation.as_deref())))
    }),
    ("conversionAccuracy", |call| call.with(|d: &Duration| d.accuracy().name().into())),
    ("locale", |call| call.with(|d: &Duration| text_or_null(Some(d.locale().tag()).filter(|_| d.is_valid())))),
    ("numberingSystem", |call| {
        call.with(|d: &Duration| text_or_null(d.locale().numbering_system().filter(|_| d.is_valid())))
    }),
];

const METHODS: &[Entry] = &[
    ("plus", 1, |call| add(call, Duration::plus)),
    ("minus", 1, |call| add(call, Duration::minus)),
    ("negate", 0, |call| call.with(|d: &Duration| d.negate().into())),
    ("normalize", 0, |call| call.with(|d: &Duration| d.normalize().into())),
    ("rescale", 0, |call| call.with(|d: &Duration| d.rescale().into())),
    ("removeZeros", 0, |call| call.with(|d: &Duration| d.remove_zeros().into())),
    ("shiftToAll", 0, |call| call.with(|d: &Duration| d.shift_to_all().into())),
    ("shiftTo", 0, shift_to),
    ("mapUnits", 1, map_units),
    ("get", 1, |call| Ok(call.duration()?.get(unit(&call.ctx, &call.arg(0))?).into())),
    ("set", 1, set),
    ("reconfigure", 0, reconfigure),
    ("as", 1, as_unit),
    ("equals", 1, equals),
    ("toMillis", 0, |call| call.with(|d: &Duration| d.to_millis().into())),
    ("valueOf", 0, |call| call.with(|d: &Duration| d.to_millis().into())),
    ("toObject", 0, |call| to_object(call)),
];

fn add<'js>(call: &Call<'_, 'js>, combine: fn(&Duration, &Duration) -> Duration) -> Result<Js<'js>> {
    let duration = call.duration()?;
    if !duration.is_valid() {
        return Ok(duration.into());
    }
    let other = duration_like(&call.ctx, &call.arg(0))?;
    Ok(combine(&duration, &other).into())
}

fn shift_to<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let duration = call.duration()?;
    if !duration.is_valid() {
        return Ok(duration.into());
    }
    let units = call.args().iter().map(|value| unit(&call.ctx, value)).collect::<Result<Vec<_>>>()?;
    Ok(duration.shift_to(&units).into())
}

fn map_units<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let duration = call.duration()?;
    if !duration.is_valid() {
        return Ok(duration.into());
    }
    let Some(change) = call.arg(0).into_function() else {
        return Err(Exception::throw_type(&call.ctx, "fn is not a function"));
    };
    let mut values = Values::default();
    for (unit, amount) in duration.values().iter() {
        let changed: Value<'js> = change.call((amount, unit.name()))?;
        let number = number(&call.ctx, &changed)?;
        let blank = changed.as_string().is_some_and(|text| text.to_string().is_ok_and(|text| text.is_empty()));
        if changed.is_bool() || blank || !number.is_finite() {
            return Err(invalid_unit_value(&call.ctx, &changed));
        }
        values.set(unit, number);
    }
    Ok(duration.with_values(values).into())
}

fn set<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let duration = call.duration()?;
    if !duration.is_valid() {
        return Ok(duration.into());
    }
    let value = args::enumerable(call, 0)?.into_value();
    let mut values = *duration.values();
    for (unit, amount) in duration_from_object(&call.ctx, &value, None)?.values().iter() {
        values.set(unit, amount);
    }
    Ok(duration.with_values(values).into())
}

fn reconfigure<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let duration = call.duration()?;
    let options = options(call, 0, "locale")?;
    let given = locale_options(&call.ctx, options.as_ref())?;
    let locale = duration.locale().with(LocaleOptions { week: None, output_calendar: None, ..given });
    let accuracy = parse_accuracy(&call.ctx, options.as_ref())?.unwrap_or(duration.accuracy());
    Ok(duration.reconfigure(locale, accuracy).into())
}

fn as_unit<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let duration = call.duration()?;
    if !duration.is_valid() {
        return Ok(f64::NAN.into());
    }
    Ok(duration.as_unit(unit(&call.ctx, &call.arg(0))?).into())
}

fn equals<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let this = call.duration()?;
    let other = call.arg(0);
    if this.is_valid() {
        not_nullish(&call.ctx, &other, "isValid")?;
    }
    Ok(duration(&other).is_some_and(|other| this.equals(&other)).into())
}

fn to_object<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let object = Object::new(call.ctx.clone())?;
    for (unit, amount) in call.duration()?.values().iter() {
        object.set(unit.name(), Js::Number(amount))?;
    }
    Ok(Js::Value(object.into_value()))
}

/// The ways a duration is written.
const FORMATS: &[Entry] = &[
    ("toISO", 0, |call| call.with(|d: &Duration| d.to_iso().into())),
    ("toJSON", 0, |call| call.with(|d: &Duration| d.to_iso().into())),
    ("toString", 0, |call| call.with(|d: &Duration| d.to_iso().into())),
    ("toISOTime", 0, |call| {
        if !(0.0..86_400_000.0).contains(&call.with(Duration::to_millis)?) {
            return Ok(Js::Null);
        }
        let options = iso(&call.ctx, call.arg(0).as_object(), Field::Millisecond)?;
        call.with(|d: &Duration| d.to_iso_time(&options).into())
    }),
    ("toFormat", 1, to_format),
    ("toHuman", 0, |call| {
        let options = human_format(&call.ctx, options(call, 0, "showZeros")?.as_ref())?;
        let human = call.duration()?.to_human(&options);
        call.ok(human).map(Js::from)
    }),
];

fn to_format<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let duration = call.duration()?;
    let options = duration_format(&call.ctx, options(call, 1, "round")?.as_ref())?;
    if !duration.is_valid() {
        return Ok(INVALID_DURATION.into());
    }
    let format = format_argument(call)?;
    call.ok(duration.to_format(&format, &options)).map(Js::from)
}
