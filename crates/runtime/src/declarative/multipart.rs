//! Multipart bodies: fields and files.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use nodehost_expression::data;
use serde_json::Value;

use super::body::{Encoded, fields};
use super::failure;
use crate::ItemError;

/// A file in a multipart body: n8n's `{value, options: {filename, contentType}}`, the value a buffer or text.
struct File {
    content: Vec<u8>,
    name: Option<String>,
    content_type: Option<String>,
}

/// The body of an object or list, and its content type with the boundary.
pub(super) fn encode(value: &Value, content_type: &str) -> Result<Encoded, ItemError> {
    let boundary = boundary(content_type);
    let mut body = Vec::new();
    let mut plain = serde_json::Map::new();
    for (key, value) in value.as_object().into_iter().flatten() {
        match file(value)? {
            Some(file) => part(&mut body, &boundary, key, &file),
            None => {
                plain.insert(key.clone(), value.clone());
            }
        }
    }
    let rest = if value.is_array() { value.clone() } else { Value::Object(plain) };
    for (key, value) in fields(&rest) {
        part(&mut body, &boundary, &key, &File { content: value.into_bytes(), name: None, content_type: None });
    }
    if !body.is_empty() {
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    }
    let header = header(&boundary).ok_or_else(|| failure::invalid_request("The boundary cannot be sent"))?;
    Ok(Encoded { body: body.into(), content_type: Some(header) })
}

/// A body with more fields at its end, as a credential adds them; nothing where the boundary cannot be sent.
pub(crate) fn with_fields<'f>(
    body: &[u8],
    content_type: &str,
    fields: impl Iterator<Item = (&'f str, &'f str)>,
) -> Option<(Vec<u8>, HeaderValue)> {
    let boundary = boundary(content_type);
    let end = format!("--{boundary}--\r\n");
    let mut out = body.strip_suffix(end.as_bytes()).unwrap_or(body).to_vec();
    for (name, value) in fields {
        part(&mut out, &boundary, name, &File { content: value.as_bytes().to_vec(), name: None, content_type: None });
    }
    out.extend_from_slice(end.as_bytes());
    Some((out, header(&boundary)?))
}

/// The boundary a content type names, or one of our own.
fn boundary(content_type: &str) -> String {
    let given = content_type.split(';').find_map(|part| part.trim().strip_prefix("boundary="));
    given.map_or_else(|| format!("nodehost-{}", uuid::Uuid::now_v7().simple()), |b| b.trim_matches('"').to_owned())
}

fn header(boundary: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("multipart/form-data; boundary={boundary}")).ok()
}

fn file(value: &Value) -> Result<Option<File>, ItemError> {
    let Some(map) = value.as_object() else { return Ok(None) };
    let (Some(content), Some(options)) = (map.get("value"), map.get("options").and_then(Value::as_object)) else {
        return Ok(None);
    };
    let text = |key: &str| options.get(key).and_then(Value::as_str).map(str::to_owned);
    let content = match content {
        Value::Object(inner) if inner.get("type") == Some(&Value::from("Buffer")) => buffer(inner.get("data"))?,
        Value::Object(inner) if inner.contains_key("base64") => buffer(inner.get("base64"))?,
        value => data::to_js_string(value).into_bytes(),
    };
    Ok(Some(File { content, name: text("filename"), content_type: text("contentType") }))
}

/// Bytes as JSON holds them: a list of numbers (Node's Buffer), or base64.
pub(super) fn buffer(data: Option<&Value>) -> Result<Vec<u8>, ItemError> {
    let wrong = || failure::invalid_request("Binary data is a Buffer's list of bytes, or base64");
    match data {
        Some(Value::Array(list)) => list
            .iter()
            .map(|byte| byte.as_f64().and_then(|byte| u8::try_from(byte as i64).ok()).ok_or_else(wrong))
            .collect(),
        Some(Value::String(text)) => STANDARD.decode(text).map_err(|_| wrong()),
        _ => Err(wrong()),
    }
}

fn part(body: &mut Vec<u8>, boundary: &str, name: &str, file: &File) {
    let quoted = |text: &str| text.replace('"', "%22").replace(['\r', '\n'], " ");
    let mut head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", quoted(name));
    if let Some(name) = &file.name {
        let _ = write!(head, "; filename=\"{}\"", quoted(name));
    }
    if let Some(content_type) = file.content_type.as_deref().or(file.name.as_ref().map(|_| "application/octet-stream"))
    {
        let _ = write!(head, "\r\nContent-Type: {}", quoted(content_type));
    }
    head.push_str("\r\n\r\n");
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(&file.content);
    body.extend_from_slice(b"\r\n");
}
