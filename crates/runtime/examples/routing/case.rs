//! One recorded case: what n8n was given, what it sent and put out.

use nodehost_runtime::{ExecutionRequest, ExecutionResult, Host};
use serde_json::{Map, Value, json};

use crate::gateway::Gateway;
use crate::rows;

/// One thing that differs.
pub(crate) struct Difference {
    pub(crate) what: &'static str,
    pub(crate) wanted: Value,
    pub(crate) found: Value,
}

impl Difference {
    pub(crate) fn tell(&self) -> String {
        format!("{}\n  n8n:  {}\n  here: {}", self.what, short(&self.wanted), short(&self.found))
    }
}

pub(crate) struct Case {
    pub(crate) id: String,
    value: Value,
}

impl Case {
    pub(crate) fn read(line: &str) -> Self {
        let value: Value = serde_json::from_str(line).unwrap();
        Self { id: value["id"].as_str().unwrap().to_owned(), value }
    }

    /// The row of docs/compatibility.md that says why the case differs, where the case itself tells.
    pub(crate) fn row(&self, differences: &[Difference]) -> Option<&'static str> {
        rows::row(&self.value["expected"], differences)
    }

    /// Runs the case; the differences, as text.
    pub(crate) async fn run(&self, host: &Host, gateway: &Gateway) -> Vec<Difference> {
        let expected = &self.value["expected"];
        let requests = expected["requests"].as_array().cloned().unwrap_or_default();
        gateway.replay(&requests);
        let result = match ExecutionRequest::from_value(self.request()) {
            Ok(request) => host.execute(request).await,
            Err(refusal) => Err(refusal),
        };
        let sent = gateway.take();
        let mut differences = Vec::new();
        let mut check = |what: &'static str, wanted: Value, found: Value| {
            if wanted != found {
                differences.push(Difference { what, wanted, found });
            }
        };
        check("requests", sorted(requests), sorted(sent));
        match result {
            Err(refusal) => check(
                "answer",
                expected.get("output").cloned().unwrap_or_default(),
                json!({"refused": refusal.message}),
            ),
            Ok(result) => match expected.get("output") {
                Some(output) => {
                    let found = main(&result);
                    check("output", plain(output), plain(&found));
                    check("lineage", lineage(output, output), lineage(&found, output));
                    check("error", Value::Null, tell(serde_json::to_value(&result.error).ok().as_ref()));
                }
                None => {
                    let found = serde_json::to_value(&result.error).ok();
                    check("error", tell(expected.get("error")), tell(found.as_ref()));
                }
            },
        }
        differences
    }

    fn request(&self) -> Value {
        let mut node = self.value["node"].clone();
        let credentials = self.value["credentials"].as_object().cloned().unwrap_or_default();
        let inline = |(name, data): (String, Value)| (name, json!({ "data": data }));
        node["credentials"] = Value::Object(credentials.into_iter().map(inline).collect());
        let items: Vec<Value> =
            self.value["items"].as_array().unwrap().iter().map(|item| json!({ "json": item })).collect();
        json!({
            "node": node,
            "items": items,
            "context": { "now": "2025-01-02T03:04:05Z", "executionId": "1", "timezone": "UTC", "vars": { "region": "eu" } },
            "settings": { "validation": "off", "concurrency": items.len().max(1), "transportRetries": 0 },
        })
    }
}

fn main(result: &ExecutionResult) -> Value {
    serde_json::to_value(&result.data.main).unwrap()
}

/// The output in comparable form, without its lineage.
fn plain(output: &Value) -> Value {
    each_item(output, |_, _, item| {
        let mut map = Map::new();
        if let Some(json) = item.get("json") {
            map.insert("json".to_owned(), json.clone());
        }
        if let Some(error) = item.get("error") {
            map.insert("error".to_owned(), tell(Some(error)));
        }
        Value::Object(map)
    })
}

/// The lineage of the items to which n8n gives one; here every item has it.
fn lineage(output: &Value, wanted: &Value) -> Value {
    each_item(output, |branch, index, item| {
        let compared = wanted[branch][index].get("pairedItem").is_some();
        item.get("pairedItem").filter(|_| compared).cloned().unwrap_or_default()
    })
}

fn each_item(output: &Value, form: impl Fn(usize, usize, &Value) -> Value) -> Value {
    let branches = output.as_array().into_iter().flatten().enumerate();
    let in_form = |(branch, items): (usize, &Value)| {
        let items = items.as_array().into_iter().flatten().enumerate();
        Value::Array(items.map(|(index, item)| form(branch, index, item)).collect())
    };
    Value::Array(branches.map(in_form).collect())
}

fn tell(error: Option<&Value>) -> Value {
    let Some(Value::Object(error)) = error else { return Value::Null };
    let keys = ["name", "message", "description", "httpCode"];
    Value::Object(keys.iter().filter_map(|key| Some(((*key).to_owned(), error.get(*key)?.clone()))).collect())
}

fn sorted(requests: Vec<Value>) -> Value {
    let mut requests: Vec<Value> = requests
        .into_iter()
        .map(|mut request| {
            if let Value::Object(map) = &mut request {
                map.remove("response");
                map.sort_keys();
            }
            request
        })
        .collect();
    requests.sort_by_key(ToString::to_string);
    Value::Array(requests)
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    text.chars().take(1200).collect()
}
