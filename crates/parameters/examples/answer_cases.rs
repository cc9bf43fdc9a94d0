//! Answers the cases of the conformance run (docs/conformance.md) and compares with n8n's answers.
//!
//! `answer_cases NODES_JSON CASES_JSONL REPORT_JSONL`: one line in the report for each answer that differs.

#![allow(clippy::print_stdout, reason = "the figures are for people to read")]

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use nodehost_descriptor::load;
use nodehost_parameters::{CompiledNode, CompiledVersion, ParameterError};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// A line of the cases: what n8n was asked and what it answered.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    id: Value,
    type_version: f64,
    descriptor: usize,
    parameters: Value,
    expected: Map<String, Value>,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [nodes, cases, report] = arguments.as_slice() else {
        bail!("usage: answer_cases NODES_JSON CASES_JSONL REPORT_JSONL")
    };
    let loaded = load::file(nodes.as_ref(), None).map_err(|errors| anyhow::anyhow!("{}", errors[0]))?;
    let compile = |source: &Arc<nodehost_descriptor::NodeSource>| source.descriptor().map(CompiledNode::new);
    let nodes = loaded.nodes.iter().map(compile).collect::<Result<Vec<_>, _>>()?;
    let mut report = BufWriter::new(File::create(report)?);
    let (mut answers, mut different) = (0, 0);
    for line in BufReader::new(File::open(cases)?).lines() {
        let case: Case = serde_json::from_str(&line?)?;
        let node = nodes.get(case.descriptor).context("no such descriptor")?.version(case.type_version);
        let actual = answer(&node, &case.parameters);
        for (call, expected) in &case.expected {
            answers += 1;
            let actual = actual.get(call).unwrap_or(&Value::Null);
            if !agrees(expected, actual) {
                different += 1;
                let line = json!({ "id": case.id, "nodeType": node.descriptor().name, "descriptor": case.descriptor,
                    "typeVersion": case.type_version, "call": call, "parameters": case.parameters,
                    "expected": expected, "actual": actual });
                writeln!(report, "{line}")?;
            }
        }
    }
    println!("{answers} answers, {different} different");
    Ok(())
}

/// The host's answers to one case, a refusal as `{throws: message}`.
fn answer(node: &CompiledVersion, parameters: &Value) -> Map<String, Value> {
    let empty = Map::new();
    let parameters = parameters.as_object().unwrap_or(&empty);
    let form = |defaults, hidden| node.get_node_parameters(parameters, defaults, hidden).map(Value::Object);
    let issues = |parameters: &Map<String, Value>| node.issues(parameters).map(|issues| json!(issues));
    let with_defaults = node.get_node_parameters(parameters, true, false);
    let resolved = with_defaults.as_ref().unwrap_or(parameters);
    let answers = [
        ("withDefaults", form(true, false)),
        ("nonDefaults", form(false, false)),
        ("withDefaultsAll", form(true, true)),
        ("nonDefaultsAll", form(false, true)),
        ("issues", issues(parameters)),
        ("issuesResolved", issues(resolved)),
        ("displayed", node.displayed(resolved).map(|shown| json!(shown))),
    ];
    answers.into_iter().map(|(call, answer)| (call.to_owned(), or_throws(answer))).collect()
}

fn or_throws(answer: Result<Value, ParameterError>) -> Value {
    answer.unwrap_or_else(|error| json!({ "throws": error.to_string() }))
}

/// Equal but for key order; where n8n throws, the host has to refuse, in its own words.
fn agrees(expected: &Value, actual: &Value) -> bool {
    match (expected.get("throws").filter(|text| text.is_string()), actual.get("throws").filter(|text| text.is_string()))
    {
        (None, None) => equal(expected, actual),
        (expected, actual) => expected.is_some() && actual.is_some(),
    }
}

fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| equal(value, other)))
        }
        _ => left == right,
    }
}
