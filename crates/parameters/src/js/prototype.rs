//! Methods JavaScript finds on prototypes where a parameter's value is not the object meant.

use super::Js;

/// The function `value[key]` is, or undefined.
pub(super) fn method<'a>(value: Js<'_>, key: &str) -> Js<'a> {
    let own: &[&str] = match value {
        Js::Array(_) => ARRAY,
        Js::Text(_) => STRING,
        Js::Number(_) => NUMBER,
        _ => &[],
    };
    let found = own.iter().chain(OBJECT).find(|name| **name == key);
    found.map_or(Js::Undefined, |name| Js::Function(name))
}

/// Whether `{}[name]` is something: every object inherits it.
pub(crate) fn is_inherited(name: &str) -> bool {
    name == "__proto__" || OBJECT.contains(&name)
}

/// The names of the functions every object inherits.
pub(crate) const OBJECT: &[&str] = &[
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
    "__defineGetter__",
    "__defineSetter__",
    "__lookupGetter__",
    "__lookupSetter__",
];

const ARRAY: &[&str] = &[
    "at",
    "concat",
    "copyWithin",
    "entries",
    "every",
    "fill",
    "filter",
    "find",
    "findIndex",
    "findLast",
    "findLastIndex",
    "flat",
    "flatMap",
    "forEach",
    "includes",
    "indexOf",
    "join",
    "keys",
    "lastIndexOf",
    "map",
    "pop",
    "push",
    "reduce",
    "reduceRight",
    "reverse",
    "shift",
    "slice",
    "some",
    "sort",
    "splice",
    "toReversed",
    "toSorted",
    "toSpliced",
    "unshift",
    "values",
    "with",
];

const STRING: &[&str] = &[
    "anchor",
    "at",
    "big",
    "blink",
    "bold",
    "charAt",
    "charCodeAt",
    "codePointAt",
    "concat",
    "endsWith",
    "fixed",
    "fontcolor",
    "fontsize",
    "includes",
    "indexOf",
    "isWellFormed",
    "italics",
    "lastIndexOf",
    "link",
    "localeCompare",
    "match",
    "matchAll",
    "normalize",
    "padEnd",
    "padStart",
    "repeat",
    "replace",
    "replaceAll",
    "search",
    "slice",
    "small",
    "split",
    "startsWith",
    "strike",
    "sub",
    "substr",
    "substring",
    "sup",
    "toLocaleLowerCase",
    "toLocaleUpperCase",
    "toLowerCase",
    "toUpperCase",
    "toWellFormed",
    "trim",
    "trimEnd",
    "trimLeft",
    "trimRight",
    "trimStart",
];

const NUMBER: &[&str] = &["toExponential", "toFixed", "toPrecision"];
