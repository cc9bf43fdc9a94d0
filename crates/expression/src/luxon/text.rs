//! Numbers as text: JavaScript's own form, and luxon's zero padding.

use std::fmt::Write;

/// A number as JavaScript's `String(x)` writes it.
pub(crate) fn js_number(x: f64) -> String {
    if x.is_nan() {
        return "NaN".into();
    }
    if x.is_infinite() {
        return if x > 0.0 { "Infinity" } else { "-Infinity" }.into();
    }
    if x == 0.0 {
        return "0".into();
    }
    let magnitude = x.abs();
    if (1e-6..1e21).contains(&magnitude) {
        return format!("{x}");
    }
    let text = format!("{x:e}");
    match text.split_once('e') {
        Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
        _ => text,
    }
}

/// Appends an integer of a time field, padded with zeros.
pub(crate) fn push_padded(out: &mut String, value: i64, width: usize) {
    if value < 0 {
        out.push('-');
    }
    let magnitude = value.unsigned_abs();
    match (width, magnitude) {
        (2, 0..=99) => {
            out.push(char::from(b'0' + (magnitude / 10) as u8));
            out.push(char::from(b'0' + (magnitude % 10) as u8));
        }
        // Writing to a String cannot fail.
        _ => drop(write!(out, "{magnitude:0width$}")),
    }
}

/// luxon's padStart: pads the digits after the sign.
pub(crate) fn pad_number(value: f64, width: usize) -> String {
    let digits = js_number(value.abs());
    let sign = if value < 0.0 { "-" } else { "" };
    format!("{sign}{digits:0>width$}")
}

/// `parseInt(text, 10)` of a text of ASCII digits with an optional sign.
pub(crate) fn parse_integer(text: &str) -> f64 {
    let value = text.parse::<f64>().unwrap_or(f64::NAN);
    if value == 0.0 && text.starts_with('-') { -0.0 } else { value }
}

/// The milliseconds of a fraction's digits: `parseFloat("0." + digits) * 1000`, floored.
pub(crate) fn parse_millis(digits: &str) -> f64 {
    if digits.is_empty() {
        return f64::NAN;
    }
    // parseFloat reads the longest prefix that is a number: "0.-5" is 0.
    let valid = digits.bytes().take_while(u8::is_ascii_digit).count();
    (format!("0.{}", &digits[..valid]).parse::<f64>().unwrap_or(0.0) * 1000.0).floor()
}
