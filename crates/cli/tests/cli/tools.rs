use std::process::Stdio;

use crate::support::{nodehost, run};

#[test]
fn an_expression_is_evaluated_on_sample_data() {
    let (code, shown, _) = run(&["expr", "{{ $json.name.toUpperCase() }}", "--item", "{\"name\": \"ann\"}"], "");
    assert_eq!((code, shown.as_str()), (0, "\"ANN\"\n"));
    let (code, _, log) = run(&["expr", "={{ (() => { for (;;) {} })() }}"], "");
    assert_eq!(code, 3);
    assert!(log.contains("expression_timeout"), "{log}");
}

#[test]
fn definitions_are_checked_with_a_remedy() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("node.json");
    std::fs::write(&file, "{\"name\": \"a\", \"displayName\": \"A\", \"version\": 1}").unwrap();
    let (code, shown, _) = run(&["check", file.to_str().unwrap(), "--format", "json"], "");
    assert_eq!(code, 4);
    let report: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let found = &report["unreadable"][0];
    assert!(found["file"].as_str().unwrap().ends_with("node.json"), "{found}");
    assert_eq!(
        (found["message"].as_str(), found["remedy"].as_str()),
        (Some("\"properties\" is missing"), Some("Add \"properties\"."))
    );

    std::fs::write(&file, "{\"name\": \"a\", \"displayName\": \"A\", \"version\": 1, \"properties\": []}").unwrap();
    let (code, shown, _) = run(&["check", file.to_str().unwrap()], "");
    assert_eq!(code, 0);
    assert!(shown.contains("1 nodes, 0 credential types"), "{shown}");
}

/// A bundle, whose descriptors are not checked when they are loaded: one node twice, with a condition that never holds,
/// operations of each verdict, and a credential type with a mistake beside it.
fn faulty_bundle(folder: &std::path::Path) -> [String; 2] {
    let choice = |name: &str, functions: serde_json::Value| serde_json::json!({ "name": name, "value": name, "routing": { "output": { "postReceive": functions } } });
    let choices = [
        choice("get", serde_json::json!([])),
        choice("list", serde_json::json!([null])),
        choice("drop", serde_json::json!(["unheardOf"])),
    ];
    let never = serde_json::json!({ "show": { "operation": [{ "_cnd": { "startsWith": "x" } }] } });
    let node = serde_json::json!({ "name": "shop", "displayName": "Shop", "version": [1, 2], "properties": [
        { "displayName": "Operation", "name": "operation", "type": "options", "default": "get", "options": choices },
        { "displayName": "A", "name": "a", "type": "string", "default": "", "displayOptions": never },
    ] });
    let credential = serde_json::json!({ "name": "shopApi", "displayName": "Shop", "properties": [
        { "displayName": "Key", "name": "key", "type": "string", "displayOptions": { "show": { "gone": [1] } } },
    ] });
    let mut again = node.clone();
    again["version"] = serde_json::json!(2);
    [("nodes.json", serde_json::json!([node, again])), ("credentials.json", serde_json::json!([credential]))].map(
        |(name, bundle)| {
            let file = folder.join(name);
            std::fs::write(&file, bundle.to_string()).unwrap();
            file.to_str().unwrap().to_owned()
        },
    )
}

