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

#[tokio::test]
async fn secret_parameters_are_not_told_in_errors() {
    let service = Service::start(|_, uri, _| {
        let echo = json!({"message": format!("bad request {uri}"), "seen": [uri.to_string()]});
        (400, echo.to_string())
    })
    .await;
    let secret = |name: &str| {
        json!({"displayName": name, "name": name, "type": "string", "default": "", "typeOptions": {"password": true},
               "routing": {"send": {"type": "query", "property": name}}})
    };
    let plain = json!({"displayName": "Plain", "name": "plain", "type": "string", "default": "",
                       "routing": {"send": {"type": "query", "property": "plain"}}});
    let node = json!({
        "name": "caller", "displayName": "Caller", "version": 1, "inputs": ["main"], "outputs": ["main"],
        "requestDefaults": {"baseURL": service.url},
        "properties": [
            {"displayName": "Path", "name": "path", "type": "hidden", "default": "/x",
             "routing": {"request": {"method": "GET", "url": "={{ $value }}"}}},
            plain, secret("pin"),
            {"displayName": "Options", "name": "options", "type": "collection", "default": {}, "options": [secret("inner")]},
            {"displayName": "Group", "name": "group", "type": "fixedCollection", "default": {},
             "typeOptions": {"multipleValues": true},
             "options": [{"name": "entries", "displayName": "Entries", "values": [secret("deep")]}]}
        ]
    });
    let host = builder().node(load::node_from_text("test", &node.to_string(), |_| None).unwrap()).build().unwrap();
    let parameters = json!({
        "plain": "plain-text-value", "pin": "constant-canary-1", "options": {"inner": "={{ $json.inner }}"},
        "group": {"entries": [{"deep": "={{ 'deeply/' + 'canary' }}"}]}
    });
    for parameters in [parameters, json!({"pin": "constant-canary-1", "plain": "plain-text-value"})] {
        let node = json!({"type": "test.caller", "typeVersion": 1, "parameters": parameters});
        let run = json!({"node": node, "items": [{"inner": "evaluated-canary"}]});
        let result = host.execute(ExecutionRequest::from_value(run).unwrap()).await.unwrap();
        assert!(service.seen().last().unwrap().contains("constant-canary-1"));
        let told = serde_json::to_string(&result).unwrap();
        assert!(told.contains("plain-text-value") && told.contains("***"), "{told}");
        for secret in ["constant-canary-1", "evaluated-canary", "deeply/canary", "deeply%2Fcanary"] {
            assert!(!told.contains(secret), "{secret} in {told}");
        }
    }
}
