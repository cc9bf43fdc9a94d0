//! Any text is a template: it has a value or an error, and the engine goes on.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::Arc;

use nodehost_expression::{
    Engine, EngineConfig, Items, Limits, NodeContext, ParameterValue, Scope, WorkflowContext, data,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn scope() -> Scope {
    let items = Items::Batch(Arc::from([Arc::new(json!({"json": {"a": 1, "s": "text", "l": [1, {"b": null}]}}))]));
    Scope::new(Arc::new(WorkflowContext::default()), Arc::new(NodeContext::default()), items, 0)
}

/// Pieces of templates, valid and not, in any order.
fn template() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "{{",
            "}}",
            "\\",
            "\\{{",
            "\\}}",
            " ",
            "$json",
            ".a",
            ".s",
            "[0]",
            "['l']",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            "=>",
            "x",
            "?.",
            "??",
            ".first()",
            ".map(x => x)",
            "function () { return this }",
            "`${",
            "`",
            "'",
            "\"",
            "/",
            "=",
            "...",
            ",",
            ";",
            "\n",
            "\0",
            "\u{2028}",
            "$if(",
            "class A extends ",
            "catch",
            "try {",
            "async ",
            "await ",
            "yield ",
            "1n",
            " ** ",
            "new ",
            "typeof ",
            "a[b] = ",
            "[a, b] = ",
            ".length = ",
            "for (",
            " of ",
            "$",
            "$('x')",
            "constructor",
            "\u{1F600}",
        ])
        .prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_evaluated_without_a_panic(templates in prop::collection::vec(template(), 1..24)) {
        let engine = Engine::new(EngineConfig { threads: 1, limits: Limits::default() }).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (evaluated, sum) = runtime.block_on(engine.run(move |evaluator| {
            for template in &templates {
                for text in [format!("={template}"), format!("={{{{{template}}}}}")] {
                    drop(evaluator.evaluate(&ParameterValue::compile(&Value::String(text)), &scope()));
                }
            }
            (templates.len(), evaluator.evaluate(&ParameterValue::compile(&json!("={{ $json.a + 1 }}")), &scope()))
        })).unwrap();
        prop_assert!(evaluated > 0);
        prop_assert_eq!(sum.unwrap().value, Some(json!(2)));
    }

    #[test]
    fn parsing_and_normalizing_agree(text in "[ -~]{0,40}", number in any::<f64>(), key in "[0-9a-z]{0,4}") {
        let value = json!({ "z": text, key: [number, { "10": 1, "9": 2 }] });
        let parsed = data::parse(value.to_string().as_bytes()).unwrap();
        let normalized = data::normalize(value);
        prop_assert_eq!(data::to_json(&parsed).unwrap(), data::to_json(&normalized).unwrap());
        let again = data::parse(&data::to_json(&parsed).unwrap()).unwrap();
        prop_assert_eq!(data::to_json(&again).unwrap(), data::to_json(&parsed).unwrap());
    }
}
