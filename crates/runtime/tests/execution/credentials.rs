//! Credentials of nodes: which type a name means, and what may be told when they are wrong.

use nodehost_descriptor::load;
use nodehost_runtime::{ExecutionRequest, Host};
use serde_json::{Value, json};

use crate::support::{Service, builder};

/// A host with a node and a credential type of the same names from each package, in that order.
fn host_of(packages: &[&str], url: &str) -> Host {
    packages.iter().fold(builder(), |builder, package| {
        let node = json!({
            "name": "caller", "displayName": "Caller", "version": 1, "inputs": ["main"], "outputs": ["main"],
            "credentials": [{"name": "sharedApi", "required": true}],
            "requestDefaults": {"baseURL": url},
            "properties": [
                {"displayName": "Path", "name": "path", "type": "string", "default": "/x",
                 "routing": {"request": {"method": "GET", "url": "={{ $value }}"}}}
            ]
        });
        let authenticate = json!({"type": "generic", "properties": {"qs": {"of": format!("{package}-={{{{$credentials.key}}}}")}}});
        let credential = json!({
            "name": "sharedApi", "displayName": "Shared", "authenticate": authenticate,
            "properties": [{"displayName": "Key", "name": "key", "type": "string", "default": ""}]
        });
        builder
            .node(load::node_from_text(package, &node.to_string(), |_| None).unwrap())
            .credential_type(load::package_credential_from_text(package, &credential.to_string()).unwrap())
    })
    .build()
    .unwrap()
}

fn call(node_type: &str) -> ExecutionRequest {
    let credentials = json!({"sharedApi": {"data": {"key": "k"}}});
    let node: Value = json!({"type": node_type, "typeVersion": 1, "credentials": credentials});
    ExecutionRequest::from_value(json!({"node": node, "items": [{}]})).unwrap()
}

#[tokio::test]
async fn a_name_means_the_type_of_the_nodes_own_package_first() {
    let service = Service::start(|_, _, _| (200, "{}".to_owned())).await;
    for packages in [["one", "two"], ["two", "one"]] {
        let host = host_of(&packages, &service.url);
        for package in packages {
            service.seen.lock().unwrap().clear();
            let result = host.execute(call(&format!("{package}.caller"))).await.unwrap();
            assert_eq!(result.error, None);
            let seen = service.seen();
            assert!(seen[0].contains(&format!("of={package}-")), "{seen:?}");
        }
        let first: Value = serde_json::from_str(&host.credential_type("sharedApi", false).unwrap()).unwrap();
        assert!(first["authenticate"].to_string().contains(packages[0]), "elsewhere, the first one counts");
    }
}
