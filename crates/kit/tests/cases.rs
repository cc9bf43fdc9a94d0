//! The kit through its public surface: cases that pass, cases that do not, files that are no cases.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

use std::path::Path;
use std::sync::Arc;

use nodehost_descriptor::load::node_from_text;
use nodehost_kit::{Report, check, load, update};
use nodehost_runtime::egress::EgressConfig;
use nodehost_runtime::{BuildError, Host};
use serde_json::{Value, json};
use tempfile::TempDir;

const NODE: &str = r#"{
    "name": "shop", "displayName": "Shop", "version": 1, "concurrency": 4,
    "requestDefaults": { "baseURL": "https://shop.example", "headers": { "x-shop": "1" } },
    "properties": [
        { "displayName": "Customer", "name": "customer", "type": "string", "required": true, "default": "" },
        { "displayName": "Total", "name": "total", "type": "number", "typeOptions": { "minValue": 0 }, "default": 0,
          "routing": { "request": { "method": "POST", "url": "/orders" },
                       "send": { "type": "body", "property": "total" } } },
        { "displayName": "Note", "name": "note", "type": "string", "default": "",
          "routing": { "send": { "type": "query", "property": "note" } } }
    ]
}"#;

fn host(egress: EgressConfig) -> Result<Host, BuildError> {
    nodehost_watch::watch();
    let node = node_from_text("test", NODE, |_| None).unwrap();
    Host::builder().node(Arc::new(node)).egress(egress).build()
}

/// A folder with these files.
fn folder(files: &[(&str, Value)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content.to_string()).unwrap();
    }
    folder
}

fn order(total: f64) -> Value {
    json!({ "method": "POST", "url": "https://shop.example/orders", "query": { "note": "" }, "headers": { "x-shop": "1" },
            "body": { "total": total }, "reply": { "status": 201, "body": { "of": total } } })
}

/// Two items, whose requests the case lists the other way round.
fn two_orders() -> Value {
    json!({
        "description": "an order of each item",
        "node": "shop",
        "parameters": { "customer": "c", "total": "={{ $json.total }}" },
        "items": [{ "total": 1.5 }, { "json": { "total": 2 } }],
        "requests": [order(2.0), order(1.5)],
        "output": [[{ "json": { "of": 1.5 }, "pairedItem": { "item": 0 } }, { "of": 2 }]],
    })
}

async fn run(folder: &Path) -> Report {
    check(folder, host).await.unwrap()
}

#[tokio::test]
async fn a_case_passes_whatever_the_order_of_its_requests() {
    let folder = folder(&[("a/two.json", two_orders())]);
    let report = run(folder.path()).await;
    assert!(report.passed(), "{report}");
    assert_eq!((report.cases.len(), report.to_string().as_str()), (1, "1 case passed"));
    assert_eq!(report.cases[0].name, "an order of each item");
    let report = run(&folder.path().join("a/two.json")).await;
    assert!(report.passed(), "a file alone: {report}");
}

#[tokio::test]
async fn what_differs_is_told_with_its_place_and_a_diff() {
    let mut case = two_orders();
    case["requests"][0]["body"]["total"] = json!(3);
    case["requests"][1]["headers"]["x-shop"] = json!("2");
    case["output"][0][1] = json!({ "of": 4 });
    let folder = folder(&[("two.json", case)]);
    let report = run(folder.path()).await;
    let told = report.to_string();
    for line in [
        "/requests/0/body/total: expected 3, found ",
        "/requests/1/headers/x-shop: expected \"2\", found \"1\"",
        "/output/0/1/of: expected 4, found ",
        "--- expected",
        "+++ found",
        "1 of 1 cases failed",
    ] {
        assert!(told.contains(line), "{line} is not in\n{told}");
    }
}

#[tokio::test]
async fn requests_too_many_and_too_few_are_told() {
    let mut few = two_orders();
    few["requests"] = json!([order(1.5)]);
    let mut many = two_orders();
    many["requests"] = json!([order(1.5), order(2.0), order(3.0)]);
    let folder = folder(&[("few.json", few), ("many.json", many)]);
    let told = run(folder.path()).await.to_string();
    assert!(told.contains("/requests/1: found {\"method\":\"POST\""), "{told}");
    assert!(told.contains("/requests/2: expected {\"method\":\"POST\""), "{told}");
}

