//! What is refused before anything runs, and what fails a single item.

use nodehost_runtime::{ErrorCode, ExecutionRequest, OptionsRequest, ParametersRequest, Refusal, Status};
use serde_json::json;

use crate::support::{host, items, request};

#[tokio::test]
async fn constants_are_refused_with_their_place() {
    let (host, puppet) = host();
    let refusal =
        host.execute(request(json!({"parameters": {"size": 10}}), items(&["ok"]), json!({}))).await.unwrap_err();
    assert_eq!((refusal.code, refusal.status()), (ErrorCode::InvalidParameter, 422));
    assert_eq!(refusal.errors[0].pointer, "/node/parameters/size");
    let refusal =
        host.execute(request(json!({"parameters": {"siez": 1}}), items(&["ok"]), json!({}))).await.unwrap_err();
    assert_eq!(refusal.code, ErrorCode::UnknownParameter);
    assert_eq!(puppet.started.load(std::sync::atomic::Ordering::Relaxed), 0);
}

#[tokio::test]
async fn an_expression_fails_its_own_item() {
    for concurrency in [1, 4] {
        let (host, _) = host();
        let node = json!({"parameters": {"size": "={{ $json.n + 8 }}"}, "onError": "continueRegularOutput"});
        let result =
            host.execute(request(node, items(&["ok", "ok", "ok"]), json!({"concurrency": concurrency}))).await.unwrap();
        assert_eq!((result.stats.succeeded, result.stats.failed), (2, 1));
        let error = result.data.main[0][2].error.as_ref().unwrap();
        assert_eq!((error.code, error.parameter.as_deref()), (ErrorCode::InvalidParameter, Some("size")));
        assert_eq!(error.item_index, Some(2));
    }
}

#[tokio::test]
async fn preflight_refuses_all_at_once() {
    let (host, puppet) = host();
    let node = json!({"parameters": {"size": "={{ $json.n + 8 }}"}});
    let refusal =
        host.execute(request(node, items(&["ok", "ok", "ok", "ok"]), json!({"preflight": true}))).await.unwrap_err();
    let pointers: Vec<_> = refusal.errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(pointers, ["/items/2", "/items/3"]);
    assert_eq!(puppet.started.load(std::sync::atomic::Ordering::Relaxed), 0);
}

#[tokio::test]
async fn the_modes_check_less_and_less() {
    let (host, _) = host();
    for (mode, passes) in [("strict", false), ("n8n", true), ("off", true)] {
        let run = request(json!({"parameters": {"size": 10, "siez": 1}}), items(&["ok"]), json!({"validation": mode}));
        assert_eq!(host.execute(run).await.is_ok(), passes, "{mode}");
    }
}

#[tokio::test]
async fn unknown_nodes_and_versions_are_told_apart() {
    let (host, _) = host();
    let run = |node: serde_json::Value| ExecutionRequest::from_value(json!({"node": node, "items": []})).unwrap();
    let refusal = host.execute(run(json!({"type": "test.other"}))).await.unwrap_err();
    assert_eq!((refusal.status(), refusal.errors[0].pointer.as_str()), (404, "/node/type"));
    let refusal = host.execute(run(json!({"type": "puppet", "typeVersion": 2}))).await.unwrap_err();
    assert_eq!(refusal.errors[0].pointer, "/node/typeVersion");
    let result = host.execute(run(json!({"type": "puppet"}))).await.unwrap();
    assert_eq!((result.status, result.stats.items), (Status::Success, 0));
}

fn pointers(refusal: &Refusal) -> Vec<&str> {
    refusal.errors.iter().map(|error| error.pointer.as_str()).collect()
}

#[tokio::test]
async fn pointers_lead_into_the_body_of_the_request_at_hand() {
    let (host, _) = host();
    let describe =
        |node: &str, body: serde_json::Value| host.parameters(node, &ParametersRequest::from_value(body).unwrap());
    let given = json!({"parameters": {"zzz": 1, "text": "x"}});
    let answer = describe("puppet", given).unwrap();
    let told: Vec<_> = answer.warnings.iter().map(|warning| (warning.pointer.as_str(), warning.code)).collect();
    assert_eq!(told, [("/parameters/zzz", ErrorCode::UnknownParameter)]);
    let refusal = describe("puppet", json!({"typeVersion": 2, "parameters": {}})).unwrap_err();
    assert_eq!(pointers(&refusal), ["/typeVersion"]);
    let refusal = describe("other", json!({"parameters": {}})).unwrap_err();
    assert_eq!((refusal.status(), pointers(&refusal)), (404, vec![]));

    let options =
        |node: &'static str, body: serde_json::Value| host.options(node, OptionsRequest::from_value(body).unwrap());
    let refusal = options("puppet", json!({"typeVersion": 2, "property": "text"})).await.unwrap_err();
    assert_eq!(pointers(&refusal), ["/typeVersion"]);
    let refusal = options("other", json!({"property": "text"})).await.unwrap_err();
    assert_eq!((refusal.status(), pointers(&refusal)), (404, vec![]));
    let refusal = options("puppet", json!({"property": "text"})).await.unwrap_err();
    assert_eq!(pointers(&refusal), ["/property"]);

    let refusal = host.descriptor("puppet", Some(2.0)).unwrap_err();
    assert_eq!((refusal.status(), pointers(&refusal)), (404, vec![]));
}
