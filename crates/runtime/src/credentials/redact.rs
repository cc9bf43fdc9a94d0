//! Takes secrets out of texts, by value: servers echo them.

use std::borrow::Cow;
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use regex::bytes::{NoExpand, Regex};
use serde_json::Value;

use super::secret::REDACTED;
use crate::ItemError;

/// Shorter values are not looked for: they would be found in the middle of words.
const MIN_LENGTH: usize = 8;

/// Takes secrets out of texts, by value. It has no `Debug`: it holds them.
#[derive(Clone, Default)]
pub struct Redactor {
    /// The longest first: one may be part of another.
    needles: Vec<String>,
    /// All of them as one pattern, for long texts; made when it is first needed.
    pattern: OnceLock<Option<Regex>>,
}

impl Redactor {
    /// A redactor for every text in `values`, as it is and as it stands in URLs, JSON, HTML and base64.
    pub(crate) fn new<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        // Blanks around a secret are left out where it is used.
        let values = values.into_iter().map(str::trim);
        let mut needles: Vec<String> =
            values.filter(|value| value.chars().count() >= MIN_LENGTH).flat_map(spellings).collect();
        needles.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        needles.dedup();
        Self { needles, pattern: OnceLock::new() }
    }

    /// What is looked for.
    pub(crate) fn into_needles(self) -> Vec<String> {
        self.needles
    }

    /// Bytes with every secret in them replaced; `None` if there is none. One pass, however many secrets there are.
    pub(crate) fn redact_bytes(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        if self.needles.is_empty() {
            return None;
        }
        let literals = || self.needles.iter().map(|needle| regex::escape(needle)).collect::<Vec<_>>().join("|");
        let Some(pattern) = self.pattern.get_or_init(|| Regex::new(&literals()).ok()) else {
            let text = String::from_utf8_lossy(bytes);
            return match self.redact(&text) {
                Cow::Owned(redacted) => Some(redacted.into_bytes()),
                Cow::Borrowed(_) => None,
            };
        };
        match pattern.replace_all(bytes, NoExpand(REDACTED.as_bytes())) {
            Cow::Owned(redacted) => Some(redacted),
            Cow::Borrowed(_) => None,
        }
    }

    /// The text with every secret in it replaced.
    #[must_use]
    pub fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut text = Cow::Borrowed(text);
        for needle in &self.needles {
            if text.contains(needle.as_str()) {
                text = Cow::Owned(text.replace(needle.as_str(), REDACTED));
            }
        }
        text
    }

    /// Replaces secrets in every text of a value, names of fields included.
    pub fn redact_value(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Cow::Owned(redacted) = self.redact(text) {
                    *text = redacted;
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.redact_value(value)),
            Value::Object(fields) => {
                if fields.keys().any(|name| matches!(self.redact(name), Cow::Owned(_))) {
                    let old = std::mem::take(fields);
                    fields.extend(old.into_iter().map(|(name, value)| (self.redact(&name).into_owned(), value)));
                }
                fields.values_mut().for_each(|value| self.redact_value(value));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// An error without the secrets in its texts.
    #[must_use]
    pub fn redact_error(&self, mut error: ItemError) -> ItemError {
        if !self.is_empty() {
            error.message = self.redact(&error.message).into_owned();
            error.description = error.description.map(|text| self.redact(&text).into_owned());
            if let Some(body) = &mut error.response_body {
                self.redact_value(body);
            }
        }
        error
    }

    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.needles.is_empty()
    }
}

/// The ways in which servers write a text when they echo it.
fn spellings(value: &str) -> Vec<String> {
    let encoded = utf8_percent_encode(value, NON_ALPHANUMERIC).to_string();
    let form: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let json = Value::String(value.to_owned()).to_string();
    let json = json[1..json.len() - 1].to_owned();
    let mut found = vec![
        value.to_owned(),
        lower_escapes(&encoded),
        lower_escapes(&form),
        encoded,
        form,
        json.replace('/', "\\/"),
        ascii(&json),
        json,
        html(value),
    ];
    found.extend(in_base64(value.as_bytes()));
    found
}

