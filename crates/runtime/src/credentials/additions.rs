//! What a credential adds to a request: headers, query parameters, body fields.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, header};
use nodehost_expression::data;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::oauth2::basic;
use super::secret::Secret;
use crate::declarative::multipart;
use crate::egress::{OutgoingRequest, RequestBody};

/// What a credential adds to a request. Secret: it has no `Debug`.
#[derive(Clone, Default)]
pub(crate) struct Additions {
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Map<String, Value>,
    /// Whether one of the headers is basic authentication.
    basic: bool,
}

/// What stays as it is in query parameters: n8n's `qs` does the same.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Additions {
    /// Adds a header; the reason, if name or value cannot be one.
    pub(crate) fn header(&mut self, name: &str, value: &str) -> Result<(), &'static str> {
        let name = HeaderName::try_from(name.trim()).map_err(|_| "is not the name of a header")?;
        self.headers.push((name, header_value(value)?));
        Ok(())
    }

    /// Adds basic authentication.
    pub(crate) fn basic(&mut self, user: &str, password: &str) {
        self.basic = true;
        self.headers.push((header::AUTHORIZATION, basic(user, &Secret::from(password))));
    }

    /// Puts everything into a request; what it has under the same names is replaced.
    pub(crate) fn apply(&self, request: &mut OutgoingRequest) {
        // As in n8n, `auth` of the request stands above a header, and below `auth` of the credential.
        let kept = request.own_authorization && !self.basic;
        for (name, value) in self.headers.iter().filter(|(name, _)| !kept || *name != header::AUTHORIZATION) {
            request.headers.insert(name.clone(), value.clone());
        }
        for (name, value) in &self.query {
            set_query(request, name, value);
        }
        if !self.body.is_empty() && !request.bodiless {
            self.apply_body(request);
        }
    }

    fn apply_body(&self, request: &mut OutgoingRequest) {
        let kind = request.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let form = kind.starts_with("application/x-www-form-urlencoded");
        let bytes = match &request.body {
            RequestBody::Bytes(bytes) => bytes.clone(),
            RequestBody::Empty => Bytes::new(),
            RequestBody::Stream(_) => return,
        };
        let fields = || self.body.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default()));
        if form {
            let mut pairs = url::form_urlencoded::Serializer::new(String::new());
            let old = url::form_urlencoded::parse(&bytes).filter(|(name, _)| !self.body.contains_key(name.as_ref()));
            pairs.extend_pairs(old);
            pairs.extend_pairs(fields());
            request.body = pairs.finish().into();
        } else if kind.starts_with("multipart/form-data") {
            if let Some((body, header)) = multipart::with_fields(&bytes, kind, fields()) {
                request.headers.insert(header::CONTENT_TYPE, header);
                request.body = body.into();
            }
        } else if bytes.is_empty() {
            request.headers.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
            request.body = data::json_text(&Value::Object(self.body.clone())).into();
        } else if let Ok(Value::Object(mut object)) = data::parse(&bytes) {
            object.extend(self.body.clone());
            request.body = data::json_text(&Value::Object(object)).into();
        }
    }
}

/// Sets one query parameter, after the others.
pub(crate) fn set_query(request: &mut OutgoingRequest, name: &str, value: &str) {
    let addition = format!("{}={}", utf8_percent_encode(name, QUERY), utf8_percent_encode(value, QUERY));
    let kept: Vec<&str> = request
        .url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty() && !is_named(pair, name))
        .chain([addition.as_str()])
        .collect();
    let query = kept.join("&");
    request.url.set_query(Some(&query));
}

fn is_named(pair: &str, name: &str) -> bool {
    url::form_urlencoded::parse(pair.as_bytes()).next().is_some_and(|(key, _)| key == name)
}

/// A header value as Node writes it: one byte for each character up to U+00FF.
pub(crate) fn header_value(text: &str) -> Result<HeaderValue, &'static str> {
    let bytes: Option<Vec<u8>> = text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect();
    let mut value = bytes
        .and_then(|bytes| HeaderValue::from_bytes(&bytes).ok())
        .ok_or("holds characters that cannot stand in a header, such as a line break")?;
    value.set_sensitive(true);
    Ok(value)
}
