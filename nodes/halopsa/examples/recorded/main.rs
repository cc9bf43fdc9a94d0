//! Runs recorded cases of the community node on this node: what it sends and gives back for the replies that were recorded.
//!
//! `recorded CASES.jsonl` prints a line for each case, `{"id", "tokens", "requests", "result"}`, or `refused` in place of `result` for a
//! batch that is refused. A case is `{id, node, credentials, items, mock: {responses, tokens?}}`; the suite `recorded-halopsa` of
//! docs/conformance.md compares the answers with what was recorded.

#![allow(clippy::unwrap_used, reason = "a tool that stops at a case it cannot read")]
#![allow(clippy::print_stdout, reason = "a tool whose answer is its output")]

mod replay;

use nodehost_runtime::egress::{EgressConfig, Policy};
use nodehost_runtime::{ExecutionRequest, Host};
use serde_json::{Value, json};

use replay::Replay;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let cases = std::env::args().nth(1).expect("usage: recorded CASES.jsonl");
    let host = host();
    for line in std::fs::read_to_string(cases).expect("cannot read the cases").lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        println!("{}", run(&host, &case).await);
    }
}

fn host() -> Host {
    let policy = Policy::new(vec!["127.0.0.1".parse().unwrap()]);
    let builder = nodehost_halopsa::register(Host::builder()).unwrap();
    builder.egress(EgressConfig { policy, ..EgressConfig::default() }).build().unwrap()
}

/// Runs a case against its replies; answers what happened.
async fn run(host: &Host, case: &Value) -> Value {
    let replay = Replay::start(&case["mock"]).await;
    let credentials = case["credentials"]["haloPSAApi"].to_string().replace("{{baseUrl}}", &replay.base_url());
    let mut credentials: Value = serde_json::from_str(&credentials).unwrap();
    // The host keeps tokens by the credential's data, and a later case may listen on the port of an earlier one.
    credentials["case"] = case["id"].clone();
    let mut node = case["node"].clone();
    node["credentials"] = json!({ "haloPSAApi": { "data": credentials } });
    let items: Vec<Value> = case["items"].as_array().unwrap().iter().map(|json| json!({ "json": json })).collect();
    let request = json!({
        "node": node,
        "items": items,
        "context": { "vars": { "region": "eu" }, "executionId": "1", "timezone": "UTC" },
        "settings": { "validation": "off", "concurrency": 1, "transportRetries": 0 },
    });
    let request = ExecutionRequest::from_value(request).unwrap();
    let (key, value) = match host.execute(request).await {
        Ok(result) => ("result", serde_json::to_value(result).unwrap()),
        Err(refusal) => ("refused", Value::String(refusal.to_string())),
    };
    json!({ "id": case["id"], "tokens": replay.tokens(), "requests": replay.requests(), key: value })
}
