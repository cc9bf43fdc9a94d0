use serde_json::json;

use super::*;

fn refused(value: Value) -> Vec<(String, String)> {
    let refusal = ExecutionRequest::from_value(value).unwrap_err();
    assert_eq!(refusal.code, ErrorCode::Malformed);
    refusal.errors.into_iter().map(|error| (error.pointer, error.message)).collect()
}

#[test]
fn a_small_request_has_the_defaults() {
    let request = json!({"node": {"type": "a.b", "typeVersion": 1}, "items": [{"x": 1}]});
    let request = ExecutionRequest::from_value(request).unwrap();
    assert_eq!(request.node.tries(), (1, 0));
    assert_eq!(request.node.on_error, OnError::StopWorkflow);
    assert_eq!(request.settings, Settings::default());
    assert_eq!(request.items, [Item::new(json!({"x": 1}))]);
}

#[test]
fn every_error_is_told_with_its_place() {
    let errors = refused(json!({
        "node": {"typeVersion": "1", "credentials": {"a/b": {}, "c": {"id": "1", "name": "n"}}, "on_error": 1},
        "items": [{"x": 1}, 2],
        "settings": {"concurrency": 0, "validation": "loose"},
        "more": true
    }));
    let pointers: Vec<_> = errors.iter().map(|(pointer, _)| pointer.as_str()).collect();
    assert_eq!(
        pointers,
        [
            "/node/type",
            "/node/typeVersion",
            "/node/credentials/a~1b/data",
            "/node/on_error",
            "/settings/concurrency",
            "/settings/validation",
            "/more",
            "/items/1"
        ]
    );
    assert_eq!(errors[4].1, "\"concurrency\" is a whole number from 1 to 1000");
}

#[test]
fn a_request_needs_a_node_and_items() {
    let pointers: Vec<_> = refused(json!({})).into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(pointers, ["/node", "/items"]);
    assert!(ExecutionRequest::from_head(json!({"node": {"type": "x"}})).is_ok());
    assert!(ExecutionRequest::from_head(json!({"node": {"type": "x"}, "items": []})).is_err());
}

#[test]
fn tries_keep_within_the_bounds_of_n8n() {
    let mut call = NodeCall::new("x", None, Map::new());
    call.retry_on_fail = true;
    assert_eq!(call.tries(), (3, 1000));
    call.max_tries = Some(9);
    call.wait_between_tries = Some(60_000);
    assert_eq!(call.tries(), (5, 5000));
    call.max_tries = Some(1);
    assert_eq!(call.tries().0, 2);
}

#[test]
fn a_credential_never_shows_its_data() {
    let reference = CredentialRef::Data(json!({"key": "secret"}).as_object().unwrap().clone());
    assert!(!format!("{reference:?}").contains("secret"));
}
