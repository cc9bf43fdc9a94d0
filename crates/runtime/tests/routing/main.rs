//! Declarative routing against recorded answers of n8n: the same requests, the same outputs.
//!
//! Needs the recorded cases and n8n's own bundles, which are not part of this project:
//!
//! - `NODEHOST_ROUTING_CASES`: a file of cases, one a line;
//! - `NODEHOST_N8N_TYPES`: n8n-nodes-base's `dist/types`, with `nodes.json` and `credentials.json`.
//!
//! Without them there is nothing to compare, and the test says so. What differs on purpose is told by its row of
//! docs/compatibility.md. tests/conformance/routing/generate.mjs makes further cases.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test that reports")]

mod case;
mod gateway;

use std::collections::BTreeMap;
use std::path::Path;

use case::Case;
use gateway::Gateway;
use nodehost_runtime::Host;
use nodehost_runtime::egress::EgressConfig;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_and_outputs_are_those_of_n8n() {
    let (Ok(cases), Ok(types)) = (std::env::var("NODEHOST_ROUTING_CASES"), std::env::var("NODEHOST_N8N_TYPES")) else {
        println!("nothing to compare with: NODEHOST_ROUTING_CASES and NODEHOST_N8N_TYPES are not set");
        return;
    };
    let gateway = Gateway::start().await;
    let egress = EgressConfig { gateway: Some(gateway.url()), ..EgressConfig::default() };
    let host = Host::builder()
        .load(Path::new(&types).join("nodes.json").as_path(), Some("n8n-nodes-base"))
        .and_then(|builder| builder.load(Path::new(&types).join("credentials.json").as_path(), None))
        .and_then(|builder| builder.egress(egress).build())
        .unwrap();
    let only = std::env::var("NODEHOST_ROUTING_CASE").ok();
    let (mut passed, mut failed, mut rows) = (0, BTreeMap::new(), BTreeMap::new());
    for line in std::fs::read_to_string(&cases).unwrap().lines() {
        let case = Case::read(line);
        if only.as_ref().is_some_and(|only| *only != case.id) {
            continue;
        }
        let differences = case.run(&host, &gateway).await;
        if differences.is_empty() {
            passed += 1;
        } else if let Some(row) = case.row(&differences) {
            *rows.entry(row).or_insert(0) += 1;
        } else {
            failed.insert(case.id, differences);
        }
    }
    for (id, differences) in failed.iter().take(40) {
        println!("--- {id}\n{}", differences.join("\n"));
    }
    println!("{passed} equal, {} differ, on purpose: {rows:?}", failed.len());
    assert!(failed.is_empty(), "{} cases differ", failed.len());
}
