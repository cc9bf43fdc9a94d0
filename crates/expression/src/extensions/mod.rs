//! n8n's extension methods and functions, and the parts of JavaScript's library that QuickJS lacks.
//!
//! An expression calls an extension like any method, `$json.name.toTitleCase()`. The engine rewrites a call of one
//! of [`NAMES`] into `extend(receiver, name, args)`, and an optional call into `extendOptional(receiver, name)`,
//! which find the method by the receiver's type. What is JavaScript in meaning is JavaScript here: one file per
//! receiver type under `js/`, each a function of a shared host object that no expression can reach. Hashing,
//! Unicode and URL work is native and captured by those functions, never a global.

pub(crate) mod date_parse;
mod encoding;
mod intl;
mod names;
mod native;
mod transliterate;

pub(crate) use names::{FORBIDDEN_PROPERTIES, NAMES, is_extension};

use rquickjs::{Ctx, Function, Object, Result, Value};

/// What the extensions need from the engine.
pub(crate) struct Host<'js> {
    /// Holds the constructors `ExpressionError` and `ExpressionExtensionError`, both of `(message, options?)`.
    pub(crate) errors: Object<'js>,
    /// The class DateTime.
    pub(crate) date_time: Value<'js>,
}

/// What the extensions offer to expressions.
pub(crate) struct Extensions<'js> {
    /// `extend(receiver, name, args)`.
    pub(crate) extend: Function<'js>,
    /// `extendOptional(receiver, name)`.
    pub(crate) extend_optional: Function<'js>,
    /// Every method name of any type.
    #[cfg(test)]
    pub(crate) names: Vec<String>,
    /// The functions called by name (`$min`, `numberList`, ...), as fields.
    pub(crate) functions: Object<'js>,
}

/// The modules in the order in which they use each other: name, source.
const MODULES: [(&str, &str); 21] = [
    ("shared", include_str!("js/shared.js")),
    ("intlOptions", include_str!("js/intl-options.js")),
    ("javascriptDate", include_str!("js/javascript-date.js")),
    ("intlNumber", include_str!("js/intl-number.js")),
    ("intlText", include_str!("js/intl-text.js")),
    ("intl", include_str!("js/intl.js")),
    ("luxon", include_str!("js/luxon.js")),
    ("equality", include_str!("js/equality.js")),
    ("text", include_str!("js/text.js")),
    ("addresses", include_str!("js/addresses.js")),
    ("dates", include_str!("js/dates.js")),
    ("array", include_str!("js/array.js")),
    ("boolean", include_str!("js/boolean.js")),
    ("number", include_str!("js/number.js")),
    ("object", include_str!("js/object.js")),
    ("string", include_str!("js/string.js")),
    ("date", include_str!("js/date.js")),
    ("jmespathFunctions", include_str!("js/jmespath-functions.js")),
    ("jmespath", include_str!("js/jmespath.js")),
    ("functions", include_str!("js/functions.js")),
    ("dispatch", include_str!("js/dispatch.js")),
];

/// Builds the extensions in a context. Called once per context, before its intrinsics are frozen.
pub(crate) fn install<'js>(ctx: &Ctx<'js>, host: Host<'js>) -> Result<Extensions<'js>> {
    let shared = Object::new(ctx.clone())?;
    shared.set("native", native::functions(ctx)?)?;
    shared.set("errors", host.errors)?;
    shared.set("DateTime", host.date_time)?;
    for (name, source) in MODULES {
        let build: Function = ctx.eval(source)?;
        shared.set(name, build.call::<_, Object>((shared.clone(),))?)?;
    }
    let dispatch: Object = shared.get("dispatch")?;
    Ok(Extensions {
        extend: dispatch.get("extend")?,
        extend_optional: dispatch.get("extendOptional")?,
        #[cfg(test)]
        names: dispatch.get("names")?,
        functions: shared.get("functions")?,
    })
}

#[cfg(test)]
mod tests;
