//! What the interface says to any request, whatever it is about: hosts, keys, methods, formats, limits.

use std::time::Duration;

use http::{Method, StatusCode};
use nodehost_server::{ApiKey, ServerConfig};
use nodehost_tests::http::Answer;
use nodehost_tests::runner::Runner;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Every error answer is a problem: its status, its code, a text for people, an id to find it by.
#[track_caller]
fn assert_problem(answer: &Answer, status: StatusCode, code: &str) {
    let body = answer.json();
    assert_eq!((answer.status, body["code"].as_str()), (status, Some(code)), "{body}");
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(body["status"], status.as_u16());
    assert!(body["detail"].as_str().is_some_and(|detail| detail.len() > 10), "{body}");
    assert!(!answer.header("x-request-id").is_empty());
}

#[tokio::test]
async fn health_and_readiness() {
    let runner = Runner::start(ServerConfig::default()).await;
    assert_eq!(runner.get("/healthz").await.json(), json!({"status": "ok"}));
    assert_eq!(runner.get("/readyz").await.json(), json!({"status": "ready"}));
}

#[tokio::test]
async fn unknown_paths_and_methods() {
    let runner = Runner::start(ServerConfig::default()).await;
    assert_problem(&runner.get("/nowhere").await, StatusCode::NOT_FOUND, "not_found");
    assert_problem(&runner.get("/v1").await, StatusCode::NOT_FOUND, "not_found");
    let answer = runner.call(Method::DELETE, "/healthz").send().await;
    assert_problem(&answer, StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed");
    assert_eq!(answer.header("allow"), "GET,HEAD");
}

#[tokio::test]
async fn a_foreign_host_is_misdirected() {
    let config = ServerConfig { host_names: vec!["runner.example".into()], ..ServerConfig::default() };
    let runner = Runner::start(config).await;
    let with_host = async |host: &str| runner.call(Method::GET, "/healthz").header("host", host).send().await;
    assert_eq!(with_host("localhost").await.status, StatusCode::OK);
    assert_eq!(with_host("Runner.Example:80").await.status, StatusCode::OK);
    assert_problem(&with_host("rebound.example").await, StatusCode::MISDIRECTED_REQUEST, "misdirected_host");
}

#[tokio::test]
async fn a_configured_key_is_asked_for() {
    let config = ServerConfig { api_keys: vec![ApiKey::new("one", "a-secret-key")], ..ServerConfig::default() };
    let runner = Runner::start(config).await;
    assert_eq!(runner.get("/healthz").await.status, StatusCode::OK);
    let answer = runner.get("/v1/nodes").await;
    assert_problem(&answer, StatusCode::UNAUTHORIZED, "unauthorized");
    assert!(answer.header("www-authenticate").starts_with("Bearer"));
    let with = async |name: &str, value: &str| runner.call(Method::GET, "/v1/nodes").header(name, value).send().await;
    assert_problem(&with("authorization", "Bearer another-key").await, StatusCode::UNAUTHORIZED, "unauthorized");
    assert_ne!(with("authorization", "Bearer a-secret-key").await.status, StatusCode::UNAUTHORIZED);
    assert_ne!(with("x-api-key", "a-secret-key").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn browsers_may_call_from_configured_origins_only() {
    let origin = http::HeaderValue::from_static("https://app.example");
    let config = ServerConfig {
        cors_origins: vec![origin],
        api_keys: vec![ApiKey::new("one", "a-secret-key")],
        ..ServerConfig::default()
    };
    let runner = Runner::start(config).await;
    let preflight = async |origin: &str| {
        let call = runner.call(Method::OPTIONS, "/v1/executions").header("origin", origin);
        call.header("access-control-request-method", "POST").send().await
    };
    assert_eq!(preflight("https://app.example").await.header("access-control-allow-origin"), "https://app.example");
    assert_eq!(preflight("https://other.example").await.header("access-control-allow-origin"), "");
    let closed = Runner::start(ServerConfig::default()).await;
    let answer = closed.call(Method::GET, "/healthz").header("origin", "https://app.example").send().await;
    assert_eq!(answer.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn a_request_keeps_its_id() {
    let runner = Runner::start(ServerConfig::default()).await;
    let answer = runner.call(Method::GET, "/healthz").header("x-request-id", "mine-1").send().await;
    assert_eq!(answer.header("x-request-id"), "mine-1");
}

#[tokio::test]
async fn a_silent_client_is_not_waited_for() {
    let config = ServerConfig { body_timeout: Duration::from_millis(50), ..ServerConfig::default() };
    let runner = Runner::start(config).await;
    let mut stream = TcpStream::connect(runner.address).await.unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: local").await.unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    assert!(rest.is_empty() || rest.starts_with(b"HTTP/1.1 408"), "{:?}", String::from_utf8_lossy(&rest));
}

#[tokio::test]
async fn shutting_down_ends_idle_connections() {
    let runner = Runner::start(ServerConfig::default()).await;
    let mut idle = TcpStream::connect(runner.address).await.unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut start = [0; 15];
    idle.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 200 OK");
    tokio::time::timeout(Duration::from_secs(5), runner.stopped()).await.expect("an idle connection does not hold it");
}

#[tokio::test]
async fn the_calls_are_described() {
    let runner = Runner::start(ServerConfig::default()).await;
    let document = runner.get("/openapi.json").await.json();
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"]["/healthz"]["get"]["responses"]["200"].is_object());
    let page = runner.get("/docs").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let text = String::from_utf8(page.body.to_vec()).unwrap();
    assert!(text.contains("/healthz") && !text.contains("<script"), "{text}");
    // Nothing is loaded from elsewhere, and every link leads to a place on the page, or to the document.
    for loading in ["src=", "url(", "@import", "<link"] {
        assert!(!text.contains(loading), "{loading}");
    }
    for link in text.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        let anchored = link.strip_prefix('#').is_some_and(|anchor| text.contains(&format!("id=\"{anchor}\"")));
        assert!(anchored || link == "/openapi.json", "{link}");
    }
}
