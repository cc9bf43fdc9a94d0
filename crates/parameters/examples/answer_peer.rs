//! Answers calls of n8n's functions by name, to compare with recorded answers (docs/conformance.md).
//!
//! `answer_peer CALLS_JSONL [ZONE [NOW]]`, NOW in milliseconds since 1970: a call is `{id, fn, args, expected: {value} | {throws}, source}`; values JSON cannot hold
//! are written `{"$type": kind, "value": ...}`. Prints a line for each call that can be asked here:
//! `{id, different: [text], expected, actual}`.

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
    let path = arguments.next().context("usage: answer_peer CALLS_JSONL [ZONE [NOW]]")?;
    let zone = arguments.next().map_or(Zone::UTC, |name| Zone::parse(&name, &Zone::System));
    let now = arguments.next().map_or(Ok(TypeOptions::default().now), |text| text.parse())?;
    let clock = Clock { zone, now };
    for line in BufReader::new(File::open(path)?).lines() {
        let call: Value = serde_json::from_str(&line?)?;
        let name = call["fn"].as_str().unwrap_or_default();
        let no_arguments = Vec::new();
        let args = without_undefined(&call["args"]);
        let Some(answer) = answer(name, args.as_array().unwrap_or(&no_arguments), &clock) else { continue };
        let expected = &call["expected"];
        let (agrees, actual) = match answer {
            Ok(value) => {
                let agrees = expected.get("value").is_some_and(|expected| equal(&without_undefined(expected), &value));
                (agrees, json!({ "value": value }))
            }
            Err(reason) => (expected.get("throws").is_some(), json!({ "throws": reason })),
        };
        let title = format!("{name} of {}, {}", call["source"].as_str().unwrap_or_default(), call["args"]);
        let different = if agrees { vec![] } else { vec![title] };
        println!(
            "{}",
            json!({ "id": call["id"].to_string(), "different": different, "expected": expected, "actual": actual })
        );
    }
    Ok(())
}

/// Where and when the calls are answered.
struct Clock {
    zone: Zone,
    now: f64,
}

/// The answer, the message where the host refuses; none for functions that are not the host's.
fn answer(name: &str, args: &[Value], clock: &Clock) -> Option<Result<Value, String>> {
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
        "validateFieldType" => Ok(checked(check_type(text(0), arg(1), text(2), &type_options(arg(3), clock)))),
        "tryToParseUrl" => converted("url", arg(0), clock),
        "tryToParseJsonToFormFields" => converted("form-fields", arg(0), clock),
        "tryToParseDateTime" => {
            let named = arg(1).as_str().map(|name| Zone::parse(name, &Zone::System));
            let zone = named.unwrap_or_else(|| clock.zone.clone());
            converted("dateTime", arg(0), &Clock { zone, now: clock.now })
        }
        "isFromAIOnlyExpression" => return keeps_prefix(arg(0)),
        _ => return None,
    })
}

/// What a value is converted to; an error where n8n throws.
fn converted(kind: &str, value: &Value, clock: &Clock) -> Result<Value, String> {
    let checked = checked(check_type("", value, kind, &type_options(&Value::Null, clock)));
    match checked.get("newValue") {
        Some(value) => Ok(value.clone()),
        None => Err(checked["errorMessage"].to_string()),
    }
}

/// Whether an expression is what an AI tool call fills in: it keeps its prefix where none is allowed.
fn keeps_prefix(expression: &Value) -> Option<Result<Value, String>> {
    let text = expression.as_str().filter(|text| text.starts_with('='))?;
    let property =
        json!([{ "displayName": "P", "name": "p", "type": "string", "default": "", "noDataExpression": true }]);
    let given = Map::from_iter([("p".to_owned(), expression.clone())]);
    let resolved = compile(&property, &Value::Null, &Value::Null)
        .and_then(|node| node.get_node_parameters(&given, true, false).map_err(|error| error.to_string()));
    Some(resolved.map(|resolved| json!(resolved["p"] == text)))
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

fn type_options<'a>(options: &'a Value, clock: &Clock) -> TypeOptions<'a> {
    let choices = options["valueOptions"].as_array().map_or(&[] as &[Value], Vec::as_slice);
    let choices = choices.iter().map(|choice| choice["value"].clone()).collect::<Vec<_>>();
    TypeOptions {
        choices: choices.leak(),
        strict: options["strict"] == true,
        parse_strings: options["parseStrings"] == true,
        zone: clock.zone.clone(),
        now: clock.now,
    }
}

fn checked(checked: Checked) -> Value {
    match checked {
        Checked::Invalid(message) => json!({ "valid": false, "errorMessage": message }),
        Checked::Valid(Converted::Nothing) => json!({ "valid": true }),
        Checked::Valid(Converted::Json(value)) => json!({ "valid": true, "newValue": value }),
        Checked::Valid(Converted::Number(number)) => json!({ "valid": true, "newValue": encoded(number) }),
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

/// A number, also one that JSON cannot hold.
fn encoded(number: f64) -> Value {
    let text = match number {
        _ if number == 0.0 && number.is_sign_negative() => "-0".to_owned(),
        _ if number.is_finite() => return nodehost_expression::data::number_value(number),
        _ => nodehost_expression::data::number_to_string(number),
    };
    json!({ "$type": "number", "value": text })
}

/// Equal but for key order, numbers by value.
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
