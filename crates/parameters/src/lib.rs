//! Node parameters: display, defaults, resolution, issues, types, limits.
//!
//! What a node does with the values it is given follows from its descriptor: which parameters are
//! shown, what stands for those not given, what is missing. The answers are those of n8n's
//! `NodeHelpers`, whatever the values; where n8n throws, there is a [`ParameterError`].
//!
//! ```
//! use std::sync::Arc;
//! use nodehost_descriptor::load;
//! use nodehost_parameters::CompiledNode;
//! use serde_json::{Map, json};
//!
//! let descriptor = json!({ "name": "greeter", "displayName": "Greeter", "version": 1, "properties": [
//!     { "displayName": "Greeting", "name": "greeting", "type": "string", "default": "Hi", "required": true },
//!     { "displayName": "Shout", "name": "shout", "type": "boolean", "default": false,
//!       "displayOptions": { "hide": { "greeting": ["Hi"] } } } ] });
//! let node = load::node_from_text("pack", &descriptor.to_string(), |_| None).unwrap();
//! let node = CompiledNode::new(node.descriptor().unwrap()).version(1.0);
//!
//! let given = Map::from_iter([("greeting".to_owned(), json!(""))]);
//! let values = node.get_node_parameters(&given, true, false).unwrap();
//! assert_eq!(json!(values), json!({ "greeting": "", "shout": false }));
//! let issues = node.issues(&values).unwrap().unwrap();
//! assert_eq!(issues.parameters["greeting"], [r#"Parameter "Greeting" is required."#]);
//! ```
//!
//! - [`CompiledNode`] and [`CompiledVersion`]: the compiled form, per version of a node.
//! - [`Issues`]: what is missing or malformed, in n8n's shape.
//! - [`Validator`]: the host's own validation, once for a batch and then for each item.
//! - [`check`]: what is wrong with a descriptor, and which of its operations run here.
//! - [`check_type`]: n8n's type checks and conversions.

pub mod check;
mod compile;
mod compiled;
mod error;
mod issues;
mod js;
mod pattern;
mod resolve;
mod types;
mod validate;

pub use compiled::{CompiledNode, CompiledProperties, CompiledVersion, compile_properties, is_displayed};
pub use error::ParameterError;
pub use issues::Issues;
pub use pattern::Pattern;
pub use types::{Checked, Converted, TypeOptions, check_type};
/// The message `JSON.parse` fails with, for a text that is not JSON, as V8 words it and so n8n.
pub fn json_error(text: &str) -> String {
    js::json_error::message(text)
}

pub use validate::{Code, Mode, Validation, Validator, Violation, nearest, unused};
