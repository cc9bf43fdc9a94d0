//! Request options while they are put together: n8n's IHttpRequestOptions as JSON.

use serde_json::{Map, Value};

use super::lodash;

/// The options of one request.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RequestOptions {
    map: Map<String, Value>,
    /// A body may hold keys whose value is undefined: JSON does not show them, but such a body is not empty.
    has_undefined: bool,
}

impl RequestOptions {
    /// Options with the parts that every request of a declarative node has.
    pub(crate) fn empty() -> Self {
        let mut map = Map::new();
        for part in ["qs", "body", "headers"] {
            map.insert(part.to_owned(), Value::Object(Map::new()));
        }
        Self { map, has_undefined: false }
    }

    /// The value of an option.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.map.get(key)
    }

    /// Takes an option out.
    pub fn take(&mut self, key: &str) -> Option<Value> {
        self.map.shift_remove(key)
    }

    /// Sets an option; `None` is undefined.
    pub fn set(&mut self, key: &str, value: Option<Value>) {
        match value {
            Some(value) => {
                if key == "body" {
                    self.has_undefined = false;
                }
                self.map.insert(key.to_owned(), value);
            }
            None => {
                self.map.shift_remove(key);
            }
        }
    }

    /// An option that is an object, made if it is none.
    pub fn object_mut(&mut self, key: &str) -> &mut Map<String, Value> {
        let slot = self.map.entry(key).or_insert(Value::Null);
        if !slot.is_object() {
            *slot = Value::Object(Map::new());
        }
        match slot {
            Value::Object(map) => map,
            _ => unreachable!("it was made an object"),
        }
    }

    /// Sets a property of the body or the query.
    pub(crate) fn send(&mut self, part: &str, property: &str, dotted: bool, value: Option<Value>) {
        if part == "body" && value.is_none() {
            self.has_undefined = true;
        }
        let slot = self.map.entry(part).or_insert_with(|| Value::Object(Map::new()));
        match (dotted, slot, value) {
            (true, slot, value) => lodash::set(slot, property, value),
            (false, Value::Object(map), Some(value)) => {
                map.insert(property.to_owned(), value);
            }
            (false, Value::Object(map), None) => {
                map.shift_remove(property);
            }
            _ => {}
        }
    }

    /// Marks the body as one that holds keys, whatever JSON shows of it.
    pub(crate) fn note_undefined(&mut self) {
        self.has_undefined = true;
    }

    /// Merges other options into these, as n8n does.
    pub(crate) fn merge(&mut self, other: Self) {
        self.has_undefined |= other.has_undefined;
        lodash::merge(&mut self.map, other.map);
    }

    /// The same options with others laid over, key by key.
    pub(crate) fn overlaid(&self, other: &Map<String, Value>) -> Self {
        let mut copy = self.clone();
        for (key, value) in other {
            copy.set(key, Some(value.clone()));
        }
        copy
    }

    /// Whether the body holds anything.
    pub(crate) fn has_body(&self) -> bool {
        match self.map.get("body") {
            Some(Value::String(text)) => !text.is_empty(),
            Some(Value::Object(map)) => !map.is_empty() || self.has_undefined,
            Some(Value::Array(list)) => !list.is_empty(),
            _ => false,
        }
    }

    /// All of it as JSON, for `$request` and for hooks.
    pub fn to_value(&self) -> Value {
        Value::Object(self.map.clone())
    }

    /// The options as a map, for credentials to put themselves in.
    pub fn as_map_mut(&mut self) -> &mut Map<String, Value> {
        &mut self.map
    }
}

impl From<Map<String, Value>> for RequestOptions {
    fn from(map: Map<String, Value>) -> Self {
        Self { map, has_undefined: false }
    }
}
