//! The host's validation: what constants decide, and what each item does.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use nodehost_descriptor::load;
use nodehost_parameters::{CompiledNode, CompiledVersion, Mode, Validator, Violation};
use serde_json::{Map, Value, json};

fn node() -> Arc<CompiledVersion> {
    let descriptor = json!({ "name": "hooks", "displayName": "Hooks", "version": 1,
        "properties": [
            { "displayName": "Operation", "name": "operation", "type": "options", "noDataExpression": true, "default": "create",
              "options": [{ "name": "Create", "value": "create" }, { "name": "Delete", "value": "delete" }] },
            { "displayName": "Name", "name": "name", "type": "string", "default": "", "required": true,
              "displayOptions": { "show": { "operation": ["create"] } } },
            { "displayName": "Hook ID", "name": "hookId", "type": "number", "default": 0, "typeOptions": { "minValue": 1 },
              "displayOptions": { "show": { "operation": ["delete"] } } },
            { "displayName": "Additional Fields", "name": "additionalFields", "type": "collection", "default": {},
              "displayOptions": { "show": { "operation": ["create"] } }, "options": [
                { "displayName": "URL", "name": "url", "type": "string", "default": "" },
                { "displayName": "Note", "name": "note", "type": "string", "default": "",
                  "typeOptions": { "maxLength": 5, "regex": "^[a-z]*$" } },
                { "displayName": "Type", "name": "type", "type": "options", "default": 1,
                  "options": [{ "name": "Outbound", "value": 1 }, { "name": "Runbook", "value": 2 }] },
                { "displayName": "Delay", "name": "delay", "type": "number", "default": 1,
                  "typeOptions": { "minValue": 1, "maxValue": 10 } } ] },
            { "displayName": "Headers", "name": "headers", "type": "fixedCollection", "default": {},
              "typeOptions": { "multipleValues": true }, "options": [{ "name": "header", "displayName": "Header", "values": [
                { "displayName": "Key", "name": "key", "type": "string", "default": "", "required": true },
                { "displayName": "Count", "name": "count", "type": "number", "default": 0, "typeOptions": { "maxValue": 3 } } ] }] }
        ],
        "constraints": [{
            "when": { "operation": ["create"] },
            "schema": { "if": { "properties": { "additionalFields": { "not": { "properties": { "type": { "const": 2 } }, "required": ["type"] } } } },
                "then": { "properties": { "additionalFields": { "required": ["url"],
                    "properties": { "url": { "pattern": "^https?://" } } } } } },
            "parameter": "additionalFields.url",
            "errorMessage": "An outbound webhook needs a URL that starts with http:// or https://."
        }] });
    let source = load::node_from_text("pack", &descriptor.to_string(), |_| None).unwrap();
    CompiledNode::new(source.descriptor().unwrap()).version(1.0)
}

fn map(value: Value) -> Map<String, Value> {
    serde_json::from_value(value).unwrap()
}

fn told(violations: &[Violation]) -> Vec<(&str, &str, &str)> {
    violations.iter().map(|found| (found.pointer.as_str(), found.code.as_str(), found.message.as_str())).collect()
}

fn strict(given: Value) -> Validator {
    Validator::new(node(), &map(given), Mode::Strict)
}

#[test]
fn good_parameters_are_accepted() {
    let validator = strict(json!({ "name": "n", "additionalFields": { "url": "https://x.example", "delay": 10 },
        "headers": { "header": [{ "key": "a", "count": 3 }] } }));
    assert_eq!(told(&validator.constants().violations), []);
    assert_eq!(told(&validator.constants().warnings), []);
    assert!(!validator.depends_on_items());
}

