//! The values of parameters that are not to be seen (`typeOptions.password`): services echo them in their errors.

use nodehost_descriptor::{Options, Property};
use serde_json::{Map, Value};

use crate::credentials::{Redactor, texts};

/// Whether any property, at whatever depth, holds what is not to be seen.
pub(crate) fn has_secrets(properties: &[Property]) -> bool {
    properties.iter().any(|property| {
        property.type_options.password()
            || match &property.options {
                Options::Properties(inner) => has_secrets(inner),
                Options::Groups(groups) => {
                    groups.iter().flat_map(|group| &group.values).any(|inner| has_secrets(inner))
                }
                Options::None | Options::Choices(_) => false,
            }
    })
}

/// Takes the secrets among resolved parameters out of texts.
pub(crate) fn redactor(properties: &[Property], parameters: &Map<String, Value>) -> Redactor {
    let mut found = Vec::new();
    collect(properties, parameters, &mut found);
    Redactor::new(found)
}

fn collect<'v>(properties: &[Property], fields: &'v Map<String, Value>, found: &mut Vec<&'v str>) {
    for property in properties {
        let Some(value) = fields.get(&property.name) else { continue };
        if property.type_options.password() {
            texts(value, found);
            continue;
        }
        match &property.options {
            Options::Properties(inner) => entries(value).for_each(|entry| collect(inner, entry, found)),
            Options::Groups(groups) => {
                for group in groups {
                    let of_group = entries(value).filter_map(|entry| entry.get(&group.name)).flat_map(entries);
                    of_group.for_each(|entry| collect(group.values.as_deref().unwrap_or_default(), entry, found));
                }
            }
            Options::None | Options::Choices(_) => {}
        }
    }
}

/// An object, or those in a list.
fn entries(value: &Value) -> impl Iterator<Item = &Map<String, Value>> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    value.as_object().into_iter().chain(list.iter().filter_map(Value::as_object))
}
