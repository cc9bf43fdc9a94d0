//! Deep equality, as lodash's `isEqual` has it: numbers by value, objects whatever their key order.

use serde_json::{Map, Value};

use super::Js;

/// `isEqual(left, right)`.
pub(crate) fn is_equal(left: Js<'_>, right: Js<'_>) -> bool {
    match (left, right) {
        (Js::Undefined, Js::Undefined) | (Js::Null, Js::Null) => true,
        (Js::Bool(left), Js::Bool(right)) => left == right,
        (Js::Number(left), Js::Number(right)) => left == right || (left.is_nan() && right.is_nan()),
        (Js::Text(left), Js::Text(right)) | (Js::Function(left), Js::Function(right)) => left == right,
        (Js::Array(left), Js::Array(right)) => lists(left, right),
        (Js::Object(left), Js::Object(right)) => maps(left, right),
        _ => false,
    }
}

fn values(left: &Value, right: &Value) -> bool {
    is_equal(left.into(), right.into())
}

fn lists(left: &[Value], right: &[Value]) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(left, right)| values(left, right))
}

fn maps(left: &Map<String, Value>, right: &Map<String, Value>) -> bool {
    left.len() == right.len()
        && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| values(value, other)))
}
