//! Reads the fields of a JSON object one by one and keeps what was not asked for.

use serde_json::{Map, Value};

use crate::DescriptorError;
use crate::error::pointer_token;

/// An object whose known fields are taken out; what remains is the `extra` of the typed model.
///
/// Null counts as absent, as it does nearly everywhere in n8n.
pub(crate) struct Reader {
    fields: Map<String, Value>,
    pointer: String,
}

impl Reader {
    pub(crate) fn new(value: Value, pointer: &str, what: &str) -> Result<Self, DescriptorError> {
        match value {
            Value::Object(fields) => Ok(Self { fields, pointer: pointer.to_owned() }),
            other => Err(DescriptorError::new(
                pointer,
                format!("{what} is {}, not an object", kind(&other)),
                "Write it as a JSON object.",
            )),
        }
    }

    /// The field as it is; a field of null stays null.
    pub(crate) fn raw(&mut self, name: &str) -> Option<Value> {
        self.fields.shift_remove(name)
    }

    pub(crate) fn value(&mut self, name: &str) -> Option<Value> {
        self.raw(name).filter(|value| !value.is_null())
    }

    pub(crate) fn required_string(&mut self, name: &str) -> Result<String, DescriptorError> {
        match self.raw(name) {
            Some(Value::String(text)) => Ok(text),
            Some(other) => Err(self.wrong_type(name, "a string", &other)),
            None => Err(DescriptorError::new(
                self.pointer.clone(),
                format!("\"{name}\" is missing"),
                format!("Add \"{name}\", a string."),
            )),
        }
    }

    pub(crate) fn string(&mut self, name: &str) -> Result<Option<String>, DescriptorError> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.wrong_type(name, "a string", &other)),
        }
    }

    /// True only where the field is exactly `true`.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        matches!(self.raw(name), Some(Value::Bool(true)))
    }

    pub(crate) fn object(&mut self, name: &str) -> Result<Option<Map<String, Value>>, DescriptorError> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(map)),
            Some(other) => Err(self.wrong_type(name, "an object", &other)),
        }
    }

    pub(crate) fn array(&mut self, name: &str) -> Result<Option<Vec<Value>>, DescriptorError> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Array(list)) => Ok(Some(list)),
            Some(other) => Err(self.wrong_type(name, "an array", &other)),
        }
    }

    /// The elements of an array field, each read by `read` with its own pointer.
    pub(crate) fn list<T>(
        &mut self,
        name: &str,
        read: impl Fn(Value, &str) -> Result<T, DescriptorError>,
    ) -> Result<Option<Vec<T>>, DescriptorError> {
        let Some(list) = self.array(name)? else { return Ok(None) };
        let base = self.child(name);
        let read_one = |(index, value)| read(value, &format!("{base}/{index}"));
        list.into_iter().enumerate().map(read_one).collect::<Result<_, _>>().map(Some)
    }

    pub(crate) fn extra(self) -> Map<String, Value> {
        self.fields
    }

    pub(crate) fn child(&self, name: &str) -> String {
        format!("{}/{}", self.pointer, pointer_token(name))
    }

    pub(crate) fn wrong_type(&self, name: &str, wanted: &str, found: &Value) -> DescriptorError {
        DescriptorError::new(
            self.child(name),
            format!("\"{name}\" is {}, not {wanted}", kind(found)),
            format!("Make \"{name}\" {wanted}."),
        )
    }
}

/// What a JSON value is, for people.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
