//! The listener. Connections are served by hyper directly, since an error of its service is the one
//! clean way to close a connection without an answer.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use hyper::{HeaderMap, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::api::{self, Answer};
use crate::fault::{self, Action};
use crate::log::LoggedRequest;
use crate::state::State;
use crate::token;

/// Larger bodies are refused with 413.
const BODY_LIMIT: usize = 64 << 20;

pub(crate) type Shared = Arc<Mutex<State>>;
type Response = hyper::Response<Full<Bytes>>;

/// The connection is to be closed without an answer.
#[derive(Debug)]
struct Dropped;

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("connection dropped on demand")
    }
}

impl std::error::Error for Dropped {}

/// Accepts connections until the task is aborted, which closes them all.
pub(crate) async fn run(listener: TcpListener, state: Shared) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        while connections.try_join_next().is_some() {}
        let state = Arc::clone(&state);
        connections.spawn(async move {
            let service = hyper::service::service_fn(move |request| handle(Arc::clone(&state), request));
            let served =
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            drop(served);
        });
    }
}

pub(crate) fn lock(state: &Shared) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn handle(state: Shared, request: Request<Incoming>) -> Result<Response, Dropped> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let due = fault::take(&mut lock(&state).faults, parts.method.as_str(), &path);
    let mut entry = LoggedRequest {
        method: parts.method.to_string(),
        query: query_pairs(parts.uri.query().unwrap_or_default()),
        headers: kept_headers(&parts.headers),
        path,
        body: Value::Null,
        status: None,
        unknown_fields: Vec::new(),
        unknown_query: Vec::new(),
        outside_open_api: false,
    };
    match &due {
        Some(Action::DropBefore) => {
            lock(&state).log.push(entry);
            return Err(Dropped);
        }
        Some(Action::Delay(delay)) => tokio::time::sleep(*delay).await,
        _ => {}
    }
    let Ok(bytes) = Limited::new(body, BODY_LIMIT).collect().await.map(http_body_util::Collected::to_bytes) else {
        return Ok(response(StatusCode::PAYLOAD_TOO_LARGE, "text/plain", "The body is too large.".into()));
    };
    if let Some(Action::Answer { status, headers, body }) = due {
        entry.status = Some(status);
        entry.body = logged_body(&bytes, &parts.headers);
        lock(&state).log.push(entry);
        return Ok(faulty(status, &headers, body));
    }
    let answered = answer(&mut lock(&state), &mut entry, &parts.headers, &bytes);
    let dropped = matches!(due, Some(Action::DropAfter));
    entry.status = (!dropped).then(|| answered.status().as_u16());
    lock(&state).log.push(entry);
    if dropped { Err(Dropped) } else { Ok(answered) }
}

fn answer(state: &mut State, entry: &mut LoggedRequest, headers: &HeaderMap, bytes: &[u8]) -> Response {
    entry.body = logged_body(bytes, headers);
    if entry.method == "POST" && entry.path == state.config.token_path {
        let form: Vec<(String, String)> = query_pairs(&String::from_utf8_lossy(bytes));
        let (status, body) = token::issue(state, &form, &entry.query);
        return json_response(status, &body);
    }
    let Some(segments) = api_segments(&entry.path) else {
        return json_response(StatusCode::NOT_FOUND, &serde_json::json!({ "Message": "No such endpoint." }));
    };
    let body = if bytes.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(bytes) };
    let answer = match (&body, entry.method.as_str()) {
        (Err(error), "POST") => Answer::refused("$", &format!("The body is not JSON: {error}")),
        (body, method) => {
            let request = api::Request {
                method,
                segments,
                query: &entry.query,
                authorization: headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()),
                body: body.as_ref().unwrap_or(&Value::Null),
            };
            api::answer(state, &request)
        }
    };
    entry.unknown_fields = answer.unknown_fields;
    entry.unknown_query = answer.unknown_query;
    entry.outside_open_api = answer.outside_open_api;
    let mut response = json_response(answer.status, &answer.body);
    if let Some(seconds) = answer.retry_after {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}

/// The segments after `/api`, decoded, so that an escaped slash stays part of its segment.
fn api_segments(path: &str) -> Option<Vec<String>> {
    let rest = path.strip_prefix("/api/")?;
    let decode = |segment: &str| percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned();
    Some(rest.split('/').map(decode).collect())
}

fn query_pairs(query: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// Headers for the log: that there was a token is worth knowing, the token is not.
fn kept_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let kept = |(name, value): (&hyper::header::HeaderName, &hyper::header::HeaderValue)| {
        let text = String::from_utf8_lossy(value.as_bytes());
        let shown = if *name == AUTHORIZATION {
            text.split(' ').next().map(|scheme| format!("{scheme} [redacted]")).unwrap_or_default()
        } else {
            text.into_owned()
        };
        (name.to_string(), shown)
    };
    headers.iter().map(kept).collect()
}

/// A body for the log; the secret of a token request is left out.
fn logged_body(bytes: &[u8], headers: &HeaderMap) -> Value {
    if bytes.is_empty() {
        return Value::Null;
    }
    let is_form =
        headers.get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"application/x-www-form"));
    if is_form {
        let pairs = query_pairs(&String::from_utf8_lossy(bytes));
        let shown = |(name, value): (String, String)| {
            let value = if name == "client_secret" { "[redacted]".to_owned() } else { value };
            (name, Value::String(value))
        };
        return Value::Object(pairs.into_iter().map(shown).collect());
    }
    serde_json::from_slice(bytes).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(bytes).into_owned()))
}

fn json_response(status: StatusCode, body: &Value) -> Response {
    response(status, "application/json; charset=utf-8", body.to_string().into())
}

fn response(status: StatusCode, content_type: &'static str, body: Bytes) -> Response {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(content_type));
    response
}

fn faulty(status: u16, headers: &[(String, String)], body: Vec<u8>) -> Response {
    let mut builder = hyper::Response::builder().status(status);
    for (name, value) in headers {
        builder = builder.header(name, value);
    }
    let invalid = |_| response(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", "The fault is not valid HTTP.".into());
    builder.body(Full::new(Bytes::from(body))).unwrap_or_else(invalid)
}
