//! The sample batch: webhooks for four customers, one of them with a URL that cannot work.

use nodehost_halopsa_simulator::SimulatorConfig;
use serde_json::{Value, json};

/// A request for `POST /v1/executions` against a HaloPSA at `base_url`.
pub(crate) fn request(base_url: &str) -> Value {
    let SimulatorConfig { client_id, client_secret, .. } = SimulatorConfig::default();
    json!({
        "node": {
            "type": "n8n-nodes-halopsacomplete.haloPsa",
            "typeVersion": 1,
            "parameters": {
                "resource": "webhooks",
                "operation": "create",
                "name": "={{ $json.customer }}: new tickets",
                "additionalFields": {
                    "url": "={{ $json.callback }}/halo/{{ $json.customer.toLowerCase() }}",
                    "method": 0,
                    "log_retention_policy_days": "={{ $json.keepDays ?? 30 }}"
                }
            },
            "onError": "continueRegularOutput",
            "credentials": {
                "haloPSAApi": {
                    "data": { "baseUrl": base_url, "clientId": client_id, "clientSecret": client_secret, "scope": "all" }
                }
            }
        },
        "items": [
            { "customer": "Contoso", "callback": "https://hooks.contoso.example" },
            { "customer": "Fabrikam", "callback": "https://fabrikam.example/in", "keepDays": 90 },
            { "customer": "Initech", "callback": "ftp://initech.example" },
            { "customer": "Northwind", "callback": "https://api.northwind.example" }
        ]
    })
}
