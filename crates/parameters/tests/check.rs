//! What `check` finds in descriptors.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(clippy::needless_pass_by_value, reason = "`json!` values are handed over as they are written")]

use nodehost_descriptor::load;
use nodehost_parameters::check::{Host, NodeReport, Severity, Verdict, check_credential, check_node};
use serde_json::{Value, json};

/// The report on a node with these properties and further keys; the hook `known` is registered.
fn report(properties: Value, more: Value) -> NodeReport {
    let mut descriptor = json!({ "name": "made", "displayName": "Made", "version": [1, 2], "properties": properties });
    descriptor.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    // A bundle's descriptors are not checked when they are loaded.
    let loaded = load::bundle_from_text("pack", format!("[{descriptor}]")).unwrap();
    let source = &loaded.nodes[0];
    let host = Host { has_hook: &|name| name == "known", is_native: &|name| name == "pack.native" };
    check_node(source, &host)
}

/// Severity, pointer and message of each finding.
fn told(properties: Value, more: Value) -> Vec<(Severity, String, String)> {
    let findings = report(properties, more).findings;
    assert!(findings.iter().all(|found| !found.remedy.is_empty()));
    findings.into_iter().map(|found| (found.severity, found.pointer, found.message)).collect()
}

fn error(pointer: &str, message: &str) -> (Severity, String, String) {
    (Severity::Error, pointer.to_owned(), message.to_owned())
}

fn warning(pointer: &str, message: &str) -> (Severity, String, String) {
    (Severity::Warning, pointer.to_owned(), message.to_owned())
}

fn property(name: &str, kind: &str, more: Value) -> Value {
    let mut property = json!({ "displayName": name, "name": name, "type": kind, "default": "" });
    property.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    property
}

fn options(name: &str, values: &[&str]) -> Value {
    let choices: Vec<_> = values.iter().map(|value| json!({ "name": value, "value": value })).collect();
    property(name, "options", json!({ "default": values[0], "options": choices }))
}

fn shown(name: &str, rules: Value) -> Value {
    property(name, "string", json!({ "displayOptions": { "show": rules } }))
}

#[test]
fn an_unknown_type_is_warned_about_with_the_nearest_name() {
    let nested = json!({ "default": {}, "options": [property("odd", "quaternion", json!({}))] });
    let properties = json!([
        property("good", "string", json!({})),
        property("bad", "strnig", json!({})),
        property("more", "collection", nested)
    ]);
    let found = report(properties, json!({})).findings;
    let told: Vec<_> = found
        .iter()
        .map(|found| (found.severity, found.pointer.as_str(), found.message.as_str(), found.remedy.as_str()))
        .collect();
    let (bad, odd) = (
        "\"bad\" has the type \"strnig\", which is not known here",
        "\"odd\" has the type \"quaternion\", which is not known here",
    );
    assert_eq!(
        told,
        [
            (Severity::Warning, "/properties/1/type", bad, "Did you mean \"string\"?"),
            (
                Severity::Warning,
                "/properties/2/options/0/type",
                odd,
                "Use a type that n8n has; values of others are taken as they are."
            ),
        ]
    );
}

#[test]
fn a_breach_of_the_schema_has_its_place_and_remedy() {
    let properties =
        json!([{ "name": "a", "type": "string", "required": "yes" }, { "displayName": "B", "type": "string" }]);
    let found = report(properties, json!({})).findings;
    let wrong = found.iter().find(|found| found.pointer == "/properties/0/required").unwrap();
    assert_eq!((wrong.severity, wrong.remedy.as_str()), (Severity::Error, "Give a value of that type."));
    assert!(wrong.message.contains("yes"), "{}", wrong.message);
    let missing = found.iter().find(|found| found.pointer == "/properties/1").unwrap();
    assert_eq!(missing.remedy, "Add \"name\".");
}

#[test]
fn names_that_hide_each_other_are_errors_and_values_offered_twice_are_warnings() {
    let same = |resource: &str| shown("a", json!({ "resource": [resource] }));
    let twice = property(
        "pick",
        "options",
        json!({ "default": 1, "options": [{ "name": "A", "value": 1 }, { "name": "B", "value": 1 }] }),
    );
    let groups = property(
        "fixed",
        "fixedCollection",
        json!({ "default": {}, "options": [
            { "name": "g", "displayName": "G", "values": [property("x", "string", json!({})), property("x", "string", json!({}))] },
            { "name": "g", "displayName": "G", "values": [] } ] }),
    );
    let properties = json!([options("resource", &["x", "y"]), same("x"), same("y"), same("x"), twice, groups]);
    assert_eq!(
        told(properties, json!({})),
        [
            error("/properties/3", "\"a\" stands here twice under the same conditions (first at index 1)"),
            warning("/properties/4/options/1", "\"pick\" offers the value 1 twice"),
            error(
                "/properties/5/options/0/values/1",
                "\"x\" stands here twice under the same conditions (first at index 0)"
            ),
            error("/properties/5/options/1", "the group \"g\" stands here twice"),
        ]
    );
}

