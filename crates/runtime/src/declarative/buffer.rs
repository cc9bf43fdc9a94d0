//! Node's `Buffer.from` of an answer, for `binaryData`.

use nodehost_expression::data;
use serde_json::Value;

/// The bytes that Node makes of a value, or its words for why it makes none.
pub(super) fn bytes_of(value: &Value) -> Result<Vec<u8>, String> {
    match value {
        Value::String(text) => Ok(text.as_bytes().to_vec()),
        Value::Array(list) => Ok(list.iter().map(byte).collect()),
        Value::Object(map) => match (map.get("type"), map.get("data"), map.get("length")) {
            (_, _, Some(Value::Number(length))) => Ok(array_like(map, length.as_f64().unwrap_or_default())),
            (Some(Value::String(kind)), Some(Value::Array(list)), _) if kind == "Buffer" => {
                Ok(list.iter().map(byte).collect())
            }
            _ => Err(refused("an instance of Object")),
        },
        Value::Null => Err(refused("null")),
        Value::Bool(flag) => Err(refused(&format!("type boolean ({flag})"))),
        Value::Number(_) => Err(refused(&format!("type number ({})", data::to_js_string(value)))),
    }
}

fn refused(what: &str) -> String {
    format!(
        "The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object. Received {what}"
    )
}

/// More bytes than this are not made of an object's word for its length.
const MAX_LENGTH: f64 = 1_048_576.0;

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a length within bounds")]
fn array_like(map: &serde_json::Map<String, Value>, length: f64) -> Vec<u8> {
    let length = length.clamp(0.0, MAX_LENGTH) as usize;
    (0..length).map(|index| map.get(&index.to_string()).map_or(0, byte)).collect()
}

/// A value as a byte: JavaScript's ToUint8.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a remainder of 256")]
fn byte(value: &Value) -> u8 {
    let number = match value {
        Value::Bool(flag) => f64::from(u8::from(*flag)),
        Value::Number(number) => number.as_f64().unwrap_or_default(),
        Value::String(text) => text.trim().parse().unwrap_or_default(),
        _ => 0.0,
    };
    if number.is_finite() { number.trunc().rem_euclid(256.0) as u8 } else { 0 }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn bytes_are_those_of_node() {
        assert_eq!(bytes_of(&json!("ü")).unwrap(), "ü".as_bytes());
        assert_eq!(bytes_of(&json!([1, "2", 257, -1, null, {"a": 1}, "x"])).unwrap(), [1, 2, 1, 255, 0, 0, 0]);
        assert_eq!(bytes_of(&json!({"type": "Buffer", "data": [104]})).unwrap(), b"h");
        assert_eq!(bytes_of(&json!({"length": 2, "0": 7})).unwrap(), [7, 0]);
        assert!(bytes_of(&json!({})).unwrap_err().ends_with("Received an instance of Object"));
        assert!(bytes_of(&json!(7)).unwrap_err().ends_with("Received type number (7)"));
    }
}
