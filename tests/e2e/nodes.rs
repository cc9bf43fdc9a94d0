//! What the runner says of nodes, parameters, credential types and expressions.

use http::StatusCode;
use nodehost_server::ServerConfig;
use nodehost_tests::halo::Halo;
use nodehost_tests::runner::Runner;
use serde_json::json;

const TYPE: &str = "n8n-nodes-halopsacomplete.haloPsa";

#[tokio::test]
async fn nodes_are_listed_and_described() {
    let runner = Runner::start(ServerConfig::default()).await;
    let nodes = runner.get("/v1/nodes").await.json();
    let halo = nodes.as_array().unwrap().iter().find(|node| node["type"] == TYPE).unwrap();
    assert_eq!((&halo["kind"], &halo["credentials"]), (&json!("declarative"), &json!(["haloPSAApi"])));

    let by_type = runner.get(&format!("/v1/nodes/{TYPE}")).await;
    let by_name = runner.get("/v1/nodes/haloPsa?version=1").await;
    assert_eq!((by_type.status, by_type.header("content-type")), (StatusCode::OK, "application/json"));
    assert_eq!(by_type.body, by_name.body);
    assert_eq!(by_type.json()["name"], "haloPsa");
    assert_eq!(runner.get("/v1/nodes/n8n-nodes-halopsacomplete%2EhaloPsa").await.status, StatusCode::OK);

    for unknown in ["/v1/nodes/no.such", "/v1/nodes/@scope%2Fpackage.node", "/v1/nodes/haloPsa?version=99"] {
        let answer = runner.get(unknown).await;
        assert_eq!(
            (answer.status, &answer.json()["code"]),
            (StatusCode::NOT_FOUND, &json!("unknown_node")),
            "{unknown}"
        );
    }
    let answer = runner.get("/v1/nodes/haloPsa?version=one").await;
    assert_eq!((answer.status, &answer.json()["code"]), (StatusCode::BAD_REQUEST, &json!("malformed")));
}

#[tokio::test]
async fn parameters_are_completed_and_checked() {
    let runner = Runner::start(ServerConfig::default()).await;
    let path = "/v1/nodes/haloPsa/parameters";
    let answer = runner.post(path, &json!({ "parameters": { "resource": "webhooks", "operation": "create" } })).await;
    let body = answer.json();
    assert_eq!(answer.status, StatusCode::OK, "{body}");
    assert_eq!(body["parameters"]["name"], "");
    assert!(body["issues"]["parameters"]["name"].is_array(), "{body}");
    assert!(body["displayed"].as_array().is_some_and(|shown| !shown.is_empty()));
    let sound =
        json!({ "parameters": { "resource": "webhooks", "operation": "create", "name": "n" }, "defaults": false });
    let body = runner.post(path, &sound).await.json();
    assert_eq!((&body["issues"], &body["parameters"]["name"]), (&json!(null), &json!("n")), "{body}");
    let answer = runner.post(path, &json!({ "parameters": [] })).await;
    assert_eq!(
        (answer.status, &answer.json()["errors"][0]["pointer"]),
        (StatusCode::BAD_REQUEST, &json!("/parameters"))
    );
}

#[tokio::test]
async fn choices_of_a_property_are_given() {
    let halo = Halo::start().await;
    let request = json!({
        "parameters": { "resource": "webhooks", "operation": "create", "name": "n" },
        "credentials": { "haloPSAApi": { "data": halo.credential() } },
        "property": "additionalFields.method",
    });
    let body = halo.runner.post("/v1/nodes/haloPsa/options", &request).await.json();
    assert_eq!(body["options"][0]["value"], 0, "{body}");
    let answer = halo.runner.post("/v1/nodes/haloPsa/options", &json!({ "property": "no.such" })).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (422, &json!("unknown_property")));
}

