//! What `check` finds in descriptors.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use nodehost_descriptor::load;
use nodehost_parameters::check::{Host, Severity, check_node};
use serde_json::json;

#[test]
fn an_unknown_type_is_warned_about_with_the_nearest_name() {
    let property = |name: &str, kind: &str| json!({ "displayName": name, "name": name, "type": kind, "default": "" });
    let descriptor = json!({ "name": "typed", "displayName": "Typed", "version": 1, "properties": [
        property("good", "string"),
        property("bad", "strnig"),
        { "displayName": "More", "name": "more", "type": "collection", "default": {},
          "options": [property("odd", "quaternion")] }
    ] });
    let source = load::node_from_text("pack", &descriptor.to_string(), |_| None).unwrap();
    let report = check_node(&source, &Host { has_hook: &|_| false, is_native: &|_| false });
    let told: Vec<_> = report
        .findings
        .iter()
        .map(|found| (found.severity, found.pointer.as_str(), found.message.as_str(), found.remedy.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (
                Severity::Warning,
                "/properties/1/type",
                "\"bad\" has the type \"strnig\", which is not known here",
                "Did you mean \"string\"?"
            ),
            (
                Severity::Warning,
                "/properties/2/options/0/type",
                "\"odd\" has the type \"quaternion\", which is not known here",
                "Use a type that n8n has; values of others are taken as they are."
            ),
        ]
    );
}
