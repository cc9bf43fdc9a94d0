//! Zones as objects: `dt.zone`.

use rquickjs::{Class, Ctx, Object, Result};

use super::{
    args::{number, property, text},
    call::{Call, Entry, Js, Native, define_getters, define_methods},
    class::JsZone,
};
use crate::luxon::{OffsetFormat, Zone, english::Width, format, format_offset};

pub(super) fn prototype<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let prototype = Object::new(ctx.clone())?;
    define_getters(&prototype, GETTERS)?;
    define_methods(&prototype, METHODS)?;
    Ok(prototype)
}

fn this(call: &Call<'_, '_>) -> Result<Zone> {
    call.with(|zone: &JsZone| zone.0.clone())
}

const GETTERS: &[(&str, Native)] = &[
    ("type", |call| Ok(this(call)?.kind().into())),
    ("name", |call| Ok(this(call)?.name().into())),
    ("ianaName", |call| Ok(this(call)?.iana_name().into())),
    ("isUniversal", |call| Ok(this(call)?.is_universal().into())),
    ("isValid", |call| Ok(this(call)?.is_valid().into())),
];

const METHODS: &[Entry] = &[
    ("offset", 1, |call| Ok(this(call)?.offset(number(&call.ctx, &call.arg(0))?).into())),
    ("offsetName", 2, offset_name),
    ("formatOffset", 2, format_zone_offset),
    ("equals", 1, equals),
    ("toString", 0, |_| Ok("[object Object]".into())),
];

fn offset_name<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let zone = this(call)?;
    let options = call.arg(1).into_object();
    let long = match property(options.as_ref(), "format")? {
        Some(format) => text(&call.ctx, &format)? == "long",
        None => false,
    };
    if matches!(zone, Zone::Invalid(_)) {
        return Ok(Js::Null);
    }
    // Intl takes an empty name for none.
    if !zone.is_valid() && !zone.name().is_empty() {
        let message = format!("Invalid time zone specified: {}", zone.name());
        return Err(rquickjs::Exception::throw_range(&call.ctx, &message));
    }
    let ts = number(&call.ctx, &call.arg(0))?;
    Ok(format::offset_name(&zone, ts, if long { Width::Long } else { Width::Short }).into())
}

fn format_zone_offset<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let zone = this(call)?;
    if matches!(zone, Zone::Invalid(_)) {
        return Ok("".into());
    }
    let offset = zone.offset(number(&call.ctx, &call.arg(0))?);
    let name = text(&call.ctx, &call.arg(1))?;
    let format = match name.as_str() {
        "short" => OffsetFormat::Short,
        "narrow" => OffsetFormat::Narrow,
        "techie" => OffsetFormat::Techie,
        _ => {
            let message = format!("Value format {name} is out of range for property format");
            return Err(rquickjs::Exception::throw_range(&call.ctx, &message));
        }
    };
    Ok(format_offset(offset, format).into())
}

fn equals<'js>(call: &Call<'_, 'js>) -> Result<Js<'js>> {
    let other = call.arg(0).as_object().and_then(Class::<JsZone>::from_object).map(|zone| zone.borrow().0.clone());
    let zone = this(call)?;
    Ok(other.is_some_and(|other| other == zone).into())
}
