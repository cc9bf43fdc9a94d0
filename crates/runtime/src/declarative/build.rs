//! From request options to the request that leaves: what axios makes of them under n8n.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use nodehost_expression::data;
use serde_json::Value;
use url::Url;

use super::body::{self, Encoded};
use super::query::{self, ArrayFormat};
use super::{RequestOptions, failure};
use crate::ItemError;
use crate::egress::{OutgoingRequest, Redirects};

/// What axios accepts where nothing else is said.
const ACCEPT: &str = "application/json, text/plain, */*";
/// As many redirects as axios follows.
const REDIRECTS: u32 = 21;

/// A request and how to read its answer.
pub(crate) struct Built {
    pub(crate) request: Box<OutgoingRequest>,
    pub(crate) reading: Reading,
}

/// How an answer is read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reading {
    /// `encoding`: absent or `json` parse, `arraybuffer` keeps the bytes, others are text.
    pub(crate) encoding: Option<String>,
    /// Which statuses are no failure besides 2xx.
    pub(crate) ignore: IgnoreStatus,
}

/// `ignoreHttpStatusErrors`.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum IgnoreStatus {
    /// Statuses besides 2xx are failures.
    #[default]
    Never,
    /// No status is a failure.
    Always,
    /// These are failures, no other is.
    Except(Vec<u16>),
}

/// Builds the request.
pub(crate) fn build(options: &RequestOptions) -> Result<Built, ItemError> {
    let method = method(options)?;
    let mut headers = headers(options.get("headers"))?;
    body::check(options, &headers)?;
    let url = url(options)?;
    // As in n8n, a GET that says so has no body, one that is GET by default keeps its own.
    let bare = method == Method::GET && truthy(options.get("method"));
    let body = if bare { Encoded::default() } else { body::encode(options, &headers)? };
    if let Some(content_type) = &body.content_type {
        headers.insert(header::CONTENT_TYPE, content_type.clone());
    }
    if truthy(options.get("json")) && !headers.contains_key(header::ACCEPT) {
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    }
    if !headers.contains_key(header::ACCEPT) {
        headers.insert(header::ACCEPT, HeaderValue::from_static(ACCEPT));
    }
    if let Some(basic) = basic(options.get("auth")) {
        headers.insert(header::AUTHORIZATION, header_value("authorization", &basic)?);
    }
    let mut request = Box::new(OutgoingRequest::new(method, url));
    request.headers = headers;
    request.body = body.body;
    // A list takes no fields: JavaScript sets them where nothing shows them.
    request.bodiless = bare || options.get("body").is_some_and(Value::is_array);
    request.own_authorization = options.get("auth").is_some_and(Value::is_object);
    request.timeout = options.get("timeout").and_then(Value::as_f64).filter(|ms| *ms > 0.0).map(millis);
    request.verify_tls = options.get("skipSslCertificateValidation") != Some(&Value::Bool(true));
    request.proxy = proxy(options.get("proxy"))?;
    request.redirects = redirects(options);
    let reading = Reading {
        encoding: options.get("encoding").and_then(Value::as_str).map(str::to_owned),
        ignore: IgnoreStatus::read(options.get("ignoreHttpStatusErrors")),
    };
    request.takes_rejection = !reading.ignore.is_failure(401);
    Ok(Built { request, reading })
}

fn method(options: &RequestOptions) -> Result<Method, ItemError> {
    let name = options.get("method").and_then(Value::as_str).filter(|name| !name.is_empty()).unwrap_or("GET");
    Method::from_bytes(name.to_uppercase().as_bytes())
        .map_err(|_| failure::invalid_request(format!("\"{name}\" is not an HTTP method")))
}

