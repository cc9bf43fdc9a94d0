//! A runner beside a simulated HaloPSA, and requests for its webhooks.

use nodehost_halopsa_simulator::{Simulator, SimulatorConfig};
use nodehost_server::ServerConfig;
use serde_json::{Value, json};

use crate::http::Answer;
use crate::runner::Runner;

/// Both servers.
pub struct Halo {
    /// The simulated HaloPSA.
    pub simulator: Simulator,
    /// A runner that may reach loopback.
    pub runner: Runner,
}

impl Halo {
    /// Starts both with their defaults.
    pub async fn start() -> Self {
        Self::start_with(ServerConfig::default()).await
    }

    /// Starts both, the runner as told.
    pub async fn start_with(config: ServerConfig) -> Self {
        let simulator = Simulator::start(SimulatorConfig::default()).await.expect("a free port");
        Self { simulator, runner: Runner::start(config).await }
    }

    /// The credential that the simulator takes.
    pub fn credential(&self) -> Value {
        let SimulatorConfig { client_id, client_secret, .. } = SimulatorConfig::default();
        json!({ "baseUrl": self.simulator.base_url(), "clientId": client_id, "clientSecret": client_secret, "scope": "all" })
    }

    /// A request that creates a webhook of each item, `name` and `url` taken from it.
    pub fn create(&self, items: Value) -> Value {
        let additional = json!({ "url": "={{ $json.url }}" });
        let parameters = json!({ "resource": "webhooks", "operation": "create", "name": "={{ $json.name }}", "additionalFields": additional });
        self.request(parameters, items)
    }

    /// A request for the HaloPSA node with the simulator's credential.
    pub fn request(&self, parameters: Value, items: Value) -> Value {
        json!({
            "node": {
                "type": "n8n-nodes-halopsacomplete.haloPsa",
                "typeVersion": 1,
                "parameters": parameters,
                "credentials": { "haloPSAApi": { "data": self.credential() } },
            },
            "items": items,
        })
    }

    /// POSTs an execution.
    pub async fn execute(&self, request: &Value) -> Answer {
        self.runner.post("/v1/executions", request).await
    }
}
