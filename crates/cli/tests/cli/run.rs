use nodehost_halopsa_simulator::{Simulator, SimulatorConfig};
use serde_json::{Value, json};

use crate::support::run;

/// A simulated HaloPSA on threads of its own, since the binary is waited for.
pub(crate) struct Halo {
    pub(crate) simulator: Simulator,
    _runtime: tokio::runtime::Runtime,
}

impl Halo {
    pub(crate) fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let simulator = runtime.block_on(Simulator::start(SimulatorConfig::default())).unwrap();
        Self { simulator, _runtime: runtime }
    }

    pub(crate) fn credential(&self) -> Value {
        json!({ "baseUrl": self.simulator.base_url(), "clientId": "demo-client", "clientSecret": "demo-secret", "scope": "all" })
    }

    pub(crate) fn request(&self, items: Value) -> Value {
        json!({
            "node": {
                "type": "haloPsa",
                "typeVersion": 1,
                "parameters": {
                    "resource": "webhooks", "operation": "create", "name": "={{ $json.name }}",
                    "additionalFields": { "url": "https://example.com" },
                },
                "credentials": { "haloPSAApi": { "data": self.credential() } },
            },
            "items": items,
        })
    }
}

const ALLOW: [&str; 2] = ["--allow-host", "127.0.0.1"];

#[test]
fn exit_codes_tell_success_failures_and_refusals_apart() {
    let halo = Halo::start();
    let run = |request: &Value| run(&["run", ALLOW[0], ALLOW[1]], &request.to_string());

    let (code, shown, log) = run(&halo.request(json!([{ "name": "a" }, { "name": "b" }])));
    assert_eq!(code, 0, "{shown}{log}");
    let result: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(result["data"]["main"][0][1]["json"]["name"], "b");

    let (code, shown, _) = run(&halo.request(json!([{ "name": "" }])));
    assert_eq!(code, 3, "{shown}");
    assert!(shown.contains("invalid_parameter"));

    let mut continued = halo.request(json!([{ "name": "" }, { "name": "c" }]));
    continued["node"]["onError"] = json!("continueRegularOutput");
    assert_eq!(run(&continued).0, 3);

    let mut unknown = halo.request(json!([{}]));
    unknown["node"]["type"] = json!("no.such");
    let (code, shown, log) = run(&unknown);
    assert_eq!((code, shown.as_str()), (4, ""), "{log}");
    assert!(log.contains("refused (unknown_node)"), "{log}");

    let (code, _, log) = run(&json!({ "items": [] }));
    assert_eq!(code, 4);
    assert!(log.contains("/node"), "{log}");
}

#[test]
fn other_failures_have_other_codes() {
    assert_eq!(run(&["run", "/no/such/file.json"], "").0, 1);
    assert_eq!(run(&["run"], "{").0, 1);
    assert_eq!(run(&["run", "--no-such-flag"], "").0, 2);
    assert_eq!(run(&["no-such-command"], "").0, 2);
}

#[test]
fn a_request_can_be_put_together_from_parts() {
    let halo = Halo::start();
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let whole = halo.request(json!([]));
    let parameters = format!("@{}", file("parameters.json", &whole["node"]["parameters"].to_string()));
    let credentials = json!({ "haloPSAApi": halo.credential() }).to_string();
    let parts =
        ["run", "--node", "haloPsa", "--parameters", &parameters, "--credentials", &credentials, ALLOW[0], ALLOW[1]];

    for (items, text) in [
        ("items.csv", "name\none\ntwo\n"),
        ("items.json", r#"[{"name":"one"},{"name":"two"}]"#),
        ("items.ndjson", "{\"name\":\"one\"}\n{\"name\":\"two\"}\n"),
    ] {
        let items = file(items, text);
        let (code, shown, log) = run(&[&parts[..], &["--items", &items, "--output", "ndjson"]].concat(), "");
        assert_eq!(code, 0, "{shown}{log}");
        let lines: Vec<Value> = shown.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines[1]["outputs"]["0"][0]["json"]["name"], "two", "{shown}");
        assert_eq!(lines[2]["type"], "end");
    }
    let (code, shown, _) =
        run(&[&parts[..], &["--items", "-", "--output", "table"]].concat(), "{\"name\":\"one\"}\n{\"name\":\"\"}\n");
    assert_eq!(code, 3);
    assert!(shown.contains("failed (invalid_parameter)") && shown.contains("1 of 2 items succeeded"), "{shown}");
}
