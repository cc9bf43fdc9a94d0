//! Evaluates cases with known answers as `POST /v1/expressions` does, and prints those that differ.
//!
//! `expressions CONTEXTS.json CASES.jsonl [--group TEXT | --answers]`: a case is `{id, group, context, itemIndex, expression, expected,
//! expectedVm?, timeDependent?, nondeterministic?, machineDependent?}`, `context` the name of an entry of CONTEXTS.json
//! or a context of its own. With `--answers` the answers themselves are printed, a line each.
#![allow(clippy::print_stdout, reason = "a tool whose answer is its output")]

use std::collections::BTreeMap;
use std::fs;

use anyhow::Context as _;
use nodehost_expression::EngineConfig;
use nodehost_runtime::{ExpressionRequest, Host};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [contexts, cases, ..] = args.as_slice() else {
        anyhow::bail!("usage: expressions CONTEXTS.json CASES.jsonl [--group TEXT]")
    };
    let group = args.iter().position(|arg| arg == "--group").and_then(|at| args.get(at + 1));
    let contexts: Value = serde_json::from_str(&fs::read_to_string(contexts)?)?;
    let engine = EngineConfig { threads: 1, ..EngineConfig::default() };
    // n8n's own default zone, in which the answers were recorded.
    let host = Host::builder().expressions(engine).timezone("America/New_York").build()?;
    let mut groups: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for line in fs::read_to_string(cases)?.lines().filter(|line| !line.is_empty()) {
        let case: Value = serde_json::from_str(line)?;
        let name = case["group"].as_str().unwrap_or_default().to_owned();
        if group.is_some_and(|wanted| !name.contains(wanted.as_str())) {
            continue;
        }
        let answer = answer(&host, &contexts, &case).await?;
        if args.iter().any(|arg| arg == "--answers") {
            println!("{answer}");
            continue;
        }
        let counts = groups.entry(name.clone()).or_default();
        counts.0 += 1;
        if !accepted(&case, &answer) {
            counts.1 += 1;
            println!(
                "{}",
                json!({"id": case["id"], "group": name, "context": case["context"], "itemIndex": case["itemIndex"],
                "expression": case["expression"], "expected": case["expected"], "vm": case["expectedVm"], "answer": answer})
            );
        }
    }
    if args.iter().any(|arg| arg == "--answers") {
        return Ok(());
    }
    let (all, wrong) = groups.values().fold((0, 0), |sum, (all, wrong)| (sum.0 + all, sum.1 + wrong));
    for (name, (all, wrong)) in groups.iter().filter(|(_, (_, wrong))| *wrong > 0) {
        println!("# {name}: {wrong} of {all} differ");
    }
    println!("# {wrong} of {all} differ");
    Ok(())
}

async fn answer(host: &Host, contexts: &Value, case: &Value) -> anyhow::Result<Value> {
    let mut context = match &case["context"] {
        Value::String(name) => contexts.get(name).with_context(|| format!("no context {name}"))?.clone(),
        context => context.clone(),
    };
    let id = context["executionId"].as_str().unwrap_or("__UNKNOWN__").to_owned();
    for (key, kind) in [("resumeUrl", "webhook"), ("resumeFormUrl", "form")] {
        if context.get(key).is_none() {
            context[key] = json!(format!("http://localhost:5678/{kind}-waiting/{id}?signature=resume-token"));
        }
    }
    let request = json!({"expression": case["expression"], "itemIndex": case["itemIndex"], "context": context});
    let answer = match ExpressionRequest::from_value(request) {
        Ok(request) => host.expressions(request).await,
        Err(refusal) => Err(refusal),
    };
    Ok(match answer {
        Ok(answer) => serde_json::to_value(answer)?,
        Err(refusal) => json!({"error": {"message": format!("refused: {refusal} {:?}", refusal.errors)}}),
    })
}

fn accepted(case: &Value, answer: &Value) -> bool {
    ["expected", "expectedVm"].iter().filter_map(|key| case.get(key)).any(|expected| agrees(case, expected, answer))
}

fn agrees(case: &Value, expected: &Value, answer: &Value) -> bool {
    if expected.get("unencodable").is_some() || case.get("machineDependent").is_some() {
        return true;
    }
    if let Some(message) = expected.get("error") {
        return answer["error"]["message"] == *message;
    }
    let Some(value) = expected.get("value") else { return false };
    if answer.get("error").is_some() {
        return false;
    }
    let plain = decode(value);
    if case.get("nondeterministic").is_some() {
        return std::mem::discriminant(&answer["value"]) == std::mem::discriminant(&plain.unwrap_or(Value::Null));
    }
    let is_undefined = plain.is_none();
    (is_undefined == (answer["type"] == "undefined")) && same(&answer["value"], &plain.unwrap_or(Value::Null))
}

fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|((name, left), (other, right))| name == other && same(left, right))
        }
        _ => left == right,
    }
}

/// An encoded value as `JSON.stringify` would have written it; none for undefined.
fn decode(value: &Value) -> Option<Value> {
    match value {
        Value::Array(items) => {
            Some(Value::Array(items.iter().map(|item| decode(item).unwrap_or(Value::Null)).collect()))
        }
        Value::Object(map) => match map.get("$type").and_then(Value::as_str) {
            None => {
                Some(Value::Object(map.iter().filter_map(|(key, value)| Some((key.clone(), decode(value)?))).collect()))
            }
            Some("undefined") => None,
            Some("number") => Some(if map["value"] == "-0" { json!(0) } else { Value::Null }),
            Some("Set" | "Map" | "RegExp" | "Error") => Some(json!({})),
            Some("Interval") => {
                let (start, end) = map["value"].as_str()?.split_once('/')?;
                Some(json!({"s": start, "e": end, "invalid": null, "isLuxonInterval": true}))
            }
            Some(kind) if kind.ends_with("Array") => {
                let items = map["value"].as_array().into_iter().flatten().enumerate();
                Some(Value::Object(items.filter_map(|(at, item)| Some((at.to_string(), decode(item)?))).collect()))
            }
            Some(_) => decode(map.get("value").unwrap_or(&Value::Null)),
        },
        other => Some(other.clone()),
    }
}
