//! JavaScript's view of JSON: what n8n's code sees where it reads parameters.
//!
//! Parameters come from outside and may be anything, and n8n's answer to a text where an object was
//! meant follows from JavaScript's rules: `'abc'.length` is 3, `[].sort` is a function, reading a
//! property of null throws. [`Js`] is such a value, borrowed.

mod convert;
mod equality;
pub(crate) mod json_error;
pub(crate) mod number;
mod object_literal;
pub(crate) mod path;
mod prototype;
pub(crate) mod regexp;
pub(crate) mod text;

use nodehost_expression::data;
use serde_json::{Map, Value};

pub(crate) use equality::is_equal;
pub(crate) use object_literal::parse_lenient;
pub(crate) use prototype::{OBJECT as INHERITED, is_inherited};

/// A value as JavaScript sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Js<'a> {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    Text(&'a str),
    Array(&'a [Value]),
    Object(&'a Map<String, Value>),
    /// A method found on a prototype, by name.
    Function(&'static str),
}

/// What JavaScript would throw a `TypeError` for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Throws {
    /// A property of null or undefined was read.
    PropertyOfNothing,
    /// An object could not be turned into text or a number, its `toString` being no function.
    NoPrimitive,
}

impl<'a> From<&'a Value> for Js<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Bool(*flag),
            Value::Number(number) => Self::Number(number.as_f64().unwrap_or(f64::NAN)),
            Value::String(text) => Self::Text(text),
            Value::Array(list) => Self::Array(list),
            Value::Object(map) => Self::Object(map),
        }
    }
}

impl<'a> From<Option<&'a Value>> for Js<'a> {
    fn from(value: Option<&'a Value>) -> Self {
        value.map_or(Self::Undefined, Self::from)
    }
}

impl<'a> Js<'a> {
    pub(crate) fn is_undefined(self) -> bool {
        matches!(self, Self::Undefined)
    }

    pub(crate) fn is_nothing(self) -> bool {
        matches!(self, Self::Undefined | Self::Null)
    }

    /// `typeof value === 'object'`, which null is too.
    pub(crate) fn is_typeof_object(self) -> bool {
        matches!(self, Self::Null | Self::Array(_) | Self::Object(_))
    }

    pub(crate) fn is_truthy(self) -> bool {
        match self {
            Self::Undefined | Self::Null => false,
            Self::Bool(flag) => flag,
            Self::Number(number) => number != 0.0 && !number.is_nan(),
            Self::Text(text) => !text.is_empty(),
            Self::Array(_) | Self::Object(_) | Self::Function(_) => true,
        }
    }

    /// `value[key]`, prototypes included; undefined of null and undefined, as `value?.[key]`.
    pub(crate) fn get(self, key: &str) -> Self {
        match self {
            Self::Object(map) => match map.get(key) {
                Some(value) => value.into(),
                None => prototype::method(self, key),
            },
            Self::Array(list) => match number::array_index(key) {
                Some(index) => list.get(index).into(),
                None if key == "length" => Self::Number(list.len() as f64),
                None => prototype::method(self, key),
            },
            Self::Text(text) => match number::array_index(key) {
                Some(index) => text::unit(text, index).map_or(Self::Undefined, Self::Text),
                None if key == "length" => Self::Number(text::length(text) as f64),
                None => prototype::method(self, key),
            },
            Self::Undefined | Self::Null => Self::Undefined,
            Self::Bool(_) | Self::Number(_) | Self::Function(_) => prototype::method(self, key),
        }
    }

    /// `value[key]` where reading from null or undefined throws.
    pub(crate) fn read(self, key: &str) -> Result<Self, Throws> {
        if self.is_nothing() { Err(Throws::PropertyOfNothing) } else { Ok(self.get(key)) }
    }

    /// Whether the value is an object or array that has `key` itself.
    pub(crate) fn has_own(self, key: &str) -> bool {
        match self {
            Self::Object(map) => map.contains_key(key),
            Self::Array(list) => number::array_index(key).is_some_and(|index| index < list.len()) || key == "length",
            _ => false,
        }
    }

    /// The keys `Object.keys` lists.
    pub(crate) fn keys(self) -> Keys<'a> {
        match self {
            Self::Object(map) => Keys::Named(map.keys()),
            Self::Array(list) => Keys::Indexes(0..list.len()),
            Self::Text(text) => Keys::Indexes(0..text::length(text)),
            _ => Keys::Indexes(0..0),
        }
    }

    /// The value as JSON; none for what `JSON.stringify` leaves out.
    pub(crate) fn to_json(self) -> Option<Value> {
        Some(match self {
            Self::Undefined | Self::Function(_) => return None,
            Self::Null => Value::Null,
            Self::Bool(flag) => Value::Bool(flag),
            Self::Number(number) => data::number_value(number),
            Self::Text(text) => Value::String(text.to_owned()),
            Self::Array(list) => Value::Array(list.to_vec()),
            Self::Object(map) => Value::Object(map.clone()),
        })
    }

    /// A copy as n8n's `deepCopy` makes it: without keys that could reach a prototype.
    pub(crate) fn deep_copy(self) -> Option<Value> {
        match self {
            Self::Array(list) => Some(Value::Array(list.iter().map(deep_copy).collect())),
            Self::Object(map) => Some(Value::Object(deep_copy_map(map))),
            simple => simple.to_json(),
        }
    }
}

/// See [`Js::keys`].
pub(crate) enum Keys<'a> {
    Named(serde_json::map::Keys<'a>),
    Indexes(std::ops::Range<usize>),
}

impl<'a> Iterator for Keys<'a> {
    type Item = std::borrow::Cow<'a, str>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Named(keys) => keys.next().map(|key| key.as_str().into()),
            Self::Indexes(range) => range.next().map(|index| index.to_string().into()),
        }
    }
}

pub(crate) fn deep_copy(value: &Value) -> Value {
    match value {
        Value::Array(list) => Value::Array(list.iter().map(deep_copy).collect()),
        Value::Object(map) => Value::Object(deep_copy_map(map)),
        simple => simple.clone(),
    }
}

fn deep_copy_map(map: &Map<String, Value>) -> Map<String, Value> {
    let kept = map.iter().filter(|(key, _)| !is_reserved(key));
    let mut copy = Map::with_capacity(map.len());
    copy.extend(kept.map(|(key, value)| (key.clone(), deep_copy(value))));
    copy
}

/// Keys that n8n's copies of values lack.
pub(crate) fn is_reserved(key: &str) -> bool {
    matches!(key, "__proto__" | "constructor" | "prototype")
}
