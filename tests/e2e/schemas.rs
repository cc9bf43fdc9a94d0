//! The schemas are what is sent and answered.

use http::Method;
use jsonschema::Validator;
use nodehost_halopsa_simulator::Fault;
use nodehost_runtime::ErrorCode;
use nodehost_server::ServerConfig;
use nodehost_tests::halo::Halo;
use nodehost_tests::runner::Runner;
use serde_json::{Value, json};

const REQUEST: &str = include_str!("../../schemas/execution-request.schema.json");
const RESULT: &str = include_str!("../../schemas/execution-result.schema.json");

fn validator(schema: &str) -> Validator {
    jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap()
}

#[track_caller]
fn assert_valid(validator: &Validator, value: &Value) {
    let errors: Vec<_> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:?}\n{value}");
}

#[test]
fn the_schema_lists_every_code() {
    let schema: Value = serde_json::from_str(RESULT).unwrap();
    let listed = schema["$defs"]["Code"]["enum"].as_array().unwrap();
    let listed: Vec<&str> = listed.iter().filter_map(Value::as_str).collect();
    let codes: Vec<String> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(listed, codes);
}

#[tokio::test]
async fn answers_of_every_kind_fit_the_schema() {
    let (requests, results) = (validator(REQUEST), validator(RESULT));
    let halo = Halo::start().await;
    halo.simulator.fault(Fault::status(500).on("POST", "/api/Webhook").times(1));
    let batch = json!([{ "name": "a", "url": "https://a.example" }, { "json": { "name": "" } }, { "name": "c", "url": "https://c.example" }]);
    for on_error in ["stopWorkflow", "continueRegularOutput", "continueErrorOutput"] {
        let mut request = halo.create(batch.clone());
        request["node"]["onError"] = json!(on_error);
        request["settings"] = json!({ "concurrency": 1 });
        assert_valid(&requests, &request);
        let answer = halo.execute(&request).await;
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.json());
        assert_valid(&results, &answer.json());
    }
}

#[tokio::test]
async fn requests_the_runner_refuses_do_not_fit_the_schema() {
    let requests = validator(REQUEST);
    let runner = Runner::start(ServerConfig::default()).await;
    for wrong in [
        json!({}),
        json!({ "node": { "type": "haloPsa" } }),
        json!({ "node": {}, "items": [] }),
        json!({ "node": { "type": "haloPsa" }, "items": [1] }),
        json!({ "node": { "type": "haloPsa" }, "items": [{ "json": 1 }] }),
        json!({ "node": { "type": "haloPsa", "onerror": "x" }, "items": [] }),
        json!({ "node": { "type": "haloPsa", "onError": "x" }, "items": [] }),
        json!({ "node": { "type": "haloPsa", "credentials": { "a": {} } }, "items": [] }),
        json!({ "node": { "type": "haloPsa" }, "items": [], "settings": { "concurrency": 0 } }),
        json!({ "node": { "type": "haloPsa" }, "items": [], "settings": { "validation": "loose" } }),
        json!({ "node": { "type": "haloPsa" }, "items": [], "context": { "input": { "previousNodeOutput": 4_294_967_294_u32 } } }),
        json!({ "node": { "type": "haloPsa" }, "items": [], "context": { "runIndex": 4_294_967_296_u64 } }),
        json!({ "node": { "type": "haloPsa" }, "items": [], "context": { "runData": { "a": {} } } }),
        json!({ "node": { "type": "haloPsa" }, "items": [], "more": 1 }),
    ] {
        assert!(!requests.is_valid(&wrong), "the schema takes {wrong}");
        let answer = runner.post("/v1/executions", &wrong).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (400, &json!("malformed")), "{wrong}");
    }
}

/// Each call of the document is there, and a problem has the shape the document gives it.
#[tokio::test]
async fn the_openapi_document_fits_the_server() {
    let runner = Runner::start(ServerConfig::default()).await;
    let document = runner.get("/openapi.json").await.json();
    let mut schema = document["components"]["schemas"]["Problem"].clone();
    schema["components"] = document["components"].clone();
    let problems = jsonschema::validator_for(&schema).unwrap();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            let path = path.replace("{type}", "no.such").replace("{name}", "noSuch");
            let method: Method = method.to_uppercase().parse().unwrap();
            let call = runner.call(method.clone(), &path);
            let answer = if method == Method::POST { call.json(&json!({})).send().await } else { call.send().await };
            assert!(!matches!(answer.status.as_u16(), 405 | 500..), "{method} {path}: {}", answer.status);
            if !answer.status.is_success() {
                assert_ne!(answer.json()["code"], "not_found", "{method} {path}");
                assert_valid(&problems, &answer.json());
            }
        }
    }
}
