//! Answers calls of n8n's functions by name, to compare with recorded answers (docs/conformance.md).
//!
//! `answer_peer CALLS_JSONL [ZONE]`: a call is `{fn, args, expected: {value} | {throws}}`; values JSON cannot hold are
//! written `{"$type": kind, "value": ...}`. Prints each answer that differs; functions not known here are counted.

#![allow(clippy::print_stdout, reason = "the figures are for people to read")]

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::sync::Arc;

use anyhow::{Context, Result};
use nodehost_descriptor::{DisplayOptions, NodeDescriptor};
use nodehost_expression::luxon::{IsoOptions, Zone};
use nodehost_parameters::{Checked, CompiledNode, CompiledVersion, Converted, TypeOptions, check_type, is_displayed};
use serde_json::{Map, Value, json};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().context("usage: answer_peer CALLS_JSONL [ZONE]")?;
    let zone = arguments.next().map_or(Zone::UTC, |name| Zone::parse(&name, &Zone::System));
    let (mut equal, mut different, mut unknown) = (0, 0, 0);
    for line in BufReader::new(File::open(path)?).lines() {
        let call: Value = serde_json::from_str(&line?)?;
        let name = call["fn"].as_str().unwrap_or_default();
        let no_arguments = Vec::new();
        let args = without_undefined(&call["args"]);
        let Some(answer) = answer(name, args.as_array().unwrap_or(&no_arguments), &zone) else {
            unknown += 1;
            continue;
        };
        let expected = &call["expected"];
        let agrees = match answer {
            Ok(ref value) => expected.get("value").is_some_and(|expected| without_undefined(expected) == *value),
            Err(_) => expected.get("throws").is_some(),
        };
        if agrees {
            equal += 1;
        } else {
            different += 1;
            println!("{}\n  args {}\n  n8n  {expected}\n  here {answer:?}", call["source"], call["args"]);
        }
    }
    println!("{equal} equal, {different} different, {unknown} of functions that are not answered here");
    Ok(())
}

/// The answer, the message where the host refuses; none for functions that are not the host's.
fn answer(name: &str, args: &[Value], zone: &Zone) -> Option<Result<Value, String>> {
    let arg = |index: usize| args.get(index).unwrap_or(&Value::Null);
    let map = |index: usize| arg(index).as_object().cloned().unwrap_or_default();
    let text = |index: usize| arg(index).as_str().unwrap_or_default();
    Some(match name {
        // Not JSON, so never a parameter; and parameters are always an object.
        _ if args.iter().any(|arg| arg["$type"].is_string()) => return None,
        "getNodeParameters" if arg(1).is_null() => return None,
        "getNodeParameters" => compile(arg(0), arg(4), arg(5)).and_then(|node| {
            let resolved = node.get_node_parameters(&map(1), arg(2) == true, arg(3) == true);
            resolved.map(Value::Object).map_err(|error| error.to_string())
        }),
        "getParameterIssues" => compile(&json!([arg(0)]), arg(3), arg(4)).and_then(|node| {
            let issues = node.issues(&map(1)).map_err(|error| error.to_string())?;
            Ok(issues.map_or_else(|| json!({}), |issues| json!(issues)))
        }),
        "displayParameter" => display(args).map(Value::Bool),
        "validateFieldType" => Ok(checked(check_type(text(0), arg(1), text(2), &type_options(arg(3), zone)))),
        _ => return None,
    })
}

fn compile(properties: &Value, node: &Value, description: &Value) -> Result<Arc<CompiledVersion>, String> {
    let mut descriptor = description.as_object().cloned().unwrap_or_default();
    descriptor.insert("properties".to_owned(), properties.clone());
    let descriptor = describe(descriptor)?;
    let version = node["typeVersion"].as_f64().unwrap_or(0.0);
    Ok(CompiledNode::new(descriptor.into()).version(version))
}

fn describe(mut descriptor: Map<String, Value>) -> Result<NodeDescriptor, String> {
    descriptor.entry("name").or_insert(json!("peer"));
    descriptor.entry("version").or_insert(json!(1));
    NodeDescriptor::from_value(Value::Object(descriptor)).map_err(|error| error.to_string())
}

fn display(args: &[Value]) -> Result<bool, String> {
    let map = |index: usize| args.get(index).and_then(Value::as_object).cloned();
    let key = args.get(5).and_then(Value::as_str).unwrap_or("displayOptions");
    let options = args.get(1).and_then(|property| property.get(key)?.as_object()).cloned();
    let options = options.map(DisplayOptions::from_rules);
    let descriptor = map(3).map(describe).transpose()?;
    let version = args.get(2).and_then(|node| node["typeVersion"].as_f64()).unwrap_or(0.0);
    let values = map(0).unwrap_or_default();
    let root = map(4).unwrap_or_else(|| values.clone());
    let node = descriptor.as_ref().map(|descriptor| (descriptor, version));
    is_displayed(options.as_ref(), &values, &root, node).map_err(|error| error.to_string())
}

fn type_options<'a>(options: &'a Value, zone: &Zone) -> TypeOptions<'a> {
    let choices = options["valueOptions"].as_array().map_or(&[] as &[Value], Vec::as_slice);
    let choices = choices.iter().map(|choice| choice["value"].clone()).collect::<Vec<_>>();
    TypeOptions {
        choices: choices.leak(),
        strict: options["strict"] == true,
        parse_strings: options["parseStrings"] == true,
        zone: zone.clone(),
    }
}

fn checked(checked: Checked) -> Value {
    match checked {
        Checked::Invalid(message) => json!({ "valid": false, "errorMessage": message }),
        Checked::Valid(Converted::Nothing) => json!({ "valid": true }),
        Checked::Valid(Converted::Json(value)) => json!({ "valid": true, "newValue": value }),
        Checked::Valid(Converted::Number(number)) => {
            json!({ "valid": true, "newValue": nodehost_expression::data::number_value(number) })
        }
        Checked::Valid(Converted::DateTime(moment)) => {
            let iso = moment.to_iso(&IsoOptions::default()).unwrap_or_default();
            json!({ "valid": true, "newValue": { "$type": "DateTime", "value": iso, "zone": moment.zone().name() } })
        }
    }
}

/// The value without what is undefined, as JSON has it.
fn without_undefined(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.iter().filter(|(_, value)| value["$type"] != "undefined");
            Value::Object(kept.map(|(key, value)| (key.clone(), without_undefined(value))).collect())
        }
        Value::Array(list) => Value::Array(list.iter().map(without_undefined).collect()),
        simple => simple.clone(),
    }
}
