//! Runs cases of declarative routing: the requests and outputs that n8n recorded, against those of this host.
//!
//! `routing CASES.jsonl PACKAGE=TYPES... [CASE...]` prints a line for each case, `{"id", "different": [text, ...], "row"?}`.
//! TYPES is a package's `dist/types`, with `nodes.json` and `credentials.json`; `row` is the row of docs/compatibility.md
//! that says why the case differs, where the case itself tells. See docs/conformance.md.

#![allow(clippy::unwrap_used, reason = "a tool that stops at a case it cannot read")]
#![allow(clippy::print_stdout, reason = "a tool whose answer is its output")]

mod case;
mod gateway;
mod rows;

use std::path::Path;

use case::{Case, Difference};
use gateway::Gateway;
use nodehost_runtime::Host;
use nodehost_runtime::egress::EgressConfig;
use serde_json::json;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some((cases, rest)) = args.split_first() else {
        panic!("usage: routing CASES.jsonl PACKAGE=TYPES... [CASE...]")
    };
    let (packages, only): (Vec<&String>, Vec<&String>) = rest.iter().partition(|arg| arg.contains('='));
    let gateway = Gateway::start().await;
    let host = host(&packages, &gateway);
    for line in std::fs::read_to_string(cases).expect("cannot read the cases").lines() {
        let case = Case::read(line);
        if !only.is_empty() && !only.contains(&&case.id) {
            continue;
        }
        let different = case.run(&host, &gateway).await;
        let row = case.row(&different);
        let different: Vec<String> = different.iter().map(Difference::tell).collect();
        println!("{}", json!({ "id": case.id, "different": different, "row": row }));
    }
}

/// A host of the packages' declarative nodes that sends its requests to the gateway.
fn host(packages: &[&String], gateway: &Gateway) -> Host {
    let egress = EgressConfig { gateway: Some(gateway.url()), ..EgressConfig::default() };
    let mut builder = Host::builder().egress(egress);
    for (package, types) in packages.iter().filter_map(|package| package.split_once('=')) {
        for file in ["nodes.json", "credentials.json"] {
            builder = builder.load(Path::new(types).join(file).as_path(), Some(package)).unwrap();
        }
    }
    builder.build().unwrap()
}
