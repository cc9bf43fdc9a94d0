//! The runner in operation: slow and absent clients, keys with limits, figures, an orderly end.

use std::time::Duration;

use http::{Method, StatusCode};
use nodehost_halopsa_simulator::Fault;
use nodehost_server::{ApiKey, ServerConfig};
use nodehost_tests::halo::Halo;
use nodehost_tests::runner::Runner;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn items(count: usize) -> Value {
    (0..count).map(|n| json!({ "name": format!("hook {n}"), "url": format!("https://example.com/{n}") })).collect()
}

/// A batch that goes item by item, each taking a while.
fn slow_batch(halo: &Halo, count: usize) -> Value {
    halo.simulator.fault(Fault::delay(Duration::from_millis(60)).on("POST", "/api/Webhook").times(usize::MAX));
    let mut request = halo.create(items(count));
    request["settings"] = json!({ "concurrency": 1 });
    request
}

async fn until(what: &str, condition: impl Fn() -> bool) {
    let waited = tokio::time::timeout(Duration::from_secs(20), async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("{what} never came"));
}

#[tokio::test]
async fn a_slow_body_is_not_waited_for() {
    let runner =
        Runner::start(ServerConfig { body_timeout: Duration::from_millis(80), ..ServerConfig::default() }).await;
    let mut stream = TcpStream::connect(runner.address).await.unwrap();
    let head = "POST /v1/executions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("\"slow_body\""), "{answer}");
}

#[tokio::test]
async fn the_end_of_the_runner_is_orderly() {
    let config = ServerConfig { shutdown_timeout: Duration::from_millis(50), ..ServerConfig::default() };
    let halo = Halo::start_with(config).await;
    let request = slow_batch(&halo, 40);
    let call = halo.runner.call(Method::POST, "/v1/executions").json(&request);
    let answer = tokio::spawn(call.send());
    until("the first request", || halo.simulator.log().iter().any(|request| request.path == "/api/Webhook")).await;
    halo.runner.shut_down();
    let answer = answer.await.unwrap();
    let body = answer.json();
    assert_eq!((answer.status, &body["status"]), (StatusCode::OK, &json!("canceled")), "{body}");
    let succeeded = body["stats"]["succeeded"].as_u64().unwrap();
    assert!((1..40).contains(&succeeded), "{body}");
    assert_eq!(body["data"]["main"][0].as_array().map(Vec::len), Some(usize::try_from(succeeded).unwrap()));
    let Halo { simulator, runner } = halo;
    runner.stopped().await;
    assert_eq!(
        simulator.records("Webhook").len() as u64,
        succeeded,
        "what was done is told, and nothing else was done"
    );
}

#[tokio::test]
async fn nothing_starts_for_a_client_that_is_gone() {
    let halo = Halo::start().await;
    let body = slow_batch(&halo, 100).to_string();
    let mut stream = TcpStream::connect(halo.runner.address).await.unwrap();
    let head = format!(
        "POST /v1/executions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    until("the first webhook", || !halo.simulator.records("Webhook").is_empty()).await;
    drop(stream);
    let running = async || {
        let figures = String::from_utf8(halo.runner.get("/metrics").await.body.to_vec()).unwrap();
        figures.lines().any(|line| line == "nodehost_executions_running 1")
    };
    while running().await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(halo.simulator.records("Webhook").len() < 100);
}

#[tokio::test]
async fn a_key_reaches_its_nodes_only_and_no_faster_than_it_may() {
    let keys = vec![
        ApiKey::new("other", "other-key").with_nodes(vec!["other.*".into()]),
        ApiKey::new("slow", "slow-key").with_requests_per_second(0.01),
    ];
    let halo = Halo::start_with(ServerConfig { api_keys: keys, ..ServerConfig::default() }).await;
    let execute = async |key: &str| {
        let call = halo.runner.call(Method::POST, "/v1/executions").header("x-api-key", key);
        call.json(&halo.create(items(1))).send().await
    };
    let answer = execute("other-key").await;
    assert_eq!((answer.status, &answer.json()["code"]), (StatusCode::NOT_FOUND, &json!("unknown_node")));
    assert_eq!(execute("slow-key").await.status, StatusCode::OK);
    let answer = execute("slow-key").await;
    assert_eq!((answer.status, &answer.json()["code"]), (StatusCode::TOO_MANY_REQUESTS, &json!("too_many_requests")));
    assert_eq!(answer.header("retry-after"), "100");
}

#[tokio::test]
async fn figures_tell_what_was_done() {
    let halo = Halo::start().await;
    let mut request = halo.create(json!([{ "name": "a", "url": "https://a.example" }, { "name": "", "url": "" }]));
    request["node"]["onError"] = json!("continueRegularOutput");
    assert_eq!(halo.execute(&request).await.status, StatusCode::OK);
    halo.runner.get("/nowhere/secret-path").await;
    let figures = String::from_utf8(halo.runner.get("/metrics").await.body.to_vec()).unwrap();
    for line in [
        "nodehost_executions_total{status=\"success\"} 1",
        "nodehost_executions_running 0",
        "nodehost_outcomes_total{code=\"success\"} 1",
        "nodehost_outcomes_total{code=\"invalid_parameter\"} 1",
        "nodehost_outgoing_requests_total 2",
        "nodehost_http_requests_total{method=\"POST\",route=\"/v1/executions\",status=\"200\"} 1",
        "nodehost_http_requests_total{method=\"GET\",route=\"other\",status=\"404\"} 1",
    ] {
        assert!(figures.lines().any(|found| found == line), "no {line} in\n{figures}");
    }
    assert!(!figures.contains("secret-path"));
}
