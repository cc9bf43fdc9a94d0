use crate::support::run;

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
