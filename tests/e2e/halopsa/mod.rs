//! HaloPSA Complete through the HTTP interface, against the simulator.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]
#![allow(clippy::needless_pass_by_value, reason = "cases read better as json!({})")]

mod credentials;
mod custom_fields;
mod errors;
mod faults;
mod lists;
mod operations;
mod options;
mod resources;
mod troubleshooting;
mod webhooks;

use nodehost_halopsa_simulator::{Simulator, SimulatorConfig};
use nodehost_server::ServerConfig;
use nodehost_tests::http::Answer;
use nodehost_tests::runner::Runner;
use serde_json::{Map, Value, json};

/// A runner and a Halo to point it at.
struct Bench {
    runner: Runner,
    halo: Simulator,
}

impl Bench {
    async fn start() -> Self {
        Self::with(SimulatorConfig::default()).await
    }

    async fn with(config: SimulatorConfig) -> Self {
        let halo = Simulator::start(config).await.unwrap();
        Self { runner: Runner::start(ServerConfig::default()).await, halo }
    }

    /// The credential that works.
    fn credential(&self) -> Value {
        json!({ "baseUrl": self.halo.base_url(), "clientId": "demo-client", "clientSecret": "demo-secret", "scope": "all" })
    }

    /// A request for an operation.
    fn request(&self, resource: &str, operation: &str, more: Value, items: Value) -> Value {
        let mut parameters: Map<String, Value> = serde_json::from_value(more).unwrap();
        parameters.insert("resource".into(), resource.into());
        parameters.insert("operation".into(), operation.into());
        json!({
            "node": {
                "type": nodehost_halopsa::NODE_TYPE,
                "parameters": parameters,
                "credentials": { "haloPSAApi": { "data": self.credential() } },
            },
            "items": items,
        })
    }

    async fn post(&self, request: &Value) -> Answer {
        self.runner.post("/v1/executions", request).await
    }

    /// Runs an operation for one empty item, and gives the result.
    async fn run(&self, resource: &str, operation: &str, more: Value) -> Value {
        self.result(&self.request(resource, operation, more, json!([{}]))).await
    }

    /// The result of an execution that ran.
    async fn result(&self, request: &Value) -> Value {
        let answer = self.post(request).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        answer.json()
    }

    /// Runs an operation that succeeds, and gives the data of its items.
    async fn items(&self, resource: &str, operation: &str, more: Value) -> Vec<Value> {
        let result = self.run(resource, operation, more.clone()).await;
        assert_eq!(result["status"], "success", "{resource} {operation} {more}: {}", result["error"]);
        data(&result, 0)
    }

    /// Runs an operation that is refused with 422, and gives the errors; nothing may have been sent.
    async fn refused(&self, resource: &str, operation: &str, more: Value) -> Vec<Value> {
        let sent = self.halo.log().len();
        let answer = self.post(&self.request(resource, operation, more.clone(), json!([{}]))).await;
        assert_eq!(answer.status, 422, "{resource} {operation} {more}: {}", answer.json());
        assert_eq!(self.halo.log().len(), sent, "nothing is sent");
        answer.json()["errors"].as_array().unwrap().clone()
    }
}

/// The data of an output's items.
fn data(result: &Value, output: usize) -> Vec<Value> {
    let items = result["data"]["main"][output].as_array();
    items.into_iter().flatten().map(|item| item["json"].clone()).collect()
}