#[test]
fn every_broken_rule_is_told_at_its_place() {
    let validator = strict(json!({ "name": "", "hookId": 5,
        "additionalFields": { "url": "ftp://x", "note": "Too long", "type": 3, "delay": 0, "metod": 1, "nóte": 2 },
        "headers": { "header": [{ "key": "a" }, { "key": "", "count": 4 }], "hedaer": [] }, "opration": "create" }));
    assert_eq!(
        told(&validator.constants().violations),
        [
            ("/name", "invalid_parameter", "Parameter \"Name\" is required."),
            ("/headers/header/1/key", "invalid_parameter", "Parameter \"Key\" is required."),
            (
                "/additionalFields/metod",
                "unknown_parameter",
                "There is no parameter \"metod\" here; remove it, or correct its name."
            ),
            (
                "/additionalFields/nóte",
                "unknown_parameter",
                "There is no parameter \"nóte\" here; did you mean \"note\"?"
            ),
            ("/headers/hedaer", "unknown_parameter", "There is no parameter \"hedaer\" here; did you mean \"header\"?"),
            ("/opration", "unknown_parameter", "There is no parameter \"opration\" here; did you mean \"operation\"?"),
            (
                "/additionalFields/note",
                "invalid_parameter",
                "Parameter \"Note\" (additionalFields.note) may have at most 5 characters; it has 8."
            ),
            (
                "/additionalFields/type",
                "invalid_parameter",
                "Parameter \"Type\" (additionalFields.type) is 3, which is none of its options; use one of 1, 2."
            ),
            (
                "/additionalFields/delay",
                "invalid_parameter",
                "Parameter \"Delay\" (additionalFields.delay) has to be at least 1; it is 0."
            ),
            (
                "/headers/header/1/count",
                "invalid_parameter",
                "Parameter \"Count\" (headers.header[1].count) may be at most 3; it is 4."
            ),
            (
                "/additionalFields/url",
                "invalid_parameter",
                "An outbound webhook needs a URL that starts with http:// or https://."
            ),
        ]
    );
    assert_eq!(
        told(&validator.constants().warnings),
        [(
            "/hookId",
            "hidden_parameter",
            "Parameter \"hookId\" does not apply to the other parameters' values; its value is not used."
        )]
    );
}

#[test]
fn what_an_expression_decides_is_left_to_the_item() {
    let validator = strict(json!({ "name": "={{ $json.name }}",
        "additionalFields": { "url": "={{ $json.url }}", "delay": "={{ $json.delay }}", "note": "=x" } }));
    assert_eq!(told(&validator.constants().violations), []);
    assert!(validator.depends_on_items());

    let resolved = |name: Value, url: &str, delay: Value| {
        map(json!({ "operation": "create", "name": name, "headers": {},
            "additionalFields": { "url": url, "delay": delay, "note": "X" } }))
    };
    assert_eq!(
        told(&validator.item(resolved(json!(""), "x", json!("0")))),
        [
            ("/name", "invalid_parameter", "Parameter \"Name\" is required."),
            (
                "/additionalFields/note",
                "invalid_parameter",
                "Parameter \"Note\" (additionalFields.note) has to match ^[a-z]*$; it is \"X\"."
            ),
            (
                "/additionalFields/delay",
                "invalid_parameter",
                "Parameter \"Delay\" (additionalFields.delay) has to be at least 1; it is 0."
            ),
            (
                "/additionalFields/url",
                "invalid_parameter",
                "An outbound webhook needs a URL that starts with http:// or https://."
            ),
        ]
    );
    let mut good = resolved(json!("n"), "http://x", json!("5"));
    good["additionalFields"]["note"] = json!("x");
    assert_eq!(told(&validator.item(good)), []);
}

#[test]
fn a_constraint_of_constants_is_decided_though_other_values_are_expressions() {
    let validator = strict(json!({ "name": "={{ $json.name }}", "additionalFields": { "delay": 2 } }));
    let pointers: Vec<_> = validator.constants().violations.iter().map(|found| found.pointer.as_str()).collect();
    assert_eq!(pointers, ["/additionalFields/url"]);
}

