//! An egress gateway that answers as recorded, and records what it is asked.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// Headers of the transport, which say nothing of the node.
const NOISE: [&str; 10] = [
    "x-original-url",
    "host",
    "connection",
    "user-agent",
    "content-length",
    "accept-encoding",
    "transfer-encoding",
    "keep-alive",
    "x-oracle-origin",
    "te",
];

#[derive(Clone, Default)]
pub(crate) struct Gateway {
    state: Arc<Mutex<Recording>>,
    port: u16,
}

#[derive(Default)]
struct Recording {
    answers: Vec<Value>,
    requests: Vec<Value>,
}

impl Gateway {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let gateway = Self { port, ..Self::default() };
        let router = Router::new().fallback(answer).with_state(gateway.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        gateway
    }

    pub(crate) fn url(&self) -> url::Url {
        format!("http://127.0.0.1:{}", self.port).parse().unwrap()
    }

    /// Answers like these recorded requests from now on.
    pub(crate) fn replay(&self, requests: &[Value]) {
        *self.state.lock().unwrap() = Recording { answers: requests.to_vec(), requests: Vec::new() };
    }

    /// What was asked since, without the answers.
    pub(crate) fn take(&self) -> Vec<Value> {
        std::mem::take(&mut self.state.lock().unwrap().requests)
    }
}

async fn answer(State(gateway): State<Gateway>, method: Method, headers: HeaderMap, body: Bytes) -> Response {
    let request = record(&method, &headers, &body);
    let mut recording = gateway.state.lock().unwrap();
    let same =
        |answer: &&Value| ["method", "url", "query", "body"].iter().all(|key| answer.get(key) == request.get(key));
    let found = recording.answers.iter().find(same).map(|answer| answer["response"].clone());
    recording.requests.push(request);
    let Some(found) = found else { return (StatusCode::NOT_IMPLEMENTED, "not recorded").into_response() };
    let status = StatusCode::from_u16(u16::try_from(found["status"].as_u64().unwrap()).unwrap()).unwrap();
    let kind = found["contentType"].as_str().unwrap_or("application/json").to_owned();
    let body = match (&found.get("body"), found["raw"] == json!(true)) {
        (None, _) => String::new(),
        (Some(Value::String(text)), true) => text.clone(),
        (Some(body), _) => body.to_string(),
    };
    let mut response = (status, [("content-type", kind)], body).into_response();
    for (name, value) in found["headers"].as_object().into_iter().flatten() {
        let name: HeaderName = name.parse().unwrap();
        response.headers_mut().insert(name, value.as_str().unwrap().parse().unwrap());
    }
    response
}

/// A request in the form of the recorded ones.
fn record(method: &Method, headers: &HeaderMap, body: &Bytes) -> Value {
    let original = headers["x-original-url"].to_str().unwrap();
    let url = url::Url::parse(original).unwrap();
    let mut query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    query.sort();
    let boundary = boundary(headers);
    let neutral = |text: String| boundary.as_ref().map_or(text.clone(), |boundary| text.replace(boundary, "BOUNDARY"));
    let mut named: Vec<(String, Value)> = headers
        .keys()
        .filter(|name| !NOISE.contains(&name.as_str()))
        .map(|name| {
            // As Node reads them: a character for each byte.
            let text = |value: &HeaderValue| value.as_bytes().iter().map(|byte| char::from(*byte)).collect();
            let values: Vec<String> = headers.get_all(name).iter().map(text).collect();
            (name.as_str().to_owned(), Value::from(neutral(values.join(", "))))
        })
        .collect();
    named.sort_by(|a, b| a.0.cmp(&b.0));
    let mut request = Map::new();
    request.insert("method".into(), json!(method.as_str()));
    request.insert("url".into(), json!(format!("{}{}", url.origin().ascii_serialization(), url.path())));
    request.insert("query".into(), json!(query));
    request.insert("rawQuery".into(), json!(url.query().unwrap_or_default()));
    request.insert("headers".into(), Value::Object(named.into_iter().collect()));
    if let Some(body) = read_body(body, content_type(headers), neutral) {
        request.insert("body".into(), body);
    }
    Value::Object(request)
}

fn content_type(headers: &HeaderMap) -> &str {
    headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default()
}

/// What parts a multipart body, which is made up for each request.
fn boundary(headers: &HeaderMap) -> Option<String> {
    let (_, boundary) = content_type(headers).split_once("boundary=")?;
    Some(boundary.split(';').next()?.trim_matches('"').to_owned())
}

fn read_body(body: &Bytes, kind: &str, neutral: impl Fn(String) -> String) -> Option<Value> {
    if body.is_empty() {
        return None;
    }
    let Ok(text) = std::str::from_utf8(body) else { return Some(json!({"base64": body.len()})) };
    if kind.contains("x-www-form-urlencoded") {
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(body).into_owned().collect();
        return Some(json!({ "form": pairs }));
    }
    Some(match serde_json::from_str::<Value>(text) {
        Ok(value) => json!({ "json": value }),
        Err(_) => json!({ "text": neutral(text.to_owned()) }),
    })
}
