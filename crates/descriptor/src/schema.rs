//! The JSON Schemas descriptors are checked against.

use std::sync::LazyLock;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::{Map, Value};

use crate::DescriptorError;

/// The schema of node descriptors (`schemas/node-descriptor.schema.json`).
pub const NODE: &str = include_str!("../../../schemas/node-descriptor.schema.json");
/// The schema of credential descriptors (`schemas/credential-descriptor.schema.json`).
pub const CREDENTIAL: &str = include_str!("../../../schemas/credential-descriptor.schema.json");

static NODE_SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::new(NODE));
static CREDENTIAL_SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::new(CREDENTIAL));

/// A schema of the project's own, compiled once.
#[derive(Debug)]
pub struct Schema(Validator);

impl Schema {
    /// Compiles a schema that is built in.
    ///
    /// # Panics
    /// If it is none.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(compile(text))
    }

    /// Checks a value; all errors are returned.
    pub fn check(&self, value: &Value) -> Result<(), Vec<DescriptorError>> {
        let errors: Vec<_> = self.0.iter_errors(value).map(|error| explain(&error)).collect();
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

/// Checks a node descriptor; all errors are returned.
pub fn check_node(descriptor: &Value) -> Result<(), Vec<DescriptorError>> {
    NODE_SCHEMA.check(descriptor)
}

/// Checks a credential descriptor; all errors are returned.
pub fn check_credential(descriptor: &Value) -> Result<(), Vec<DescriptorError>> {
    CREDENTIAL_SCHEMA.check(descriptor)
}

fn compile(text: &str) -> Validator {
    let schema: Value = serde_json::from_str(text).expect("the project's own schemas are JSON");
    let schema = with_property_definition(schema);
    jsonschema::draft202012::new(&schema).expect("the project's own schemas compile")
}

/// The credential schema refers to the node schema's `property`; both are built in, so the node schema's definitions are
/// put beside a schema's own instead of being fetched.
fn with_property_definition(mut schema: Value) -> Value {
    let node: Value = serde_json::from_str(NODE).expect("the project's own schemas are JSON");
    if let (Some(own), Value::Object(known)) = (schema.as_object_mut(), &node["$defs"]) {
        let own = own.entry("$defs").or_insert_with(|| Value::Object(Map::new()));
        for (name, definition) in known {
            if own.get(name).is_none() {
                own[name] = definition.clone();
            }
        }
    }
    schema
}

fn explain(error: &ValidationError<'_>) -> DescriptorError {
    let pointer = error.instance_path().to_string();
    let (message, remedy) = match error.kind() {
        ValidationErrorKind::Required { property } => (format!("{property} is missing"), format!("Add {property}.")),
        ValidationErrorKind::Type { .. } => (short(error), "Give a value of that type.".to_owned()),
        ValidationErrorKind::Enum { options } => (short(error), format!("Use one of {options}.")),
        ValidationErrorKind::MinLength { .. } => (short(error), "Give it a text.".to_owned()),
        ValidationErrorKind::MinItems { .. } => (short(error), "List at least one.".to_owned()),
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let names = unexpected.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
            (format!("{names} is not known here"), "Correct the name, or remove it.".to_owned())
        }
        ValidationErrorKind::AnyOf { .. } => {
            ("the value has none of the accepted forms".to_owned(), "See docs/descriptors.md for the forms.".to_owned())
        }
        _ => (short(error), "See docs/descriptors.md.".to_owned()),
    };
    DescriptorError::new(pointer, message, remedy)
}

/// The error's own text, without a whole descriptor quoted in it.
fn short(error: &ValidationError<'_>) -> String {
    match serde_json::to_string(error.instance().as_ref()) {
        Ok(text) if text.len() <= 80 => error.to_string(),
        _ => error.masked().to_string(),
    }
}
