//! Any JSON as descriptor and parameters, and any text as a value of any type: an answer, never a panic.
//!
//! The input is a JSON text with the descriptor, a NUL byte, and one with the parameters.

#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use nodehost_descriptor::NodeDescriptor;
use nodehost_parameters::{CompiledNode, Mode, TypeOptions, Validator, check_type};
use serde_json::{Map, Value};

const TYPES: [&str; 6] = ["dateTime", "object", "array", "form-fields", "url", "number"];

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(2, |byte| *byte == 0);
    let (descriptor, parameters) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let text = Value::String(String::from_utf8_lossy(parameters).into_owned());
    for kind in TYPES {
        _ = check_type("field", &text, kind, &TypeOptions::default());
    }
    let Ok(descriptor) = serde_json::from_slice::<Value>(descriptor) else { return };
    let parameters = serde_json::from_slice::<Map<String, Value>>(parameters).unwrap_or_default();
    let Ok(descriptor) = NodeDescriptor::from_value(descriptor) else { return };
    let version = descriptor.versions[0];
    let node = CompiledNode::new(Arc::new(descriptor)).version(version);
    for (defaults, hidden) in [(true, false), (false, false), (true, true), (false, true)] {
        _ = node.get_node_parameters(&parameters, defaults, hidden);
    }
    _ = node.issues(&parameters);
    _ = node.displayed(&parameters);
    let validator = Validator::new(Arc::clone(&node), &parameters, Mode::Strict);
    _ = validator.item(parameters);
});
