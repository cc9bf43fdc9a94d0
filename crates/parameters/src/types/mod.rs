//! n8n's `validateFieldType`: whether a value is of a type, converted where it can be.

mod date_time;
mod form_fields;
mod simple;

use std::time::{SystemTime, UNIX_EPOCH};

use nodehost_expression::luxon::{DateTime, Zone};
use serde_json::Value;

use crate::js::{Js, Throws};

/// How a value is checked.
#[derive(Debug, Clone)]
pub struct TypeOptions<'a> {
    /// The values of type `options`.
    pub choices: &'a [Value],
    /// Whether values of other types are refused where they could be converted.
    pub strict: bool,
    /// Whether values of type `string` are converted to text.
    pub parse_strings: bool,
    /// The zone of dates that name none.
    pub zone: Zone,
    /// The moment whose day is meant where only a time is given, in milliseconds since 1970; by default the clock's.
    pub now: f64,
}

impl Default for TypeOptions<'_> {
    fn default() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { choices: &[], strict: false, parse_strings: false, zone: Zone::UTC, now: since_1970.as_millis() as f64 }
    }
}

/// What the check found.
#[derive(Debug, Clone)]
pub enum Checked {
    /// The value is of the type; this is what it is converted to.
    Valid(Converted),
    /// It is not; n8n's message.
    Invalid(String),
}

/// A value converted to a type.
#[derive(Debug, Clone)]
pub enum Converted {
    /// Nothing was given, and nothing is converted.
    Nothing,
    /// A JSON value.
    Json(Value),
    /// A number, which may be one JSON cannot hold.
    Number(f64),
    /// A moment.
    DateTime(Box<DateTime>),
}

/// Checks `value` as n8n's `validateFieldType(name, value, type, options)`.
///
/// Unknown types accept everything.
pub fn check_type(name: &str, value: &Value, kind: &str, options: &TypeOptions<'_>) -> Checked {
    let choices: Vec<_> = options.choices.iter().map(Js::from).collect();
    let checked = validate_field_type(name, value.into(), kind, &choices, options);
    checked.unwrap_or_else(|_| Checked::Invalid(expected(name, value.into(), kind)))
}

/// See [`check_type`]; fails where n8n throws.
pub(crate) fn validate_field_type(
    name: &str,
    value: Js<'_>,
    kind: &str,
    choices: &[Js<'_>],
    options: &TypeOptions<'_>,
) -> Result<Checked, Throws> {
    if value.is_nothing() {
        return Ok(Checked::Valid(Converted::Nothing));
    }
    let TypeOptions { strict, parse_strings, zone, now, .. } = options;
    let lower = kind.to_lowercase();
    let default_message = || expected(name, value, kind);
    let is_strictly = |fits: bool| !*strict || fits;
    let converted = match lower.as_str() {
        "string" if !*parse_strings => Ok(as_is(value)),
        "string" if !is_strictly(matches!(value, Js::Text(_))) => Err(default_message()),
        "string" => simple::string(value).map(text).ok_or_else(default_message),
        "string-alphanumeric" => simple::alphanumeric(value).map(text).ok_or_else(|| {
            "Value is not a valid alphanumeric string, only letters, numbers and underscore allowed".to_owned()
        }),
        "number" if !is_strictly(matches!(value, Js::Number(_))) => Err(default_message()),
        "number" => simple::number(value).map(Converted::Number).ok_or_else(default_message),
        "boolean" if !is_strictly(matches!(value, Js::Bool(_))) => Err(default_message()),
        "boolean" => simple::boolean(value).map(|flag| Converted::Json(flag.into())).ok_or_else(default_message),
        "datetime" => date_time::parse(value, zone, *now)
            .map(|moment| Converted::DateTime(Box::new(moment)))
            .ok_or_else(|| date_message(&default_message())),
        "time" => simple::time(value)
            .map(text)
            .ok_or_else(|| format!("'{name}' expects time (hh:mm:(:ss)) but we got {}.", description(value))),
        "binary" => simple::binary(value).map(as_is).ok_or_else(|| {
            let hint = "Make sure the value is a valid binary data object with 'mimeType' and 'data' or 'id' property.";
            format!("{}. {hint}", default_message())
        }),
        "object" if !is_strictly(matches!(value, Js::Object(_) | Js::Array(_))) => Err(default_message()),
        "object" => simple::object(value).map(Converted::Json).ok_or_else(default_message),
        "array" if !is_strictly(matches!(value, Js::Array(_))) => Err(default_message()),
        "array" => simple::array(value).map(Converted::Json).ok_or_else(default_message),
        "options" => return simple::options(name, value, choices),
        "url" => simple::url(value).map(text).ok_or_else(default_message),
        "jwt" => simple::jwt(value).map(text).ok_or_else(|| "Value is not a valid JWT token".to_owned()),
        "form-fields" => form_fields::parse(value).map(Converted::Json),
        _ => Ok(as_is(value)),
    };
    Ok(match converted {
        Ok(converted) => Checked::Valid(converted),
        Err(message) => Checked::Invalid(message),
    })
}

fn as_is(value: Js<'_>) -> Converted {
    value.to_json().map_or(Converted::Nothing, Converted::Json)
}

fn text(text: String) -> Converted {
    Converted::Json(Value::String(text))
}

fn expected(name: &str, value: Js<'_>, kind: &str) -> String {
    format!("'{name}' expects a {kind} but we got {}", description(value))
}

fn date_message(message: &str) -> String {
    let url = "https://moment.github.io/luxon/api-docs/index.html#datetimefromformat";
    let link = format!("<a href=\"{url}\" target=\"_blank\"><code>DateTime.fromFormat</code></a>");
    format!("{message} <br/><br/> Consider using {link} to work with custom date formats.")
}

/// n8n's `getValueDescription`.
pub(crate) fn description(value: Js<'_>) -> String {
    match value {
        Js::Array(_) => "array".to_owned(),
        Js::Object(_) => "object".to_owned(),
        simple => format!("'{}'", simple.to_text().unwrap_or_default()),
    }
}
