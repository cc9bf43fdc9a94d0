//! One batch: webhooks created in a (simulated) HaloPSA by a host inside this program.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use nodehost_halopsa_simulator::{Simulator, SimulatorConfig};
use nodehost_runtime::egress::{EgressConfig, Policy};
use nodehost_runtime::{ExecutionRequest, Host};
use serde_json::json;

#[tokio::main]
pub(crate) async fn main() -> anyhow::Result<()> {
    let halo = Simulator::start(SimulatorConfig::default()).await?;

    // Loopback is out of reach for nodes unless it is allowed.
    let egress = EgressConfig { policy: Policy::new(vec!["127.0.0.1".parse()?]), ..EgressConfig::default() };
    let host = nodehost_halopsa::register(Host::builder())?.egress(egress).build()?;

    let request = ExecutionRequest::from_value(json!({
        "node": {
            "type": "haloPsa",
            "parameters": {
                "resource": "webhooks",
                "operation": "create",
                "name": "={{ $json.customer }}: new tickets",
                "additionalFields": { "url": "={{ $json.callback }}" },
            },
            "credentials": { "haloPSAApi": { "data": {
                "baseUrl": halo.base_url(), "clientId": "demo-client", "clientSecret": "demo-secret", "scope": "all",
            } } },
        },
        "items": [
            { "customer": "Contoso", "callback": "https://hooks.contoso.example" },
            { "customer": "Fabrikam", "callback": "https://fabrikam.example/in" },
        ],
    }))?;
    let result = host.execute(request).await?;

    println!("{:?}: {} of {} items", result.status, result.stats.succeeded, result.stats.items);
    for item in &result.data.main[0] {
        println!("{}", serde_json::to_string(item)?);
    }
    anyhow::ensure!(halo.records("Webhook").len() == 2, "HaloPSA holds both");
    Ok(())
}