#[test]
fn a_check_is_reported_as_json() {
    let directory = tempfile::tempdir().unwrap();
    let [nodes, credentials] = faulty_bundle(directory.path());
    let (code, shown, _) = run(&["check", &nodes, &credentials, "--format", "json"], "");
    assert_eq!(code, 4);
    let report: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(report["unreadable"], serde_json::json!([]));
    let [first, again] = report["nodes"].as_array().unwrap().as_slice() else { panic!("{report}") };
    assert_eq!((&first["file"], &first["type"]), (&nodes.as_str().into(), &"CUSTOM.shop".into()));
    let never = serde_json::json!({
        "severity": "warning",
        "pointer": "/properties/1/displayOptions/show/operation/0",
        "message": "\"operation\" never fulfils {\"startsWith\":\"x\"}",
        "remedy": "Compare with a value the parameter may have, or remove the condition.",
    });
    assert!(first["findings"].as_array().unwrap().contains(&never), "{first}");
    let verdicts = |node: &serde_json::Value| -> Vec<_> {
        let operations = node["operations"].as_array().unwrap();
        operations.iter().map(|one| format!("{} {}", one["operation"], one["verdict"])).collect()
    };
    assert_eq!(verdicts(first), [r#""get" "runs""#, r#""list" "needsJavaScript""#, r#""drop" "refused""#]);
    let twice = again["findings"].as_array().unwrap().iter().find(|found| found["pointer"] == "/version").unwrap();
    assert_eq!(
        (twice["severity"].as_str(), twice["message"].as_str()),
        (Some("error"), Some(format!("version 2 of this node stands before in {nodes}").as_str()))
    );
    let credential = &report["credentials"][0];
    assert_eq!((&credential["file"], &credential["name"]), (&credentials.as_str().into(), &"shopApi".into()));
    assert_eq!(credential["findings"][0]["pointer"], "/properties/0/displayOptions/show/gone");
}

#[test]
fn a_check_is_reported_as_tables() {
    let directory = tempfile::tempdir().unwrap();
    let [nodes, credentials] = faulty_bundle(directory.path());
    let (code, shown, _) = run(&["check", &nodes, &credentials], "");
    assert_eq!(code, 4);
    // How the lines are broken depends on the width, so cells are looked for by their words.
    for word in ["warning", "error", "startsWith", "shopApi", "/version", "unheardOf", "refused", "needs"] {
        assert!(shown.contains(word), "{word} is missing in\n{shown}");
    }
    let summary = "2 nodes, 1 credential types. Operations: 2 run here, 2 need JavaScript functions, 2 are refused.";
    assert_eq!(shown.lines().last(), Some(summary));
}

#[test]
fn nodes_are_listed_and_shown() {
    let (code, shown, _) = run(&["nodes", "list"], "");
    assert_eq!(code, 0);
    assert!(shown.contains("n8n-nodes-halopsacomplete.haloPsa"), "{shown}");
    let (code, shown, _) = run(&["nodes", "show", "haloPsa"], "");
    assert_eq!(code, 0);
    assert!(shown.contains("webhooks") && shown.contains("create, "), "{shown}");
    assert_eq!(run(&["nodes", "show", "noSuch"], "").0, 4);
}

#[test]
fn completions_are_printed() {
    let (code, shown, _) = run(&["completions", "bash"], "");
    assert_eq!(code, 0);
    assert!(shown.contains("_nodehost"));
}

#[test]
fn parameters_of_an_operation_are_shown() {
    let show = |arguments: &[&str]| run(&[&["nodes", "show", "haloPsa"], arguments].concat(), "");
    let (code, shown, log) = show(&["--resource", "webhooks", "--operation", "create"]);
    assert_eq!(code, 0, "{log}");
    assert!(shown.contains("additionalFields.url") && !shown.contains("updateFields"), "{shown}");
    let (code, _, log) = show(&["--resource", "webhoks"]);
    assert_eq!(code, 4);
    assert!(log.contains("There is no resource webhoks. Did you mean webhooks?"), "{log}");
}

#[test]
fn a_name_that_is_nearly_right_is_suggested() {
    let request = r#"{"node": {"type": "haloPas"}, "items": [{}]}"#;
    for arguments in [&["run"][..], &["nodes", "show", "haloPas"]] {
        let (code, _, log) = run(arguments, request);
        assert_eq!(code, 4);
        assert!(log.contains("There is no node haloPas") && log.contains("Did you mean haloPsa?"), "{log}");
    }
    assert!(run(&["nodes", "show", "something"], "").2.contains("`nodehost nodes list` lists the nodes"));
}

#[test]
fn json_that_is_none_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let told = |arguments: &[&str], input: &str| {
        let (code, shown, log) = run(arguments, input);
        assert_eq!((code, shown.as_str()), (1, ""), "{log}");
        log.replace(&format!("{}/", folder.path().display()), "")
    };
    let broken = file("a.json", "{\n  \"node\": {]");
    assert_eq!(
        told(&["run", &broken], ""),
        "error: a.json is invalid JSON: key must be a string at line 2 column 12\n"
    );
    assert_eq!(told(&["run"], " "), "error: standard input is empty; JSON is expected there\n");
    assert!(told(&["run", folder.path().to_str().unwrap()], "").contains("is a folder; give a file"));
    let lines = file("b.ndjson", "{}\n{\"a\"\n");
    let told_of_lines = told(&["run", "--node", "haloPsa", "--items", &lines], "");
    assert!(told_of_lines.starts_with("error: line 2 of b.ndjson is invalid JSON: "), "{told_of_lines}");
    assert!(told(&["run", "--items", "-"], "{}").contains("the request or the items, not both"));
    let csv = ["run", "--node", "haloPsa", "--items", "-", "--items-format", "csv"];
    assert!(told(&csv, "a,b\n1\n").contains("line: 2"));
}

#[test]
fn cases_are_run_and_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).unwrap();
        folder.path().join(name).to_str().unwrap().to_owned()
    };
    let node = file(
        "node.json",
        r#"{"name": "shop", "displayName": "Shop", "version": 1, "requestDefaults": {"baseURL": "https://shop.example"},
            "properties": [{"displayName": "Id", "name": "id", "type": "string", "default": "",
                            "routing": {"request": {"url": "=/orders/{{ $value }}"}}}]}"#,
    );
    let case = file(
        "case.json",
        r#"{"node": "CUSTOM.shop", "parameters": {"id": "7"}, "output": [[{"total": 1}]],
            "requests": [{"method": "GET", "url": "https://shop.example/orders/7", "reply": {"body": {"total": 2}}}]}"#,
    );
    let check = |arguments: &[&str]| run(&[&["check", &node, "--cases", &case], arguments].concat(), "");
    let (code, shown, log) = check(&[]);
    assert_eq!(code, 3, "{log}");
    assert!(shown.contains("/output/0/0/total: expected 1, found 2") && shown.contains("+++ found"), "{shown}");
    let (code, shown, _) = check(&["--update"]);
    assert_eq!((code, shown), (0, format!("updated {case}\n")));
    assert_eq!(check(&[]), (0, "1 case passed\n".to_owned(), String::new()));

    file("case.json", r#"{"node": "CUSTOM.shop", "requests": [{"method": "get"}], "output": []}"#);
    let (code, _, log) = check(&[]);
    assert_eq!(code, 4);
    assert!(log.contains("case.json: at /requests/0/method: "), "{log}");
    file("node.json", "{}");
    assert_eq!(check(&[]).0, 4, "a definition with errors is told, and no case is run");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = nodehost(&["nodes", "show", "haloPsa", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(1));
}
