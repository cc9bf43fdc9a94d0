//! Fields of a form, written as JSON.

use serde_json::{Map, Value};

use super::description;
use crate::js::{Js, parse_lenient};

const KEYS: [&str; 18] = [
    "fieldLabel",
    "fieldType",
    "placeholder",
    "defaultValue",
    "fieldOptions",
    "multiselect",
    "multipleFiles",
    "acceptFileTypes",
    "formatDate",
    "requiredField",
    "fieldValue",
    "elementName",
    "html",
    "fieldName",
    "limitSelection",
    "numberOfSelections",
    "minSelections",
    "maxSelections",
];
const TYPES: [&str; 12] = [
    "date",
    "dropdown",
    "email",
    "file",
    "number",
    "password",
    "text",
    "textarea",
    "checkbox",
    "radio",
    "html",
    "hiddenField",
];

/// The fields, or n8n's message.
pub(super) fn parse(value: Js<'_>) -> Result<Value, String> {
    let text =
        value.to_text().map_err(|_| "Value is not valid JSON: Cannot convert object to primitive value".to_owned())?;
    let raw = parse_lenient(&text).map_err(|error| format!("Value is not valid JSON: {error}"))?;
    let Some(Value::Array(fields)) = raw else {
        return Err(format!(
            "Form fields must be an array of objects, but we got {}",
            description(raw.as_ref().into())
        ));
    };
    let fields = fields.into_iter().enumerate().map(|(index, field)| one(index, field));
    fields.collect::<Result<Vec<_>, _>>().map(Value::Array)
}

fn one(index: usize, field: Value) -> Result<Value, String> {
    let Value::Object(field) = field else {
        return Err(format!("Field {index} must be an object, but we got {}", description((&field).into())));
    };
    let mut checked = Map::new();
    for (key, value) in field {
        if !KEYS.contains(&key.as_str()) {
            return Err(format!("Key '{key}' in field {index} is not valid for form fields"));
        }
        let value = self::value(&key, value, index)?;
        checked.insert(key, value);
    }
    Ok(Value::Object(checked))
}

fn value(key: &str, value: Value, index: usize) -> Result<Value, String> {
    if key == "fieldOptions" {
        return options(value, index);
    }
    let value = match value {
        Value::String(text) if key != "html" => Value::String(text.replace('<', "&lt;").replace('>', "&gt;")),
        simple @ (Value::String(_) | Value::Number(_) | Value::Bool(_)) => simple,
        other => {
            let text = Js::from(&other).to_text();
            Value::String(text.map_err(|_| "Cannot convert object to primitive value".to_owned())?)
        }
    };
    if key == "fieldType" && !value.as_str().is_some_and(|kind| TYPES.contains(&kind)) {
        let found = Js::from(&value).to_text().unwrap_or_default();
        return Err(format!("Field type '{found}' in field {index} is not valid for form fields"));
    }
    Ok(value)
}

/// The choices of a dropdown: `{values: [{option: text}]}`, or the list alone.
fn options(raw: Value, index: usize) -> Result<Value, String> {
    let object = match raw {
        Value::Array(list) => Value::Object(Map::from_iter([("values".to_owned(), Value::Array(list))])),
        other => other,
    };
    let Some(Value::Array(values)) = object.get("values") else {
        return Err(format!(
            "Field dropdown in field {index} has no 'values' property that contains an array of options"
        ));
    };
    for (position, option) in values.iter().enumerate() {
        let fits =
            option.as_object().is_some_and(|map| map.len() == 1 && map.get("option").is_some_and(Value::is_string));
        if !fits {
            return Err(format!("Field dropdown in field {index} has an invalid option {position}"));
        }
    }
    Ok(object)
}
