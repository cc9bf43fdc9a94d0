//! Every property type and every kind of condition, by example.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(clippy::needless_pass_by_value, reason = "`json!` values are handed over as they are written")]

use std::sync::Arc;

use nodehost_descriptor::NodeDescriptor;
use nodehost_parameters::{CompiledNode, CompiledVersion};
use serde_json::{Map, Value, json};

fn node(properties: Value) -> Arc<CompiledVersion> {
    let descriptor = json!({ "name": "exampleTool", "version": [1, 2], "properties": properties,
        "features": { "new": { "@version": [{ "_cnd": { "gte": 2 } }] }, "old": { "@version": [1] } } });
    CompiledNode::new(Arc::new(NodeDescriptor::from_value(descriptor).unwrap())).version(2.0)
}

fn map(value: Value) -> Map<String, Value> {
    serde_json::from_value(value).unwrap()
}

/// The property's value with defaults, and without.
fn resolved(property: Value, given: Value) -> (Value, Value) {
    let node = node(json!([property]));
    let given = map(if given.is_null() { json!({}) } else { json!({ "p": given }) });
    let form = |defaults| Value::Object(node.get_node_parameters(&given, defaults, false).unwrap());
    (form(true), form(false))
}

fn property(kind: &str, default: Value, more: Value) -> Value {
    let mut property = map(json!({ "name": "p", "displayName": "P", "type": kind, "default": default }));
    property.extend(map(more));
    Value::Object(property)
}

/// The messages for the property.
fn issues(property: Value, given: Value) -> Value {
    let issues = node(json!([property])).issues(&map(json!({ "p": given }))).unwrap();
    issues.map_or(Value::Null, |issues| json!(issues.parameters))
}

#[test]
fn simple_types_take_the_value_or_the_default() {
    let kinds = [
        "string",
        "json",
        "dateTime",
        "color",
        "hidden",
        "notice",
        "button",
        "callout",
        "multiOptions",
        "credentials",
        "credentialsSelect",
        "curlImport",
        "workflowSelector",
        "agentSelector",
        "icon",
        "assignmentCollection",
        "resourceMapper",
        "unheardOf",
    ];
    for kind in kinds {
        assert_eq!(
            resolved(property(kind, json!("d"), json!({})), Value::Null),
            (json!({ "p": "d" }), json!({})),
            "{kind}"
        );
        assert_eq!(
            resolved(property(kind, json!("d"), json!({})), json!("v")),
            (json!({ "p": "v" }), json!({ "p": "v" }))
        );
        assert_eq!(resolved(property(kind, json!("d"), json!({})), json!("d")), (json!({ "p": "d" }), json!({})));
    }
    for kind in ["boolean", "number", "options"] {
        let given =
            |value| node(json!([property(kind, json!(1), json!({}))])).get_node_parameters(&map(value), true, false);
        assert_eq!(given(json!({ "p": null })).unwrap()["p"], Value::Null, "{kind} keeps null");
        assert_eq!(given(json!({ "p": 0 })).unwrap()["p"], json!(0));
    }
}

#[test]
fn an_expression_is_text_where_none_is_allowed() {
    let fixed = property("string", json!(""), json!({ "noDataExpression": true }));
    assert_eq!(resolved(fixed.clone(), json!("={{ 1 }}")).0, json!({ "p": "{{ 1 }}" }));
    assert_eq!(resolved(fixed, json!("={{ $fromAI('k') }}")).0, json!({ "p": "={{ $fromAI('k') }}" }));
}

#[test]
fn collections() {
    let inner = json!({ "options": [{ "name": "a", "type": "string", "default": "x" }, { "name": "b", "type": "number", "default": 1 }] });
    let collection = property("collection", json!({}), inner.clone());
    assert_eq!(
        resolved(collection.clone(), json!({ "a": "x", "c": 1 })),
        (json!({ "p": { "a": "x" } }), json!({ "p": { "a": "x" } }))
    );
    assert_eq!(resolved(collection.clone(), json!("odd")), (json!({ "p": {} }), json!({ "p": {} })));
    assert_eq!(resolved(collection, Value::Null), (json!({ "p": {} }), json!({})));
    let mut many = map(inner);
    many.insert("typeOptions".into(), json!({ "multipleValues": true }));
    let many = property("collection", json!({}), Value::Object(many));
    assert_eq!(resolved(many.clone(), json!([{ "c": 1 }])).0, json!({ "p": [{ "c": 1 }] }));
    assert_eq!(resolved(many, Value::Null).0, json!({ "p": [] }));
}