#[test]
fn the_other_modes_look_at_less() {
    let given = map(json!({ "name": "", "unknown": 1, "additionalFields": { "delay": 0 } }));
    let n8n = Validator::new(node(), &given, Mode::N8n);
    assert_eq!(told(&n8n.constants().violations), [("/name", "invalid_parameter", "Parameter \"Name\" is required.")]);
    let off = Validator::new(node(), &given, Mode::Off);
    assert_eq!(told(&off.constants().violations), []);
}

#[test]
fn what_n8n_throws_on_is_refused() {
    let validator = strict(json!({ "name": "n", "headers": { "header": 5 } }));
    assert_eq!(validator.constants().violations[0].code.as_str(), "n8n_error");
}

fn insisting() -> Arc<CompiledVersion> {
    let descriptor = json!({ "name": "records", "displayName": "Records", "version": 1,
        "properties": [
            { "displayName": "ID", "name": "id", "type": "number", "default": 0 },
            { "displayName": "Body", "name": "body", "type": "json", "default": "{}" }
        ],
        "constraints": [{ "schema": { "properties": { "id": { "minimum": 1 } } }, "parameter": "id",
            "errorMessage": "ID is required", "always": true }] });
    let source = load::node_from_text("pack", &descriptor.to_string(), |_| None).unwrap();
    CompiledNode::new(source.descriptor().unwrap()).version(1.0)
}

#[test]
fn what_the_node_insists_on_is_the_item_outcome_in_every_mode() {
    let given = map(json!({ "id": 0 }));
    let strict = Validator::new(insisting(), &given, Mode::Strict);
    assert_eq!(told(&strict.constants().violations), [("/id", "invalid_parameter", "ID is required")]);
    for mode in [Mode::N8n, Mode::Off] {
        let validator = Validator::new(insisting(), &given, mode);
        assert_eq!(told(&validator.constants().violations), []);
        assert!(validator.depends_on_items());
        assert_eq!(told(&validator.item(given.clone())), [("/id", "invalid_parameter", "ID is required")]);
        assert_eq!(told(&validator.item(map(json!({ "id": 1 })))), []);
    }
}