#[test]
fn conditions_that_can_never_hold_are_found() {
    let inner = json!({ "default": {}, "options": [shown("in", json!({ "resource": ["x"] })), shown("out", json!({ "/resource": ["z"] }))] });
    let properties = json!([
        options("resource", &["x", "y"]),
        shown("a", json!({ "resouce": ["x"] })),
        shown("b", json!({ "resource": ["x", "z"] })),
        shown("c", json!({ "@version": [{ "_cnd": { "gte": 3 } }] })),
        shown("d", json!({ "@verson": [1] })),
        shown("e", json!({ "resource": [{ "_cnd": { "regex": "(" } }] })),
        property("more", "collection", inner),
        property("flag", "boolean", json!({ "default": false })),
        shown("f", json!({ "flag": ["true"] })),
    ]);
    let credentials =
        json!({ "credentials": [{ "name": "c", "displayOptions": { "show": { "authentication": ["x"] } } }] });
    let found = told(properties, credentials);
    let places: Vec<_> = found.iter().map(|(severity, pointer, message)| (*severity, &**pointer, &**message)).collect();
    let known = [
        (Severity::Error, "/properties/1/displayOptions/show/resouce", "there is no parameter \"resouce\" to look at"),
        (Severity::Warning, "/properties/2/displayOptions/show/resource/1", "\"resource\" is never \"z\""),
        (
            Severity::Warning,
            "/properties/3/displayOptions/show/@version",
            "the condition holds for none of the node's versions",
        ),
        (
            Severity::Error,
            "/properties/4/displayOptions/show/@verson",
            "\"@verson\" is nothing a condition can look at",
        ),
        (
            Severity::Error,
            "/properties/6/options/0/displayOptions/show/resource",
            "there is no parameter \"resource\" to look at",
        ),
        (Severity::Warning, "/properties/6/options/1/displayOptions/show/~1resource/0", "\"resource\" is never \"z\""),
        (Severity::Warning, "/properties/8/displayOptions/show/flag/0", "\"flag\" is never \"true\""),
        (
            Severity::Error,
            "/credentials/0/displayOptions/show/authentication",
            "there is no parameter \"authentication\" to look at",
        ),
    ];
    for wanted in known {
        assert!(places.contains(&wanted), "{wanted:?} is missing in {places:#?}");
    }
    let pattern = "/properties/5/displayOptions/show/resource/0/_cnd/regex";
    assert!(places.iter().any(|(severity, pointer, _)| (*severity, *pointer) == (Severity::Error, pattern)));
    assert_eq!(places.len(), known.len() + 1, "{places:#?}");
}

/// What is found of a condition on a property that stands before it.
fn told_of(target: &Value, condition: Value) -> Vec<(Severity, String, String)> {
    let name = target["name"].as_str().unwrap();
    told(json!([target, shown("a", json!({ name: [condition] }))]), json!({}))
}

#[test]
fn comparisons_that_no_value_of_the_parameter_fulfils_are_found() {
    let choice = options("pick", &["one", "two"]);
    let flag = property("pick", "boolean", json!({ "default": false }));
    let several =
        property("pick", "multiOptions", json!({ "default": ["own"], "options": [{ "name": "One", "value": "one" }] }));
    let number = property("pick", "number", json!({ "default": 5, "typeOptions": { "minValue": 1, "maxValue": 9.5 } }));
    let never = [
        (&choice, json!({ "eq": "three" })),
        (&choice, json!({ "startsWith": "th" })),
        (&choice, json!({ "regex": "^x" })),
        (&choice, json!({ "gt": "zzz" })),
        (&flag, json!({ "eq": "true" })),
        (&flag, json!({ "includes": "tr" })),
        (&several, json!({ "endsWith": "x" })),
        (&number, json!({ "gt": 9.5 })),
        (&number, json!({ "lt": 1 })),
        (&number, json!({ "between": { "from": 10, "to": 20 } })),
        (&number, json!({ "startsWith": "5" })),
    ];
    for (target, condition) in never {
        let message = format!("\"pick\" never fulfils {condition}");
        let expected = [warning("/properties/1/displayOptions/show/pick/0", &message)];
        assert_eq!(told_of(target, json!({ "_cnd": condition })), expected, "{target}");
    }
    let sometimes = [
        (&choice, json!({ "not": "one" })),
        (&choice, json!({ "eq": "two" })),
        (&choice, json!({ "exists": true })),
        (&flag, json!({ "not": true })),
        (&several, json!({ "eq": "own" })),
        (&number, json!({ "gt": 9 })),
        (&number, json!({ "lte": 1 })),
        (&number, json!({ "between": { "from": 9.2, "to": 20 } })),
        (&number, json!({ "not": 5 })),
    ];
    for (target, condition) in sometimes {
        assert_eq!(told_of(target, json!({ "_cnd": condition })), [], "{target} {condition}");
    }
    for value in [json!("5"), json!(0), json!(10)] {
        let message = format!("\"pick\" is never {value}");
        assert_eq!(told_of(&number, value), [warning("/properties/1/displayOptions/show/pick/0", &message)]);
    }
    assert_eq!(told_of(&several, json!("own")), [], "an element of the default");
}