#[test]
fn fixed_collections() {
    let groups = json!([{ "name": "g", "values": [{ "name": "a", "type": "string", "default": "x" }] }]);
    let fixed = |multiple: Value| {
        property(
            "fixedCollection",
            json!({}),
            json!({ "options": groups, "typeOptions": { "multipleValues": multiple } }),
        )
    };
    let many = fixed(json!(true));
    let given = json!({ "g": [{}, { "a": "y" }], "unknown": [{}] });
    assert_eq!(
        resolved(many.clone(), given),
        (json!({ "p": { "g": [{ "a": "x" }, { "a": "y" }] } }), json!({ "p": { "g": [{}, { "a": "y" }] } }))
    );
    let refused = node(json!([many])).get_node_parameters(&map(json!({ "p": { "g": 5 } })), true, false);
    assert_eq!(refused.unwrap_err().to_string(), "parameter \"p\": a list of entries was expected");
    let one = fixed(json!(false));
    assert_eq!(
        resolved(one.clone(), json!({ "g": { "a": "x" } })),
        (json!({ "p": { "g": { "a": "x" } } }), json!({ "p": { "g": {} } }))
    );
    assert_eq!(resolved(one, json!({})), (json!({ "p": {} }), json!({ "p": {} })));
}

#[test]
fn entries_of_a_list_are_compared_by_their_copies() {
    // n8n's copy of the list lacks the key, and is the default without it; a group used once is not copied.
    let groups = json!([{ "name": "g", "values": [{ "name": "a", "type": "json", "default": {} }] }]);
    let given = json!({ "a": { "constructor": 1 } });
    for (multiple, given, left) in [(true, json!([given]), json!([{}])), (false, given, json!({ "a": {} }))] {
        let options = json!({ "options": groups, "typeOptions": { "multipleValues": multiple } });
        let fixed = property("fixedCollection", json!({}), options);
        assert_eq!(resolved(fixed, json!({ "g": given })).1, json!({ "p": { "g": left } }));
    }
}

#[test]
fn locators_and_filters_are_completed() {
    let locator = property("resourceLocator", json!({ "mode": "id", "value": "" }), json!({}));
    assert_eq!(resolved(locator, Value::Null).0, json!({ "p": { "__rl": true, "mode": "id", "value": "" } }));
    let filter = property("filter", json!({}), json!({}));
    let (filter, _) = resolved(filter, json!({ "conditions": [], "options": { "version": 2 } }));
    let options = json!({ "caseSensitive": true, "leftValue": "", "typeValidation": "strict", "version": 2 });
    assert_eq!(filter, json!({ "p": { "conditions": [], "combinator": "and", "options": options } }));
}

