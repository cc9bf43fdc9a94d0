//! The main job: webhooks.

use serde_json::{Value, json};

use super::{Bench, data};

#[tokio::test]
async fn a_batch_of_items_creates_webhooks() {
    let bench = Bench::start().await;
    let all = json!({
        "active": false, "authentication_type": 1, "auto_disable_attempts": 0, "basic_password": "pa55word", "basic_username": "u",
        "batch_delay_seconds": 30, "batch_limit": 0, "batch_method": 1, "content_type": "application/json",
        "custom_payload": false, "infinite_loop_threshold": 1, "log_retention_policy_days": 365, "method": 0,
        "note": "", "notify_on_failure": true, "payload_type": 2, "type": 0, "url": "={{ $json.url }}"
    });
    let parameters = json!({ "name": "={{ $json.name }}", "additionalFields": all });
    let items =
        json!([{ "name": "a", "url": "https://a.test" }, { "json": { "name": "b", "url": "http://b.test/x?y=1" } }]);
    let result = bench.result(&bench.request("webhooks", "create", parameters, items)).await;
    assert_eq!(result["status"], "success", "{result}");

    let held = bench.halo.records("Webhook");
    assert_eq!(data(&result, 0), held, "the output is what the API returned");
    assert_eq!(result["data"]["main"][0][1]["pairedItem"], json!({ "item": 1 }));
    let mut expected = all.as_object().unwrap().clone();
    expected.insert("name".into(), "b".into());
    expected.insert("url".into(), "http://b.test/x?y=1".into());
    expected.insert("id".into(), held[1]["id"].clone());
    assert_eq!(held[1], Value::Object(expected));

    assert_eq!(bench.halo.token_requests(), 1);
    let log = bench.halo.api_log();
    assert_eq!(log[0].unknown_fields, ["auto_disable_attempts"]);
    assert!(log[0].body.is_array());
}

#[tokio::test]
async fn a_thousand_items_make_a_thousand_webhooks_in_order_with_one_token() {
    let bench = Bench::start().await;
    let items: Vec<Value> = (0..1000).map(|n| json!({ "n": n })).collect();
    let parameters = json!({
        "name": "=Hook {{ $json.n }}",
        "additionalFields": { "url": "={{ 'https://x.test/' + $itemIndex }}" },
    });
    let result = bench.result(&bench.request("webhooks", "create", parameters, json!(items))).await;
    assert_eq!(result["stats"]["succeeded"], 1000, "{}", result["error"]);
    let expected = |n: usize| (json!(format!("Hook {n}")), json!(format!("https://x.test/{n}")));
    let held = bench.halo.records("Webhook");
    assert_eq!(held.len(), 1000);
    for (n, (given, held)) in data(&result, 0).iter().zip(&held).enumerate() {
        assert_eq!((given["name"].clone(), given["url"].clone()), expected(n));
        assert_eq!(given, held);
    }
    assert_eq!(bench.halo.token_requests(), 1);
}

#[tokio::test]
async fn webhooks_are_listed_read_updated_executed_and_deleted() {
    let bench = Bench::start().await;
    let seeded =
        bench.halo.seed("Webhook", (0..3).map(|n| json!({ "name": format!("h{n}"), "type": n % 2, "active": true })));
    let id = seeded[0]["id"].clone();
    assert_eq!(bench.items("webhooks", "getAll", json!({})).await, seeded);
    assert_eq!(bench.items("webhooks", "getAll", json!({ "filters": { "type": 1 } })).await, [seeded[1].clone()]);
    assert_eq!(bench.items("webhooks", "getAll", json!({ "limit": 2 })).await.len(), 2);
    let options = json!({ "webhook_id": id, "additionalOptions": { "includedetails": true } });
    assert_eq!(bench.items("webhooks", "getById", options).await, [seeded[0].clone()]);

    let fields = json!({ "active": false, "note": "", "url": "https://new.test" });
    let updated = bench.items("webhooks", "update", json!({ "webhook_id": id, "updateFields": fields })).await;
    assert_eq!((&updated[0]["active"], &updated[0]["note"]), (&json!(false), &json!("")));
    assert_eq!(updated[0]["name"], "h0");
    let sent = bench.halo.api_log().pop().unwrap().body;
    assert_eq!(sent, json!([{ "id": id, "active": false, "note": "", "url": "https://new.test" }]));

    let parameters =
        json!({ "webhook_id": id, "testMode": true, "additionalOptions": { "customParameters": "{\"a\": 1}" } });
    bench.items("webhooks", "execute", parameters).await;
    assert_eq!(bench.halo.records("WebhookEvent")[0]["webhook_id"], id);

    let deleted = bench.items("webhooks", "delete", json!({ "webhook_id": id })).await;
    assert_eq!(deleted, [json!({ "success": true, "id": id })]);
    assert_eq!(bench.halo.records("Webhook").len(), 2);
    assert!(
        bench.halo.api_log().iter().filter(|request| request.method != "POST").all(|request| request.body.is_null())
    );
}