#[test]
fn values_that_are_not_limited_fulfil_what_any_value_can() {
    let text = property("pick", "string", json!({}));
    let open = property(
        "pick",
        "options",
        json!({ "options": [{ "name": "One", "value": "one" }], "allowArbitraryValues": true }),
    );
    for target in [&text, &open] {
        assert_eq!(told_of(target, json!({ "_cnd": { "eq": "any" } })), []);
        let range = json!({ "_cnd": { "between": { "from": 5, "to": 4 } } });
        let found = told_of(target, range);
        assert_eq!(found, [warning("/properties/1/displayOptions/show/pick/0", "no value is \"between\" these")]);
    }
    let found = told_of(&text, json!({ "_cnd": { "regex": 5 } }));
    assert!(found.iter().all(|(severity, ..)| *severity == Severity::Warning), "{found:?}");
}

#[test]
fn rules_of_tools_features_and_other_sides_are_looked_at() {
    let properties = json!([
        shown("a", json!({ "@tool": ["true"] })),
        shown("b", json!({ "@tool": [true] })),
        shown("c", json!({ "@feature": ["gone"] })),
        shown("d", json!({ "@feature": ["new"] })),
        property("e", "string", json!({ "displayOptions": { "shwo": { "a": ["x"] }, "hideOnCloud": true } })),
        property("f", "string", json!({ "disabledOptions": { "show": { "gone": ["x"] } } })),
        property(
            "g",
            "options",
            json!({ "options": [
            { "name": "X", "value": "x", "displayOptions": { "show": { "gone": ["x"] } } }
        ] })
        ),
    ]);
    let features = json!({ "features": { "new": { "@version": [{ "_cnd": { "gte": 2 } }] } } });
    assert_eq!(
        told(properties, features),
        [
            warning("/properties/0/displayOptions/show/@tool", "the condition never holds: @tool is true or false"),
            warning(
                "/properties/2/displayOptions/show/@feature",
                "the condition holds for none of the node's versions and their features"
            ),
            warning("/properties/4/displayOptions/shwo", "\"shwo\" is nothing n8n looks at"),
            error("/properties/5/disabledOptions/show/gone", "there is no parameter \"gone\" to look at"),
            error("/properties/6/options/0/displayOptions/show/gone", "there is no parameter \"gone\" to look at"),
        ]
    );
}

#[test]
fn credential_types_are_checked_too() {
    let found = |more: Value| -> Vec<_> {
        let mut credential = json!({ "name": "made", "displayName": "Made", "properties": [
            options("region", &["eu", "us"]),
            shown("a", json!({ "region": ["moon"] })),
            shown("b", json!({ "grantType": ["pkce"] })),
            property("c", "strnig", json!({})),
        ] });
        credential.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let loaded = load::bundle_from_text("pack", format!("[{credential}]")).unwrap();
        let report = check_credential(&loaded.credentials[0]);
        assert_eq!((report.name.as_str(), report.file), ("made", None));
        report.findings.into_iter().map(|found| (found.severity, found.pointer, found.message)).collect()
    };
    let kind = warning("/properties/3/type", "\"c\" has the type \"strnig\", which is not known here");
    let value = warning("/properties/1/displayOptions/show/region/0", "\"region\" is never \"moon\"");
    let name = error("/properties/2/displayOptions/show/grantType", "there is no parameter \"grantType\" to look at");
    assert_eq!(found(json!({})), [kind.clone(), value.clone(), name]);
    assert_eq!(found(json!({ "extends": ["oAuth2Api"] })), [kind, value], "the field may be inherited");
    assert_eq!(found(json!({ "properties": 5 }))[0].1, "/properties");
}

