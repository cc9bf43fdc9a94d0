//! Conversions to the types whose rules are short.

use nodehost_expression::data;
use serde_json::Value;
use url::Url;

use super::{Checked, Converted, description};
use crate::js::{Js, Throws, parse_lenient, text};

pub(super) fn string(value: Js<'_>) -> Option<String> {
    match value {
        Js::Undefined => Some(String::new()),
        Js::Null | Js::Array(_) | Js::Object(_) => value.to_json_text(),
        simple => simple.to_text().ok(),
    }
}

/// Letters, digits and underscores, not beginning with a digit.
pub(super) fn alphanumeric(value: Js<'_>) -> Option<String> {
    let text = string(value)?;
    let begins = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let fits = begins && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    fits.then_some(text)
}

pub(super) fn number(value: Js<'_>) -> Option<f64> {
    value.to_number().ok().filter(|number| !number.is_nan())
}

pub(super) fn boolean(value: Js<'_>) -> Option<bool> {
    match value {
        Js::Bool(flag) => return Some(flag),
        Js::Text(text) if text.eq_ignore_ascii_case("true") => return Some(true),
        Js::Text(text) if text.eq_ignore_ascii_case("false") => return Some(false),
        Js::Text(text) if text::trim(text).is_empty() => return None,
        _ => {}
    }
    match value.to_number().ok()? {
        0.0 => Some(false),
        1.0 => Some(true),
        _ => None,
    }
}

/// `hh:mm`, `hh:mm:ss`, each with an offset if wanted.
pub(super) fn time(value: Js<'_>) -> Option<String> {
    let text = value.to_text().ok()?;
    let rest = strip_digits(strip_digits(&text, 2, 2)?.strip_prefix(':')?, 2, 2)?;
    let rest = rest.strip_prefix(':').and_then(|seconds| strip_digits(seconds, 2, 2)).unwrap_or(rest);
    let after_compact = strip_sign(rest).and_then(|offset| strip_digits(offset, 4, 4));
    let fits = |rest: &str| rest.is_empty() || is_offset(rest);
    (fits(rest) || after_compact.is_some_and(fits)).then_some(text)
}

/// `+h`, `+hh`, `+hh:mm`.
fn is_offset(text: &str) -> bool {
    let Some(hours) = strip_sign(text).and_then(|digits| strip_digits(digits, 1, 2)) else { return false };
    hours.is_empty() || hours.strip_prefix(':').and_then(|minutes| strip_digits(minutes, 2, 2)) == Some("")
}

fn strip_sign(text: &str) -> Option<&str> {
    text.strip_prefix(['-', '+'])
}

/// What follows the digits `text` begins with, if they are as many as wanted.
fn strip_digits(text: &str, min: usize, max: usize) -> Option<&str> {
    let count = text.bytes().take(max).take_while(u8::is_ascii_digit).count();
    (count >= min).then(|| &text[count..])
}

pub(super) fn binary(value: Js<'_>) -> Option<Js<'_>> {
    let fits = matches!(value, Js::Object(map)
        if map.contains_key("mimeType") && (map.contains_key("data") || map.contains_key("id")));
    fits.then_some(value)
}

pub(super) fn object(value: Js<'_>) -> Option<Value> {
    if let Js::Object(_) = value {
        return value.to_json();
    }
    let parsed = parse_lenient(&value.to_text().ok()?).ok()??;
    matches!(parsed, Value::Object(_) | Value::Null).then_some(parsed)
}

/// A list, or JSON text of one, whose quotes may be single.
pub(super) fn array(value: Js<'_>) -> Option<Value> {
    if let Js::Array(_) = value {
        return value.to_json();
    }
    let text = value.to_text().ok()?;
    let parsed = data::parse(text.as_bytes()).or_else(|_| data::parse(text.replace('\'', "\"").as_bytes())).ok()?;
    parsed.is_array().then_some(parsed)
}

pub(super) fn options(name: &str, value: Js<'_>, choices: &[Js<'_>]) -> Result<Checked, Throws> {
    let listed = |choice: &Js<'_>| if choice.is_nothing() { Ok(String::new()) } else { choice.to_text() };
    let texts = choices.iter().map(listed).collect::<Result<Vec<_>, _>>()?;
    let is_choice =
        |choice: &Js<'_>| !matches!(value, Js::Array(_) | Js::Object(_)) && crate::js::is_equal(*choice, value);
    if choices.iter().any(is_choice) {
        return Ok(Checked::Valid(value.to_json().map_or(Converted::Nothing, Converted::Json)));
    }
    let texts = texts.join(", ");
    let found = description(value);
    Ok(Checked::Invalid(format!("'{name}' expects one of the following values: [{texts}] but we got {found}")))
}

/// An address with a scheme n8n accepts; without one it is taken for https.
pub(super) fn url(value: Js<'_>) -> Option<String> {
    let text = match value {
        Js::Text(text) if !text.contains("://") => format!("https://{text}"),
        other => other.to_text().ok()?,
    };
    let parsed = Url::parse(&text).ok()?;
    matches!(parsed.scheme(), "http" | "https" | "ftp" | "file").then_some(text)
}

/// Three parts joined by dots; only their letters are looked at.
pub(super) fn jwt(value: Js<'_>) -> Option<String> {
    let text = value.to_text().ok().filter(|_| value.is_truthy())?;
    let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let mut parts = text.splitn(3, '.');
    let (head, body, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let named = |part: &str| !part.is_empty() && part.bytes().all(word);
    let signed = signature.bytes().all(|byte| word(byte) || matches!(byte, b'.' | b'+' | b'/' | b'='));
    (named(head) && named(body) && signed).then_some(text)
}
