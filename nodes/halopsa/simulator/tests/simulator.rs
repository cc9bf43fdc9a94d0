//! The simulator, over the wire.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

mod common;

use std::time::Duration;

use common::{FORM, api, send, token};
use nodehost_halopsa_simulator::{Fault, RateLimit, Simulator, SimulatorConfig};
use serde_json::{Value, json};

async fn halo() -> Simulator {
    Simulator::start(SimulatorConfig::default()).await.unwrap()
}

#[tokio::test]
async fn a_webhook_is_created_read_updated_and_deleted() {
    let halo = halo().await;
    let created =
        api(&halo, "POST", "/api/Webhook", &json!([{"name": "a", "url": "https://x.test", "type": 0}])).await.unwrap();
    assert_eq!(created.status, 201);
    let id = created.body["id"].as_str().unwrap().to_owned();
    assert_eq!(created.body, json!({"id": id, "name": "a", "url": "https://x.test", "type": 0}));

    let updated = api(&halo, "POST", "/api/Webhook", &json!([{"id": id, "active": false}])).await.unwrap();
    assert_eq!(updated.body["active"], false);
    assert_eq!(updated.body["name"], "a");

    let one = api(&halo, "GET", &format!("/api/Webhook/{id}"), &Value::Null).await.unwrap();
    assert_eq!(one.body, updated.body);
    let list = api(&halo, "GET", "/api/Webhook?type=0", &Value::Null).await.unwrap();
    assert_eq!(list.body, json!([updated.body]));

    let deleted = api(&halo, "DELETE", &format!("/api/Webhook/{id}"), &Value::Null).await.unwrap();
    assert_eq!((deleted.status, &deleted.body), (200, &json!({"id": id})));
    assert!(halo.records("Webhook").is_empty());
    assert_eq!(api(&halo, "GET", &format!("/api/Webhook/{id}"), &Value::Null).await.unwrap().status, 404);
}

#[tokio::test]
async fn testing_a_webhook_leaves_a_delivery_among_the_webhook_events() {
    let halo = halo().await;
    let webhook = halo.seed("webhooks", [json!({"name": "a"})]).remove(0);
    api(&halo, "POST", "/api/Webhook", &json!([{"id": webhook["id"], "_test": true}])).await.unwrap();
    assert_eq!(halo.records("WebhookEvent")[0]["webhook_id"], webhook["id"]);
}

#[tokio::test]
async fn bodies_are_checked_and_unknown_fields_kept_and_logged() {
    let halo = halo().await;
    let object = api(&halo, "POST", "/api/Webhook", &json!({"name": "a"})).await.unwrap();
    assert_eq!(object.status, 400);
    let wrong = api(&halo, "POST", "/api/Webhook", &json!([{"name": "a", "method": "POST"}])).await.unwrap();
    assert_eq!(wrong.status, 400);
    assert!(wrong.body["errors"]["$[0].method"].is_array(), "{}", wrong.body);
    let nameless = api(&halo, "POST", "/api/Webhook", &json!([{"url": "x"}])).await.unwrap();
    assert_eq!(nameless.body["message"], "$[0].name: The name field is required.");
    let long = api(&halo, "POST", "/api/Webhook", &json!([{"name": "a", "note": "x".repeat(4001)}])).await.unwrap();
    assert_eq!(long.status, 400);

    let kept = api(&halo, "POST", "/api/Webhook", &json!([{"name": "a", "auto_disable_attempts": 3}])).await.unwrap();
    assert_eq!(kept.body["auto_disable_attempts"], 3);
    let log = halo.api_log();
    assert_eq!(log.last().unwrap().unknown_fields, ["auto_disable_attempts"]);
    let authorization = log[0].headers.iter().find(|(name, _)| name == "authorization").unwrap();
    assert_eq!(authorization.1, "Bearer [redacted]");
}

#[tokio::test]
async fn tokens_need_the_right_secret_and_expire() {
    let halo = halo().await;
    let wrong = "grant_type=client_credentials&client_id=demo-client&client_secret=no";
    let refused = send(&halo, "POST", "/auth/token", &[FORM], wrong).await.unwrap();
    assert_eq!((refused.status, &refused.body["error"]), (401, &json!("invalid_client")));
    assert_eq!(send(&halo, "GET", "/api/Webhook", &[], "").await.unwrap().status, 401);

    let bearer = format!("Bearer {}", token(&halo).await);
    let headers = [("authorization", bearer.as_str())];
    assert_eq!(send(&halo, "GET", "/api/Webhook", &headers, "").await.unwrap().status, 200);
    halo.expire_tokens();
    assert_eq!(send(&halo, "GET", "/api/Webhook", &headers, "").await.unwrap().status, 401);
    assert_eq!(halo.token_requests(), 2);
    assert_eq!(halo.log()[0].body["client_secret"], "[redacted]");
}

