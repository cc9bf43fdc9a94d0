//! JavaScript's rules for JSON data.
//!
//! n8n holds items as JavaScript values, so what a number, a key order or a string looks like is JavaScript's business.
//! Everything that enters the host passes [`parse`] or [`normalize`], so that a value is the same whether an expression,
//! a fast path or a node reads it: numbers are doubles (`1.0` is `1`, beyond 2^53 they are rounded), integer-like keys
//! come first and ascending, of duplicate keys the last value wins.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::Serialize;
use serde_json::{Map, Number, Value};

/// JSON text that is not JSON, or nested deeper than 127 levels.
#[derive(Debug, thiserror::Error)]
#[error("invalid JSON: {0}")]
pub struct ParseError(#[from] serde_json::Error);

/// Parses JSON text as `JSON.parse` does.
///
/// A lone surrogate (`"\ud800"`) becomes U+FFFD, since a Rust string cannot hold it.
///
/// # Errors
/// [`ParseError`] for text that is not JSON or is nested too deeply.
pub fn parse(text: &[u8]) -> Result<Value, ParseError> {
    match serde_json::from_slice::<JsValue>(text) {
        Ok(JsValue(value)) => Ok(value),
        Err(error) => match replace_lone_surrogates(text) {
            Some(repaired) => Ok(serde_json::from_slice::<JsValue>(&repaired)?.0),
            None => Err(error.into()),
        },
    }
}

/// Applies JavaScript's rules to a value that came from somewhere else than [`parse`].
#[must_use]
pub fn normalize(value: Value) -> Value {
    match value {
        Value::Number(number) => number_value(number.as_f64().unwrap_or(f64::NAN)),
        Value::Array(items) => Value::Array(items.into_iter().map(normalize).collect()),
        Value::Object(map) => {
            Value::Object(order_keys(map.into_iter().map(|(key, value)| (key, normalize(value))).collect()))
        }
        other => other,
    }
}

/// A double as JSON holds it: whole numbers as integers, NaN and the infinities as `null`. `-0` stays what it is.
#[must_use]
pub fn number_value(number: f64) -> Value {
    #[allow(clippy::cast_possible_truncation, reason = "checked to be whole and in range")]
    if number.fract() == 0.0 && number.abs() < 9.2e18 && !(number == 0.0 && number.is_sign_negative()) {
        Value::from(number as i64)
    } else {
        Number::from_f64(number).map_or(Value::Null, Value::Number)
    }
}

/// `String(number)` in JavaScript.
#[must_use]
pub fn number_to_string(number: f64) -> String {
    ryu_js::Buffer::new().format(number).to_owned()
}

/// `String(value)` in JavaScript.
#[must_use]
pub fn to_js_string(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number_to_string(number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let parts: Vec<String> =
                items.iter().map(|item| if item.is_null() { String::new() } else { to_js_string(item) }).collect();
            parts.join(",")
        }
        Value::Object(_) => "[object Object]".to_owned(),
    }
}

/// JSON text as `JSON.stringify` writes it (`1e21` as `1e+21`, `-0` as `0`).
///
/// # Errors
/// When the value's own `Serialize` fails, or has a map whose keys are not strings.
pub fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, serde_json::Error> {
    let mut text = Vec::with_capacity(128);
    write_json(&mut text, value)?;
    Ok(text)
}

/// The JSON text of a value, as [`to_json`] writes it.
#[must_use]
pub fn json_text(value: &Value) -> String {
    // A value has string keys only, and its JSON is UTF-8.
    to_json(value).ok().and_then(|text| String::from_utf8(text).ok()).unwrap_or_default()
}

/// As [`to_json`], at the end of a text.
///
/// # Errors
/// As [`to_json`].
pub fn write_json<T: Serialize + ?Sized>(text: &mut Vec<u8>, value: &T) -> Result<(), serde_json::Error> {
    value.serialize(&mut serde_json::Serializer::with_formatter(text, JsFormatter))
}

/// Whether JavaScript takes the key for an array index, which puts it before other keys.
pub(crate) fn array_index(key: &str) -> Option<u32> {
    let plain = key == "0" || (!key.starts_with('0') && !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit()));
    if plain { key.parse().ok().filter(|index| *index != u32::MAX) } else { None }
}

