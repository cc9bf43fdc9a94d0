//! The cases of `cases/`, a folder for each resource: see docs/descriptors.md. With `UPDATE_CASES=1`, what is found is
//! written into them.

use std::path::Path;

use nodehost_runtime::Host;

#[tokio::test]
async fn the_node_does_what_its_cases_say() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    nodehost_watch::watch();
    nodehost_kit::assert_cases(&cases, |egress| {
        let builder = nodehost_halopsa::register(Host::builder()).map_err(|error| error.to_string())?;
        builder.egress(egress).build().map_err(|error| error.to_string())
    })
    .await;
}

#[test]
fn every_resource_has_cases() {
    let node = nodehost_halopsa::node().unwrap_or_else(|error| panic!("{error}"));
    let node: serde_json::Value = serde_json::from_str(node.text()).unwrap_or_default();
    let resources = node["properties"][0]["options"].as_array().map(Vec::as_slice).unwrap_or_default();
    assert!(!resources.is_empty());
    for resource in resources {
        let name = resource["value"].as_str().unwrap_or_default();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(name);
        assert!(folder.is_dir(), "there is no case of {name}");
    }
}
