//! Resource mappers: values for the columns of a service's schema.

use crate::ParameterError;
use crate::js::{Js, Throws};
use crate::types::{Checked, TypeOptions, validate_field_type};

pub(super) fn is_value(value: Js<'_>) -> bool {
    matches!(value, Js::Object(map) if ["mappingMode", "schema", "value"].iter().all(|key| map.contains_key(*key)))
}

/// A field with messages.
pub(super) struct Found {
    pub(super) id: String,
    pub(super) messages: Vec<String>,
}

/// The fields that have messages.
pub(super) fn validate(
    name: &str,
    mapper: Js<'_>,
    field_word: &str,
    required: bool,
) -> Result<Vec<Found>, ParameterError> {
    if matches!(mapper.get("mappingMode"), Js::Text("autoMapInputData")) {
        return Ok(Vec::new());
    }
    let Js::Array(schema) = mapper.get("schema") else {
        return Err(ParameterError::shape(name, "the schema of a resource mapper is no list"));
    };
    let mut found: Vec<Found> = Vec::new();
    for field in schema {
        let field = Field { mapper, field: field.into(), field_word, required };
        let (id, messages) = field
            .validate()
            .map_err(|_| ParameterError::shape(name, "the schema of a resource mapper is malformed"))?;
        if messages.is_empty() {
            continue;
        }
        // Of two fields with one id, n8n keeps the later's messages.
        match found.iter_mut().find(|known| known.id == id) {
            Some(known) => known.messages = messages,
            None => found.push(Found { id, messages }),
        }
    }
    Ok(found)
}

struct Field<'a> {
    mapper: Js<'a>,
    field: Js<'a>,
    field_word: &'a str,
    required: bool,
}

impl Field<'_> {
    fn validate(&self) -> Result<(String, Vec<String>), Throws> {
        let values = self.mapper.get("value");
        let id = self.field.read("id")?.to_text()?;
        let value = if values.is_truthy() { values.get(&id) } else { Js::Null };
        let mut errors = Vec::new();
        let is_required = self.required && self.field.get("required").is_truthy();
        if is_required && (matches!(values, Js::Null) || value.is_undefined()) {
            errors.push(format!("{} \"{id}\" is required", self.field_word));
        }
        let kind = self.field.get("type");
        let is_expression = !value.is_nothing() && value.call_to_string()?.starts_with('=');
        if !is_expression && kind.is_truthy() {
            errors.extend(self.type_error(&id, value, kind)?);
        }
        Ok((id, errors))
    }

    fn type_error(&self, id: &str, value: Js<'_>, kind: Js<'_>) -> Result<Option<String>, Throws> {
        if value.is_nothing() {
            return Ok(None);
        }
        let Js::Text(kind) = kind else { return Err(Throws::NoPrimitive) };
        let options = self.field.get("options");
        let choices = match options {
            Js::Array(list) => list.iter().map(|choice| Js::from(choice).read("value")).collect::<Result<Vec<_>, _>>(),
            _ if options.is_nothing() => Ok(Vec::new()),
            _ => Err(Throws::NoPrimitive),
        };
        let choices = if kind.eq_ignore_ascii_case("options") { choices? } else { choices.unwrap_or_default() };
        Ok(match validate_field_type(id, value, kind, &choices, &TypeOptions::default())? {
            Checked::Invalid(message) => Some(message),
            Checked::Valid(_) => None,
        })
    }
}