/// Moves integer-like keys to the front, ascending.
fn order_keys(map: Map<String, Value>) -> Map<String, Value> {
    if !map.keys().any(|key| array_index(key).is_some()) {
        return map;
    }
    let (mut indexed, named): (Vec<_>, Vec<_>) = map.into_iter().partition(|(key, _)| array_index(key).is_some());
    indexed.sort_by_key(|(key, _)| array_index(key));
    indexed.into_iter().chain(named).collect()
}

/// The text with `\uD8xx` escapes that have no partner replaced by `\ufffd`; none if there are none.
fn replace_lone_surrogates(text: &[u8]) -> Option<Vec<u8>> {
    let mut repaired = text.to_vec();
    let mut changed = false;
    let mut at = 0;
    while at < text.len() {
        if text[at] != b'\\' {
            at += 1;
            continue;
        }
        match surrogate(text, at) {
            Some(high) if high < 0xDC00 => {
                if surrogate(text, at + 6).is_some_and(|low| low >= 0xDC00) {
                    at += 12;
                    continue;
                }
            }
            Some(_) => {}
            None => {
                at += 2;
                continue;
            }
        }
        repaired[at + 2..at + 6].copy_from_slice(b"fffd");
        changed = true;
        at += 6;
    }
    changed.then_some(repaired)
}

/// The surrogate that the escape at `at` stands for.
fn surrogate(text: &[u8], at: usize) -> Option<u16> {
    let escape = text.get(at..at + 6)?;
    let digits = escape.strip_prefix(b"\\u")?;
    let unit = u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    (0xD800..0xE000).contains(&unit).then_some(unit)
}

struct JsValue(Value);

impl<'de> Deserialize<'de> for JsValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsVisitor).map(JsValue)
    }
}

struct JsVisitor;

impl<'de> Visitor<'de> for JsVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    #[allow(clippy::cast_precision_loss, reason = "JavaScript's numbers are doubles")]
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(number_value(value as f64))
    }

    #[allow(clippy::cast_precision_loss, reason = "JavaScript's numbers are doubles")]
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(number_value(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(number_value(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(JsValue(item)) = access.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some((key, JsValue(value))) = access.next_entry::<String, JsValue>()? {
            entries.push((key, value));
        }
        // A map that is made at once is as large as it has to be, and items are held by the thousand.
        Ok(Value::Object(order_keys(entries.into_iter().collect())))
    }
}

struct JsFormatter;

impl serde_json::ser::Formatter for JsFormatter {
    fn write_f64<W: ?Sized + std::io::Write>(&mut self, writer: &mut W, value: f64) -> std::io::Result<()> {
        writer.write_all(ryu_js::Buffer::new().format(value).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(text: &str) -> String {
        String::from_utf8(to_json(&parse(text.as_bytes()).unwrap()).unwrap()).unwrap()
    }

    #[test]
    fn numbers_are_doubles() {
        assert_eq!(round("[1.0, 9007199254740993, -0, 1e21, 1e-7]"), "[1,9007199254740992,0,1e+21,1e-7]");
        assert_eq!(number_to_string(1e21), "1e+21");
        assert_eq!(number_to_string(-0.0), "0");
        assert_eq!(number_to_string(123456789012345680000.0), "123456789012345680000");
    }

    #[test]
    fn integer_like_keys_come_first_and_the_last_duplicate_wins() {
        assert_eq!(round(r#"{"b":1,"10":2,"9":3,"01":4,"b":5}"#), r#"{"9":3,"10":2,"b":5,"01":4}"#);
        assert_eq!(round(r#"{"__proto__":{"a":1}}"#), r#"{"__proto__":{"a":1}}"#);
    }

    #[test]
    fn lone_surrogates_are_replaced_and_pairs_kept() {
        assert_eq!(parse(br#""\ud800x\ud83d\ude00\\ud800""#).unwrap(), "\u{fffd}x😀\\ud800");
        assert!(parse(b"{").is_err());
    }

    #[test]
    fn strings_as_javascript_writes_them() {
        assert_eq!(to_js_string(&serde_json::json!([1, null, [2, {"a": 1}], "x"])), "1,,2,[object Object],x");
    }
}
