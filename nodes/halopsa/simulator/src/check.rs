//! Types of fields and query parameters, as strict as Halo's model binding.

use serde_json::{Map, Value, json};

use crate::resource::{FieldType, Fields};

/// What is wrong with a record, as ASP.NET would list it: JSON path and complaint.
pub(crate) type Complaints = Vec<(String, String)>;

/// Checks the known fields of a record.
pub(crate) fn record(at: &str, record: &Map<String, Value>, fields: &Fields) -> Complaints {
    let wrong = |(name, value): (&String, &Value)| {
        let field_type = fields.get(name)?;
        (!fits(value, field_type)).then(|| (format!("{at}.{name}"), complaint(value, field_type)))
    };
    record.iter().filter_map(wrong).collect()
}

/// The fields of a record that the shape does not have.
pub(crate) fn unknown(record: &Map<String, Value>, fields: &Fields) -> Vec<String> {
    record.keys().filter(|name| fields.get(name).is_none()).cloned().collect()
}

/// Checks the known query parameters.
pub(crate) fn query(query: &[(String, String)], known: &Fields) -> Complaints {
    let wrong = |(name, value): &(String, String)| {
        let field_type = known.get(name)?;
        let fits = value.is_empty() || text_fits(value, field_type);
        (!fits).then(|| (name.clone(), format!("The value '{value}' is not valid.")))
    };
    query.iter().filter_map(wrong).collect()
}

/// The body of an answer that refuses a request.
pub(crate) fn problem(complaints: &Complaints) -> Value {
    let errors: Map<String, Value> = complaints.iter().map(|(at, text)| (at.clone(), json!([text]))).collect();
    let first = complaints.first().map(|(at, text)| format!("{at}: {text}")).unwrap_or_default();
    json!({
        "title": "One or more validation errors occurred.",
        "status": 400,
        "message": first,
        "errors": errors,
    })
}

fn fits(value: &Value, field_type: FieldType) -> bool {
    match (field_type, value) {
        (FieldType::Integer, Value::Number(number)) => number.as_f64().is_some_and(|n| n.fract() == 0.0),
        (FieldType::DateTime, Value::String(text)) => is_date(text),
        (FieldType::Uuid, Value::String(text)) => is_uuid(text),
        (_, Value::Null)
        | (FieldType::Any, _)
        | (FieldType::Number, Value::Number(_))
        | (FieldType::Boolean, Value::Bool(_))
        | (FieldType::String, Value::String(_))
        | (FieldType::Array, Value::Array(_))
        | (FieldType::Object, Value::Object(_)) => true,
        _ => false,
    }
}

fn text_fits(text: &str, field_type: FieldType) -> bool {
    match field_type {
        FieldType::Integer => text.parse::<i64>().is_ok(),
        FieldType::Number => text.parse::<f64>().is_ok(),
        FieldType::Boolean => text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"),
        FieldType::Uuid => is_uuid(text),
        FieldType::String | FieldType::DateTime | FieldType::Array | FieldType::Object | FieldType::Any => true,
    }
}

fn complaint(value: &Value, field_type: FieldType) -> String {
    let wanted = match field_type {
        FieldType::Integer => "an integer",
        FieldType::Number => "a number",
        FieldType::Boolean => "true or false",
        FieldType::String => "a string",
        FieldType::DateTime => "a date",
        FieldType::Uuid => "a UUID",
        FieldType::Array => "an array",
        FieldType::Object => "an object",
        FieldType::Any => "a value",
    };
    format!("The JSON value {value} could not be converted to {wanted}.")
}

/// A date, or a date and a time with or without a zone.
fn is_date(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
        || text.parse::<jiff::civil::DateTime>().is_ok()
        || text.parse::<jiff::civil::Date>().is_ok()
}

pub(crate) fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
