//! The OpenAPI document and the server say the same: each status and each body that is documented is really answered.

use std::collections::BTreeMap;
use std::time::Duration;

use http::Method;
use jsonschema::Validator;
use nodehost_descriptor::load;
use nodehost_halopsa_simulator::{Fault, Simulator, SimulatorConfig};
use nodehost_server::{ApiKey, ServerConfig};
use nodehost_tests::halo::Halo;
use nodehost_tests::http::Call;
use nodehost_tests::runner::{self, Runner};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const KEY: &str = "the-key";
const NDJSON: &str = "application/x-ndjson";

/// A node over whose parameters n8n throws: a display condition is no regular expression.
const THROWING: &str = r#"{
    "name": "throwing", "displayName": "Throwing", "description": "", "group": ["transform"], "version": 1,
    "defaults": { "name": "Throwing" }, "inputs": ["main"], "outputs": ["main"],
    "properties": [
        { "displayName": "A", "name": "a", "type": "string", "default": "x" },
        { "displayName": "B", "name": "b", "type": "string", "default": "",
          "displayOptions": { "show": { "a": [{ "_cnd": { "regex": "(" } }] } } }
    ]
}"#;

/// An operation of the document.
struct Operation {
    method: Method,
    path: String,
    responses: Value,
    has_body: bool,
}

/// What a server said: the status, the media type, the body.
struct Said {
    status: u16,
    media_type: String,
    body: Vec<u8>,
}

fn operations(document: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            operations.push(Operation {
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                responses: operation["responses"].clone(),
                has_body: operation["requestBody"].is_object(),
            });
        }
    }
    operations
}

async fn start() -> Halo {
    let config = ServerConfig {
        api_keys: vec![
            ApiKey::new("one", KEY),
            ApiKey::new("idle", "idle-key").with_requests_per_second(1e-6),
            ApiKey::new("none", "none-key").with_max_executions(0),
        ],
        body_timeout: Duration::from_millis(300),
        max_body_bytes: 1 << 20,
        shutdown_timeout: Duration::from_secs(20),
        ..ServerConfig::default()
    };
    let host = runner::builder().node(load::node_from_text("test", THROWING, |_| None).unwrap()).build().unwrap();
    let simulator = Simulator::start(SimulatorConfig::default()).await.unwrap();
    Halo { simulator, runner: Runner::start_host(host, config).await }
}

impl Operation {
    /// The path with names that exist.
    fn address(&self) -> String {
        self.path.replace("{type}", "haloPsa").replace("{name}", "haloPSAApi")
    }

    /// The body of a request that succeeds.
    fn body(&self, halo: &Halo) -> Value {
        let webhook = json!({ "resource": "webhooks", "operation": "create", "name": "n", "additionalFields": {} });
        match self.path.as_str() {
            "/v1/executions" => halo.create(json!([{ "name": "a", "url": "https://a.example" }, { "name": "" }])),
            "/v1/nodes/{type}/parameters" => json!({ "parameters": webhook }),
            "/v1/nodes/{type}/options" => json!({ "parameters": webhook, "property": "additionalFields.method" }),
            "/v1/expressions" => json!({ "expression": "={{ 1 + 1 }}" }),
            _ => json!({ "data": halo.credential() }),
        }
    }

    fn call(&self, halo: &Halo) -> Call {
        let call = halo.runner.call(self.method.clone(), &self.address()).header("x-api-key", KEY);
        if self.has_body { call.json(&self.body(halo)) } else { call }
    }

    /// A body of the right shape that asks for what cannot be.
    fn refused(&self, halo: &Halo) -> Value {
        let mut body = self.body(halo);
        match self.path.as_str() {
            "/v1/executions" => body["node"]["parameters"]["resource"] = json!("no such"),
            "/v1/credential-types/{name}/test" => body = json!({ "id": "no-such-id" }),
            "/v1/nodes/{type}/options" => body["property"] = json!("no.such"),
            _ => body = json!({}),
        }
        body
    }

