//! Single expressions in a context, as `POST /v1/expressions` has them.

use nodehost_runtime::{ExpressionAnswer, ExpressionRequest};
use serde_json::{Value, json};

use crate::support::host;

/// Two nodes, one after the other, with what the first put out.
fn context() -> Value {
    json!({
        "workflow": {
            "nodes": [{ "name": "source", "type": "test.set" }, { "name": "consumer", "type": "test.set" }],
            "connections": { "source": { "main": [[{ "node": "consumer", "type": "main", "index": 0 }]] } },
        },
        "runData": { "source": [{ "data": { "main": [[{ "json": { "city": "Prague" }, "pairedItem": { "item": 0 } }]] } }] },
        "activeNode": "consumer",
    })
}

async fn evaluate(expression: &str, context: Value) -> Result<Value, String> {
    let request = json!({ "expression": expression, "itemIndex": 0, "context": context });
    match host().0.expressions(ExpressionRequest::from_value(request).unwrap()).await.unwrap() {
        ExpressionAnswer::Value { value, .. } => Ok(value),
        ExpressionAnswer::Error { error } => Err(error.message),
    }
}

#[tokio::test]
async fn items_come_from_the_run_data_or_as_they_are_given() {
    let mut of_run_data = context();
    of_run_data["input"] = json!({ "previousNode": "source" });
    assert_eq!(evaluate("={{ $json.city }}", of_run_data.clone()).await, Ok(json!("Prague")));
    // Items that are given take the place of the input's alone: the run data is still there.
    of_run_data["items"] = json!([{ "json": { "city": "Brno" }, "pairedItem": { "item": 0 } }]);
    assert_eq!(evaluate("={{ $json.city }}", of_run_data.clone()).await, Ok(json!("Brno")));
    assert_eq!(evaluate("={{ $('source').item.json.city }}", of_run_data).await, Ok(json!("Prague")));
}

#[tokio::test]
async fn a_node_of_a_workflow_has_the_source_that_is_named() {
    let unnamed = evaluate("={{ $() }}", context()).await;
    assert_eq!(unnamed, Err("When calling $(), please specify a node".to_owned()));
    assert_eq!(evaluate("={{ $prevNode.name }}", json!({ "items": [{ "json": {} }] })).await, Ok(json!("Input")));
}
