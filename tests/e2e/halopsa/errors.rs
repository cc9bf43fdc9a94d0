//! Errors from outside arrive readable, and each item keeps its own outcome.

use std::time::Duration;

use nodehost_halopsa_simulator::Fault;
use serde_json::{Value, json};

use super::{Bench, data};

fn hook() -> Value {
    json!({ "name": "n", "additionalFields": { "url": "https://x.test" } })
}

#[tokio::test]
async fn statuses_come_with_halos_message() {
    let bench = Bench::start().await;
    let faults = [
        (404, "No such record", "404"),
        (400, "Bad id", "400"),
        (422, "The name is taken", "422"),
        (500, "Something broke", "500"),
        (403, "Forbidden here", "403"),
    ];
    for (status, message, code) in faults {
        bench.halo.fault(Fault::answer(status, &json!({ "Message": message })).on("POST", "/api/Webhook"));
        let error = bench.run("webhooks", "create", hook()).await["error"].clone();
        assert_eq!(error["httpCode"], code, "{error}");
        assert_eq!(error["description"], message, "{error}");
        assert_eq!(error["itemIndex"], 0);
    }
}

#[tokio::test]
async fn pages_of_web_servers_are_told_by_their_text() {
    let bench = Bench::start().await;
    let page = "<html><head><title>Service Unavailable</title></head><body><p>Halo is being upgraded</p></body></html>";
    bench.halo.fault(Fault::raw(500, "text/html", page).on("POST", "/api/Webhook"));
    let error = bench.run("webhooks", "create", hook()).await["error"].clone();
    assert_eq!(error["description"], "Service Unavailable Halo is being upgraded", "{error}");
}

#[tokio::test]
async fn a_wrong_secret_is_told_and_never_shown() {
    let bench = Bench::start().await;
    let mut request = bench.request("webhooks", "create", hook(), json!([{}]));
    request["node"]["credentials"]["haloPSAApi"]["data"]["clientSecret"] = json!("wrong-secret-1234");
    let result = bench.result(&request).await;
    assert_eq!(result["error"]["code"], "credential_rejected", "{result}");
    assert!(!result.to_string().contains("wrong-secret-1234"));
    assert!(bench.halo.records("Webhook").is_empty());
}

#[tokio::test]
async fn missing_credentials_are_refused() {
    let bench = Bench::start().await;
    let mut request = bench.request("webhooks", "create", hook(), json!([{}]));
    request["node"]["credentials"] = json!({});
    assert_eq!(bench.post(&request).await.status, 422);
    request["node"]["credentials"] =
        json!({ "haloPSAApi": { "data": { "baseUrl": bench.halo.base_url(), "clientId": "x" } } });
    let answer = bench.post(&request).await;
    assert_eq!(answer.status, 422, "{}", answer.json());
    assert!(answer.json().to_string().contains("Client Secret"), "{}", answer.json());
    assert!(bench.halo.log().is_empty());
}

#[tokio::test]
async fn an_unreachable_halo_is_told() {
    let bench = Bench::start().await;
    let mut request = bench.request("webhooks", "create", hook(), json!([{}]));
    request["settings"] = json!({ "transportRetries": 0 });
    request["node"]["credentials"]["haloPSAApi"]["data"]["baseUrl"] = json!("http://127.0.0.1:1");
    let error = bench.result(&request).await["error"].clone();
    assert_eq!(error["code"], "connection_failed", "{error}");
    assert!(error["message"].as_str().unwrap().contains("127.0.0.1:1 refused the connection"), "{error}");
}

#[tokio::test]
async fn a_server_without_tls_is_told() {
    let bench = Bench::start().await;
    let mut request = bench.request("webhooks", "create", hook(), json!([{}]));
    request["settings"] = json!({ "transportRetries": 0 });
    let https = bench.halo.base_url().replace("http://", "https://");
    request["node"]["credentials"]["haloPSAApi"]["data"]["baseUrl"] = json!(https);
    let error = bench.result(&request).await["error"].clone();
    assert_eq!(error["code"], "tls_failed", "{error}");
}

#[tokio::test]
async fn a_timeout_ends_the_execution() {
    let bench = Bench::start().await;
    bench.halo.fault(Fault::delay(Duration::from_secs(20)).on("GET", "/api/Webhook"));
    let mut request = bench.request("webhooks", "getAll", json!({}), json!([{}]));
    request["settings"] = json!({ "timeoutMs": 200 });
    let result = bench.result(&request).await;
    let code = result["error"]["code"].as_str().unwrap();
    assert!(["deadline_exceeded", "request_timeout"].contains(&code), "{result}");
}

#[tokio::test]
async fn too_many_requests_tell_when_to_come_back() {
    let bench = Bench::start().await;
    bench.halo.fault(Fault::status(429).header("retry-after", "40").on("POST", "/api/Webhook"));
    let error = bench.run("webhooks", "create", hook()).await["error"].clone();
    assert_eq!((&error["httpCode"], error["retryAfter"].as_f64()), (&json!("429"), Some(40.0)), "{error}");
}

#[tokio::test]
async fn each_item_keeps_its_own_outcome() {
    let bench = Bench::start().await;
    bench
        .halo
        .fault(Fault::answer(422, &json!({ "Message": "Not this one" })).on("POST", "/api/Webhook").after(1).times(1));
    let parameters = json!({ "name": "={{ $json.n }}", "additionalFields": { "url": "https://x.test" } });
    let mut request =
        bench.request("webhooks", "create", parameters, json!([{ "n": "a" }, { "n": "b" }, { "n": "c" }]));
    request["node"]["onError"] = json!("continueRegularOutput");
    let result = bench.result(&request).await;
    let items = data(&result, 0);
    assert_eq!(items.len(), 3, "{result}");
    assert_eq!((&items[0]["name"], &items[2]["name"]), (&json!("a"), &json!("c")));
    assert_eq!(result["data"]["main"][0][1]["pairedItem"]["item"], 1);
    assert!(result["data"]["main"][0][1]["error"].to_string().contains("Not this one"), "{result}");
    assert_eq!(bench.halo.records("Webhook").len(), 2);
}

#[tokio::test]
async fn a_dropped_connection_never_makes_two_webhooks() {
    let bench = Bench::start().await;
    bench.halo.fault(Fault::drop_after_reading().on("POST", "/api/Webhook"));
    let result = bench.run("webhooks", "create", hook()).await;
    assert_eq!(result["status"], "error", "{result}");
    assert_eq!(bench.halo.records("Webhook").len(), 1, "a POST of unknown fate is not sent again");
}
