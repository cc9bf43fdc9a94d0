//! Choices that Halo knows.

use nodehost_halopsa_simulator::Fault;
use serde_json::{Value, json};

use super::Bench;

async fn options(bench: &Bench, resource: &str, property: &str, filter: Option<&str>) -> (u16, Value) {
    let mut request = json!({
        "parameters": { "resource": resource, "operation": "getAll" },
        "credentials": { "haloPSAApi": { "data": bench.credential() } },
        "property": property,
    });
    if let Some(filter) = filter {
        request["filter"] = json!(filter);
    }
    let answer = bench.runner.post(&format!("/v1/nodes/{}/options", nodehost_halopsa::NODE_TYPE), &request).await;
    (answer.status.as_u16(), answer.json())
}

#[tokio::test]
async fn types_statuses_and_custom_fields_can_be_chosen_and_searched() {
    let bench = Bench::start().await;
    bench.halo.seed("TicketType", [json!({ "name": "Incident" }), json!({ "name": "Change" }), json!({ "name": "" })]);
    bench.halo.seed("Status", [json!({ "name": "New" })]);
    bench.halo.seed(
        "FieldInfo",
        [json!({ "name": "CFx", "label": "Of tickets", "usage": 1 }), json!({ "name": "CFy", "usage": 2 })],
    );
    let (_, types) = options(&bench, "tickets", "filters.requesttype", None).await;
    assert_eq!(types["options"], json!([{ "name": "Change", "value": 2 }, { "name": "Incident", "value": 1 }]));
    let (_, some) = options(&bench, "tickets", "filters.requesttype", Some("inc")).await;
    assert_eq!(some["options"], json!([{ "name": "Incident", "value": 1 }]));
    let (_, statuses) = options(&bench, "tickets", "filters.status", None).await;
    assert_eq!(statuses["options"], json!([{ "name": "New", "value": 1 }]));
    let (_, fields) = options(&bench, "tickets", "filters.include_custom_fields", None).await;
    assert_eq!(fields["options"], json!([{ "name": "Of tickets", "value": 1 }]));
    let (_, fields) = options(&bench, "client", "filters.include_custom_fields", None).await;
    assert_eq!(fields["options"], json!([{ "name": "CFy", "value": 2 }]));
}

#[tokio::test]
async fn errors_are_shown_and_not_swallowed() {
    let bench = Bench::start().await;
    bench.halo.fault(Fault::answer(403, &json!({ "Message": "Not for you" })).on("GET", "/api/TicketType"));
    let (status, answer) = options(&bench, "tickets", "filters.requesttype", None).await;
    assert!(status >= 400, "{answer}");
    assert!(answer.to_string().contains("Not for you"), "{answer}");
}
