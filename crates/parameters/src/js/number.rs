//! JavaScript numbers: from text, as array indexes.

/// The text as an array index: digits without a leading zero.
pub(super) fn array_index(key: &str) -> Option<usize> {
    let canonical = key == "0" || (key.starts_with(|c: char| c.is_ascii_digit() && c != '0') && key.len() < 10);
    canonical.then(|| key.parse().ok()).flatten()
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
