//! Request options while they are put together: n8n's IHttpRequestOptions as JSON.

use serde_json::{Map, Value};

use super::lodash;

/// The options of one request.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RequestOptions {
    map: Map<String, Value>,
    /// A body may hold keys whose value is undefined: JSON does not show them, but such a body is not empty.
    has_undefined: bool,
    /// A key that looks like an index was set: JavaScript puts those first.
    has_indexes: bool,
}

impl RequestOptions {
    /// Options with the parts that every request of a declarative node has.
    pub(crate) fn empty() -> Self {
        let mut map = Map::new();
        for part in ["qs", "body", "headers"] {
            map.insert(part.to_owned(), Value::Object(Map::new()));
        }
        Self { map, ..Self::default() }
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

    /// Sets a property of the body or the query. What they are may have no properties: the words of JavaScript for that.
    pub(crate) fn send(&mut self, part: &str, property: &str, way: Way, value: Option<Value>) -> Result<(), String> {
        let is_object = self.map.get(part).is_some_and(Value::is_object);
        self.has_undefined |= part == "body" && value.is_none() && is_object;
        self.has_indexes |= property.bytes().any(|byte| byte.is_ascii_digit());
        let Some(slot) = self.map.get_mut(part) else {
            // Its expression gave undefined.
            return match way {
                Way::Path | Way::Key => Ok(()),
                Way::Assign => Err(format!("Cannot set properties of undefined (setting '{property}')")),
            };
        };
        match (way, slot, value) {
            (Way::Path, slot, value) => lodash::set(slot, property, value),
            (_, Value::Object(map), Some(value)) => {
                map.insert(property.to_owned(), value);
            }
            (_, Value::Object(map), None) => {
                map.shift_remove(property);
            }
            (_, slot @ Value::Array(_), value) => {
                if lodash::is_index(property) {
                    lodash::set(slot, property, value);
                }
            }
            (Way::Key, _, _) => {}
            (Way::Assign, primitive, _) => return Err(no_property(primitive, property)),
        }
        Ok(())
    }

    /// Sets limit or offset of a page, as JavaScript assigns them; a list holds them unseen.
    pub(crate) fn place(&mut self, part: &str, property: &str, value: f64) -> Result<(), String> {
        let as_text = part == "qs" || self.is_form();
        let slot = self.map.entry(part).or_insert(Value::Null);
        if !super::build::truthy(Some(slot)) {
            *slot = Value::Object(Map::new());
        }
        match slot {
            Value::Object(map) => {
                // JSON has no NaN, and writes null; query strings and forms write its name.
                let number = nodehost_expression::data::number_value(value);
                let value = if value.is_nan() && as_text { Value::from("NaN") } else { number };
                map.insert(property.to_owned(), value);
                Ok(())
            }
            Value::Array(_) => Ok(()),
            primitive => Err(no_property(primitive, property)),
        }
    }

    /// Whether the headers make the body a form.
    fn is_form(&self) -> bool {
        let headers = self.map.get("headers").and_then(Value::as_object).into_iter().flatten();
        let mut kinds = headers.filter(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        kinds.any(|(_, kind)| kind.as_str().is_some_and(|kind| kind.contains("form")))
    }

    /// What every property of a node does to the request, with or without routing: parts that hold no properties, such
    /// as a body of text, make room.
    pub(crate) fn clear_texts(&mut self) {
        for part in ["qs", "body", "headers"] {
            let slot = self.map.entry(part).or_insert(Value::Null);
            if !slot.is_object() && !slot.is_array() {
                *slot = Value::Object(Map::new());
                self.has_undefined &= part != "body";
            }
        }
    }

    /// Settles what only counts while the request is put together: holes of lists, the order of keys.
    pub(crate) fn settle(&mut self) {
        let holes = match self.map.get("arrayFormat").and_then(Value::as_str) {
            Some("comma") => lodash::Holes::Null,
            Some("brackets" | "repeat") => lodash::Holes::Gone,
            _ => lodash::Holes::Keys,
        };
        for (part, value) in &mut self.map {
            lodash::fill(value, if part == "qs" { holes } else { lodash::Holes::Null });
            if self.has_indexes {
                *value = nodehost_expression::data::normalize(value.take());
            }
        }
    }

    /// Marks the body as one that holds keys, whatever JSON shows of it.
    pub(crate) fn note_undefined(&mut self) {
        self.has_undefined = true;
    }

    /// Merges other options into these, as n8n does.
    pub(crate) fn merge(&mut self, other: Self) {
        let holds = |options: &Self| options.map.get("body").is_some_and(|body| body.is_object() || body.is_array());
        // What undefined keys a body has goes with the body: another one brings its own.
        self.has_undefined = match other.map.get("body") {
            None => self.has_undefined,
            Some(_) if holds(self) && holds(&other) => self.has_undefined || other.has_undefined,
            Some(_) => other.has_undefined,
        };
        self.has_indexes |= other.has_indexes;
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

/// How a property is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Along a path in dot notation.
    Path,
    /// As one key; nothing happens to what has no properties.
    Key,
    /// By JavaScript's assignment, which fails on what has no properties.
    Assign,
}

/// What JavaScript says of a property of something that has none.
fn no_property(value: &Value, property: &str) -> String {
    let kind = match value {
        Value::Null => return format!("Cannot set properties of null (setting '{property}')"),
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        _ => "string",
    };
    format!("Cannot create property '{property}' on {kind} '{}'", nodehost_expression::data::to_js_string(value))
}

impl From<Map<String, Value>> for RequestOptions {
    fn from(map: Map<String, Value>) -> Self {
        Self { map, ..Self::default() }
    }
}