#[tokio::test]
async fn credential_types_are_described_and_tested() {
    let halo = Halo::start().await;
    let loaded = halo.runner.get("/v1/credential-types/haloPSAApi").await.json();
    assert_eq!(loaded["name"], "haloPSAApi");
    let resolved = halo.runner.get("/v1/credential-types/haloPSAApi?resolved=true").await.json();
    let count = |of: &serde_json::Value| of["properties"].as_array().map_or(0, Vec::len);
    assert!(count(&resolved) > count(&loaded), "what it extends is merged in");
    let path = "/v1/credential-types/n8n-nodes-halopsacomplete.haloPSAApi";
    assert_eq!(halo.runner.get(path).await.json(), loaded, "a name with its package");
    let tested = halo.runner.post(&format!("{path}/test"), &json!({ "data": halo.credential() })).await;
    assert_eq!(tested.json()["status"], "OK");
    let answer = halo.runner.get("/v1/credential-types/noSuch").await;
    assert_eq!((answer.status, &answer.json()["code"]), (StatusCode::NOT_FOUND, &json!("unknown_credential_type")));

    let path = "/v1/credential-types/haloPSAApi/test";
    assert_eq!(halo.runner.post(path, &json!({ "data": halo.credential() })).await.json()["status"], "OK");
    let mut wrong = halo.credential();
    wrong["clientSecret"] = json!("another-secret-entirely");
    let body = halo.runner.post(path, &json!({ "data": wrong })).await.json();
    assert_eq!(body["status"], "Error");
    assert!(!body.to_string().contains("another-secret-entirely"), "{body}");
}

#[tokio::test]
async fn expressions_are_evaluated() {
    let runner = Runner::start(ServerConfig::default()).await;
    let evaluate = async |request| {
        let answer = runner.post("/v1/expressions", &request).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.json());
        answer.json()
    };
    let items = json!([{ "json": { "n": 20 } }, { "json": { "n": 21 } }]);
    let request = json!({ "expression": "={{ $json.n * 2 }}", "itemIndex": 1, "context": { "items": items } });
    assert_eq!(evaluate(request).await, json!({ "value": 42, "type": "number" }));
    let failed = evaluate(json!({ "expression": "={{ (() => { throw new Error('no') })() }}" })).await;
    assert!(failed["value"].is_null(), "{failed}");
    let endless = evaluate(json!({ "expression": "={{ (() => { for (;;) {} })() }}" })).await;
    assert_eq!(endless["error"]["code"], "expression_timeout", "{endless}");
    let refused = evaluate(json!({ "expression": "={{ (({ constructor: c }) => c)({}) }}" })).await;
    assert_eq!(refused["error"]["name"], "ExpressionDestructuringError", "n8n's class: {refused}");
}

#[tokio::test]
async fn expressions_that_spend_their_limits_leave_the_runner_alone() {
    let runner = Runner::start(ServerConfig::default()).await;
    let bombs = [
        "for (;;) {}",
        "let s = 'x'; for (;;) s += s",
        "const f = () => f() + 1; return f()",
        "return /(a+)+$/.test('a'.repeat(40) + 'b')",
    ];
    let spent = futures::future::join_all(bombs.iter().cycle().take(32).map(async |bomb| {
        let request = json!({ "expression": format!("={{{{ (() => {{ {bomb} }})() }}}}") });
        (bomb, runner.post("/v1/expressions", &request).await.json())
    }));
    let alive = async {
        for _ in 0..20 {
            assert_eq!(runner.get("/healthz").await.status, StatusCode::OK);
        }
    };
    let (spent, ()) = tokio::join!(spent, alive);
    for (bomb, answer) in spent {
        let code = answer["error"]["code"].as_str().unwrap_or_default();
        assert!(["expression_timeout", "expression_limit"].contains(&code), "{bomb}: {answer}");
    }
    let answer = runner.post("/v1/expressions", &json!({ "expression": "={{ 6 * 7 }}" })).await.json();
    assert_eq!(answer["value"], 42);
}