fn url(options: &RequestOptions) -> Result<Url, ItemError> {
    let text = |key| match options.get(key) {
        None | Some(Value::Null) => String::new(),
        Some(value) => data::to_js_string(value),
    };
    let full = join(&text("baseURL"), &text("url"));
    if missing_slashes(&full) {
        return Err(failure::invalid_url("Invalid URL: missing \"//\" after protocol"));
    }
    let mut url = Url::parse(&full).map_err(|_| failure::invalid_url("Invalid URL"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(failure::unsupported_protocol(url.scheme()));
    }
    url.set_fragment(None);
    let format =
        options.get("arrayFormat").and_then(Value::as_str).and_then(ArrayFormat::from_name).unwrap_or_default();
    let added = options.get("qs").map(|qs| query::stringify(qs, format)).unwrap_or_default();
    if !added.is_empty() {
        let joined = match url.query() {
            Some(query) if !query.is_empty() => format!("{query}&{added}"),
            _ => added,
        };
        url.set_query(Some(&joined));
    }
    Ok(url)
}

/// An URL joined to its base, as text: the base's path stays.
fn join(base: &str, url: &str) -> String {
    if base.is_empty() || is_absolute(url) {
        return url.to_owned();
    }
    if url.is_empty() {
        return base.to_owned();
    }
    let base = base.strip_suffix("//").or_else(|| base.strip_suffix('/')).unwrap_or(base);
    format!("{base}/{}", url.trim_start_matches('/'))
}

fn is_absolute(url: &str) -> bool {
    let Some((scheme, _)) = url.split_once("//") else { return false };
    scheme.is_empty() || scheme.strip_suffix(':').is_some_and(is_scheme)
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

fn missing_slashes(url: &str) -> bool {
    let lower = url.trim_start().to_ascii_lowercase();
    ["http:", "https:"].iter().any(|scheme| lower.strip_prefix(scheme).is_some_and(|rest| !rest.starts_with("//")))
}

/// The headers of an object. A header without value (null, false) is not sent; a list is several lines.
fn headers(value: Option<&Value>) -> Result<HeaderMap, ItemError> {
    let mut headers = HeaderMap::new();
    let Some(Value::Object(map)) = value else { return Ok(headers) };
    for (name, value) in map {
        let parsed = HeaderName::from_bytes(name.trim().as_bytes())
            .map_err(|_| failure::invalid_request(format!("\"{name}\" is not a header name")))?;
        headers.remove(&parsed);
        match value {
            Value::Null | Value::Bool(false) => {}
            Value::Array(list) => {
                for value in list {
                    headers.append(&parsed, header_value(name, &data::to_js_string(value))?);
                }
            }
            value => {
                headers.insert(&parsed, header_value(name, &data::to_js_string(value))?);
            }
        }
    }
    Ok(headers)
}

fn header_value(name: &str, value: &str) -> Result<HeaderValue, ItemError> {
    // axios strips what a header cannot hold, and the blanks around it; Node writes a byte for each character.
    let clean: String = value.chars().filter(|char| matches!(char, '\t' | ' '..='~' | '\u{80}'..='\u{ff}')).collect();
    let clean: Vec<u8> = clean.trim_matches([' ', '\t']).chars().filter_map(|char| u8::try_from(char).ok()).collect();
    HeaderValue::from_bytes(&clean)
        .map_err(|_| failure::invalid_request(format!("The value of the header \"{name}\" cannot be sent")))
}

fn basic(auth: Option<&Value>) -> Option<String> {
    let auth = auth?.as_object()?;
    let part = |key| auth.get(key).filter(|value| truthy(Some(value))).map(data::to_js_string).unwrap_or_default();
    Some(format!("Basic {}", STANDARD.encode(format!("{}:{}", part("username"), part("password")))))
}

fn proxy(proxy: Option<&Value>) -> Result<Option<Url>, ItemError> {
    let text = match proxy {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) if text.is_empty() => return Ok(None),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Object(map)) => {
            let part = |key: &str| map.get(key).filter(|value| !value.is_null()).map(data::to_js_string);
            let port = part("port").map(|port| format!(":{port}")).unwrap_or_default();
            let protocol = part("protocol").unwrap_or_else(|| "http".to_owned());
            format!("{}://{}{port}", protocol.trim_end_matches(':'), part("host").unwrap_or_default())
        }
        Some(_) => return Err(failure::invalid_proxy("host")),
    };
    let mut url = Url::parse(&text).map_err(|_| failure::invalid_proxy("host"))?;
    if let Some(Value::Object(auth)) = proxy.and_then(|proxy| proxy.get("auth")) {
        let part = |key: &str| auth.get(key).map(data::to_js_string).unwrap_or_default();
        let user = url.set_username(&part("username"));
        let password = url.set_password(Some(&part("password")).filter(|text| !text.is_empty()).map(String::as_str));
        if user.is_err() || password.is_err() {
            return Err(failure::invalid_proxy("host"));
        }
    }
    Ok(Some(url))
}

