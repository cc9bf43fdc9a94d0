//! Takes secrets out of texts, by value: servers echo them.

use std::borrow::Cow;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
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
}

impl Redactor {
    /// A redactor for every text in `values`, as it is and as it stands in URLs and JSON.
    pub(crate) fn new<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        let mut needles = Vec::new();
        for value in values.into_iter().filter(|value| value.chars().count() >= MIN_LENGTH) {
            needles.push(value.to_owned());
            needles.push(utf8_percent_encode(value, NON_ALPHANUMERIC).to_string());
            needles.extend(
                url::form_urlencoded::byte_serialize(value.as_bytes()).map(str::to_owned).reduce(|a, b| a + &b),
            );
            let json = Value::String(value.to_owned()).to_string();
            needles.push(json[1..json.len() - 1].to_owned());
        }
        needles.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        needles.dedup();
        Self { needles }
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
    fn secrets_are_found_in_every_spelling() {
        let redactor = Redactor::new(["p&ss \"word\" 1", "short", "p&ss \"word\" 1 and more"]);
        for text in [
            "bad: p&ss \"word\" 1",
            "bad: p%26ss%20%22word%22%201",
            "bad: p%26ss+%22word%22+1",
            "bad: p&ss \\\"word\\\" 1",
            "bad: p&ss \"word\" 1 and more",
        ] {
            assert_eq!(redactor.redact(text), "bad: ***");
        }
        assert_eq!(redactor.redact("a short word"), "a short word");
        let mut value = serde_json::json!({ "p&ss \"word\" 1": [1, "x p&ss \"word\" 1"] });
        redactor.redact_value(&mut value);
        assert_eq!(value, serde_json::json!({ "***": [1, "x ***"] }));
    }
}