#[tokio::test]
async fn a_tenant_an_api_key_and_an_authorisation_url_can_be_asked_for() {
    let config = SimulatorConfig {
        tenant: Some("acme".into()),
        api_key: Some("key-1".into()),
        token_path: "/auth2/connect/token".into(),
        expired_token_status: 400,
        ..SimulatorConfig::default()
    };
    let halo = Simulator::start(config).await.unwrap();
    let form = "grant_type=client_credentials&client_id=demo-client&client_secret=demo-secret";
    assert_eq!(send(&halo, "POST", "/auth/token", &[FORM], form).await.unwrap().status, 404);
    assert_eq!(send(&halo, "POST", "/auth2/connect/token", &[FORM], form).await.unwrap().status, 400);
    let issued = send(&halo, "POST", "/auth2/connect/token?tenant=acme", &[FORM], form).await.unwrap();
    let bearer = format!("Bearer {}", issued.body["access_token"].as_str().unwrap());
    halo.expire_tokens();
    assert_eq!(send(&halo, "GET", "/api/Site", &[("authorization", &bearer)], "").await.unwrap().status, 400);
    assert_eq!(send(&halo, "GET", "/api/Site", &[("authorization", "Bearer key-1")], "").await.unwrap().status, 200);
}

#[tokio::test]
async fn lists_are_filtered_and_paged_under_the_cap() {
    let halo = halo().await;
    halo.seed(
        "Tickets",
        (1..=250).map(|n| json!({"summary": format!("Ticket {n}"), "client_id": n % 2, "status_id": n % 5})),
    );
    let ids = |body: &Value| {
        body["tickets"].as_array().unwrap().iter().map(|t| t["id"].as_u64().unwrap()).collect::<Vec<_>>()
    };

    let third = api(&halo, "GET", "/api/Tickets?pageinate=true&page_size=1000&page_no=3", &Value::Null).await.unwrap();
    assert_eq!(third.body["record_count"], 250);
    assert_eq!(ids(&third.body), (201..=250).collect::<Vec<_>>());
    assert_eq!(ids(&api(&halo, "GET", "/api/Tickets", &Value::Null).await.unwrap().body).len(), 100);
    assert_eq!(ids(&api(&halo, "GET", "/api/Tickets?count=7", &Value::Null).await.unwrap().body).len(), 7);

    let some = api(&halo, "GET", "/api/Tickets?client_id=1&status=2,3&search=TICKET%202", &Value::Null).await.unwrap();
    let expected: Vec<u64> =
        (1..=250).filter(|n| n % 2 == 1 && (n % 5 == 2 || n % 5 == 3) && format!("{n}").starts_with('2')).collect();
    assert_eq!(ids(&some.body), expected);

    let odd = api(&halo, "GET", "/api/Tickets?colour=red", &Value::Null).await.unwrap();
    assert_eq!(odd.status, 200);
    assert_eq!(halo.api_log().last().unwrap().unknown_query, ["colour"]);
    assert_eq!(api(&halo, "GET", "/api/Tickets?client_id=x", &Value::Null).await.unwrap().status, 400);
}

#[tokio::test]
async fn a_partial_update_wipes_the_other_custom_fields() {
    let halo = halo().await;
    let fields = json!([{"id": 1, "name": "CFa", "value": "1"}, {"id": 2, "name": "CFb", "value": "2"}]);
    halo.seed("Client", [json!({"name": "Acme", "customfields": fields})]);
    let plain = api(&halo, "GET", "/api/Client/1", &Value::Null).await.unwrap();
    assert!(plain.body.get("customfields").is_none());
    let detailed = api(&halo, "GET", "/api/Client/1?includedetails=true", &Value::Null).await.unwrap();
    assert_eq!(detailed.body["customfields"], fields);
    api(&halo, "POST", "/api/Client", &json!([{"id": 1, "customfields": [{"id": 1, "value": "x"}]}])).await.unwrap();
    assert_eq!(halo.records("Client")[0]["customfields"], json!([{"id": 1, "value": "x"}]));
}

