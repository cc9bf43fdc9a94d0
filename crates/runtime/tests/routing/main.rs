//! Declarative routing against recorded answers of n8n: the same requests, the same outputs.
//!
//! Needs the recorded cases and n8n's own bundles, which are not part of this project:
//!
//! - `NODEHOST_ROUTING_CASES`: a file of cases, one a line;
//! - `NODEHOST_N8N_TYPES`: n8n-nodes-base's `dist/types`, with `nodes.json` and `credentials.json`.
//!
//! Without them there is nothing to compare, and the test says so. Known differences stand in `differences.txt`, each
//! with its reason; one that is gone fails the run until it is removed from the list.

mod case;
mod gateway;

use std::collections::BTreeMap;
use std::path::Path;

use case::Case;
use gateway::Gateway;
use nodehost_runtime::Host;
use nodehost_runtime::egress::EgressConfig;

const DIFFERENCES: &str = include_str!("differences.txt");

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
    let known = known_differences();
    let only = std::env::var("NODEHOST_ROUTING_CASE").ok();
    let (mut passed, mut failed, mut gone) = (0, BTreeMap::new(), Vec::new());
    for line in std::fs::read_to_string(&cases).unwrap().lines() {
        let case = Case::read(line);
        if only.as_ref().is_some_and(|only| *only != case.id) {
            continue;
        }
        let differences = case.run(&host, &gateway).await;
        match (differences.is_empty(), known.contains_key(&case.id)) {
            (true, true) => gone.push(case.id),
            (true, false) => passed += 1,
            (false, true) => {}
            (false, false) => drop(failed.insert(case.id, differences)),
        }
    }
    for (id, differences) in failed.iter().take(40) {
        println!("--- {id}\n{}", differences.join("\n"));
    }
    println!("{passed} equal, {} differ, {} known to differ", failed.len(), known.len());
    assert!(failed.is_empty(), "{} cases differ", failed.len());
    assert!(gone.is_empty(), "these no longer differ; take them off the list: {gone:?}");
}

/// Case ids with the reason why they differ.
fn known_differences() -> BTreeMap<String, String> {
    let lines = DIFFERENCES.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(' ').map(|(id, reason)| (id.to_owned(), reason.to_owned()))).collect()
}
