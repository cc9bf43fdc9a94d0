//! Traces and figures of the real binary, and that no secret is among them.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use axum::{Json, Router};
use bytes::Bytes;
use http::{Method, StatusCode};
use nodehost_tests::http::Call;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::run::Halo;
use crate::secrets::{KEY, SECRET, assert_clean};
use crate::support::{Running, nodehost};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// A collector that keeps what it is sent.
struct Collector {
    runtime: Runtime,
    address: SocketAddr,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Default)]
struct Taken {
    traces: Vec<u8>,
    headers: Vec<HeaderMap>,
}

impl Collector {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let taken = Arc::new(Mutex::new(Taken::default()));
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let router =
            Router::new().route("/v1/traces", post(traces)).route("/echo", post(echo)).with_state(Arc::clone(&taken));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { runtime, address, taken }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn traces(&self) -> Vec<u8> {
        self.taken.lock().unwrap().traces.clone()
    }
}

async fn traces(State(taken): State<Arc<Mutex<Taken>>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let mut taken = taken.lock().unwrap();
    taken.traces.extend_from_slice(&body);
    taken.headers.push(headers);
    StatusCode::OK
}

/// Answers with the trace context that a request came with.
async fn echo(headers: HeaderMap) -> Json<Value> {
    let told = headers.get("traceparent").map(|value| ("traceparent".to_owned(), json!(value.to_str().unwrap())));
    Json(Value::Object(told.into_iter().collect()))
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn bytes_of(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn traces_reach_the_collector_and_no_secret_does() {
    let (halo, collector) = (Halo::start(), Collector::start());
    let mut command = nodehost(&["serve", "--listen", "127.0.0.1:0", "--allow-host", "127.0.0.1"]);
    command.env("NODEHOST_API_KEY", KEY).env("NODEHOST_OTLP_ENDPOINT", collector.url());
    command.env("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=one");
    let (server, address) = Running::serve(command);
    let good = halo.request(json!([{ "name": "a" }]));
    let mut wrong = good.clone();
    wrong["node"]["credentials"]["haloPSAApi"]["data"]["clientSecret"] = json!(SECRET);
    for request in [&good, &wrong] {
        let call = Call::new(Method::POST, address, "/v1/executions").header("authorization", &format!("Bearer {KEY}"));
        let answer = collector.runtime.block_on(call.header("traceparent", PARENT).json(request).send());
        assert_eq!(answer.status, StatusCode::OK);
        assert_clean("an answer", &String::from_utf8_lossy(&answer.body));
    }
    // What waits is sent before the end.
    assert_eq!(server.terminate().code(), Some(0));
    let traces = collector.traces();
    for name in ["request", "execution", "chunk", "nodehost", "n8n-nodes-halopsacomplete.haloPsa", "status"] {
        assert!(holds(&traces, name.as_bytes()), "no {name} in the traces");
    }
    assert!(holds(&traces, &bytes_of(TRACE)), "the spans belong to the client's trace");
    assert!(holds(&traces, &bytes_of("b7ad6b7169203331")), "the client's span is the parent");
    assert_clean("a trace", &String::from_utf8_lossy(&traces));
    let Value::String(secret) = &good["node"]["credentials"]["haloPSAApi"]["data"]["clientSecret"] else { panic!() };
    assert!(!holds(&traces, secret.as_bytes()), "the secret that works is not in the traces either");
    let headers = collector.taken.lock().unwrap().headers.clone();
    let tenants: BTreeSet<_> = headers.iter().filter_map(|headers| headers.get("x-tenant")?.to_str().ok()).collect();
    assert_eq!(tenants, BTreeSet::from(["one"]), "OpenTelemetry's own variables count");
}

/// A node that POSTs to `/echo` of the collector, which answers with the `traceparent` it got.
fn echoing(collector: &Collector) -> (tempfile::TempDir, Value) {
    let directory = tempfile::tempdir().unwrap();
    let operation = json!({
        "displayName": "Operation", "name": "operation", "type": "options", "default": "echo",
        "options": [{
            "name": "Echo", "value": "echo",
            "routing": { "request": { "method": "POST", "url": format!("{}/echo", collector.url()) } },
        }],
    });
    let node = json!({
        "name": "echo", "displayName": "Echo", "description": "Echoes", "group": ["output"], "version": 1,
        "defaults": { "name": "Echo" }, "inputs": ["main"], "outputs": ["main"], "properties": [operation],
    });
    std::fs::write(directory.path().join("node.json"), node.to_string()).unwrap();
    (directory, json!({ "node": { "type": "test.echo", "parameters": {} }, "items": [{}] }))
}

fn echoed(arguments: &[&str]) -> Value {
    let collector = Collector::start();
    let (directory, request) = echoing(&collector);
    let nodes = format!("test={}", directory.path().display());
    let url = collector.url();
    let mut all = vec!["serve", "--listen", "127.0.0.1:0", "--allow-host", "127.0.0.1", "--nodes", &nodes];
    all.extend(arguments.iter().map(|argument| if *argument == "URL" { url.as_str() } else { argument }));
    let (server, address) = Running::serve(nodehost(&all));
    let call = Call::new(Method::POST, address, "/v1/executions").header("traceparent", PARENT).json(&request);
    let answer = collector.runtime.block_on(call.send()).json();
    assert_eq!(server.terminate().code(), Some(0));
    assert_eq!(answer["status"], "success", "{answer}");
    answer["data"]["main"][0][0]["json"].clone()
}

#[test]
fn services_are_told_of_the_trace_only_if_asked_to() {
    assert_eq!(echoed(&[]), json!({}));
    assert_eq!(echoed(&["--otlp-endpoint", "URL"]), json!({}));
    let told = echoed(&["--otlp-endpoint", "URL", "--trace-outgoing"]);
    let told = told["traceparent"].as_str().unwrap();
    assert!(told.starts_with(&format!("00-{TRACE}-")) && told != PARENT, "{told}");
}

#[test]
fn an_endpoint_that_is_none_is_refused() {
    let (code, _, log) =
        crate::support::run(&["serve", "--listen", "127.0.0.1:0", "--otlp-endpoint", "localhost:4318"], "");
    assert_eq!(code, 1, "{log}");
    assert!(log.contains("otlp-endpoint") && log.contains("http://localhost:4318"), "{log}");
}

#[test]
fn a_collector_that_is_away_holds_nothing_up() {
    let mut command = nodehost(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("NODEHOST_OTLP_ENDPOINT", "http://127.0.0.1:9");
    let (server, address) = Running::serve(command);
    let collector = Collector::start();
    let answer = collector.runtime.block_on(Call::new(Method::GET, address, "/v1/nodes").send());
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(server.terminate().code(), Some(0));
}
