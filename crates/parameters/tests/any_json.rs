//! Whatever JSON is given as descriptor or parameters: an answer, never a panic.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use nodehost_descriptor::NodeDescriptor;
use nodehost_parameters::{CompiledNode, Mode, Validator, check_type};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Any JSON, with names a descriptor uses among its keys and texts.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        prop::sample::select(vec![
            "name",
            "type",
            "default",
            "options",
            "values",
            "displayOptions",
            "show",
            "hide",
            "_cnd",
            "regex",
            "exists",
            "between",
            "from",
            "to",
            "resource",
            "/resource",
            "@version",
            "__rl",
            "value",
            "mode",
            "multipleValues",
            "typeOptions",
            "collection",
            "fixedCollection",
            "string",
            "resourceLocator",
            "resourceMapper",
            "schema",
            "mappingMode",
            "filter",
            "conditions",
            "combinator",
            "validateType",
            "required",
            "toString",
            "length",
            "a.b",
            "a[0]",
            "a..b",
            "=",
            "={{ $json.x }}",
            "(?=a)(a+)+$",
            "[",
            "",
        ])
        .prop_map(str::to_owned),
        ".{0,6}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        (-3i64..4).prop_map(Value::from),
        word.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((word.clone(), inner), 0..6)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

/// A property: mostly well formed, so that its depths are reached.
fn any_property() -> impl Strategy<Value = Value> {
    let kinds = [
        "string",
        "number",
        "options",
        "multiOptions",
        "collection",
        "fixedCollection",
        "resourceLocator",
        "resourceMapper",
        "filter",
        "json",
        "dateTime",
        "boolean",
    ];
    let names = ["resource", "operation", "a.b", "length", "parameters", "toString"];
    let types = ["string", "number", "dateTime", "object", "array", "form-fields", "url", "jwt", "time", "options"];
    (
        prop::sample::select(kinds.to_vec()),
        prop::sample::select(names.to_vec()),
        prop::sample::select(types.to_vec()),
        any_json(),
        any_json(),
        any_json(),
        any::<bool>(),
    )
        .prop_map(|(kind, name, validate, default, rules, options, flag)| {
            let inner = json!([{ "name": "resource", "type": "string", "required": true, "default": options },
                { "name": "x", "type": "fixedCollection", "default": {}, "options": [{ "name": "x", "values": [] }] }]);
            let options = match kind {
                "collection" => inner,
                "fixedCollection" => json!([{ "name": "resource", "values": inner }, { "name": "x" }]),
                _ => json!([{ "name": "A", "value": options }]),
            };
            json!({ "name": name, "type": kind, "default": default, "options": options, "required": flag,
                "noDataExpression": flag, "validateType": validate, "typeOptions": { "multipleValues": flag },
                "displayOptions": { "show": { "resource": rules, "/operation": [rules] } } })
        })
}

fn exercise(descriptor: Value, parameters: &Map<String, Value>) {
    let Ok(descriptor) = NodeDescriptor::from_value(descriptor) else { return };
    let node = CompiledNode::new(Arc::new(descriptor)).version(1.0);
    for (defaults, hidden) in [(true, false), (false, false), (true, true), (false, true)] {
        _ = node.get_node_parameters(parameters, defaults, hidden);
    }
    _ = node.issues(parameters);
    _ = node.displayed(parameters);
    let validator = Validator::new(Arc::clone(&node), parameters, Mode::Strict);
    _ = validator.item(parameters.clone());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_descriptor(descriptor in any_json(), parameters in any_json()) {
        let empty = Map::new();
        exercise(descriptor, parameters.as_object().unwrap_or(&empty));
    }

    #[test]
    fn any_properties(properties in prop::collection::vec(any_property(), 1..5), values in prop::collection::vec(any_json(), 6), rule in any_json()) {
        let names = ["resource", "operation", "a.b", "length", "parameters", "toString"];
        let parameters: Map<_, _> = names.iter().map(|name| (*name).to_owned()).zip(values).collect();
        let descriptor = json!({ "name": "n", "version": 1, "properties": properties,
            "constraints": [{ "schema": rule, "errorMessage": "no" }, { "when": { "resource": rule }, "schema": false, "errorMessage": "no" }] });
        exercise(descriptor, &parameters);
    }

    #[test]
    fn any_value_of_any_type(value in any_json(), kind in prop::sample::select(vec!["string", "number", "boolean", "dateTime", "time", "array", "object", "binary", "options", "url", "jwt", "form-fields", "string-alphanumeric", "?"])) {
        _ = check_type("field", &value, kind, &nodehost_parameters::TypeOptions::default());
        if let Some(text) = value.as_str() {
            _ = check_type("field", &json!(format!("[{text}]")), kind, &nodehost_parameters::TypeOptions::default());
        }
    }
}
