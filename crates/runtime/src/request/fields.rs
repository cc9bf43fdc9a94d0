use serde_json::{Map, Value};

use crate::item::escape_pointer;
use crate::{ErrorCode, RequestError};

/// Reads an object key by key; what is left over is refused. All errors are gathered, not only the first.
pub(crate) struct Fields<'e> {
    map: Map<String, Value>,
    pointer: String,
    known: Vec<&'static str>,
    errors: &'e mut Vec<RequestError>,
}

impl<'e> Fields<'e> {
    /// Starts on a value that should be an object.
    pub(crate) fn new(value: Value, pointer: impl Into<String>, errors: &'e mut Vec<RequestError>) -> Self {
        let pointer = pointer.into();
        let map = if let Value::Object(map) = value {
            map
        } else {
            errors.push(RequestError::new(pointer.clone(), ErrorCode::Malformed, "An object is expected here"));
            Map::new()
        };
        Self { map, pointer, known: Vec::new(), errors }
    }

    /// The value of a key; null counts as absent.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<Value> {
        self.known.push(key);
        self.map.shift_remove(key).filter(|value| !value.is_null())
    }

    /// The value of a key, null included.
    pub(crate) fn take_even_null(&mut self, key: &'static str) -> Option<Value> {
        self.known.push(key);
        self.map.shift_remove(key)
    }

    /// The value of a key, read as `T`.
    pub(crate) fn read<T>(
        &mut self,
        key: &'static str,
        kind: &str,
        read: impl FnOnce(Value) -> Option<T>,
    ) -> Option<T> {
        let value = self.take(key)?;
        let read = read(value);
        if read.is_none() {
            self.wrong(key, format!("\"{key}\" is {kind}"));
        }
        read
    }

    /// A string.
    pub(crate) fn string(&mut self, key: &'static str) -> Option<String> {
        self.read(key, "a string", |value| match value {
            Value::String(text) => Some(text),
            _ => None,
        })
    }

    /// A boolean.
    pub(crate) fn boolean(&mut self, key: &'static str) -> Option<bool> {
        self.read(key, "true or false", |value| value.as_bool())
    }

    /// A whole number in a range.
    pub(crate) fn integer(&mut self, key: &'static str, range: std::ops::RangeInclusive<u64>) -> Option<u64> {
        let kind = format!("a whole number from {} to {}", range.start(), range.end());
        self.read(key, &kind, |value| {
            let number = value.as_f64().filter(|number| number.fract() == 0.0 && *number >= 0.0)?;
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let number = number as u64;
            range.contains(&number).then_some(number)
        })
    }

    /// An object.
    pub(crate) fn object(&mut self, key: &'static str) -> Option<Map<String, Value>> {
        self.read(key, "an object", |value| match value {
            Value::Object(map) => Some(map),
            _ => None,
        })
    }

    /// A list.
    pub(crate) fn list(&mut self, key: &'static str) -> Option<Vec<Value>> {
        self.read(key, "a list", |value| match value {
            Value::Array(list) => Some(list),
            _ => None,
        })
    }

    /// A nested object, with the place where it stands.
    pub(crate) fn nested<T>(&mut self, key: &'static str, read: impl FnOnce(Fields<'_>) -> T) -> Option<T> {
        let value = self.take(key)?;
        let pointer = format!("{}/{key}", self.pointer);
        Some(read(Fields::new(value, pointer, self.errors)))
    }

    /// Notes that a key is required and missing.
    pub(crate) fn require<T>(&mut self, key: &'static str, value: Option<T>) -> Option<T> {
        if value.is_none() && !self.errors.iter().any(|error| error.pointer.starts_with(&self.at(key))) {
            self.wrong(key, format!("\"{key}\" is required"));
        }
        value
    }

    /// Notes that the value of a key is wrong.
    pub(crate) fn wrong(&mut self, key: &str, message: impl Into<String>) {
        let pointer = self.at(key);
        self.errors.push(RequestError::new(pointer, ErrorCode::Malformed, message));
    }

    /// Where errors are gathered.
    pub(crate) fn errors(&mut self) -> &mut Vec<RequestError> {
        self.errors
    }

    /// Where a key stands.
    pub(crate) fn at(&self, key: &str) -> String {
        format!("{}/{}", self.pointer, escape_pointer(key))
    }

    /// Refuses the keys nobody asked for.
    pub(crate) fn finish(self) {
        let Self { map, pointer, known, errors } = self;
        for key in map.keys() {
            let message = format!("\"{key}\" is not known here; known are: {}", known.join(", "));
            errors.push(RequestError::new(format!("{pointer}/{}", escape_pointer(key)), ErrorCode::Malformed, message));
        }
    }
}
