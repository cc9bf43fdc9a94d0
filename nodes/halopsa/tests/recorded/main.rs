//! The recorded cases: what the community node sends and gives back when n8n runs it, against what this node does.
//!
//! `cases.jsonl` holds the cases; `differences.json` names, id by id of docs/halopsa.md, the cases that differ on purpose.
//! Every other case has to agree, and a named one that agrees has to be struck off. What differs is written to
//! `recorded-differences.jsonl` in cargo's directory for the files of tests.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

mod compare;
mod replay;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use nodehost_runtime::egress::{EgressConfig, Policy};
use nodehost_runtime::{ExecutionRequest, Host};
use serde_json::{Value, json};

use replay::Replay;

const CASES: &str = include_str!("cases.jsonl");
const DIFFERENCES: &str = include_str!("differences.json");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recorded_cases_agree_save_for_the_named_ones() {
    let named = named();
    let host = host();
    let (mut unexplained, mut struck, mut report) = (Vec::new(), Vec::new(), String::new());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut agreed = 0;
    for line in CASES.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let id = case["id"].as_str().unwrap().to_owned();
        let different = run(&host, &case).await;
        let name = named.get(id.as_str());
        match (different.is_empty(), name) {
            (true, None) => agreed += 1,
            (true, Some(name)) => struck.push(format!("{id} agrees, though {name} names it")),
            (false, Some(name)) => *counts.entry(name).or_default() += 1,
            (false, None) => unexplained.push(format!("{id}: {}", different.join("; "))),
        }
        if !different.is_empty() {
            let _ = writeln!(report, "{}", json!({ "id": id, "name": name, "different": different }));
        }
    }
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("recorded-differences.jsonl"), report).unwrap();
    println!("{agreed} cases agree; differing on purpose: {counts:?}");
    let short = |text: &String| text.chars().take(300).collect::<String>();
    let shown: Vec<String> = unexplained.iter().chain(&struck).take(20).map(short).collect();
    assert!(
        unexplained.is_empty() && struck.is_empty(),
        "{} unexplained, {} to strike off:\n{}",
        unexplained.len(),
        struck.len(),
        shown.join("\n")
    );
}

/// The id of the difference each named case belongs to.
fn named() -> BTreeMap<String, String> {
    let by_id: BTreeMap<String, Vec<String>> = serde_json::from_str(DIFFERENCES).unwrap();
    let each = |(id, cases): (String, Vec<String>)| cases.into_iter().map(move |case| (case, id.clone()));
    by_id.into_iter().flat_map(each).collect()
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
