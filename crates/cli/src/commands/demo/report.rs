//! What the demo prints.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Result;
use http::StatusCode;
use nodehost_halopsa_simulator::Simulator;
use serde_json::Value;

use super::sample;
use crate::table::table;

pub(crate) fn introduction(runner: SocketAddr, halo: &Simulator, request: &Value) -> Result<String> {
    Ok(format!(
        "A simulated HaloPSA runs at {}, a nodehost runner at http://{runner}.\n\
         A batch of four webhook definitions goes to the runner:\n\n\
         POST http://{runner}/v1/executions\n{}\n",
        halo.base_url(),
        shown(request)?
    ))
}

/// The request, an item a line.
fn shown(request: &Value) -> Result<String> {
    let node = serde_json::to_string_pretty(&request["node"])?.replace('\n', "\n  ");
    let items = request["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let items = items.iter().map(|item| format!("    {item}")).collect::<Vec<_>>().join(",\n");
    Ok(format!("{{\n  \"node\": {node},\n  \"items\": [\n{items}\n  ]\n}}"))
}

/// One line on the whole.
pub(crate) fn answer(status: StatusCode, answer: &Value, elapsed: Duration, halo: &Simulator) -> Result<String> {
    if !status.is_success() {
        return Ok(format!("The runner answered {status}:\n{}", serde_json::to_string_pretty(answer)?));
    }
    let stats = &answer["stats"];
    Ok(format!(
        "{status} after {} ms: {} of {} items succeeded, {} requests went out, {} of them for a token.\n",
        elapsed.as_millis(),
        stats["succeeded"],
        stats["items"],
        stats["requests"],
        halo.token_requests()
    ))
}

/// A row for each item: what went in, what became of it.
pub(crate) fn outcomes(request: &Value, answer: &Value) -> String {
    let mut table = table(["item", "customer", "outcome"]);
    let inputs = request["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let outputs = answer["data"]["main"][0].as_array().map(Vec::as_slice).unwrap_or_default();
    for output in outputs {
        let index =
            output["pairedItem"]["item"].as_u64().and_then(|index| usize::try_from(index).ok()).unwrap_or_default();
        let customer = inputs.get(index).map(|item| text(&item["customer"])).unwrap_or_default();
        let outcome = match &output["error"] {
            Value::Null => format!("created as webhook {}", text(&output["json"]["id"])),
            error => format!("failed ({}): {}", text(&error["code"]), text(&error["message"])),
        };
        table.add_row([index.to_string(), customer, outcome]);
    }
    format!("{table}\n")
}

/// What the simulator has now.
pub(crate) fn holdings(halo: &Simulator) -> String {
    let mut table = table(["id", "name", "url", "log kept, days"]);
    for webhook in halo.records("Webhook") {
        table.add_row(["id", "name", "url", "log_retention_policy_days"].map(|field| text(&webhook[field])));
    }
    format!("HaloPSA now holds these webhooks:\n\n{table}\n")
}

pub(crate) fn where_next() -> &'static str {
    "Where to go next:\n\
     \x20 nodehost demo --keep    leaves both running and prints a curl line to try\n\
     \x20 nodehost serve          the runner on its own, http://127.0.0.1:7420\n\
     \x20 docs/http-api.md        the calls of the runner\n\
     \x20 docs/descriptors.md     nodes of your own"
}

/// For `--keep`: a line to paste into a shell.
pub(crate) fn try_it(runner: SocketAddr, halo: &Simulator) -> String {
    let request = sample::request(&halo.base_url());
    format!(
        "Both keep running until Ctrl-C. To send the batch again, paste this into another terminal:\n\n\
         curl -s http://{runner}/v1/executions -H 'content-type: application/json' -d '{}'",
        request.to_string().replace('\'', r"'\''")
    )
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