#[tokio::test]
async fn bad_webhooks_are_refused_before_anything_is_sent() {
    let bench = Bench::start().await;
    let cases = [
        (json!({ "additionalFields": { "url": "https://x.test" } }), "/node/parameters/name", "required"),
        (json!({ "name": "n" }), "/node/parameters/additionalFields/url", "URL is required"),
        (
            json!({ "name": "n", "additionalFields": { "url": "x" } }),
            "/node/parameters/additionalFields/url",
            "http://",
        ),
        (
            json!({ "name": "n", "additionalFields": { "url": "https://x.test", "authentication_type": 1 } }),
            "/node/parameters/additionalFields/basic_password",
            "Basic Auth",
        ),
        (
            json!({ "name": "n", "additionalFields": { "url": "https://x.test", "method": 7 } }),
            "/node/parameters/additionalFields/method",
            "none of its options",
        ),
        (
            json!({ "name": "n", "additionalFields": { "url": "https://x.test", "batch_delay_seconds": 0 } }),
            "/node/parameters/additionalFields/batch_delay_seconds",
            "at least 1",
        ),
        (
            json!({ "name": "n", "additionalFields": { "url": "https://x.test", "nonsense": 1 } }),
            "/node/parameters/additionalFields/nonsense",
            "nonsense",
        ),
    ];
    for (parameters, pointer, words) in cases {
        let errors = bench.refused("webhooks", "create", parameters.clone()).await;
        let fits = |error: &Value| error["pointer"] == pointer && error["message"].as_str().unwrap().contains(words);
        assert!(errors.iter().any(fits), "{parameters}: {errors:?}");
    }
}

#[tokio::test]
async fn what_depends_on_the_item_is_its_outcome() {
    let bench = Bench::start().await;
    let parameters = json!({ "name": "={{ $json.name }}", "additionalFields": { "url": "={{ $json.url }}" } });
    let items = json!([{ "name": "a", "url": "https://a.test" }, { "name": "b", "url": "nowhere" }, { "name": "", "url": "https://c.test" }]);
    let mut request = bench.request("webhooks", "create", parameters, items);
    request["node"]["onError"] = json!("continueErrorOutput");
    let result = bench.result(&request).await;
    assert_eq!(data(&result, 0).len(), 1);
    let failed = result["data"]["main"][1].as_array().unwrap();
    assert_eq!(failed.len(), 2, "{result}");
    assert_eq!(failed[0]["error"]["code"], "invalid_parameter");
    assert_eq!(failed[0]["error"]["parameter"], "additionalFields.url");
    assert_eq!(failed[0]["pairedItem"]["item"], 1);
    assert!(failed[0]["json"]["error"].as_str().unwrap().contains("http://"));
    assert_eq!(bench.halo.records("Webhook").len(), 1, "no request left for the bad items");
}

#[tokio::test]
async fn a_runbook_needs_no_url_and_hidden_fields_are_dropped_with_a_warning() {
    let bench = Bench::start().await;
    let fields = json!({ "type": 1, "url": "https://x.test", "input_variables": "[{\"key\": \"a\"}]" });
    let result = bench.run("webhooks", "create", json!({ "name": "n", "additionalFields": fields })).await;
    assert_eq!(result["status"], "success", "{result}");
    assert_eq!(result["warnings"][0]["code"], "hidden_parameter");
    let sent = bench.halo.api_log().pop().unwrap().body;
    assert_eq!(sent, json!([{ "name": "n", "type": 1, "input_variables": [{ "key": "a" }] }]));
}