#[test]
fn patterns_and_rules_that_do_not_compile_are_found() {
    let modes = json!({ "modes": [{ "displayName": "ID", "name": "id", "type": "string",
        "validation": [{ "type": "regex", "properties": { "regex": "[", "errorMessage": "no" } }] }] });
    let properties = json!([
        property("text", "string", json!({ "typeOptions": { "regex": "(" } })),
        property("locator", "resourceLocator", modes)
    ]);
    let rules = json!({ "constraints": [{ "schema": { "type": "txet" }, "errorMessage": "no" }] });
    let found = told(properties, rules);
    let pointers: Vec<_> = found.iter().map(|(_, pointer, _)| pointer.as_str()).collect();
    assert!(pointers.contains(&"/properties/0/typeOptions/regex"), "{pointers:?}");
    assert!(pointers.contains(&"/properties/1/modes/0/validation/0/properties/regex"), "{pointers:?}");
    assert!(pointers.contains(&"/constraints/0/schema"), "{pointers:?}");
}

#[test]
fn hooks_that_nothing_registers_are_errors() {
    let routing = json!({ "routing": { "send": { "preSend": ["known", "unheardOf"] }, "output": { "postReceive": ["other", { "type": "limit" }] } } });
    assert_eq!(
        told(json!([property("a", "string", routing)]), json!({ "requestDefaults": {} })),
        [
            error("/properties/0/routing/send/preSend/1", "no hook \"unheardOf\" is registered"),
            error("/properties/0/routing/output/postReceive/0", "no hook \"other\" is registered"),
        ]
    );
}

#[test]
fn hooks_that_load_choices_are_warned_about_where_the_node_runs() {
    let loading = |name: &str| json!({ "typeOptions": { "loadOptionsMethod": name } });
    let modes = json!({ "modes": [{ "displayName": "List", "name": "list", "type": "list", "typeOptions": { "searchListMethod": "search" } }] });
    let properties = json!([
        property("a", "options", loading("known")),
        property("b", "options", loading("unheardOf")),
        property("c", "resourceLocator", modes),
    ]);
    let declarative = json!({ "requestDefaults": {} });
    assert_eq!(
        told(properties.clone(), declarative),
        [
            warning(
                "/properties/1/typeOptions/loadOptionsMethod",
                "no hook \"unheardOf\" is registered, so the choices cannot be loaded"
            ),
            warning(
                "/properties/2/modes/0/typeOptions/searchListMethod",
                "no hook \"search\" is registered, so the choices cannot be loaded"
            ),
        ]
    );
    assert_eq!(told(properties, json!({})), [], "in n8n that node is code");
}

#[test]
fn each_operation_has_a_verdict_with_its_reason() {
    let operation = |resource: &str, choices: Value| {
        property(
            "operation",
            "options",
            json!({ "default": "get", "options": choices, "displayOptions": { "show": { "resource": [resource] } } }),
        )
    };
    let choice = |name: &str, functions: Value| json!({ "name": name, "value": name, "routing": { "output": { "postReceive": functions } } });
    let properties = json!([
        options("resource", &["a", "b"]),
        operation("a", json!([choice("get", json!([])), choice("hook", json!(["known"]))])),
        operation("b", json!([choice("get", json!([null])), choice("lost", json!(["unheardOf"]))]))
    ]);
    let verdicts = |report: NodeReport| -> Vec<_> {
        let all = report.operations.into_iter();
        all.map(|one| (one.resource.unwrap_or_default(), one.operation.unwrap_or_default(), one.verdict, one.reason))
            .collect()
    };
    let operation = |resource: &str, operation: &str, verdict, reason: Option<&str>| {
        (resource.to_owned(), operation.to_owned(), verdict, reason.map(str::to_owned))
    };
    assert_eq!(
        verdicts(report(properties, json!({ "requestDefaults": {} }))),
        [
            operation("a", "get", Verdict::Runs, None),
            operation("a", "hook", Verdict::Runs, None),
            operation(
                "b",
                "get",
                Verdict::NeedsJavaScript,
                Some("a function of output/postReceive/0 is not in the JSON")
            ),
            operation("b", "lost", Verdict::Refused, Some("no hook \"unheardOf\" is registered")),
        ]
    );
    let code = verdicts(report(json!([]), json!({})));
    assert_eq!(code, [operation("", "", Verdict::NeedsJavaScript, Some("the node's work is JavaScript code"))]);
    let trigger = verdicts(report(json!([]), json!({ "group": ["trigger"] })));
    assert_eq!(trigger, [operation("", "", Verdict::Refused, Some("it starts workflows and processes no items"))]);
    let native = verdicts(report(json!([]), json!({ "name": "native" })));
    assert_eq!(native, [operation("", "", Verdict::Runs, None)]);
}
