//! Answers as expressions, hooks and items see them.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::HeaderMap;
use nodehost_expression::data;
use serde_json::{Map, Value};

use super::build::Reading;
use crate::egress::IncomingResponse;

/// An answer, its body read as the request says.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Its text; empty where the status has none.
    pub status_message: &'static str,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: AnswerBody,
    /// How long the service asks to wait.
    pub retry_after: Option<Duration>,
}

/// The body of an answer.
#[derive(Debug, Clone)]
pub enum AnswerBody {
    /// JSON, or text.
    Data(Value),
    /// The bytes as they came.
    Bytes(Bytes),
}

impl Answer {
    pub(crate) fn read(response: IncomingResponse, reading: &Reading) -> Self {
        Self {
            status: response.status.as_u16(),
            status_message: response.status.canonical_reason().unwrap_or_default(),
            retry_after: response.retry_after(),
            headers: response.headers,
            body: read_body(&response.body, reading.encoding.as_deref()),
        }
    }

    /// The headers by lower-case name, as n8n has them.
    fn headers_value(&self) -> Value {
        let mut map = Map::new();
        for name in self.headers.keys() {
            let values = self.headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
            let values: Vec<_> = values.collect();
            // Node joins the lines of a header, save for cookies, which stay a list.
            let value = if name == http::header::SET_COOKIE {
                Value::from(values.iter().map(|value| Value::from(value.as_ref())).collect::<Vec<_>>())
            } else {
                Value::from(values.join(", "))
            };
            map.insert(name.as_str().to_owned(), value);
        }
        Value::Object(map)
    }

    /// `$response`.
    pub fn to_value(&self) -> Value {
        let mut map = Map::new();
        map.insert("body".to_owned(), self.body.to_value());
        map.insert("headers".to_owned(), self.headers_value());
        map.insert("statusCode".to_owned(), Value::from(self.status));
        map.insert("statusMessage".to_owned(), Value::from(self.status_message));
        Value::Object(map)
    }
}

/// JSON where it is JSON, else text; whatever the content type says, as in n8n.
fn read_body(bytes: &Bytes, encoding: Option<&str>) -> AnswerBody {
    match encoding {
        Some("arraybuffer" | "stream" | "blob") => AnswerBody::Bytes(bytes.clone()),
        Some("json") | None => {
            let trimmed = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
            if !trimmed.is_empty()
                && let Ok(value) = data::parse(trimmed)
            {
                return AnswerBody::Data(value);
            }
            AnswerBody::Data(Value::String(text(trimmed)))
        }
        Some(_) => AnswerBody::Data(Value::String(text(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)))),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

impl AnswerBody {
    /// The body as JSON; bytes as Node's JSON has them.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Data(value) => value.clone(),
            Self::Bytes(bytes) => buffer(bytes),
        }
    }

    /// The body as JSON, without a copy.
    pub(crate) fn into_value(self) -> Value {
        match self {
            Self::Data(value) => value,
            Self::Bytes(bytes) => buffer(&bytes),
        }
    }
}

fn buffer(bytes: &[u8]) -> Value {
    let mut map = Map::new();
    map.insert("type".to_owned(), Value::from("Buffer"));
    map.insert("data".to_owned(), Value::from(bytes.to_vec()));
    Value::Object(map)
}

/// Whether a value is what [`buffer`] makes.
pub(crate) fn is_buffer(value: &Value) -> bool {
    value.as_object().is_some_and(|map| {
        map.len() == 2 && map.get("type").and_then(Value::as_str) == Some("Buffer") && map.contains_key("data")
    })
}

/// n8n's IBinaryData for bytes.
pub(crate) fn binary(bytes: &[u8]) -> Value {
    let (mime, extension) = sniff(bytes);
    let mut map = Map::new();
    map.insert("mimeType".to_owned(), Value::from(mime));
    if let Some(kind) = file_type(mime) {
        map.insert("fileType".to_owned(), Value::from(kind));
    }
    if let Some(extension) = extension {
        map.insert("fileExtension".to_owned(), Value::from(extension));
    }
    map.insert("data".to_owned(), Value::from(STANDARD.encode(bytes)));
    map.insert("bytes".to_owned(), Value::from(bytes.len()));
    Value::Object(map)
}

/// The media type of bytes by how they begin, text where nothing is known, as n8n.
fn sniff(bytes: &[u8]) -> (&'static str, Option<&'static str>) {
    const KNOWN: &[(&[u8], &str, &str)] = &[
        (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
        (b"\xff\xd8\xff", "image/jpeg", "jpg"),
        (b"GIF8", "image/gif", "gif"),
        (b"%PDF-", "application/pdf", "pdf"),
        (b"PK\x03\x04", "application/zip", "zip"),
        (b"\x1f\x8b", "application/gzip", "gz"),
        (b"BM", "image/bmp", "bmp"),
        (b"OggS", "audio/ogg", "oga"),
        (b"ID3", "audio/mpeg", "mp3"),
        (b"<?xml", "application/xml", "xml"),
    ];
    if bytes.len() > 12 && bytes.starts_with(b"RIFF") && &bytes[8..12] == b"WEBP" {
        return ("image/webp", Some("webp"));
    }
    let found = KNOWN.iter().find(|(magic, ..)| bytes.starts_with(magic));
    found.map_or(("text/plain", Some("txt")), |(_, mime, extension)| (mime, Some(extension)))
}

fn file_type(mime: &str) -> Option<&'static str> {
    ["image", "audio", "video"].into_iter().find(|kind| mime.starts_with(kind)).or_else(|| match mime {
        "application/json" => Some("json"),
        "text/html" => Some("html"),
        "application/pdf" => Some("pdf"),
        _ if mime.starts_with("text/") => Some("text"),
        _ => None,
    })
}