#[tokio::test]
async fn invoices_are_voided_and_their_lines_updated() {
    let halo = halo().await;
    halo.seed("Invoice", [json!({"client_id": 1, "lines": [{"id": 5, "item_shortdescription": "old"}]})]);
    let voided = api(&halo, "POST", "/api/Invoice/1/void", &Value::Null).await.unwrap();
    assert_eq!(voided.body["voided"], true);
    let lines = json!([{"id": 5, "item_shortdescription": "new"}]);
    let updated = api(&halo, "POST", "/api/Invoice/updatelines", &lines).await.unwrap();
    assert_eq!(updated.status, 200, "{}", updated.body);
    assert_eq!(halo.records("Invoice")[0]["lines"], lines);
    let missing = api(&halo, "POST", "/api/Invoice/updatelines", &json!([{"id": 6}])).await.unwrap();
    assert_eq!(missing.status, 404);
}

#[tokio::test]
async fn routes_outside_the_openapi_are_marked() {
    let halo = halo().await;
    halo.seed("Timesheet", [json!({"agent_id": 1})]);
    assert_eq!(api(&halo, "DELETE", "/api/Timesheet/1", &Value::Null).await.unwrap().status, 200);
    assert!(halo.api_log()[0].outside_open_api);
}

#[tokio::test]
async fn faults_answer_delay_and_drop() {
    let halo = halo().await;
    let body = json!([{"name": "a"}]);
    halo.fault(Fault::status(503).header("retry-after", "2").on("POST", "/api/Webhook").times(2).after(1));
    assert_eq!(api(&halo, "POST", "/api/Webhook", &body).await.unwrap().status, 201);
    let busy = api(&halo, "POST", "/api/Webhook", &body).await.unwrap();
    assert_eq!((busy.status, busy.head.contains("retry-after: 2")), (503, true));
    assert_eq!(api(&halo, "GET", "/api/Webhook", &Value::Null).await.unwrap().status, 200);
    assert_eq!(api(&halo, "POST", "/api/Webhook", &body).await.unwrap().status, 503);
    assert_eq!(api(&halo, "POST", "/api/Webhook", &body).await.unwrap().status, 201);
    assert_eq!(halo.records("Webhook").len(), 2);

    halo.fault(Fault::drop_before_reading().on("POST", "/api/*"));
    assert!(api(&halo, "POST", "/api/Webhook", &body).await.is_none());
    assert_eq!(halo.records("Webhook").len(), 2);
    halo.fault(Fault::drop_after_reading().on("POST", "/api/*"));
    assert!(api(&halo, "POST", "/api/Webhook", &body).await.is_none());
    assert_eq!(halo.records("Webhook").len(), 3);
    assert_eq!(halo.api_log().last().unwrap().status, None);

    let delay = Duration::from_millis(30);
    halo.fault(Fault::delay(delay));
    let start = std::time::Instant::now();
    token(&halo).await;
    assert!(start.elapsed() >= delay);
}

#[tokio::test]
async fn the_rate_limit_answers_429_with_the_time_that_is_left() {
    let halo = halo().await;
    halo.set_rate_limit(Some(RateLimit { requests: 2, window: Duration::from_secs(300) }));
    for _ in 0..2 {
        assert_eq!(api(&halo, "GET", "/api/Site", &Value::Null).await.unwrap().status, 200);
    }
    let limited = api(&halo, "GET", "/api/Site", &Value::Null).await.unwrap();
    assert_eq!(limited.status, 429);
    assert!(limited.head.contains("retry-after: "), "{}", limited.head);
    halo.set_rate_limit(None);
    assert_eq!(api(&halo, "GET", "/api/Site", &Value::Null).await.unwrap().status, 200);
}

#[tokio::test]
async fn every_resource_is_listed_created_and_deleted() {
    let halo = halo().await;
    assert_eq!(Simulator::resources().count(), 13);
    for resource in Simulator::resources() {
        let path = format!("/api/{resource}");
        let record =
            json!([{"name": "n", "summary": "s", "client_id": 1, "site_id": 1, "agent_id": 1, "assettype_id": 1}]);
        let created = api(&halo, "POST", &path, &record).await.unwrap();
        assert_eq!(created.status, 201, "{resource}: {}", created.body);
        let id = created.body["id"].as_str().map_or_else(|| created.body["id"].to_string(), str::to_owned);
        let list = api(&halo, "GET", &path, &Value::Null).await.unwrap().body;
        let listed = list.as_array().or_else(|| list.as_object()?.values().find_map(Value::as_array)).unwrap();
        assert_eq!(listed.len(), 1, "{resource}: {list}");
        assert_eq!(listed[0]["id"], created.body["id"], "{resource}");
        assert_eq!(
            api(&halo, "DELETE", &format!("{path}/{id}"), &Value::Null).await.unwrap().status,
            200,
            "{resource}"
        );
        assert!(halo.records(resource).is_empty(), "{resource}");
    }
}
