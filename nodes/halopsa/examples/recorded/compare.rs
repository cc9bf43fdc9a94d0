//! What a case expects against what happened.

use serde_json::{Value, json};

/// What is different: requests, then outputs, then the error.
pub(crate) fn differences(expected: &Value, sent: &[Value], result: &Value) -> Vec<String> {
    let mut different = Vec::new();
    let wanted = expected["requests"].as_array().unwrap();
    if wanted.len() != sent.len() {
        different.push(format!("{} requests, not {}", sent.len(), wanted.len()));
    }
    for (index, (wanted, sent)) in wanted.iter().zip(sent).enumerate() {
        for part in ["method", "path", "query", "body"] {
            let (wanted, sent) = (part_of(wanted, part), part_of(sent, part));
            // As text, since the order of a body's fields counts.
            let (wanted, sent) = (wanted.to_string(), sent.to_string());
            if wanted != sent {
                different.push(format!("request {index}: {part} {sent}, not {wanted}"));
            }
        }
    }
    let failed = result["status"] != "success";
    match (expected.get("output"), expected.get("error")) {
        (Some(wanted), _) => {
            let (wanted, given) = (outputs(wanted), outputs(&result["data"]["main"]));
            if failed && expected.get("error").is_none() {
                different.push(format!("failed: {}", result["error"]["message"]));
            } else if wanted != given {
                different.push(format!("output {given}, not {wanted}"));
            }
        }
        (None, _) if !failed => different.push(format!("succeeded: {}", outputs(&result["data"]["main"]))),
        (None, wanted) => {
            let (wanted, given) = (wanted.map_or(&Value::Null, |error| &error["message"]), &result["error"]["message"]);
            if wanted != given {
                different.push(format!("error {given}, not {wanted}"));
            }
        }
    }
    different
}

/// A part of a request; GET, DELETE and void carry no body here (`no-body`).
fn part_of(request: &Value, part: &str) -> Value {
    let without_body = request["method"] != "POST" || request["path"].as_str().unwrap().ends_with("/void");
    match part {
        "body" if without_body => Value::Null,
        "query" => {
            let mut pairs = request["query"].as_array().cloned().unwrap_or_default();
            pairs.sort_by_cached_key(Value::to_string);
            Value::Array(pairs)
        }
        _ => request[part].clone(),
    }
}

/// The items' data, output by output, without empty outputs at the end.
fn outputs(main: &Value) -> Value {
    let output =
        |items: &Value| items.as_array().into_iter().flatten().map(|item| item["json"].clone()).collect::<Value>();
    let mut outputs: Vec<Value> = main.as_array().into_iter().flatten().map(output).collect();
    while outputs.last() == Some(&json!([])) {
        outputs.pop();
    }
    Value::Array(outputs)
}
