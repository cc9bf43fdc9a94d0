//! Evaluations per second on one engine thread, and n8n's own beside them.
//!
//! `cargo bench -p nodehost-expression`; with `N8N_MODULES` (a node_modules folder that holds n8n-workflow) and `node` (or
//! `NODE`), n8n evaluates the same expressions in the same run and the ratios are printed. The best of several windows
//! counts, since other load on a machine only slows a window down.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    reason = "a benchmark whose answer is its output"
)]

use std::collections::HashMap;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use nodehost_expression::{
    Engine, EngineConfig, Evaluator, Items, NodeContext, ParameterValue, Scope, WorkflowContext, data,
};
use serde_json::{Map, Value, json};

const EXPRESSIONS: [&str; 7] = [
    "={{ $json.a }}",
    "={{ $json.a + 1 }}",
    "=Hello {{ $json.name }}, you are {{ $json.age }}",
    "=Hello {{ $json.name }}, {{ $json.age + 1 }}",
    "={{ $json.list.map(x => x.id).join(\",\") }}",
    "={{ $now.toISO() }}",
    "={{ $json.email.extractDomain() }}",
];
const WINDOWS: usize = 6;
const WINDOW: Duration = Duration::from_millis(300);

fn main() {
    nodehost_allocator::settle();
    let items = [("5 keys", small()), ("2000 keys", large())];
    let mut measured = Vec::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let engine = Engine::new(EngineConfig { threads: 1, ..EngineConfig::default() }).unwrap();
    let first = (scope(small()), ParameterValue::compile(&json!("={{ $json.a + 1 }}")));
    let set_up = runtime.block_on(engine.run(move |evaluator| {
        let start = Instant::now();
        evaluator.evaluate(&first.1, &first.0).unwrap();
        (start.elapsed(), evaluator.memory())
    }));
    let (set_up, idle) = set_up.unwrap();
    for (size, json) in &items {
        for expression in EXPRESSIONS {
            let (scope, parameter) = (scope(json.clone()), ParameterValue::compile(&json!(expression)));
            let rate = runtime.block_on(engine.run(move |evaluator| rate(evaluator, &parameter, &scope))).unwrap();
            measured.push((*size, expression, rate));
        }
    }
    let memory = runtime.block_on(engine.run(|evaluator| evaluator.memory())).unwrap();
    let n8n = n8n(&items);
    println!("{:10} {:50} {:>12} {:>10} {:>7}", "item", "expression", "per second", "n8n", "ratio");
    for (size, expression, rate) in measured {
        let theirs = n8n.get(&(size.to_owned(), expression.to_owned())).copied();
        let (theirs, ratio) =
            theirs.map_or_else(Default::default, |theirs| (format!("{theirs:.0}"), format!("{:.1}x", rate / theirs)));
        println!("{size:10} {expression:50} {rate:12.0} {theirs:>10} {ratio:>7}");
    }
    println!("an engine's context: set up in {set_up:?}, {} KiB when new", idle.unwrap_or(0) / 1024);
    println!("memory of one engine's context after the run: {} KiB", memory.unwrap_or(0) / 1024);
}

fn rate(evaluator: &mut Evaluator, parameter: &ParameterValue, scope: &Scope) -> f64 {
    let mut best = 0.0_f64;
    for _ in 0..WINDOWS {
        let start = Instant::now();
        let mut count = 0_u32;
        while start.elapsed() < WINDOW {
            for _ in 0..100 {
                std::hint::black_box(evaluator.evaluate(parameter, scope).unwrap());
            }
            count += 100;
        }
        best = best.max(f64::from(count) / start.elapsed().as_secs_f64());
    }
    best
}

fn scope(json: Value) -> Scope {
    let items = Items::Batch(Arc::from([Arc::new(json!({"json": json, "pairedItem": {"item": 0}}))]));
    Scope::new(Arc::new(WorkflowContext::default()), Arc::new(NodeContext::default()), items, 0)
}

fn small() -> Value {
    json!({"a": 1, "name": "Bob", "age": 41, "email": "bob@mail.example.com",
        "list": [{"id": 1}, {"id": 2}, {"id": 3}, {"id": 4}, {"id": 5}]})
}

fn large() -> Value {
    let Value::Object(mut map) = small() else { unreachable!("an object") };
    let more: Map<String, Value> =
        (0..1995).map(|at| (format!("key{at}"), json!(format!("value number {at} {}", "x".repeat(20))))).collect();
    map.extend(more);
    Value::Object(map)
}

/// n8n's rates by item and expression; empty where n8n is not there.
fn n8n(items: &[(&str, Value)]) -> HashMap<(String, String), f64> {
    let Ok(modules) = std::env::var("N8N_MODULES") else { return HashMap::new() };
    let node = std::env::var("NODE").unwrap_or_else(|_| "node".to_owned());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/expression/n8n.js");
    let work = json!({"expressions": EXPRESSIONS, "windows": WINDOWS, "seconds": WINDOW.as_secs_f64(),
        "items": items.iter().map(|(size, json)| json!({"size": size, "json": json})).collect::<Vec<_>>()});
    let output = Command::new(node).args([script, &modules]).env("WORK", work.to_string()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let rates = data::parse(&output.stdout).unwrap();
    let key = |row: &Value| (row["size"].as_str().unwrap().to_owned(), row["expression"].as_str().unwrap().to_owned());
    rates.as_array().unwrap().iter().map(|row| (key(row), row["rate"].as_f64().unwrap())).collect()
}
