//! Tokens: one for all, renewed when they expire; tenant, authorisation server, API key.

use nodehost_halopsa_simulator::SimulatorConfig;
use serde_json::{Value, json};

use super::Bench;

#[tokio::test]
async fn a_token_is_shared_by_executions_and_renewed_when_it_expires() {
    for status in [401, 400] {
        let bench = Bench::with(SimulatorConfig { expired_token_status: status, ..SimulatorConfig::default() }).await;
        bench.items("sites", "getAll", json!({})).await;
        bench.items("agents", "getAll", json!({})).await;
        assert_eq!(bench.halo.token_requests(), 1);
        bench.halo.expire_tokens();
        let fields = json!({ "name": "n", "additionalFields": { "url": "https://x.test" } });
        bench.items("webhooks", "create", fields).await;
        assert_eq!(bench.halo.token_requests(), 2);
        assert_eq!(bench.halo.records("Webhook").len(), 1);
    }
}

async fn lists_sites(bench: &Bench, credential: Value) -> Value {
    let mut request = bench.request("sites", "getAll", json!({}), json!([{}]));
    request["node"]["credentials"]["haloPSAApi"]["data"] = credential;
    bench.result(&request).await
}

#[tokio::test]
async fn a_hosted_halo_gets_its_tenant_and_authorisation_server() {
    let config = SimulatorConfig {
        tenant: Some("acme corp".into()),
        token_path: "/auth2/token".into(),
        ..SimulatorConfig::default()
    };
    let bench = Bench::with(config).await;
    let mut credential = bench.credential();
    credential["tenant"] = json!("acme corp");
    credential["authorisationUrl"] = json!(format!("{}/auth2", bench.halo.base_url()));
    assert_eq!(lists_sites(&bench, credential.clone()).await["status"], "success");
    assert_eq!(bench.halo.log()[0].query, [("tenant".to_owned(), "acme corp".to_owned())]);
    let known = bench.halo.log().len();
    credential["tenant"] = json!("other");
    let error = lists_sites(&bench, credential).await["error"].clone();
    let told = error["message"].as_str().unwrap();
    assert!(told.starts_with("No access token from") && told.contains("tenant is missing, wrong"), "{error}");
    let log = bench.halo.log();
    assert!(log[known..].iter().all(|request| request.path == "/auth2/token"), "no request without a token");
}

#[tokio::test]
async fn an_api_key_is_the_bearer_token() {
    let bench =
        Bench::with(SimulatorConfig { api_key: Some("key-12345678".into()), ..SimulatorConfig::default() }).await;
    let credential = json!({ "baseUrl": bench.halo.base_url(), "method": "apiKey", "apiKey": "key-12345678" });
    let result = lists_sites(&bench, credential).await;
    assert_eq!(result["status"], "success", "{result}");
    assert_eq!(bench.halo.token_requests(), 0);
}

#[tokio::test]
async fn an_empty_scope_asks_for_all_and_a_slash_at_the_end_does_no_harm() {
    let bench = Bench::start().await;
    let mut credential = bench.credential();
    credential["scope"] = json!("");
    credential["baseUrl"] = json!(format!("{}/api/", bench.halo.base_url()));
    assert_eq!(lists_sites(&bench, credential).await["status"], "success");
    let log = bench.halo.log();
    assert_eq!(log[0].body["scope"], "all");
    assert_eq!(log[1].path, "/api/Site");
}