fn redirects(options: &RequestOptions) -> Redirects {
    if options.get("disableFollowRedirect") == Some(&Value::Bool(true)) {
        return Redirects::Return;
    }
    let wanted = options.get("maxRedirects").and_then(Value::as_u64).and_then(|max| u32::try_from(max).ok());
    match wanted {
        Some(0) => Redirects::Return,
        wanted => Redirects::Follow(wanted.unwrap_or(REDIRECTS).min(REDIRECTS)),
    }
}

impl IgnoreStatus {
    fn read(value: Option<&Value>) -> Self {
        match value {
            Some(Value::Object(config)) if config.get("ignore") == Some(&Value::Bool(true)) => {
                let except = config.get("except").and_then(Value::as_array).into_iter().flatten();
                let codes = except.filter_map(|code| u16::try_from(code.as_u64()?).ok());
                Self::Except(codes.collect())
            }
            value if truthy(value) => Self::Always,
            _ => Self::Never,
        }
    }

    pub(crate) fn is_failure(&self, status: u16) -> bool {
        match self {
            Self::Never => !(200..300).contains(&status),
            Self::Always => false,
            Self::Except(codes) => codes.contains(&status),
        }
    }
}

/// JavaScript's idea of true.
pub(crate) fn truthy(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => false,
        Some(Value::Bool(value)) => *value,
        Some(Value::Number(number)) => number.as_f64().is_some_and(|number| number != 0.0),
        Some(Value::String(text)) => !text.is_empty(),
        Some(_) => true,
    }
}

fn millis(ms: f64) -> Duration {
    Duration::try_from_secs_f64(ms / 1000.0).unwrap_or(Duration::from_secs(300))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn options(value: Value) -> RequestOptions {
        let Value::Object(map) = value else { unreachable!() };
        RequestOptions::from(map)
    }

    fn url_of(value: Value) -> String {
        build(&options(value)).unwrap().request.url.to_string()
    }

    #[test]
    fn the_url_is_joined_as_text() {
        let base = "https://api.test/v1/";
        assert_eq!(url_of(json!({"baseURL": base, "url": "/a/b"})), "https://api.test/v1/a/b");
        assert_eq!(url_of(json!({"baseURL": base})), "https://api.test/v1/");
        assert_eq!(url_of(json!({"baseURL": base, "url": "https://other.test/x"})), "https://other.test/x");
        assert_eq!(
            url_of(json!({"url": "https://a.test/p?x=1#h", "qs": {"y": [1]}})),
            "https://a.test/p?x=1&y%5B0%5D=1"
        );
    }

    #[test]
    fn an_url_that_is_none_has_the_text_of_node() {
        let error = build(&options(json!({"url": "nowhere"}))).err().unwrap();
        assert_eq!((error.message.as_str(), error.http_code.as_deref()), ("Invalid URL", Some("ERR_INVALID_URL")));
        assert!(build(&options(json!({"url": "ftp://x.test"}))).is_err());
        assert!(build(&options(json!({"url": "https:/x.test"}))).is_err());
    }

    #[test]
    fn headers_follow_axios() {
        let built =
            build(&options(json!({"url": "https://a.test", "headers": {"X-A": 1, "x-b": null, "x-c": ["1", "2"]}})));
        let headers = built.unwrap().request.headers;
        assert_eq!(headers["x-a"], "1");
        assert!(!headers.contains_key("x-b"));
        assert_eq!(headers.get_all("x-c").iter().count(), 2);
        assert_eq!(headers["accept"], ACCEPT);
    }

    #[test]
    fn statuses_are_failures_unless_ignored() {
        let read = |value: Value| IgnoreStatus::read(Some(&value));
        assert!(read(json!(false)).is_failure(304));
        assert!(!read(json!(true)).is_failure(500));
        let except = read(json!({"ignore": true, "except": [401]}));
        assert!(except.is_failure(401) && !except.is_failure(500));
    }
}
