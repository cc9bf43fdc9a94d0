//! Runs cases of declarative routing: the requests and outputs that n8n recorded, against those of this host.
//!
//! `routing CASES.jsonl TYPES [CASE]` prints a line for each case, `{"id", "different": [text, ...], "row"?}`. TYPES is
//! n8n-nodes-base's `dist/types`, with `nodes.json` and `credentials.json`; `row` is the row of docs/compatibility.md that
//! says why the case differs, where the case itself tells. See docs/conformance.md.

#![allow(clippy::unwrap_used, reason = "a tool that stops at a case it cannot read")]
#![allow(clippy::print_stdout, reason = "a tool whose answer is its output")]

mod case;
mod gateway;

use std::path::Path;

use case::Case;
use gateway::Gateway;
use nodehost_runtime::Host;
use nodehost_runtime::egress::EgressConfig;
use serde_json::json;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [cases, types, only @ ..] = args.as_slice() else { panic!("usage: routing CASES.jsonl TYPES [CASE]") };
    let gateway = Gateway::start().await;
    let host = host(Path::new(types), &gateway);
    for line in std::fs::read_to_string(cases).expect("cannot read the cases").lines() {
        let case = Case::read(line);
        if !only.is_empty() && !only.contains(&case.id) {
            continue;
        }
        let different = case.run(&host, &gateway).await;
        let row = case.row(&different);
        println!("{}", json!({ "id": case.id, "different": different, "row": row }));
    }
}

/// A host of n8n's declarative nodes that sends its requests to the gateway.
fn host(types: &Path, gateway: &Gateway) -> Host {
    let egress = EgressConfig { gateway: Some(gateway.url()), ..EgressConfig::default() };
    Host::builder()
        .load(types.join("nodes.json").as_path(), Some("n8n-nodes-base"))
        .and_then(|builder| builder.load(types.join("credentials.json").as_path(), None))
        .and_then(|builder| builder.egress(egress).build())
        .unwrap()
}
