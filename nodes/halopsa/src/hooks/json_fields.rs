//! `jsonFields`: a JSON object that goes over the body, for any field of the API.

use nodehost_runtime::{ErrorCode, HookContext, ItemError, RequestOptions};
use serde_json::{Map, Value};

use crate::api;

/// Lays the object over the record in the body, and tells of names the API does not know.
pub(crate) fn merge(context: &HookContext, mut request: RequestOptions) -> Result<RequestOptions, ItemError> {
    let given = ["additionalFields", "updateFields"].into_iter().find_map(|collection| {
        let value = context.parameters.get(collection)?.get("jsonFields")?;
        Some((format!("{collection}.jsonFields"), value))
    });
    let Some((parameter, value)) = given else { return Ok(request) };
    let fields = object(value).map_err(|reason| {
        let message = format!("JSON Fields ({parameter}) {reason}");
        ItemError::operation(ErrorCode::InvalidParameter, message).with_parameter(parameter.clone())
    })?;
    let resource = context.parameters.get("resource").and_then(Value::as_str).unwrap_or_default();
    for name in fields.keys().filter(|name| !api::knows(resource, name)) {
        let message = format!("Halo's API has no field \"{name}\" here; it is sent all the same");
        context.warn(&parameter, ErrorCode::UnknownParameter, message);
    }
    let mut body = request.take("body").unwrap_or_default();
    if let Some(record) = body.get_mut(0).and_then(Value::as_object_mut) {
        record.extend(fields);
    }
    request.set("body", Some(body));
    Ok(request)
}

fn object(value: &Value) -> Result<Map<String, Value>, String> {
    match value {
        Value::Object(map) => Ok(map.clone()),
        Value::Null => Ok(Map::new()),
        Value::String(text) if text.trim().is_empty() => Ok(Map::new()),
        Value::String(text) => match serde_json::from_str(text) {
            Ok(Value::Object(map)) => Ok(map),
            Ok(_) => Err("has to be a JSON object, such as {\"field\": 1}".to_owned()),
            Err(error) => Err(format!("is no valid JSON: {error}")),
        },
        _ => Err("has to be a JSON object, such as {\"field\": 1}".to_owned()),
    }
}
