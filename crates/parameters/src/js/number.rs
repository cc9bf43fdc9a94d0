//! JavaScript numbers: from text, to text, as array indexes.

use serde_json::{Number, Value};

/// The text as an array index: digits without a leading zero.
pub(super) fn array_index(key: &str) -> Option<usize> {
    let canonical = key == "0" || (key.starts_with(|c: char| c.is_ascii_digit() && c != '0') && key.len() < 10);
    canonical.then(|| key.parse().ok()).flatten()
}

/// The number as JSON writes it: a whole one without a fraction, NaN and infinities as null.
pub(crate) fn to_json(number: f64) -> Value {
    if number.trunc() == number
        && number.abs() < 9_007_199_254_740_992.0
        && !(number == 0.0 && number.is_sign_negative())
    {
        return Value::Number(Number::from(number as i64));
    }
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

/// `String(number)`.
pub(crate) fn to_text(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if number == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{number:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-6..21).contains(&exponent) {
        return format!("{number}");
    }
    format!("{mantissa}e{}{}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}

/// `Number(text)`.
pub(crate) fn from_text(text: &str) -> f64 {
    let text = super::text::trim(text);
    if text.is_empty() {
        return 0.0;
    }
    for (prefix, radix) in [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return from_digits(digits, radix);
        }
    }
    match text {
        "Infinity" | "+Infinity" => f64::INFINITY,
        "-Infinity" => f64::NEG_INFINITY,
        _ if is_decimal(text) => text.parse().unwrap_or(f64::NAN),
        _ => f64::NAN,
    }
}

fn from_digits(digits: &str, radix: u32) -> f64 {
    let add = |sum: f64, digit: char| Some(sum * f64::from(radix) + f64::from(digit.to_digit(radix)?));
    if digits.is_empty() { f64::NAN } else { digits.chars().try_fold(0.0, add).unwrap_or(f64::NAN) }
}

/// Whether the text is a decimal literal, which leaves out Rust's `inf` and `nan`.
fn is_decimal(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
}