    /// A request, header by header, whose body never comes.
    async fn bare(&self, halo: &Halo, headers: &str) -> Said {
        let mut stream = TcpStream::connect(halo.runner.address).await.unwrap();
        let head = format!("{} {} HTTP/1.1\r\nx-api-key: {KEY}\r\nconnection: close\r\n", self.method, self.address());
        let json = if self.has_body { "content-type: application/json\r\n" } else { "" };
        stream.write_all(format!("{head}{json}{headers}\r\n").as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let text = String::from_utf8(answer).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let media_type = head.lines().find_map(|line| line.strip_prefix("content-type: ")).unwrap_or_default();
        Said {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            media_type: media_type.to_owned(),
            body: body.as_bytes().to_vec(),
        }
    }

    /// Makes the server answer with this status.
    async fn provoke(&self, halo: &Halo, status: u16) -> Said {
        let call = self.call(halo);
        let call = match status {
            400 => return self.bare(halo, "host: localhost\r\nhost: localhost\r\n").await,
            401 => call.header("x-api-key", "no-key"),
            404 if self.path == "/v1/executions" => call.json(&json!({ "node": { "type": "no.such" }, "items": [] })),
            404 => halo
                .runner
                .call(self.method.clone(), &self.path.replace("{type}", "no.such").replace("{name}", "no"))
                .header("x-api-key", KEY)
                .json(&self.body(halo)),
            406 => call.header("accept", "text/html"),
            408 => return self.bare(halo, "host: localhost\r\ncontent-length: 9\r\n").await,
            413 => return self.bare(halo, "host: localhost\r\ncontent-length: 1048577\r\n").await,
            415 => call.header("content-type", "text/plain"),
            421 => call.header("host", "rebound.example"),
            422 if self.path == "/v1/nodes/{type}/parameters" => {
                let path = self.path.replace("{type}", "throwing");
                halo.runner.call(Method::POST, &path).header("x-api-key", KEY).json(&json!({}))
            }
            422 => call.json(&self.refused(halo)),
            429 if self.path == "/v1/executions" => call.header("x-api-key", "none-key"),
            429 => call.header("x-api-key", "idle-key"),
            _ => call,
        };
        send(call).await
    }
}

async fn send(call: Call) -> Said {
    let answer = call.send().await;
    let media_type = answer.header("content-type").to_owned();
    Said { status: answer.status.as_u16(), media_type, body: answer.body.to_vec() }
}

/// The validators of an answer, by media type.
struct Validators<'a>(&'a Value);

impl Validators<'_> {
    /// What is wrong with an answer.
    fn errors(&self, response: &Value, said: &Said) -> Vec<String> {
        let essence = said.media_type.split(';').next().unwrap_or_default();
        let Some(content) = response["content"].get(essence) else {
            return vec![format!("{essence} is not documented")];
        };
        if !essence.ends_with("json") {
            return Vec::new();
        }
        let mut schema = content["schema"].clone();
        schema["components"] = self.0["components"].clone();
        let validator: Validator = jsonschema::validator_for(&schema).unwrap();
        let text = std::str::from_utf8(&said.body).unwrap();
        let values: Vec<Value> = if essence == NDJSON {
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
        } else {
            vec![serde_json::from_str(text).unwrap()]
        };
        values
            .iter()
            .flat_map(|value| validator.iter_errors(value).map(|error| error.to_string()).collect::<Vec<_>>())
            .collect()
    }
}

#[tokio::test]
async fn every_documented_answer_is_given() {
    let halo = start().await;
    // Its one request is used up.
    send(halo.runner.call(Method::GET, "/v1/nodes").header("x-api-key", "idle-key")).await;
    let document = halo.runner.call(Method::GET, "/openapi.json").header("x-api-key", KEY).send().await.json();
    let validators = Validators(&document);
    let mut wrong = BTreeMap::new();
    let mut note = |operation: &Operation, status: &str, said: &Said| {
        let mut errors = validators.errors(&operation.responses[status], said);
        if said.status.to_string() != status {
            errors.push(format!("{} is answered: {}", said.status, String::from_utf8_lossy(&said.body)));
        }
        if !errors.is_empty() {
            wrong.insert(format!("{} {} {status}", operation.method, operation.path), errors);
        }
    };
    let operations = operations(&document);
    for operation in &operations {
        let statuses = operation.responses.as_object().unwrap().keys();
        for status in statuses.filter(|status| !matches!(status.as_str(), "default" | "503")) {
            let said = operation.provoke(&halo, status.parse().unwrap()).await;
            note(operation, status, &said);
        }
        if operation.path == "/v1/executions" {
            let call = operation.call(&halo).header("accept", NDJSON);
            note(operation, "200", &send(call).await);
        }
    }
    // While the last execution runs, a server that is to end tells so.
    halo.simulator.fault(Fault::delay(Duration::from_millis(100)).on("POST", "/api/Webhook").times(usize::MAX));
    let items = (0..1000).map(|n| json!({ "name": format!("hook {n}"), "url": "https://a.example" })).collect();
    let before = halo.simulator.records("Webhook").len();
    let call = halo.runner.call(Method::POST, "/v1/executions").header("x-api-key", KEY).json(&halo.create(items));
    let running = tokio::spawn(call.send());
    while halo.simulator.records("Webhook").len() == before {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    halo.runner.shut_down();
    for operation in operations.iter().filter(|operation| operation.responses["503"].is_object()) {
        let mut said = operation.provoke(&halo, 503).await;
        while said.status == 200 {
            said = operation.provoke(&halo, 503).await;
        }
        note(operation, "503", &said);
    }
    running.abort();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
