//! The troubleshooting part of docs/halopsa.md goes by messages: each is one that comes, word for word.

use nodehost_halopsa_simulator::{Fault, RateLimit, SimulatorConfig};
use serde_json::{Value, json};

use super::Bench;

/// The part of the page.
fn entries() -> impl Iterator<Item = &'static str> {
    let page = include_str!("../../../docs/halopsa.md");
    let part = page.split("## Troubleshooting\n").nth(1).unwrap().split("\n## ").next().unwrap();
    part.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next())
}

/// Asserts that an error says these words, and that the page has an entry by them.
fn told(error: &Value, words: &str) {
    assert!(error.to_string().contains(words), "{words:?} is not what comes: {error}");
    assert!(entries().any(|entry| entry.contains(words)), "docs/halopsa.md has no entry by {words:?}");
}

/// The error of a list of sites, with some of the credential changed.
async fn error_with(bench: &Bench, changes: Value) -> Value {
    let mut request = bench.request("sites", "getAll", json!({}), json!([{}]));
    request["settings"] = json!({ "transportRetries": 0 });
    let credential = request["node"]["credentials"]["haloPSAApi"]["data"].as_object_mut().unwrap();
    credential.extend(changes.as_object().unwrap().clone());
    bench.post(&request).await.json()
}

#[tokio::test]
async fn settings_of_authentication() {
    let bench = Bench::start().await;
    told(&error_with(&bench, json!({ "clientSecret": "" })).await, "must be filled in");
    let wrong = error_with(&bench, json!({ "clientSecret": "wrong-secret-1234" })).await;
    told(&wrong, "did not accept the credential");
    told(&wrong, "Check client ID and secret");
    told(&error_with(&bench, json!({ "tenant": "acme" })).await, "No access token from");
    let elsewhere = format!("{}/elsewhere", bench.halo.base_url());
    told(&error_with(&bench, json!({ "authorisationUrl": elsewhere })).await, "it answered 404");
    bench.halo.fault(Fault::raw(200, "text/html", "<html>Sign in</html>").on("POST", "/auth/token"));
    told(
        &error_with(&bench, json!({ "clientId": "demo-client", "scope": "x" })).await,
        "is the URL that of the token endpoint?",
    );
    let mut request = bench.request("sites", "getAll", json!({}), json!([{}]));
    request["node"]["credentials"] = json!({});
    told(&bench.post(&request).await.json(), "needs a credential of the type haloPSAApi");
}

#[tokio::test]
async fn statuses_of_the_api() {
    let bench = Bench::start().await;
    let statuses = [
        (400, "Bad request - please check your parameters"),
        (401, "Authorization failed - please check your credentials"),
        (403, "Forbidden - perhaps check your credentials?"),
        (404, "The resource you are requesting could not be found"),
        (500, "The service was not able to process your request"),
    ];
    for (status, words) in statuses {
        // A 401 is asked twice, the second time with a new token.
        let times = if status == 401 { 2 } else { 1 };
        bench.halo.fault(Fault::status(status).on("GET", "/api/Site").times(times));
        told(&error_with(&bench, json!({})).await, words);
    }
}

#[tokio::test]
async fn the_rate_limit() {
    let limit = RateLimit { requests: 2, window: std::time::Duration::from_secs(300) };
    let bench = Bench::with(SimulatorConfig { rate_limit: Some(limit), ..SimulatorConfig::default() }).await;
    let parameters = json!({ "name": "={{ $json.n }}", "additionalFields": { "url": "https://x.test" } });
    let items = json!([{ "n": "a" }, { "n": "b" }, { "n": "c" }]);
    let result = bench.result(&bench.request("webhooks", "create", parameters, items)).await;
    told(&result["error"], "The service is receiving too many requests from you");
    let wait = result["error"]["retryAfter"].as_f64().unwrap();
    assert!(wait > 30.0 && wait <= 300.0, "{result}");
    assert_eq!((&result["stats"]["succeeded"], bench.halo.records("Webhook").len()), (&json!(2), 2), "{result}");
}

#[tokio::test]
async fn connections() {
    let bench = Bench::start().await;
    told(&error_with(&bench, json!({ "baseUrl": "http://127.0.0.1:1" })).await, "refused the connection");
    told(&error_with(&bench, json!({ "baseUrl": "http://10.1.2.3" })).await, "start the runner with --allow-host");
    let https = bench.halo.base_url().replace("http://", "https://");
    told(&error_with(&bench, json!({ "baseUrl": https })).await, "No secure connection to");
    bench.halo.fault(Fault::drop_after_reading().on("POST", "/api/Webhook"));
    let hook = json!({ "name": "n", "additionalFields": { "url": "https://x.test" } });
    told(&bench.run("webhooks", "create", hook).await, "check before sending it again");
}

#[tokio::test]
async fn lists() {
    let bench = Bench::start().await;
    let short = json!({ "record_count": 5, "sites": [{ "id": 1 }] });
    bench.halo.fault(Fault::answer(200, &short).on("GET", "/api/Site").times(3));
    told(&bench.run("sites", "getAll", json!({ "returnAll": true })).await, "is the same as the page before it");
    let bench = Bench::start().await;
    bench.halo.fault(Fault::answer(200, &short).on("GET", "/api/Site"));
    bench.halo.fault(Fault::answer(200, &json!({ "record_count": 5, "sites": [] })).on("GET", "/api/Site"));
    told(&bench.run("sites", "getAll", json!({ "returnAll": true })).await, "and its pages held");
}

#[tokio::test]
async fn refusals() {
    let bench = Bench::start().await;
    let hook = |more: Value| {
        let mut fields = json!({ "url": "https://x.test" });
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "name": "n", "additionalFields": fields })
    };
    let cases = [
        ("webhooks", json!({ "additionalFields": { "url": "https://x.test" } }), "is required"),
        ("webhooks", json!({ "name": "n" }), "URL is required for an outbound webhook"),
        ("sites", json!({ "name": "n" }), "must be the number of a record"),
        ("client", json!({ "name": "n", "additionalFields": { "jsonFields": "{\n\"a\": }" } }), "at line 2, column 6"),
        (
            "webhooks",
            hook(json!({ "authentication_type": 1, "basic_password": "p" })),
            "User Name is required for Basic Auth",
        ),
        (
            "webhooks",
            hook(json!({ "authentication_type": 1, "basic_username": "u" })),
            "Password is required for Basic Auth",
        ),
        ("webhooks", hook(json!({ "authentication_type": 2 })), "Authentication Header is required for a Bearer Token"),
        ("webhooks", hook(json!({ "authentication_type": 3 })), "Authentication Header is required for an API Key"),
        ("webhooks", hook(json!({ "authentication_type": 4 })), "Certificate ID is required"),
        ("webhooks", hook(json!({ "batch_method": 1 })), "Batch Delay is required for Time Based batches"),
        ("webhooks", hook(json!({ "batch_method": 2 })), "Batch Limit is required for Count Based batches"),
        ("webhooks", hook(json!({ "infinite_loop_threshold": 0 })), "has to be at least 1; it is 0"),
        ("webhooks", hook(json!({ "colr": 0 })), "no parameter"),
    ];
    for (resource, parameters, words) in cases {
        told(&Value::Array(bench.refused(resource, "create", parameters).await), words);
    }
    let nothing = json!({ "ticketId": 1, "updateFields": {} });
    told(&Value::Array(bench.refused("tickets", "update", nothing).await), "At least one field to update is required");
    let hidden = bench.run("webhooks", "create", hook(json!({ "basic_password": "p" }))).await;
    told(&hidden["warnings"], "hidden_parameter");
}
