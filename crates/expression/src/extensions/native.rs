//! The native functions the modules capture.

#![allow(clippy::needless_pass_by_value, reason = "functions that JavaScript calls own their arguments")]

use std::cmp::Ordering;

use rquickjs::{Ctx, Exception, Function, IntoJs, Object, Result, Value, function::IntoJsFunc};

use super::{FORBIDDEN_PROPERTIES, date_parse, encoding, intl, transliterate::transliterate};
use crate::{Code, ExpressionError, sandbox};

/// An object of all native functions.
pub(super) fn functions<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    object.set("forbiddenProperties", FORBIDDEN_PROPERTIES.to_vec())?;
    define(&object, "hash", |ctx: Ctx<'js>, algorithm: String, text: String| {
        encoding::hash(&algorithm, &text).ok_or_else(|| Exception::throw_message(&ctx, "unknown algorithm"))
    })?;
    define(&object, "base64Encode", |text: String| encoding::base64_encode(&text))?;
    define(&object, "base64Decode", |text: String| encoding::base64_decode(&text))?;
    define(&object, "urlPath", |ctx: Ctx<'js>, text: String| optional(&ctx, encoding::url_path(&text)))?;
    define(&object, "transliterate", |text: String| transliterate(&text))?;
    define(&object, "randomIndex", random_index)?;
    define(&object, "now", |ctx: Ctx<'js>| Ok::<_, rquickjs::Error>(sandbox::Host::of(&ctx)?.now_ms()))?;
    define(&object, "parseDate", |text: String| date_parse::parse(&text).unwrap_or(f64::NAN))?;
    define(&object, "knowsLocale", |tag: String| intl::resolve_locale(&tag).is_some())?;
    define(&object, "exceeded", exceeded)?;
    define(&object, "numberParts", number_parts)?;
    define(&object, "compare", compare)?;
    Ok(object)
}

fn define<'js, P>(object: &Object<'js>, name: &str, function: impl IntoJsFunc<'js, P> + 'js) -> Result<()> {
    object.set(name, Function::new(object.ctx().clone(), function)?)
}

/// `None` as undefined.
fn optional<'js>(ctx: &Ctx<'js>, value: Option<impl IntoJs<'js>>) -> Result<Value<'js>> {
    value.map_or_else(|| Ok(Value::new_undefined(ctx.clone())), |value| value.into_js(ctx))
}

/// Ends the evaluation: what was asked for would take longer than any limit allows.
fn exceeded(ctx: Ctx<'_>) -> Result<()> {
    let error = ExpressionError::new("ExpressionError", "Expression timed out", Code::TimeLimit);
    Err(sandbox::Host::of(&ctx)?.fail(&ctx, error))
}

/// A random index of a list of `length` entries; the first where the system has no randomness to give.
fn random_index(length: f64) -> f64 {
    f64::from(getrandom::u32().unwrap_or_default()) % length
}

/// The parts of a number as `[type, text]`, by the options that intl-number.js resolved.
fn number_parts(options: Object<'_>, text: String) -> Result<Vec<Vec<String>>> {
    let options = intl::NumberOptions {
        locale: options.get("locale")?,
        style: options.get("style")?,
        currency: options.get("currency")?,
        currency_display: options.get("currencyDisplay")?,
        currency_sign: options.get("currencySign")?,
        minimum_integer_digits: options.get("integer")?,
        fraction_digits: digits(&options, "fraction")?,
        significant_digits: digits(&options, "significant")?,
        more_precision: options.get("morePrecision")?,
        rounding_mode: options.get("roundingMode")?,
        strips_zeros: options.get("stripsZeros")?,
        grouping: options.get("grouping")?,
        notation: options.get("notation")?,
        is_long_compact: options.get("isLong")?,
        sign_display: options.get("signDisplay")?,
    };
    let parts = intl::format_number(&text, &options);
    Ok(parts.into_iter().map(|(kind, text)| vec![kind.to_owned(), text]).collect())
}

fn digits(options: &Object<'_>, name: &str) -> Result<Option<(i32, i32)>> {
    let bounds: Option<Vec<i32>> = options.get(name)?;
    Ok(bounds.and_then(|bounds| bounds.first().copied().zip(bounds.get(1).copied())))
}

/// -1, 0 or 1, by the options that intl-text.js resolved.
fn compare(options: Object<'_>, left: String, right: String) -> Result<i32> {
    let collation = intl::Collation {
        locale: options.get("locale")?,
        sensitivity: options.get("sensitivity")?,
        is_numeric: options.get("numeric")?,
        case_first: options.get("caseFirst")?,
        ignores_punctuation: options.get("ignorePunctuation")?,
    };
    Ok(match intl::compare(&collation, &left, &right) {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    })
}
