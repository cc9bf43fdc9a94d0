//! Runs recorded cases: what the community node sends and gives back when n8n runs it, against what this node does.
//!
//! `recorded CASES.jsonl` prints a line for each case, `{"id", "different": [text, ...]}`. A case is `{id, node, credentials,
//! items, mock: {responses, tokens?}, expected: {requests, output?, error?}}`; the suite `recorded-halopsa` of
//! docs/conformance.md knows which of them differ on purpose.

#![allow(clippy::unwrap_used, reason = "a tool that stops at a case it cannot read")]
#![allow(clippy::print_stdout, reason = "a tool whose answer is its output")]

mod compare;
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
        println!("{}", json!({ "id": case["id"], "different": run(&host, &case).await }));
    }
}

fn host() -> Host {
    let policy = Policy::new(vec!["127.0.0.1".parse().unwrap()]);
    let builder = nodehost_halopsa::register(Host::builder()).unwrap();
    builder.egress(EgressConfig { policy, ..EgressConfig::default() }).build().unwrap()
}

/// Runs a case against its replies; answers what is different.
async fn run(host: &Host, case: &Value) -> Vec<String> {
    let replay = Replay::start(&case["mock"]).await;
    let credentials = case["credentials"]["haloPSAApi"].to_string().replace("{{baseUrl}}", &replay.base_url());
    let credentials: Value = serde_json::from_str(&credentials).unwrap();
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
    let result = match host.execute(request).await {
        Ok(result) => serde_json::to_value(result).unwrap(),
        Err(refusal) => return vec![format!("refused: {refusal}")],
    };
    compare::differences(&case["expected"], &replay.requests(), &result)
}