/// `%2f` for `%2F`.
fn lower_escapes(text: &str) -> String {
    let mut parts = text.split('%');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| {
        let (escape, rest) = part.split_at(part.len().min(2));
        format!("{all}%{}{rest}", escape.to_ascii_lowercase())
    })
}

/// JSON in ASCII: `\u00e9` for `é`.
fn ascii(json: &str) -> String {
    json.chars().fold(String::with_capacity(json.len()), |mut text, char| {
        match char {
            ' '..='~' => text.push(char),
            char => char.encode_utf16(&mut [0; 2]).iter().for_each(|unit| text.push_str(&format!("\\u{unit:04x}"))),
        }
        text
    })
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// What base64 makes of a text wherever it stands in what is encoded, `user:password` say: of each place in a group of three
/// bytes the digits that depend on the text alone.
fn in_base64(bytes: &[u8]) -> impl Iterator<Item = String> {
    (0..3).flat_map(|before| {
        let mut padded = vec![0; before];
        padded.extend_from_slice(bytes);
        let (first, digits) = ((before * 8).div_ceil(6), padded.len() * 8 / 6);
        [STANDARD_NO_PAD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)].map(|text| text[first..digits].to_owned())
    })
}

/// Every text inside a value.
pub(crate) fn texts<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(values) => values.iter().for_each(|value| texts(value, found)),
        Value::Object(fields) => fields.values().for_each(|value| texts(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_taken_out_of_bytes() {
        let redactor = Redactor::new([" canary.secret\n", "canary.secret.longer"]);
        let redacted = redactor.redact_bytes(b"\xff canary.secret.longer, canary.secret; canary-secret");
        assert_eq!(redacted.as_deref(), Some(b"\xff ***, ***; canary-secret".as_slice()));
        assert_eq!(redactor.redact_bytes(b"canary-secret"), None);
        assert_eq!(Redactor::default().redact_bytes(b"canary.secret"), None);
    }

    #[test]
    fn secrets_are_found_in_base64_wherever_they_stand() {
        let secret = "canary?secret>value";
        let redactor = Redactor::new([secret]);
        for before in ["", "a", "ab", "abc", "user:", "id ann:"] {
            for after in ["", "x", "xy", "xyz"] {
                let text = format!("{before}{secret}{after}");
                for encoded in [STANDARD_NO_PAD.encode(&text), URL_SAFE_NO_PAD.encode(&text)] {
                    let told = redactor.redact(&encoded).into_owned();
                    assert!(told.contains("***") && told.len() <= 3 + 4 + (before.len() + after.len()) * 3, "{told}");
                }
            }
        }
    }

    #[test]
    fn secrets_are_found_in_every_spelling() {
        let redactor = Redactor::new(["p&ss \"word\" 1", "short", "p&ss \"word\" 1 and more"]);
        for text in [
            "bad: p&ss \"word\" 1",
            "bad: p%26ss%20%22word%22%201",
            "bad: p%26ss+%22word%22+1",
            "bad: p&ss \\\"word\\\" 1",
            "bad: p&amp;ss &quot;word&quot; 1",
            "bad: p&ss \"word\" 1 and more",
        ] {
            assert_eq!(redactor.redact(text), "bad: ***");
        }
        assert_eq!(redactor.redact("a short word"), "a short word");
        let accented = Redactor::new(["sécret/word"]);
        for text in ["s%c3%a9cret%2fword", "s\\u00e9cret/word", "sécret\\/word"] {
            assert_eq!(accented.redact(text), "***");
        }
        let mut value = serde_json::json!({ "p&ss \"word\" 1": [1, "x p&ss \"word\" 1"] });
        redactor.redact_value(&mut value);
        assert_eq!(value, serde_json::json!({ "***": [1, "x ***"] }));
    }
}
