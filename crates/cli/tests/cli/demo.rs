use std::process::Command;

use serde_json::Value;

use crate::support::{Running, nodehost, run};

#[test]
fn the_demo_shows_request_outcomes_and_what_is_stored() {
    let (code, shown, log) = run(&["demo"], "");
    assert_eq!(code, 0, "{shown}{log}");
    for part in [
        "POST http://127.0.0.1:",
        "\"items\": [",
        "3 of 4 items succeeded",
        "1 of them for a token",
        "created as webhook",
    ] {
        assert!(shown.contains(part), "no {part:?} in:\n{shown}");
    }
    assert!(shown.contains("failed (invalid_parameter)"), "{shown}");
    for stored in ["Contoso: new tickets", "https://fabrikam.example/in/halo/fabrikam", "Northwind: new tickets"] {
        assert!(shown.contains(stored), "no {stored:?} in:\n{shown}");
    }
    assert!(shown.contains("nodehost demo --keep"), "{shown}");
}

#[test]
fn kept_running_the_demo_takes_the_curl_line_it_prints() {
    let mut demo = Running::start(nodehost(&["demo", "--keep"]));
    let line = demo.line_with("curl -s ");
    let answer = Command::new("sh").args(["-c", &line]).output().unwrap();
    let answer: Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(answer["stats"]["succeeded"], 3, "{answer}");
    assert_eq!(demo.terminate().code(), Some(0));
}
