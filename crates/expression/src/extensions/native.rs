//! The native functions the modules capture.

use rquickjs::{Ctx, Exception, Function, IntoJs, Object, Result, Value, function::IntoJsFunc};

use super::{FORBIDDEN_PROPERTIES, encoding, transliterate::transliterate};

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
    Ok(object)
}

fn define<'js, P>(object: &Object<'js>, name: &str, function: impl IntoJsFunc<'js, P> + 'js) -> Result<()> {
    object.set(name, Function::new(object.ctx().clone(), function)?)
}

/// `None` as undefined.
fn optional<'js>(ctx: &Ctx<'js>, value: Option<impl IntoJs<'js>>) -> Result<Value<'js>> {
    value.map_or_else(|| Ok(Value::new_undefined(ctx.clone())), |value| value.into_js(ctx))
}

/// A random index of a list of `length` entries; the first where the system has no randomness to give.
fn random_index(length: f64) -> f64 {
    f64::from(getrandom::u32().unwrap_or_default()) % length
}