#[test]
fn text_in_a_json_parameter_is_checked_with_its_place() {
    let told_about = |body: Value| {
        let validator = Validator::new(insisting(), &map(json!({ "id": 1, "body": body })), Mode::Strict);
        validator.constants().violations.iter().map(|found| found.message.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        told_about(json!("{\n  \"a\": ]")),
        ["Parameter \"Body\" (body) is no valid JSON at line 2, column 8: expected value."]
    );
    for good in [json!("[1]"), json!(" "), json!({ "a": 1 }), json!("={{ $json.body }}")] {
        assert_eq!(told_about(good), Vec::<String>::new());
    }
}

fn typed() -> Arc<CompiledVersion> {
    let field = json!({ "displayName": "Field", "name": "field", "type": "string", "default": "" });
    let group = json!([{ "name": "entry", "displayName": "Entry", "values": [field] }]);
    let descriptor = json!({ "name": "typed", "displayName": "Typed", "version": 1, "properties": [
        { "displayName": "Filters", "name": "filters", "type": "collection", "default": {}, "options": [field] },
        { "displayName": "One", "name": "one", "type": "fixedCollection", "default": {}, "options": group },
        { "displayName": "Many", "name": "many", "type": "fixedCollection", "default": {},
          "typeOptions": { "multipleValues": true }, "options": group },
        { "displayName": "Active", "name": "active", "type": "boolean", "default": true },
        { "displayName": "Note", "name": "note", "type": "string", "default": "" },
        { "displayName": "Tags", "name": "tags", "type": "string", "default": [], "typeOptions": { "multipleValues": true } },
        { "displayName": "Code", "name": "code", "type": "string", "default": "", "typeOptions": { "editor": "jsEditor" } }
    ] });
    let source = load::node_from_text("pack", &descriptor.to_string(), |_| None).unwrap();
    CompiledNode::new(source.descriptor().unwrap()).version(1.0)
}

fn violations(given: Value, mode: Mode) -> Vec<Violation> {
    Validator::new(typed(), &map(given), mode).constants().violations.clone()
}

#[test]
fn a_collection_of_the_wrong_shape_is_refused_where_n8n_drops_it() {
    let object = |given: &str| format!("has to be an object with its fields; it is {given}.");
    let expression = "an expression for the whole collection is not used".to_owned();
    for (given, pointer, message) in [
        (json!({ "filters": "x" }), "/filters", object("\"x\"")),
        (json!({ "filters": 5 }), "/filters", object("5")),
        (json!({ "filters": ["x"] }), "/filters", object("[\"x\"]")),
        (json!({ "filters": "={{ $json.filters }}" }), "/filters", expression.clone()),
        (json!({ "one": true }), "/one", object("true")),
        (json!({ "one": "={{ $json.one }}" }), "/one", expression),
        (json!({ "one": { "entry": "x" } }), "/one/entry", object("\"x\"")),
        (json!({ "one": { "entry": [{ "field": "x" }] } }), "/one/entry", object("[{\"field\":\"x\"}]")),
        (json!({ "many": 5 }), "/many", object("5")),
        (json!({ "many": { "entry": "x" } }), "/many/entry", "has to be a list of entries; it is \"x\".".to_owned()),
        (json!({ "many": { "entry": "={{ [] }}" } }), "/many/entry", "an expression for the whole list".to_owned()),
        (json!({ "many": { "entry": [{}, 5] } }), "/many/entry/1", object("5")),
    ] {
        let found = violations(given.clone(), Mode::Strict);
        let told = told(&found);
        assert!(told.len() == 1 && told[0].0 == pointer && told[0].2.contains(&message), "{given}: {told:?}");
        assert_eq!(violations(given, Mode::N8n), []);
    }
    for given in [
        json!({ "filters": {}, "one": null, "many": { "entry": [{ "field": "x" }] } }),
        json!({ "filters": [], "one": { "entry": { "field": "={{ 1 }}" } }, "many": { "entry": [] } }),
    ] {
        assert_eq!(violations(given.clone(), Mode::Strict), [], "{given}");
    }
}

#[test]
fn what_is_not_used_is_told_without_a_refusal() {
    let given = map(json!({ "filters": "={{ $json }}", "filter": {} }));
    let effective = typed().get_node_parameters(&given, true, false).unwrap();
    let found = nodehost_parameters::unused(&typed(), &given, &effective);
    let places: Vec<_> = found.iter().map(|found| (found.pointer.as_str(), found.code.as_str())).collect();
    assert_eq!(places, [("/filters", "invalid_parameter"), ("/filter", "unknown_parameter")]);
}

#[test]
fn values_have_the_type_of_their_property() {
    let flag = |given: &str| format!("Parameter \"Active\" (active) has to be true or false; it is {given}.");
    for (given, pointer, message) in [
        (json!({ "active": "false" }), "/active", flag("\"false\"")),
        (json!({ "active": 0 }), "/active", flag("0")),
        (json!({ "note": true }), "/note", "Parameter \"Note\" (note) has to be text; it is true.".to_owned()),
        (json!({ "note": ["a"] }), "/note", "Parameter \"Note\" (note) has to be text; it is [\"a\"].".to_owned()),
        (
            json!({ "filters": { "field": {} } }),
            "/filters/field",
            "Parameter \"Field\" (filters.field) has to be text; it is {}.".to_owned(),
        ),
    ] {
        let found = violations(given.clone(), Mode::Strict);
        assert_eq!(told(&found), [(pointer, "invalid_parameter", message.as_str())]);
        assert_eq!(violations(given, Mode::N8n), []);
    }
    let good = json!({ "active": false, "note": 5, "tags": ["a"], "code": { "a": 1 } });
    assert_eq!(violations(good, Mode::Strict), []);
    assert_eq!(violations(json!({ "active": null, "note": null }), Mode::Strict), []);
}

#[test]
fn an_expression_result_has_the_type_of_its_property_too() {
    let given = map(json!({ "active": "={{ $json.a }}", "note": "={{ $json.b }}" }));
    let validator = Validator::new(typed(), &given, Mode::Strict);
    assert_eq!(validator.constants().violations, []);
    let item = |active: Value, note: Value| {
        let found = validator.item(map(json!({ "active": active, "note": note })));
        found.into_iter().map(|found| found.pointer).collect::<Vec<_>>()
    };
    assert_eq!(item(json!(false), json!("x")), Vec::<String>::new());
    assert_eq!(item(json!(true), json!(false)), Vec::<String>::new());
    assert_eq!(item(json!(null), json!(5)), Vec::<String>::new());
    assert_eq!(item(json!("false"), json!({ "a": 1 })), ["/active", "/note"]);
}

#[test]
fn a_constraint_is_silent_where_another_finding_stands() {
    let descriptor = json!({ "name": "named", "displayName": "Named", "version": 1,
        "properties": [{ "displayName": "Name", "name": "name", "type": "string", "default": "", "required": true }],
        "constraints": [{ "schema": { "properties": { "name": { "pattern": "[a-z]" } } }, "parameter": "name",
            "errorMessage": "Name is required: give a name" }] });
    let source = load::node_from_text("pack", &descriptor.to_string(), |_| None).unwrap();
    let version = CompiledNode::new(source.descriptor().unwrap()).version(1.0);
    for (given, message) in [("", "Parameter \"Name\" is required."), (" ", "Name is required: give a name")] {
        let validator = Validator::new(Arc::clone(&version), &map(json!({ "name": given })), Mode::Strict);
        assert_eq!(told(&validator.constants().violations), [("/name", "invalid_parameter", message)]);
    }
}

#[test]
fn values_that_are_secret_are_not_repeated() {
    let secret = |name: &str, kind: &str, more: Value| {
        let mut options = json!({ "password": true });
        options.as_object_mut().unwrap().extend(map(more));
        json!({ "displayName": name, "name": name, "type": kind, "default": "", "typeOptions": options })
    };
    let choices = json!([{ "name": "A", "value": "a" }]);
    let mut choice = secret("choice", "options", json!({}));
    choice["options"] = choices;
    let descriptor = json!({ "name": "safe", "displayName": "Safe", "version": 1, "properties": [
        secret("pattern", "string", json!({ "regex": "^[a-z]*$" })), secret("number", "number", json!({})),
        secret("small", "number", json!({ "maxValue": 9 })), secret("text", "string", json!({})),
        secret("flag", "boolean", json!({})), choice,
        { "displayName": "Group", "name": "group", "type": "collection", "default": {}, "options": [secret("deep", "string", json!({ "regex": "^x$" }))] }
    ] });
    let source = load::node_from_text("pack", &descriptor.to_string(), |_| None).unwrap();
    let version = CompiledNode::new(source.descriptor().unwrap()).version(1.0);
    let given = json!({ "pattern": "CANARY-1", "number": "CANARY-2", "small": 4711, "text": ["CANARY-3"], "flag": "CANARY-4",
        "choice": "CANARY-5", "group": { "deep": "CANARY-6" } });
    let validator = Validator::new(version, &map(given), Mode::Strict);
    let found = told(&validator.constants().violations);
    let pointers: Vec<&str> = found.iter().map(|(pointer, _, _)| *pointer).collect();
    assert_eq!(pointers, ["/pattern", "/number", "/small", "/text", "/flag", "/choice", "/group/deep"], "{found:?}");
    assert!(found.iter().all(|(_, _, message)| !message.contains("CANARY") && !message.contains("4711")), "{found:?}");
    assert!(found[3].2.ends_with("has to be text; it is a list."), "{found:?}");
}