#[tokio::test]
async fn errors_and_refusals_are_expected_by_what_they_name() {
    let base = |more: Value| {
        let mut case = json!({ "node": { "type": "shop" }, "parameters": { "customer": "c", "total": 1 } });
        case.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        case
    };
    let failing = json!([{ "method": "POST", "url": "https://shop.example/orders", "query": { "note": "" }, "body": { "total": 1 },
                           "reply": { "status": 404, "text": "gone" } }]);
    let error_item = json!([[{ "error": { "httpCode": "404" } }]]);
    let folder = folder(&[
        ("error.json", base(json!({ "requests": failing, "error": { "httpCode": "404", "itemIndex": 0 } }))),
        (
            "continue.json",
            base(
                json!({ "node": { "type": "shop", "onError": "continueRegularOutput" }, "requests": failing, "output": error_item }),
            ),
        ),
        (
            "refused.json",
            base(
                json!({ "parameters": { "customer": "c", "total": -1 }, "refused": [{ "pointer": "/node/parameters/total" }] }),
            ),
        ),
        ("silent.json", base(json!({ "requests": failing, "output": [[]] }))),
    ]);
    let report = run(folder.path()).await;
    let failed: Vec<_> = report.failed().map(|case| case.file.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(failed, ["silent.json"], "{report}");
    assert!(report.to_string().contains("/error: found"), "an error that nobody expects is told: {report}");
}

#[tokio::test]
async fn cases_share_what_stands_above_them() {
    let shared = json!({ "node": "shop", "always": [order(1.0)] });
    let case = json!({ "parameters": { "customer": "c", "total": 1 }, "output": [[{ "of": 1 }]] });
    let folder = folder(&[("cases.json", shared), ("deep/down/case.json", case)]);
    let report = run(folder.path()).await;
    assert!(report.passed(), "{report}");
}

#[tokio::test]
async fn what_was_found_can_be_written_into_a_case() {
    let mut case = two_orders();
    case["requests"] = json!([{ "reply": { "body": { "of": 9 } } }, { "headers": { "x-shop": null } }]);
    case["output"] = json!([]);
    let folder = folder(&[("two.json", case)]);
    let report = update(folder.path(), host).await.unwrap();
    assert!(!report.passed(), "the report tells what was changed");
    let report = run(folder.path()).await;
    assert!(report.passed(), "{report}");
    let written: Value = serde_json::from_slice(&std::fs::read(folder.path().join("two.json")).unwrap()).unwrap();
    assert_eq!(written["requests"][0]["reply"], json!({ "body": { "of": 9 } }), "{written}");
    assert_eq!(written["requests"][1]["headers"], json!({ "x-shop": "1" }));
    assert_eq!(written["description"], "an order of each item");
}

#[test]
fn files_that_are_no_cases_are_told_all_at_once() {
    let mut case = two_orders();
    case["parmeters"] = json!({});
    case["requests"][0]["url"] = json!("https://shop.example/orders?note=");
    let folder = folder(&[
        ("a.json", case),
        ("b.json", json!({ "node": "shop" })),
        ("c.json", json!({ "output": [[]] })),
        ("d.json", json!({ "node": "shop", "settings": { "concurency": 1 }, "output": [] })),
        ("shared/cases.json", json!({ "node": "shop", "output": [] })),
        ("shared/e.json", json!({ "output": [] })),
        ("shared/f.json", json!({ "output": [] })),
    ]);
    std::fs::write(folder.path().join("z.json"), "{\n \"node\": }").unwrap();
    let told = load(folder.path()).unwrap_err();
    let lines: Vec<String> =
        told.0.iter().map(|error| error.to_string().replace(&format!("{}/", folder.path().display()), "")).collect();
    let expected = [
        "a.json: at /requests/0/url: ",
        "a.json: \"parmeters\" is not known here",
        "b.json: the case expects nothing. Add \"output\", \"error\" or \"refused\".",
        "c.json: \"node\" is missing. Add \"node\" here, or in cases.json beside the cases.",
        "d.json: at /settings/concurency: \"concurency\" is not known here",
        "shared/cases.json: at /output: cases do not share \"output\". Put it into each case.",
        "z.json: invalid JSON: expected value at line 2 column 10. Mend the JSON at that place.",
    ];
    assert_eq!(lines.len(), expected.len(), "{lines:#?}");
    for expected in expected {
        assert!(lines.iter().any(|line| line.starts_with(expected)), "{expected}\n{lines:#?}");
    }
    let empty = tempfile::tempdir().unwrap();
    assert!(load(empty.path()).unwrap_err().to_string().contains("there is no case here"));
    assert!(load(Path::new("/no/such/case.json")).unwrap_err().to_string().contains("it cannot be read"));
}