#[test]
fn issues_of_each_type() {
    let required = json!({ "required": true });
    for (kind, missing) in [
        ("string", json!("")),
        ("options", json!("")),
        ("dateTime", json!("")),
        ("multiOptions", json!([])),
        ("resourceLocator", json!({ "value": "" })),
    ] {
        assert_eq!(
            issues(property(kind, json!(""), required.clone()), missing),
            json!({ "p": ["Parameter \"P\" is required."] }),
            "{kind}"
        );
    }
    assert_eq!(issues(property("number", json!(0), required), json!("")), Value::Null);
    let modes = json!({ "modes": [{ "name": "id", "validation": [{ "type": "regex", "properties": { "regex": "(?!0)[0-9]+", "errorMessage": "No ID" } }] }] });
    let locator = |value: &str| {
        issues(property("resourceLocator", json!(""), modes.clone()), json!({ "mode": "id", "value": value }))
    };
    assert_eq!(
        (locator("17"), locator("07"), locator("={{ 1 }}")),
        (Value::Null, json!({ "p": ["No ID"] }), Value::Null)
    );
    let mapper = property(
        "resourceMapper",
        json!({}),
        json!({ "typeOptions": { "resourceMapper": { "mode": "add", "fieldWords": { "singular": "column" } } } }),
    );
    let schema = json!([{ "id": "a", "required": true }, { "id": "b", "type": "number" }]);
    let found = issues(mapper, json!({ "mappingMode": "defineBelow", "value": { "b": "x" }, "schema": schema }));
    assert_eq!(
        found,
        json!({ "p": [], "p.a": ["Column \"a\" is required"], "p.b": ["'b' expects a number but we got 'x'"] })
    );
    let counted = json!({ "options": [{ "name": "g", "values": [] }], "typeOptions": { "multipleValues": true, "minRequiredFields": 1, "maxAllowedFields": 2 } });
    let count =
        |entries: Value| issues(property("fixedCollection", json!({}), counted.clone()), json!({ "g": entries }));
    assert_eq!(count(json!([])), json!({ "p": ["At least 1 field is required."] }));
    assert_eq!(count(json!([{}, {}, {}])), json!({ "p": ["At most 2 fields are allowed."] }));
    let typed =
        |kind: &str, value: Value| issues(property("string", json!(""), json!({ "validateType": kind })), value);
    assert_eq!(typed("number", json!("x")), json!({ "p": ["'p' expects a number but we got 'x'"] }));
    assert_eq!(typed("array", json!("[1]")), Value::Null);
    assert_eq!(typed("object", json!("{a: 'b'}")), Value::Null);
    assert_eq!(typed("object", json!(r#"{a: "\1"}"#)), Value::Null);
    assert_ne!(typed("object", json!(r#"{a: "\9"}"#)), Value::Null);
    assert_eq!(typed("dateTime", json!("2024-02-29")), Value::Null);
    assert_eq!(
        typed("form-fields", json!("{}")),
        json!({ "p": ["Form fields must be an array of objects, but we got object"] })
    );
}

#[test]
fn every_condition() {
    let shown = |rules: Value, values: Value| {
        let properties = json!([{ "name": "a", "type": "string", "default": "" }, { "name": "p", "type": "string", "default": "", "displayOptions": rules }]);
        node(properties).displayed(&map(values)).unwrap().contains(&1)
    };
    let show = |condition: Value, value: Value| shown(json!({ "show": { "a": [condition] } }), json!({ "a": value }));
    let cnd = |kind: &str, target: Value, value: Value| show(json!({ "_cnd": { kind: target } }), value);
    let cases = [
        ("eq", json!({ "b": 1 }), json!({ "b": 1 }), json!("x")),
        ("not", json!("x"), json!("y"), json!("x")),
        ("gte", json!(2), json!(2), json!(1)),
        ("lte", json!(2), json!("2"), json!(3)),
        ("gt", json!(2), json!(3), json!(2)),
        ("lt", json!(2), json!(1), json!("x")),
        ("between", json!({ "from": 1, "to": 3 }), json!(2), json!(4)),
        ("includes", json!("b"), json!("abc"), json!("xyz")),
        ("startsWith", json!("a"), json!("abc"), json!("bc")),
        ("endsWith", json!("c"), json!("abc"), json!("ab")),
        ("regex", json!("^a+$"), json!("aa"), json!("ab")),
        ("regex", json!("^(?!b)"), json!("a"), json!("b")),
        ("exists", json!(true), json!("a"), json!("")),
    ];
    for (kind, target, holds, fails) in cases {
        assert!(cnd(kind, target.clone(), holds), "{kind}");
        assert!(!cnd(kind, target, fails), "{kind}");
    }
    assert!(show(json!("x"), json!("x")) && !show(json!("x"), json!("y")));
    assert!(show(json!("x"), json!(["y", "x"])) && !show(json!("x"), json!([])));
    assert!(cnd("not", json!("x"), json!([])) && !cnd("eq", json!("x"), json!([])));
    assert!(show(json!("x"), json!({ "__rl": true, "value": "x" })), "a locator counts by its value");
    assert!(show(json!("x"), json!("={{ 1 }}")), "an expression may be anything");
    assert!(
        !shown(json!({ "hide": { "a": ["x"] } }), json!({ "a": "x" }))
            && shown(json!({ "hide": { "a": ["x"] } }), json!({ "a": [] }))
    );
    let fact = |name: &str, value: Value| shown(json!({ "show": { name: [value] } }), json!({}));
    assert!(fact("@version", json!(2)) && !fact("@version", json!(1)));
    assert!(fact("@tool", json!(true)) && fact("@feature", json!("new")) && !fact("@feature", json!("old")));
    assert!(shown(json!({ "show": { "/a.b[0]": [7] } }), json!({ "a": { "b": [7] } })), "a path from the root");
}

#[test]
fn namesakes_take_turns() {
    let operation = |resource: &str, default: &str| json!({ "name": "operation", "type": "options", "default": default, "displayOptions": { "show": { "resource": [resource] } } });
    let node = node(
        json!([operation("a", "get"), operation("b", "run"), { "name": "resource", "type": "options", "default": "b" }]),
    );
    let resolve = |given: Value| Value::Object(node.get_node_parameters(&map(given), true, false).unwrap());
    assert_eq!(resolve(json!({})), json!({ "resource": "b", "operation": "run" }));
    assert_eq!(resolve(json!({ "resource": "a" })), json!({ "resource": "a", "operation": "get" }));
}

#[test]
fn conditions_that_look_at_each_other_in_a_circle_still_resolve_or_are_refused() {
    let property = |name: &str, on: &str| json!({ "name": name, "type": "string", "default": "", "displayOptions": { "show": { on: ["x"] } } });
    let node = node(json!([property("a", "b"), property("b", "a")]));
    assert!(
        node.get_node_parameters(&map(json!({ "a": "x", "b": "x" })), true, false)
            .is_ok_and(|values| values.len() == 2)
    );
}

#[test]
fn the_version_settles_rules_in_their_place() {
    let shown = |rules: Value, values: Value| {
        let properties = json!([{ "name": "a", "type": "string", "default": "" }, { "name": "p", "type": "string", "default": "", "displayOptions": rules }]);
        node(properties).displayed(&map(values)).unwrap().contains(&1)
    };
    let later = json!({ "show": { "a": ["x"], "@version": [1] } });
    assert!(!shown(later.clone(), json!({ "a": "x" })));
    assert!(shown(later, json!({ "a": "={{ 1 }}" })), "an expression ends the rules before the version is looked at");
    let first = json!({ "show": { "@version": [1], "a": ["x"] } });
    assert!(!shown(first, json!({ "a": "={{ 1 }}" })));
    let hidden = json!({ "show": { "a": ["x"] }, "hide": { "@version": [2] } });
    assert!(!shown(hidden.clone(), json!({ "a": "x" })));
    assert!(shown(hidden, json!({ "a": "={{ 1 }}" })));
    assert!(shown(json!({ "show": { "@version": [2] }, "hide": { "@tool": [false] } }), json!({})));
}

#[test]
fn a_property_never_shown_still_has_its_value_among_hidden_ones_and_for_conditions() {
    let never = json!({ "show": { "@version": [1] } });
    let node = node(json!([
        { "name": "old", "type": "string", "default": "d", "displayOptions": never },
        { "name": "p", "type": "string", "default": "x", "displayOptions": { "show": { "old": ["d"] } } },
        { "name": "typed", "type": "string", "default": "", "required": true, "validateType": "number", "displayOptions": never },
    ]));
    let form = |hidden| Value::Object(node.get_node_parameters(&map(json!({})), true, hidden).unwrap());
    assert_eq!(form(false), json!({ "p": "x" }));
    assert_eq!(form(true), json!({ "old": "d", "p": "x", "typed": "" }));
    let issues = node.issues(&map(json!({ "typed": "x" }))).unwrap().unwrap();
    assert_eq!(json!(issues.parameters), json!({ "typed": ["'typed' expects a number but we got 'x'"] }));
}

#[test]
fn a_hidden_locator_is_checked_for_its_type() {
    let locator = json!({ "validateType": "number", "modes": [], "displayOptions": { "hide": { "@version": [2] } } });
    let given = json!({ "mode": "id", "value": "x" });
    assert_eq!(
        issues(property("resourceLocator", json!(""), locator), given.clone()),
        json!({ "p": ["'p' expects a number but we got object"] })
    );
    let shown = json!({ "validateType": "number", "modes": [] });
    assert_eq!(issues(property("resourceLocator", json!(""), shown), given), Value::Null);
}

#[test]
fn a_group_without_properties_is_refused_only_where_an_entry_is_given() {
    let fixed = |multiple: Value| {
        property("fixedCollection", json!({}), json!({ "options": [{ "name": "g" }], "typeOptions": multiple }))
    };
    let check =
        |multiple: Value, given: Value| node(json!([fixed(multiple)])).issues(&map(json!({ "p": { "g": given } })));
    assert!(check(json!({}), json!({})).is_err());
    assert!(check(json!({ "multipleValues": true }), json!([{}])).is_err());
    for given in [json!([]), json!({}), json!("x"), Value::Null] {
        assert_eq!(check(json!({ "multipleValues": true }), given).unwrap(), None);
    }
}

#[test]
fn features_whose_conditions_cannot_be_evaluated_refuse_what_asks_for_them() {
    let node = |feature: Value| {
        let descriptor = json!({ "name": "n", "version": 1, "features": { "new": feature }, "properties": [
            { "name": "p", "type": "string", "default": "", "displayOptions": { "hide": { "@feature": ["new"] } } }] });
        CompiledNode::new(Arc::new(NodeDescriptor::from_value(descriptor).unwrap())).version(1.0)
    };
    assert!(node(json!({})).displayed(&Map::new()).is_err(), "n8n throws where the condition is missing");
    assert!(node(json!({ "@version": [{ "_cnd": { "gte": { "toString": 1 } } }] })).displayed(&Map::new()).is_err());
    assert_eq!(node(json!({ "@version": [1] })).displayed(&Map::new()), Ok(vec![]));
}

#[test]
fn names_that_every_object_inherits_are_refused_where_n8n_throws() {
    let property = |name: &str, more: Value| {
        let mut property =
            map(json!({ "name": name, "displayName": name, "type": "string", "default": "d", "required": true }));
        property.extend(map(more));
        json!([property])
    };
    let resolve = |properties: Value| node(properties).get_node_parameters(&Map::new(), true, false);
    assert!(resolve(property("constructor", json!({}))).is_err());
    assert!(resolve(property("toString", json!({ "displayOptions": { "show": { "@version": [2] } } }))).is_err());
    assert!(resolve(property("toString", json!({}))).is_ok());
    let issues = |name: &str| node(property(name, json!({}))).issues(&map(json!({ name: "" })));
    assert!(issues("valueOf").is_err() && issues("name").is_ok());
}

#[test]
fn issues_of_collections_with_types_and_names_that_are_paths() {
    let typed = json!({ "validateType": "options", "options": [{ "name": "a", "type": "string", "default": "" }, { "name": "b", "type": "string", "default": "" }] });
    let message = "'p' expects one of the following values: [, ] but we got object";
    assert_eq!(issues(property("collection", json!({}), typed), json!({ "a": "" })), json!({ "p": [message] }));
    let inner = json!([{ "name": "a", "displayName": "A", "type": "string", "default": "", "required": true }]);
    let named = |name: &str| {
        let mut fixed =
            map(property("fixedCollection", json!({}), json!({ "options": [{ "name": "g", "values": inner }] })));
        fixed.insert("name".into(), json!(name));
        node(json!([fixed])).issues(&map(json!({ name: { "g": { "a": "" } } }))).unwrap().is_some()
    };
    assert!(named("p") && !named("x.y"), "n8n looks for y in x");
}

#[test]
fn a_time_alone_is_one_of_today() {
    let now = 1_710_085_530_250.0; // 2024-03-10T15:45:30.250Z
    let options = nodehost_parameters::TypeOptions { now, ..Default::default() };
    let checked = nodehost_parameters::check_type("f", &json!("12:30"), "dateTime", &options);
    let nodehost_parameters::Checked::Valid(nodehost_parameters::Converted::DateTime(moment)) = checked else {
        panic!()
    };
    assert_eq!(moment.to_iso(&Default::default()).unwrap(), "2024-03-10T12:30:00.000Z");
}
