//! The JSON Schemas descriptors are checked against.

use std::sync::LazyLock;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use crate::DescriptorError;

/// The schema of node descriptors (`schemas/node-descriptor.schema.json`).
pub const NODE: &str = include_str!("../../../schemas/node-descriptor.schema.json");
/// The schema of credential descriptors (`schemas/credential-descriptor.schema.json`).
pub const CREDENTIAL: &str = include_str!("../../../schemas/credential-descriptor.schema.json");

static NODE_VALIDATOR: LazyLock<Validator> = LazyLock::new(|| compile(NODE));
static CREDENTIAL_VALIDATOR: LazyLock<Validator> = LazyLock::new(|| compile(CREDENTIAL));

/// Checks a node descriptor; all errors are returned.
pub fn check_node(descriptor: &Value) -> Result<(), Vec<DescriptorError>> {
    check(&NODE_VALIDATOR, descriptor)
}

/// Checks a credential descriptor; all errors are returned.
pub fn check_credential(descriptor: &Value) -> Result<(), Vec<DescriptorError>> {
    check(&CREDENTIAL_VALIDATOR, descriptor)
}

fn compile(text: &str) -> Validator {
    let schema: Value = serde_json::from_str(text).expect("the project's own schemas are JSON");
    let schema = with_property_definition(schema);
    jsonschema::draft202012::new(&schema).expect("the project's own schemas compile")
}

/// The credential schema refers to the node schema's `property`; both are built in, so it is put
/// where the reference points instead of being fetched.
fn with_property_definition(mut schema: Value) -> Value {
    if schema["$defs"].get("property").is_none() {
        let node: Value = serde_json::from_str(NODE).expect("the project's own schemas are JSON");
        schema["$defs"] = node["$defs"].clone();
    }
    schema
}

fn check(validator: &Validator, descriptor: &Value) -> Result<(), Vec<DescriptorError>> {
    let errors: Vec<_> = validator.iter_errors(descriptor).map(|error| explain(&error)).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn explain(error: &ValidationError<'_>) -> DescriptorError {
    let pointer = error.instance_path().to_string();
    let (message, remedy) = match error.kind() {
        ValidationErrorKind::Required { property } => (format!("{property} is missing"), format!("Add {property}.")),
        ValidationErrorKind::Type { .. } => (short(error), "Give a value of that type.".to_owned()),
        ValidationErrorKind::Enum { options } => (short(error), format!("Use one of {options}.")),
        ValidationErrorKind::MinLength { .. } => (short(error), "Give it a text.".to_owned()),
        ValidationErrorKind::MinItems { .. } => (short(error), "List at least one.".to_owned()),
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
