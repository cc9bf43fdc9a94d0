//! `POST /v1/executions`: batches in, outcomes out.

use http::{Method, StatusCode};
use nodehost_server::ServerConfig;
use nodehost_tests::halo::Halo;
use nodehost_tests::http::Answer;
use serde_json::{Value, json};

fn items(count: usize) -> Value {
    (0..count).map(|n| json!({ "name": format!("hook {n}"), "url": format!("https://example.com/{n}") })).collect()
}

#[track_caller]
fn assert_refused(answer: &Answer, status: StatusCode, code: &str, told: &str) {
    let body = answer.json();
    assert_eq!((answer.status, body["code"].as_str()), (status, Some(code)), "{body}");
    assert!(body.to_string().contains(told), "{body}");
}

#[tokio::test]
async fn a_thousand_items_make_a_thousand_webhooks_in_order_with_one_token() {
    let halo = Halo::start().await;
    let answer = halo.execute(&halo.create(items(1000))).await;
    assert_eq!(answer.status, StatusCode::OK);
    let body = answer.json();
    assert_eq!(body["status"], "success", "{}", body["error"]);
    let output = body["data"]["main"][0].as_array().unwrap();
    assert_eq!(output.len(), 1000);
    for (index, item) in output.iter().enumerate() {
        assert_eq!(item["json"]["name"], format!("hook {index}"));
        assert_eq!(item["json"]["url"], format!("https://example.com/{index}"));
        assert_eq!(item["pairedItem"], json!({ "item": index }));
    }
    let stored = halo.simulator.records("Webhook");
    assert_eq!(stored.len(), 1000);
    assert_eq!(stored[999]["name"], "hook 999");
    assert_eq!(halo.simulator.token_requests(), 1);
    assert_eq!(
        body["stats"],
        json!({ "items": 1000, "succeeded": 1000, "failed": 0, "notRun": 0, "requests": 1001, "retries": 0 })
    );
}

#[tokio::test]
async fn the_answer_is_200_whatever_became_of_the_items() {
    let halo = Halo::start().await;
    let batch = json!([{ "name": "a", "url": "https://a.example" }, { "name": "", "url": "https://b.example" }, { "name": "c", "url": "https://c.example" }]);
    let mut request = halo.create(batch);

    let body = halo.execute(&request).await.json();
    assert_eq!((body["status"].as_str(), &body["error"]["itemIndex"]), (Some("error"), &json!(1)), "{body}");
    assert_eq!(body["error"]["code"], "invalid_parameter");
    assert_eq!(body["data"]["main"][0].as_array().map(Vec::len), Some(1));
    assert_eq!(body["stats"]["notRun"], 1);

    request["node"]["onError"] = json!("continueRegularOutput");
    let body = halo.execute(&request).await.json();
    assert_eq!(body["status"], "success");
    let output = body["data"]["main"][0].as_array().unwrap();
    assert_eq!(output[1]["json"], json!({ "error": output[1]["error"]["message"] }));
    assert_eq!((&output[1]["pairedItem"]["item"], &output[2]["json"]["name"]), (&json!(1), &json!("c")));

    request["node"]["onError"] = json!("continueErrorOutput");
    let body = halo.execute(&request).await.json();
    let main = body["data"]["main"].as_array().unwrap();
    assert_eq!((main[0].as_array().map(Vec::len), main[1].as_array().map(Vec::len)), (Some(2), Some(1)));
}

#[tokio::test]
async fn what_is_wrong_whatever_the_items_hold_is_refused() {
    let halo = Halo::start().await;
    let mut unknown_node = halo.create(items(1));
    unknown_node["node"]["type"] = json!("no-such.node");
    assert_refused(&halo.execute(&unknown_node).await, StatusCode::NOT_FOUND, "unknown_node", "no-such.node");

    let mut no_name = halo.create(items(1));
    no_name["node"]["parameters"]["name"] = json!("");
    assert_refused(
        &halo.execute(&no_name).await,
        StatusCode::UNPROCESSABLE_ENTITY,
        "invalid_parameter",
        "/node/parameters/name",
    );

    let mut no_credential = halo.create(items(1));
    no_credential["node"]["credentials"] = json!({});
    assert_refused(
        &halo.execute(&no_credential).await,
        StatusCode::UNPROCESSABLE_ENTITY,
        "missing_credentials",
        "haloPSAApi",
    );
    assert!(halo.simulator.log().is_empty(), "nothing is sent");
}

#[tokio::test]
async fn a_body_must_be_json_of_the_right_shape() {
    let halo = Halo::start().await;
    let post = || halo.runner.call(Method::POST, "/v1/executions");
    let json_body = |body: &'static str| post().header("content-type", "application/json").body(body).send();
    assert_refused(&json_body("{\"node\":").await, StatusCode::BAD_REQUEST, "malformed", "not JSON");
    assert_refused(&json_body("{}").await, StatusCode::BAD_REQUEST, "malformed", "/items");
    let answer = halo.execute(&json!({ "node": { "type": "haloPsa" }, "items": [1] })).await;
    assert_refused(&answer, StatusCode::BAD_REQUEST, "malformed", "/items/0");

    let answer = post().header("content-type", "text/plain").body("{}").send().await;
    assert_refused(&answer, StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "text/plain");
    let answer = post().body("{}").send().await;
    assert_refused(&answer, StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "application/json");
    let answer = post().json(&halo.create(items(1))).header("accept", "text/html").send().await;
    assert_refused(&answer, StatusCode::NOT_ACCEPTABLE, "not_acceptable", "application/json");
}

#[tokio::test]
async fn limits_are_named() {
    let config = ServerConfig { max_items: 2, max_body_bytes: 4096, ..ServerConfig::default() };
    let halo = Halo::start_with(config).await;
    let answer = halo.execute(&halo.create(items(3))).await;
    assert_refused(&answer, StatusCode::PAYLOAD_TOO_LARGE, "limit_exceeded", "max-items");
    let answer = halo.execute(&halo.create(items(100))).await;
    assert_refused(&answer, StatusCode::PAYLOAD_TOO_LARGE, "limit_exceeded", "max-body-bytes");
}

#[tokio::test]
async fn executions_at_once_are_limited() {
    let halo = Halo::start_with(ServerConfig { max_executions: 0, ..ServerConfig::default() }).await;
    let answer = halo.execute(&halo.create(items(1))).await;
    assert_refused(&answer, StatusCode::TOO_MANY_REQUESTS, "too_many_executions", "max-executions");
    assert_eq!(answer.header("retry-after"), "1");
}
