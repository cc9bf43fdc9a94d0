//! The runner in operation: slow and absent clients, keys with limits, figures, an orderly end.

use std::collections::{BTreeMap, BTreeSet};
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

/// The figures of a document, by the names they have in the text that Prometheus reads, with their labels.
fn documented(document: &str) -> BTreeMap<String, BTreeSet<String>> {
    let table = document.split_once("## Figures").unwrap().1.split("\n## ").next().unwrap();
    let code = |cell: &str| -> Vec<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    let figures = rows.flat_map(|row| {
        let cells: Vec<&str> = row.split('|').collect();
        let labels = code(cells[2]).into_iter().collect::<BTreeSet<_>>();
        code(cells[1]).into_iter().map(move |name| (name, labels.clone()))
    });
    figures.collect()
}

/// The figures that a server gives, in the same form.
fn given(figures: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut kinds = BTreeMap::new();
    let mut given = BTreeMap::<String, BTreeSet<String>>::new();
    for line in figures.lines() {
        if let Some(described) = line.strip_prefix("# TYPE nodehost_") {
            let (name, kind) = described.split_once(' ').unwrap();
            kinds.insert(name, kind);
            let total = if kind == "counter" { "_total" } else { "" };
            given.entry(format!("{name}{total}")).or_default();
        }
        let Some((name, labels)) = line.strip_prefix("nodehost_").and_then(|line| line.split_once('{')) else {
            continue;
        };
        let name = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        let labels = labels.split_once("} ").unwrap().0.split("\",").filter_map(|label| label.split('=').next());
        let labels = labels.filter(|label| *label != "le").map(str::to_owned);
        given.get_mut(name).unwrap_or_else(|| panic!("{name} is not described")).extend(labels);
    }
    given
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
    // The bucket fills meanwhile.
    let wait: u64 = answer.header("retry-after").parse().unwrap();
    assert!((50..=100).contains(&wait), "{wait}");
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

#[tokio::test]
async fn figures_tell_of_hosts_tokens_throttling_and_expressions() {
    let halo = Halo::start().await;
    halo.simulator.fault(Fault::status(503).header("retry-after", "1").on("POST", "/api/Webhook").times(1));
    assert_eq!(halo.execute(&halo.create(items(1))).await.json()["status"], "success");
    let endless = json!({ "expression": "={{ (() => { while (true) {} })() }}" });
    let answer = halo.runner.post("/v1/expressions", &endless).await.json();
    assert_eq!(answer["error"]["code"], "expression_timeout", "{answer}");
    let figures = String::from_utf8(halo.runner.get("/metrics").await.body.to_vec()).unwrap();
    let host = halo.simulator.base_url().trim_start_matches("http://").to_owned();
    for line in [
        format!("nodehost_outgoing_answers_total{{host=\"{host}\",answer=\"2xx\"}} 2"),
        format!("nodehost_outgoing_answers_total{{host=\"{host}\",answer=\"5xx\"}} 1"),
        format!("nodehost_outgoing_retries_total{{host=\"{host}\"}} 1"),
        format!("nodehost_outgoing_request_duration_seconds_count{{host=\"{host}\"}} 3"),
        "nodehost_tokens_total{result=\"obtained\"} 1".to_owned(),
        "nodehost_expression_limits_total{limit=\"time\"} 1".to_owned(),
        "nodehost_expression_limits_total{limit=\"memory\"} 0".to_owned(),
        "nodehost_expression_threads_busy 0".to_owned(),
    ] {
        assert!(figures.lines().any(|found| found == line), "no {line} in\n{figures}");
    }
    let value = |name: &str| {
        let line = figures.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no {name}"));
        line.trim().parse::<f64>().unwrap()
    };
    assert!(value("nodehost_expression_jobs_total ") >= 2.0);
    let (documented, given) = (documented(include_str!("../../docs/operations.md")), given(&figures));
    let undocumented: Vec<_> = given.keys().filter(|name| !documented.contains_key(*name)).collect();
    assert!(undocumented.is_empty(), "docs/operations.md lists the figures: {undocumented:?}");
    // These are there from the first request on that a rate budget holds back.
    let missing: Vec<_> = documented.keys().filter(|name| !given.contains_key(*name)).collect();
    assert_eq!(missing, ["rate_limited_requests_total", "throttled_requests_total", "throttled_wait_seconds_total"]);
    for (name, labels) in given.iter().filter(|(_, labels)| !labels.is_empty()) {
        assert_eq!(&documented[name], labels, "{name}");
    }
    assert!(value("nodehost_expression_time_seconds_total ") >= 0.1, "the endless one alone took its 100 ms");
    assert!(value("nodehost_resident_memory_bytes ") > 1e6 || !cfg!(target_os = "linux"));
}

#[tokio::test]
async fn bodies_together_are_bounded() {
    let config = ServerConfig { max_held_bytes: 64 * 1024, ..ServerConfig::default() };
    let halo = Halo::start_with(config).await;
    let answer = halo.execute(&halo.create(items(2000))).await;
    assert_eq!((answer.status, &answer.json()["code"]), (StatusCode::TOO_MANY_REQUESTS, &json!("too_many_requests")));
    assert!(answer.json()["detail"].as_str().unwrap().contains("max-held-bytes"));
    // While one batch runs, its body is held.
    let running = slow_batch(&halo, 1000);
    let call = tokio::spawn(halo.runner.call(Method::POST, "/v1/executions").json(&running).send());
    until("the first webhook", || !halo.simulator.records("Webhook").is_empty()).await;
    assert_eq!(halo.execute(&halo.create(items(1000))).await.status, StatusCode::TOO_MANY_REQUESTS);
    call.abort();
    let room = async || halo.execute(&halo.create(items(1))).await.status == StatusCode::OK;
    while !room().await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn the_body_of_any_call_is_held_until_it_is_answered() {
    let halo = Halo::start_with(ServerConfig { max_held_bytes: 64 * 1024, ..ServerConfig::default() }).await;
    halo.simulator.fault(Fault::delay(Duration::from_secs(60)).on("GET", "/api/TicketType"));
    let request = json!({
        "parameters": { "resource": "tickets", "operation": "getAll" },
        "credentials": { "haloPSAApi": { "data": halo.credential() } },
        "property": "filters.requesttype",
        "filter": "x".repeat(40_000),
    });
    let call = halo.runner.call(Method::POST, "/v1/nodes/haloPsa/options").json(&request);
    let waiting = tokio::spawn(call.send());
    until("its token", || halo.simulator.token_requests() == 1).await;
    let answer = halo.runner.post("/v1/nodes/haloPsa/options", &request).await;
    assert_eq!((answer.status, &answer.json()["code"]), (StatusCode::TOO_MANY_REQUESTS, &json!("too_many_requests")));
    waiting.abort();
}

#[tokio::test]
async fn no_execution_takes_longer_than_the_server_allows() {
    let config = ServerConfig { max_execution_time: Duration::from_millis(300), ..ServerConfig::default() };
    let halo = Halo::start_with(config).await;
    let mut request = slow_batch(&halo, 100);
    request["settings"]["timeoutMs"] = json!(60_000);
    let body = halo.execute(&request).await.json();
    assert_eq!((&body["status"], &body["error"]["code"]), (&json!("canceled"), &json!("deadline_exceeded")), "{body}");
}

#[tokio::test]
async fn a_client_that_says_nothing_or_stops_in_a_line_is_not_waited_for() {
    let config = ServerConfig { body_timeout: Duration::from_millis(80), ..ServerConfig::default() };
    let halo = Halo::start_with(config).await;
    // The start of HTTP/2's preface, too: which HTTP it is to be is not known then.
    for start in ["", "P", "PRI * HTTP"] {
        let mut stream = TcpStream::connect(halo.runner.address).await.unwrap();
        stream.write_all(start.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
        assert!(read.is_ok(), "{start:?} is waited for");
    }
    let mut head = halo.create(json!([]));
    head.as_object_mut().unwrap().remove("items");
    let text = format!("{head}\n{{\"name\":");
    let mut stream = TcpStream::connect(halo.runner.address).await.unwrap();
    let request = format!(
        "POST /v1/executions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n\
         Content-Length: 100000\r\n\r\n{text}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("\"slow_body\"") && answer.contains("line 2"), "{answer}");
}

/// Streamed answers have their own end; this is about any other.
#[tokio::test]
async fn an_answer_that_nobody_reads_is_not_held_for_ever() {
    const LONG: usize = 12_000_000;
    let runner =
        Runner::start(ServerConfig { stall_timeout: Duration::from_millis(100), ..ServerConfig::default() }).await;
    let body = json!({ "expression": format!("={{{{ 'x'.repeat({LONG}) }}}}") }).to_string();
    let head = format!(
        "POST /v1/expressions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let received = async |pause: Duration| {
        let mut stream = TcpStream::connect(runner.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut start = [0; 15];
        stream.read_exact(&mut start).await.unwrap();
        assert_eq!(&start, b"HTTP/1.1 200 OK");
        tokio::time::sleep(pause).await;
        let mut rest = Vec::new();
        // A connection that is cut off may end with an error or without one.
        let _ = stream.read_to_end(&mut rest).await;
        rest.len()
    };
    assert!(received(Duration::ZERO).await > LONG, "who reads gets it all");
    assert!(received(Duration::from_secs(5)).await < LONG, "who does not is cut off after ten times the stall timeout");
}
