//! The reference in docs/halopsa.md is made from the descriptor: `UPDATE_DOCS=1 cargo test -p nodehost-halopsa --test
//! docs` writes it, and without the variable the test says whether it is current.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

const BEGIN: &str = "<!-- reference: made from the descriptor by tests/docs.rs -->\n";
const END: &str = "<!-- end of reference -->\n";

#[test]
fn the_reference_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/halopsa.md");
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("docs/halopsa.md marks where the reference begins");
    let (_, after) = rest.split_once(END).expect("docs/halopsa.md marks where the reference ends");
    let expected = format!("{before}{BEGIN}{}{END}{after}", reference());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, expected).unwrap();
    } else {
        let remedy = "run UPDATE_DOCS=1 cargo test -p nodehost-halopsa --test docs";
        assert!(text == expected, "docs/halopsa.md is not current: {remedy}");
    }
}

fn reference() -> String {
    let source = nodehost_halopsa::node().unwrap();
    let node: Value = serde_json::from_str(source.text()).unwrap();
    let properties = node["properties"].as_array().unwrap();
    let mut out = String::new();
    for resource in properties[0]["options"].as_array().unwrap() {
        let shown = |property: &&Value| property["displayOptions"]["show"]["resource"][0] == resource["value"];
        let own: Vec<&Value> = properties.iter().filter(shown).collect();
        section(&mut out, resource, &own);
    }
    out
}

fn section(out: &mut String, resource: &Value, properties: &[&Value]) {
    let _ = writeln!(
        out,
        "\n### {} (`{}`)\n\n{}.\n",
        text(resource, "name"),
        text(resource, "value"),
        text(resource, "description")
    );
    let operations = properties.iter().find(|property| property["name"] == "operation").unwrap();
    let operations = operations["options"].as_array().unwrap();
    out.push_str("| Operation | Does |\n|---|---|\n");
    for operation in operations {
        let _ = writeln!(out, "| `{}` | {} |", text(operation, "value"), text(operation, "description"));
    }
    for operation in operations {
        let name = text(operation, "value");
        let rows: Vec<String> = properties
            .iter()
            .filter(|property| property["displayOptions"]["show"]["operation"][0] == operation["value"])
            .flat_map(|property| rows(property, ""))
            .collect();
        let _ = write!(out, "\n<details><summary><code>{name}</code>: {} parameters</summary>\n\n", rows.len());
        out.push_str("| Parameter | Type | Default | |\n|---|---|---|---|\n");
        out.extend(rows);
        out.push_str("\n</details>\n");
    }
}

/// A row for the property, and one for each in its collection.
fn rows(property: &Value, above: &str) -> Vec<String> {
    let path = format!("{above}{}", text(property, "name"));
    let kind = text(property, "type");
    let required = if property["required"] == true { ", required" } else { "" };
    let default = property.get("default").map(Value::to_string).unwrap_or_default();
    let mut meaning = plain(&text(property, "description"));
    if let Some(choices) = property["options"].as_array().filter(|_| kind == "options" || kind == "multiOptions") {
        let each = |choice: &Value| format!("`{}` {}", choice["value"], text(choice, "name"));
        meaning = format!("{meaning}: {}", choices.iter().map(each).collect::<Vec<_>>().join(", "));
    }
    meaning.push_str(&limits(property));
    let mut rows = vec![format!("| `{path}` | {kind}{required} | `{default}` | {meaning} |\n")];
    let inner = property["options"].as_array().into_iter().flatten();
    match kind.as_str() {
        "collection" => rows.extend(inner.flat_map(|field| self::rows(field, &format!("{path}.")))),
        "fixedCollection" => rows.extend(inner.flat_map(|group| {
            let above = format!("{path}.{}[].", text(group, "name"));
            let values = group["values"].as_array().into_iter().flatten();
            values.flat_map(|field| self::rows(field, &above)).collect::<Vec<_>>()
        })),
        _ => {}
    }
    rows
}

fn limits(property: &Value) -> String {
    let options = &property["typeOptions"];
    let mut limits = String::new();
    for (key, words) in [("minValue", "at least"), ("maxValue", "at most"), ("maxLength", "characters at most:")] {
        if let Some(limit) = options.get(key) {
            let _ = write!(limits, "; {words} {limit}");
        }
    }
    limits
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

fn plain(description: &str) -> String {
    description.replace("<code>", "`").replace("</code>", "`").replace('|', "\\|")
}
