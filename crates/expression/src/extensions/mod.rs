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
    /// The names that expressions see: gets `extend(receiver, name, args)`, `extendOptional(receiver, name)` and the
    /// functions called by name (`$min`, `numberList`, ...), and must have luxon's DateTime.
    pub(crate) scope: Object<'js>,
}

/// The modules in the order in which they use each other: name, source.
const MODULES: [(&str, &str); 23] = [
    ("shared", include_str!("js/shared.js")),
    ("builtins", include_str!("js/builtins.js")),
    ("intlOptions", include_str!("js/intl-options.js")),
    ("javascriptDate", include_str!("js/javascript-date.js")),
    ("intlNumber", include_str!("js/intl-number.js")),
    ("intlText", include_str!("js/intl-text.js")),
    ("intl", include_str!("js/intl.js")),
    ("bounds", include_str!("js/bounds.js")),
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
    ("dispatch", include_str!("js/dispatch.js")),
    ("functions", include_str!("js/functions.js")),
];

/// Installs the extensions in a context. Called once per context, before its intrinsics are frozen.
pub(crate) fn install<'js>(ctx: &Ctx<'js>, host: Host<'js>) -> Result<()> {
    let shared = Object::new(ctx.clone())?;
    shared.set("native", native::functions(ctx)?)?;
    shared.set("errors", host.errors)?;
    shared.set("DateTime", host.scope.get::<_, Value>("DateTime")?)?;
    shared.set("scope", host.scope)?;
    for (name, source) in MODULES {
        let build: Function = ctx.eval(source)?;
        shared.set(name, build.call::<_, Object>((shared.clone(),))?)?;
    }
    Ok(())
}

#[cfg(test)]
mod bounds_tests;
#[cfg(test)]
mod tests;
