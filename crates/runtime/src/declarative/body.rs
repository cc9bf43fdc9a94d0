//! Request bodies: JSON, forms, multipart, text, binary data of items.

use http::{HeaderMap, HeaderValue, header};
use nodehost_expression::data;
use serde_json::Value;

use super::{RequestOptions, failure, multipart};
use crate::ItemError;
use crate::egress::RequestBody;

const FORM: &str = "application/x-www-form-urlencoded";

/// An encoded body, and the content type that comes with it.
#[derive(Default)]
pub(crate) struct Encoded {
    pub(crate) body: RequestBody,
    pub(crate) content_type: Option<HeaderValue>,
}

/// Encodes the body of the options; the content type in the headers says how.
pub(crate) fn encode(options: &RequestOptions, headers: &HeaderMap) -> Result<Encoded, ItemError> {
    if !options.has_body() {
        return Ok(Encoded::default());
    }
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match options.get("body") {
        Some(Value::String(text)) => Ok(encode_text(text, content_type)),
        Some(Value::Object(map)) if map.get("type") == Some(&Value::from("Buffer")) && map.len() == 2 => {
            Ok(Encoded { body: multipart::buffer(map.get("data"))?.into(), content_type: None })
        }
        Some(value) => encode_data(value, content_type),
        None => Ok(Encoded::default()),
    }
}

/// A list as the body of a form has to hold names with their values, whether it is sent or not.
pub(crate) fn check(options: &RequestOptions, headers: &HeaderMap) -> Result<(), ItemError> {
    match options.get("body") {
        Some(Value::Array(list))
            if headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == FORM) && !list.iter().all(is_pair) =>
        {
            let mut error = failure::invalid_request("Each query pair must be an iterable [name, value] tuple");
            error.http_code = Some("ERR_INVALID_TUPLE".to_owned());
            Err(error)
        }
        _ => Ok(()),
    }
}

fn encode_text(text: &str, content_type: &str) -> Encoded {
    if content_type.contains("application/json") {
        // Text that is JSON already is sent as it is, other text becomes a JSON string.
        let is_json = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
        let body = if is_json { text.trim().to_owned() } else { Value::from(text).to_string() };
        return Encoded { body: body.into(), content_type: None };
    }
    let default = content_type.is_empty().then(|| HeaderValue::from_static(FORM));
    Encoded { body: text.to_owned().into(), content_type: default }
}

fn encode_data(value: &Value, content_type: &str) -> Result<Encoded, ItemError> {
    if content_type.contains(FORM) {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        for (key, value) in fields(value) {
            form.append_pair(&key, &value);
        }
        return Ok(Encoded { body: form.finish().into(), content_type: None });
    }
    if content_type.contains("multipart/form-data") {
        return multipart::encode(value, content_type);
    }
    let default = content_type.is_empty().then(|| HeaderValue::from_static("application/json"));
    Ok(Encoded { body: data::json_text(value).into(), content_type: default })
}

/// Whether URLSearchParams takes a value for a name with its value.
fn is_pair(value: &Value) -> bool {
    value.as_array().is_some_and(|list| list.len() == 2)
}

/// The fields of a form as axios flattens them: `a[b]`, and `a[]` for lists of plain values.
pub(super) fn fields(value: &Value) -> Vec<(String, String)> {
    let mut out = Vec::new();
    each(value, &mut |key, value| field(&mut out, None, key, value));
    out
}

fn each(value: &Value, visit: &mut dyn FnMut(&str, &Value)) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| visit(key, value)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(index, value)| visit(&index.to_string(), value));
        }
        _ => {}
    }
}

/// One field below a path. Only the last key of a name is trimmed.
fn field(out: &mut Vec<(String, String)>, path: Option<&str>, key: &str, value: &Value) {
    let top = path.is_none();
    let joined = |key: &str| match path {
        None => key.to_owned(),
        Some(path) => format!("{path}[{}]", key.strip_suffix("[]").unwrap_or(key)),
    };
    let name = joined(key.trim());
    let is_plain = |list: &[Value]| list.iter().all(|value| !value.is_object() && !value.is_array());
    match value {
        Value::Null => {}
        Value::Object(_) | Value::Array(_) if top && name.ends_with("{}") => {
            out.push((name, data::json_text(value)));
        }
        Value::Array(list) if top && (name.ends_with("[]") || is_plain(list)) => {
            let name = name.strip_suffix("[]").unwrap_or(&name);
            for value in list.iter().filter(|value| !value.is_null()) {
                out.push((format!("{name}[]"), data::to_js_string(value)));
            }
        }
        Value::Object(_) | Value::Array(_) => {
            let path = joined(key);
            each(value, &mut |key, value| field(out, Some(&path), key, value));
        }
        value => out.push((name, data::to_js_string(value))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn encoded(body: Value, content_type: Option<&'static str>) -> (String, Option<String>) {
        let mut options = RequestOptions::empty();
        options.set("body", Some(body));
        let mut headers = HeaderMap::new();
        if let Some(content_type) = content_type {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        let encoded = encode(&options, &headers).unwrap();
        let RequestBody::Bytes(bytes) = encoded.body else { return (String::new(), None) };
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        (text, encoded.content_type.map(|value| value.to_str().unwrap().to_owned()))
    }

    #[test]
    fn objects_are_json_unless_the_content_type_says_otherwise() {
        assert_eq!(encoded(json!({"a": 1}), None), ("{\"a\":1}".into(), Some("application/json".into())));
        assert_eq!(encoded(json!([1]), Some("application/json")), ("[1]".into(), None));
        let form = json!({"a": "x y", "b": {"c": 1}, "l": [1, 2], "n": null});
        assert_eq!(encoded(form, Some(FORM)).0, "a=x+y&b%5Bc%5D=1&l%5B%5D=1&l%5B%5D=2");
        let spaced = fields(&json!({" a ": {" b ": {" c ": 1}}, " d ": 2}));
        assert_eq!(spaced, [(" a [ b ][c]".to_owned(), "1".to_owned()), ("d".to_owned(), "2".to_owned())]);
    }

    #[test]
    fn text_stays_text() {
        assert_eq!(encoded(json!("plain"), None), ("plain".into(), Some(FORM.into())));
        assert_eq!(encoded(json!(" {\"a\":1} "), Some("application/json")).0, "{\"a\":1}");
        assert_eq!(encoded(json!("plain"), Some("application/json")).0, "\"plain\"");
    }

    #[test]
    fn an_empty_body_is_none_unless_it_has_undefined_keys() {
        assert_eq!(encoded(json!({}), None).0, "");
        let mut options = RequestOptions::empty();
        options.send("body", "email", super::super::options::Way::Path, None).unwrap();
        let encoded = encode(&options, &HeaderMap::new()).unwrap();
        assert!(matches!(encoded.body, RequestBody::Bytes(bytes) if bytes == "{}"));
    }

    #[test]
    fn multipart_carries_files() {
        let file = json!({"value": {"type": "Buffer", "data": [104, 105]}, "options": {"filename": "a.txt", "contentType": "text/plain"}});
        let (text, content_type) = encoded(json!({"note": "x", "file": file}), Some("multipart/form-data; boundary=B"));
        assert_eq!(content_type.unwrap(), "multipart/form-data; boundary=B");
        assert!(text.contains("name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nhi\r\n"));
        assert!(text.ends_with("name=\"note\"\r\n\r\nx\r\n--B--\r\n"));
    }
}
