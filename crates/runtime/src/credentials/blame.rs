//! Whom to blame for a hidden field: the field people see that its value is made of.

use nodehost_descriptor::{Property, PropertyType};
use serde_json::{Map, Value};
use url::Url;

use super::error::CredentialError;
use super::types::CredentialType;

/// Tells a failure of a field by the field people can correct, and by the name they see.
pub(crate) fn visible(of: &CredentialType, fields: &Map<String, Value>, error: CredentialError) -> CredentialError {
    match error {
        CredentialError::InvalidField { type_name, field, reason } => {
            let hidden = of.properties.iter().find(|property| property.name == field && is_hidden(property));
            let source = hidden.and_then(|hidden| {
                sources(of, hidden).find(|source| holds_url(source) && is_no_url(fields.get(&source.name)))
            });
            let field = source.map_or_else(|| shown(of, &field), |source| source.display_name.clone());
            CredentialError::InvalidField { type_name, field, reason }
        }
        CredentialError::Incomplete { type_name, fields: missing } => {
            let is_hidden = |name: &String| of.properties.iter().any(|of| of.name == *name && is_hidden(of));
            // As in n8n, an expression that trips over its values is undefined.
            let source = missing.iter().any(is_hidden).then(|| not_text(of, fields)).flatten();
            let fields = missing.iter().map(|field| shown(of, field)).collect();
            source.unwrap_or(CredentialError::Incomplete { type_name, fields })
        }
        error => error,
    }
}

/// A field people see whose value is no text, where an expression that fails takes it for one.
pub(crate) fn not_text(of: &CredentialType, fields: &Map<String, Value>) -> Option<CredentialError> {
    let is_no_text = |property: &&Property| {
        matches!(property.kind, PropertyType::String)
            && fields.get(&property.name).is_some_and(|value| !value.is_string() && !value.is_null())
    };
    let hidden = of.properties.iter().filter(|property| is_hidden(property));
    let source = hidden.flat_map(|hidden| sources(of, hidden)).find(is_no_text)?;
    Some(CredentialError::InvalidField {
        type_name: of.name.clone(),
        field: source.display_name.clone(),
        reason: "is not text".to_owned(),
    })
}

fn is_hidden(property: &Property) -> bool {
    matches!(property.kind, PropertyType::Hidden)
}

/// The name people see, of fields they see.
fn shown(of: &CredentialType, field: &str) -> String {
    let property = of.properties.iter().find(|property| property.name == field && !is_hidden(property));
    property.map_or(field, |property| &property.display_name).to_owned()
}

/// The fields people see that a hidden field's expression reads, in its order.
fn sources<'t>(of: &'t CredentialType, hidden: &'t Property) -> impl Iterator<Item = &'t Property> {
    let expression = hidden.default.as_ref().and_then(Value::as_str).unwrap_or_default();
    let names = expression.split("$self.").skip(1).map(|rest| {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        &rest[..end]
    });
    names.filter_map(|name| of.properties.iter().find(|property| property.name == name && !is_hidden(property)))
}

fn holds_url(property: &Property) -> bool {
    let placeholder = property.extra.get("placeholder").and_then(Value::as_str).unwrap_or_default();
    property.name.to_ascii_lowercase().contains("url") || placeholder.starts_with("http")
}

/// Whether something is filled in, and is no http or https URL.
fn is_no_url(value: Option<&Value>) -> bool {
    let text = value.and_then(Value::as_str).unwrap_or_default().trim();
    !text.is_empty() && !Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}
