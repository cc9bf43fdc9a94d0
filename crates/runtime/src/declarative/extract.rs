//! `extractValue`: the identifier inside of what was entered, such as an URL.

use nodehost_descriptor::{Property, PropertyType};
use nodehost_parameters::Pattern as Regexp;
use serde_json::Value;

use crate::{ErrorCode, ItemError};

/// How the value of a property is taken out.
#[derive(Debug)]
pub(crate) enum Extract {
    /// A resource locator: by the mode that was chosen.
    Locator { display_name: String, modes: Vec<(String, Option<Pattern>)> },
    /// Any other property with a pattern.
    Plain { display_name: String, pattern: Pattern },
}

/// A regular expression with one group; as text if it cannot be compiled.
#[derive(Debug)]
pub(crate) struct Pattern {
    path: String,
    text: String,
    compiled: Option<Regexp>,
}

impl Extract {
    /// The extraction of a property; none where the value is taken as it is.
    pub(crate) fn of(property: &Property, path: &str) -> Option<Self> {
        let display_name = property.display_name.clone();
        if property.kind == PropertyType::ResourceLocator {
            let modes = property.modes.iter().flatten();
            let modes = modes.map(|mode| {
                (mode.name.clone(), mode.extract_value.as_ref().and_then(|value| Pattern::read(value, path)))
            });
            return Some(Self::Locator { display_name, modes: modes.collect() });
        }
        let pattern = Pattern::read(property.extract_value.as_ref()?, path)?;
        Some(Self::Plain { display_name, pattern })
    }

    /// Takes the value out.
    pub(crate) fn apply(&self, value: Option<Value>) -> Result<Option<Value>, ItemError> {
        match self {
            Self::Plain { display_name, pattern } => match &value {
                Some(Value::String(text)) => pattern.apply(text, display_name).map(Some),
                _ => Err(invalid("This parameter's value is invalid")),
            },
            Self::Locator { display_name, modes } => {
                let Some(Value::Object(mut map)) = value else { return Ok(value) };
                if !map.contains_key("mode") {
                    return Ok(Some(Value::Object(map)));
                }
                let mode = map.get("mode").and_then(Value::as_str).unwrap_or_default();
                let pattern = modes.iter().find(|(name, _)| name == mode).and_then(|(_, pattern)| pattern.as_ref());
                let inner = map.shift_remove("value");
                match (pattern, inner) {
                    (None, inner) => Ok(inner),
                    (Some(pattern), Some(Value::String(text))) => pattern.apply(&text, display_name).map(Some),
                    (Some(_), _) => {
                        Err(invalid("ERROR: This parameter's value is invalid. Please enter a valid mode."))
                    }
                }
            }
        }
    }
}

impl Pattern {
    fn read(extract: &Value, path: &str) -> Option<Self> {
        let text = match extract.get("regex")? {
            Value::String(text) => text.clone(),
            other => other.get("source")?.as_str()?.to_owned(),
        };
        let compiled = Regexp::new(&text).ok();
        Some(Self { path: path.to_owned(), text, compiled })
    }

    fn apply(&self, text: &str, display_name: &str) -> Result<Value, ItemError> {
        let found = self.compiled.as_ref().and_then(|regex| regex.captures(text));
        let Some(found) = found else {
            return Err(invalid(format!(
                "ERROR: {display_name} parameter's value is invalid. This is likely because the URL entered is incorrect"
            )));
        };
        let [_, group] = found.as_slice() else {
            return Err(invalid(format!(
                "Property \"{}\" has an invalid extractValue regex \"{}\". extractValue expects exactly one group to be returned.",
                self.path, self.text
            )));
        };
        Ok(group.map_or(Value::Null, Value::from))
    }
}

fn invalid(message: impl Into<String>) -> ItemError {
    ItemError::operation(ErrorCode::InvalidParameter, message)
}
