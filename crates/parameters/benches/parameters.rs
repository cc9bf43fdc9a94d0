//! Cases per second on one thread, over the cases of the conformance run.
//!
//! `tests/conformance/bench` makes the cases, runs this and n8n's own functions, and prints both. By
//! hand: `cargo bench -p nodehost-parameters -- NODES_JSON CASES_JSONL`.

#![allow(clippy::print_stdout, reason = "the figures are for people to read")]

use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use nodehost_descriptor::load;
use nodehost_parameters::{CompiledNode, CompiledVersion};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Passes over all cases; the best counts, as in the measurement of n8n.
const PASSES: usize = 8;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    type_version: f64,
    descriptor: usize,
    parameters: Value,
}

struct Prepared {
    node: Arc<CompiledVersion>,
    given: Map<String, Value>,
    resolved: Map<String, Value>,
}

fn main() -> Result<()> {
    nodehost_allocator::settle();
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let [nodes, cases] = arguments.as_slice() else {
        println!("name the files: NODES_JSON CASES_JSONL (tests/conformance/bench does)");
        return Ok(());
    };
    let before = resident_mb();
    let loaded = load_bundle(nodes)?;
    let held_mb = resident_mb() - before;
    let load_ms = (0..PASSES).map(|_| time_ms(|| load_bundle(nodes))).fold(f64::INFINITY, f64::min);
    let compile = |source: &Arc<nodehost_descriptor::NodeSource>| source.descriptor().map(CompiledNode::new);
    let start = Instant::now();
    let nodes = loaded.nodes.iter().map(compile).collect::<Result<Vec<_>, _>>()?;
    let model_ms = start.elapsed().as_secs_f64() * 1e3;
    let model_mb = resident_mb() - before - held_mb;
    let prepared = prepare(&nodes, cases)?;
    let forms = |defaults, hidden| {
        move |case: &Prepared| drop(black_box(case.node.get_node_parameters(&case.given, defaults, hidden)))
    };
    let figures = json!({
        "cases": prepared.len(),
        "loadMs": load_ms,
        "heldMb": held_mb,
        "modelMs": model_ms,
        "modelMb": model_mb,
        "casesPerSecond": {
            "withDefaults": measure(&prepared, forms(true, false)),
            "nonDefaults": measure(&prepared, forms(false, false)),
            "withDefaultsAll": measure(&prepared, forms(true, true)),
            "issues": measure(&prepared, |case| drop(black_box(case.node.issues(&case.given)))),
            "displayed": measure(&prepared, |case| drop(black_box(case.node.displayed(&case.resolved)))),
        },
    });
    println!("{figures}");
    Ok(())
}

fn load_bundle(path: &str) -> Result<load::Loaded> {
    load::file(path.as_ref(), None).map_err(|errors| anyhow::anyhow!("{}", errors[0]))
}

fn time_ms<T>(work: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    drop(black_box(work()));
    start.elapsed().as_secs_f64() * 1e3
}

/// The memory this process holds, where the system tells (Linux).
fn resident_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok()).map_or(f64::NAN, |kb| kb / 1024.0)
}

fn prepare(nodes: &[CompiledNode], cases: &str) -> Result<Vec<Prepared>> {
    let mut prepared = Vec::new();
    for line in BufReader::new(File::open(cases)?).lines() {
        let case: Case = serde_json::from_str(&line?)?;
        let node = nodes.get(case.descriptor).context("no such descriptor")?.version(case.type_version);
        let Value::Object(given) = case.parameters else { continue };
        let resolved = node.get_node_parameters(&given, true, false).unwrap_or_else(|_| given.clone());
        prepared.push(Prepared { node, given, resolved });
    }
    Ok(prepared)
}

/// Calls `call` for every case, [`PASSES`] times after a warm-up; the best pass's cases per second.
fn measure(cases: &[Prepared], call: impl Fn(&Prepared)) -> u64 {
    let pass = || {
        let start = Instant::now();
        cases.iter().for_each(&call);
        start.elapsed().as_secs_f64()
    };
    pass();
    let best = (0..PASSES).map(|_| pass()).fold(f64::INFINITY, f64::min);
    (cases.len() as f64 / best) as u64
}
