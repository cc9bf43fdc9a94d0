//! Any text as the JSON body of each call: read or refused with places, never a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use nodehost_expression::data;
use nodehost_runtime::{ExecutionRequest, ExpressionRequest, OptionsRequest, ParametersRequest};

fuzz_target!(|text: &[u8]| {
    let Ok(value) = data::parse(text) else { return };
    assert_eq!(data::normalize(value.clone()), value, "what is read keeps its form");
    _ = ExecutionRequest::from_value(value.clone());
    _ = ExecutionRequest::from_head(value.clone());
    _ = ExpressionRequest::from_value(value.clone());
    _ = ParametersRequest::from_value(value.clone());
    _ = OptionsRequest::from_value(value);
});
