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
    /// Whether the parts that are not in the map are empty objects; else they are undefined.
    sparse: [bool; PARTS.len()],
}

/// The parts that every request of a declarative node has.
const PARTS: [&str; 3] = ["qs", "body", "headers"];

fn empty_object() -> Value {
    Value::Object(Map::new())
}

impl RequestOptions {
    /// Options with the parts that every request of a declarative node has.
    pub(crate) fn empty() -> Self {
        let map = PARTS.iter().map(|part| ((*part).to_owned(), empty_object())).collect();
        Self { map, ..Self::default() }
    }

    /// What a step of a plan begins with: empty parts, which only go into the map when something is put into them. Such
    /// options are there to be merged into others.
    pub(crate) fn sparse() -> Self {
        Self { sparse: [true; PARTS.len()], ..Self::default() }
    }

    fn is_sparse(&self, key: &str) -> bool {
        PARTS.iter().zip(self.sparse).any(|(part, sparse)| sparse && *part == key)
    }

    /// Puts a part into the map that is empty and not in it.
    fn fill_in(&mut self, key: &str) {
        if let Some(at) = PARTS.iter().position(|part| *part == key)
            && std::mem::take(&mut self.sparse[at])
        {
            self.map.insert(key.to_owned(), empty_object());
        }
    }

    /// The value of an option.
    pub fn get(&self, key: &str) -> Option<&Value> {
        // There are few: comparing them takes less time than a hash does.
        self.map.iter().find(|(known, _)| *known == key).map(|(_, value)| value)
    }

    /// Takes an option out.
    pub fn take(&mut self, key: &str) -> Option<Value> {
        self.map.shift_remove(key)
    }

    /// Sets an option; `None` is undefined.
    pub fn set(&mut self, key: &str, value: Option<Value>) {
        if let Some(at) = PARTS.iter().position(|part| *part == key) {
            self.sparse[at] = false;
        }
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
        self.fill_in(part);
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

    /// Whether every part is an object, so that sending a plain value does what merging would.
    pub(crate) fn has_open_parts(&self) -> bool {
        PARTS.iter().zip(self.sparse).all(|(part, sparse)| match self.get(part) {
            Some(value) => value.is_object(),
            None => sparse,
        })
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
        for (part, _) in PARTS.into_iter().zip(self.sparse).filter(|(_, sparse)| !sparse) {
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
        let body = |options: &Self| match options.map.get("body") {
            None if options.is_sparse("body") => Some(true),
            body => body.map(|body| body.is_object() || body.is_array()),
        };
        // What undefined keys a body has goes with the body: another one brings its own.
        self.has_undefined = match (body(self), body(&other)) {
            (_, None) => self.has_undefined,
            (Some(true), Some(true)) => self.has_undefined || other.has_undefined,
            _ => other.has_undefined,
        };
        for (at, part) in PARTS.into_iter().enumerate().filter(|(at, _)| other.sparse[*at]) {
            match self.map.get_mut(part) {
                Some(Value::Object(_) | Value::Array(_)) => {}
                Some(text) => *text = empty_object(),
                None if self.sparse[at] => {}
                None => drop(self.map.insert(part.to_owned(), empty_object())),
            }
        }
        for part in PARTS.into_iter().filter(|part| other.map.contains_key(*part)) {
            self.fill_in(part);
        }
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
