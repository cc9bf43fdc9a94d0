//! Types for secrets: they redact themselves, and are wiped when dropped.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};
use zeroize::{Zeroize, Zeroizing};

/// What stands in for a secret.
pub const REDACTED: &str = "***";

/// A text that must not be seen.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

/// The decrypted data of a credential: a JSON object.
#[derive(Clone)]
pub struct CredentialData(Arc<Wiped>);

struct Wiped(Map<String, Value>);

impl Secret {
    /// The text itself. Whoever calls this must not let it into logs, errors or answers.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Secret {
    fn from(text: T) -> Self {
        Self(Zeroizing::new(text.into()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl CredentialData {
    /// Takes hold of a credential's data.
    #[must_use]
    pub fn new(data: Map<String, Value>) -> Self {
        Self(Arc::new(Wiped(data)))
    }

    /// The data itself. Whoever calls this must not let it into logs, errors or answers.
    #[must_use]
    pub fn expose(&self) -> &Map<String, Value> {
        &self.0.0
    }

    /// A field that is a text, and not an empty one.
    #[must_use]
    pub fn text(&self, field: &str) -> Option<&str> {
        self.expose().get(field)?.as_str().filter(|text| !text.is_empty())
    }
}

impl From<Map<String, Value>> for CredentialData {
    fn from(data: Map<String, Value>) -> Self {
        Self::new(data)
    }
}

impl fmt::Debug for CredentialData {
    /// The names of the fields, not their values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.expose().keys().map(|key| (key, Secret::from("")))).finish()
    }
}

impl Drop for Wiped {
    fn drop(&mut self) {
        self.0.values_mut().for_each(wipe);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(values) => values.iter_mut().for_each(wipe),
        Value::Object(fields) => fields.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_show() {
        let secret = Secret::from("s3cret-value");
        assert_eq!(format!("{secret} {secret:?}"), "*** ***");
        let data = serde_json::json!({ "user": "ann", "password": "s3cret-value" });
        let data = CredentialData::new(data.as_object().unwrap().clone());
        assert_eq!(format!("{data:?}"), r#"{"user": ***, "password": ***}"#);
    }
}
