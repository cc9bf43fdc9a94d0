//! Loading: files, folders, bundles, text built in.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::Path;

use nodehost_descriptor::{NodeSource, Options, PropertyType, load};
use serde_json::{Value, json};
use tempfile::TempDir;

fn write(folder: &Path, name: &str, content: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

fn string(name: &str) -> Value {
    json!({ "name": name, "displayName": name, "type": "string", "default": "" })
}

fn minimal(name: &str) -> Value {
    json!({ "name": name, "displayName": name, "version": 1, "properties": [] })
}

fn names(node: &NodeSource) -> Vec<String> {
    node.descriptor().unwrap().properties.iter().map(|property| property.name.clone()).collect()
}

#[test]
fn a_folder_is_assembled_from_its_parts_in_order() {
    let dir = TempDir::new().unwrap();
    write(dir.path(), "package.json", r#"{ "name": "@scope/pack" }"#);
    let node = json!({ "name": "shop", "displayName": "Shop", "version": [1, 2], "properties": [
        string("first"), { "$include": "order/order.json" }, string("last") ] });
    write(dir.path(), "nodes/shop/node.json", &node.to_string());
    write(dir.path(), "nodes/shop/order/order.json", &json!([string("a"), { "$include": "one.json" }]).to_string());
    write(dir.path(), "nodes/shop/one.json", &string("b").to_string());
    write(
        dir.path(),
        "nodes/shop/shopApi.credentials.json",
        r#"{"name": "shopApi", "displayName": "Shop", "properties": []}"#,
    );

    let loaded = load::path(&dir.path().join("nodes"), None).unwrap();

    assert_eq!(loaded.nodes[0].type_name(), "@scope/pack.shop");
    assert_eq!(names(&loaded.nodes[0]), ["first", "a", "b", "last"]);
    assert_eq!(loaded.credentials[0].name(), "shopApi");
    let named = load::path(&dir.path().join("nodes"), Some("mine")).unwrap();
    assert_eq!(named.nodes[0].type_name(), "mine.shop");
}

#[test]
fn a_bundle_keeps_each_text_as_it_is() {
    let entries = [
        r#"{"version":[2,2.1],"name":"b","odd key":1.0,"properties":[],"displayName":"B","defaultVersion":2.1}"#,
        r#"{ "name": "b", "displayName": "B", "version": 1, "properties": [], "credentials": [{"name": "c"}] }"#,
    ];
    let loaded = load::bundle_from_text("pack", format!("[{}]", entries.join(",\n"))).unwrap();
    let texts: Vec<_> = loaded.nodes.iter().map(|node| node.text()).collect();
    assert_eq!(texts, entries);
    assert_eq!(loaded.nodes[0].summary().versions, [2.0, 2.1]);
    assert_eq!(loaded.nodes[0].summary().default_version, Some(2.1));
    assert_eq!(loaded.nodes[1].summary().credentials, ["c"]);
    assert_eq!(loaded.nodes[0].descriptor().unwrap().extra["odd key"], json!(1.0));
}

#[test]
fn request_options_are_added_to_declarative_nodes_only() {
    let load = |node: Value| load::node_from_text("p", &node.to_string(), |_| None).unwrap();
    let mut node = minimal("n");
    assert_eq!(names(&load(node.clone())), [""; 0]);
    node["requestDefaults"] = json!({ "baseURL": "https://api.example" });
    assert_eq!(names(&load(node.clone())), ["requestOptions"]);
    node["properties"] = json!([{ "name": "requestOptions", "type": "collection", "default": {}, "options": [] }]);
    assert_eq!(names(&load(node.clone())), ["requestOptions"]);
    node["properties"] = json!([]);
    node["polling"] = json!(true);
    assert_eq!(names(&load(node)), [""; 0]);
}

#[test]
fn errors_name_file_pointer_and_remedy() {
    let dir = TempDir::new().unwrap();
    let node = json!({ "name": "n", "displayName": "N", "version": 1, "properties": [
        { "name": "x", "type": "string", "displayOptions": { "show": { "resource": "contact" } } },
        { "name": "c", "type": "collection", "options": [{ "name": "inner" }] } ] });
    write(dir.path(), "n.json", &node.to_string());
    let errors = load::file(&dir.path().join("n.json"), None).unwrap_err();
    let told: Vec<_> = errors.iter().map(|error| (error.pointer.as_str(), error.remedy.as_str())).collect();
    assert_eq!(
        told,
        [
            ("/properties/0/displayOptions/show/resource", "Give a value of that type."),
            ("/properties/1/options/0", "Add \"type\"."),
        ]
    );
    assert!(errors[0].to_string().contains("n.json: at /properties/0"), "{}", errors[0]);
}

#[test]
fn includes_stay_in_their_folder_and_end() {
    let including = |name: &str| {
        json!({ "name": "n", "displayName": "N", "version": 1, "properties": [{ "$include": name }] }).to_string()
    };
    let endless = |_: &str| Some(r#"[{ "$include": "again.json" }]"#);
    let error = |name: &str| load::node_from_text("p", &including(name), endless).unwrap_err();
    assert!(error("again.json").message.contains("8 levels deep"));
    assert!(error("../x.json").message.contains("outside"));
    assert!(error("/etc/x.json").message.contains("outside"));
    let missing = load::node_from_text("p", &including("gone.json"), |_| None).unwrap_err();
    assert_eq!((missing.pointer.as_str(), missing.message.as_str()), ("/properties/0", "\"gone.json\" is not there"));
}

#[test]
fn every_property_type_is_read_and_unknown_ones_are_kept() {
    let types = [
        "agentSelector",
        "assignmentCollection",
        "boolean",
        "button",
        "callout",
        "collection",
        "color",
        "credentials",
        "credentialsSelect",
        "curlImport",
        "dateTime",
        "filter",
        "fixedCollection",
        "hidden",
        "icon",
        "json",
        "multiOptions",
        "notice",
        "number",
        "options",
        "resourceLocator",
        "resourceMapper",
        "string",
        "workflowSelector",
        "hologram",
    ];
    let properties: Vec<_> = types.iter().map(|kind| json!({ "name": kind, "type": kind })).collect();
    let mut node = minimal("n");
    node["properties"] = properties.into();
    let node = load::node_from_text("p", &node.to_string(), |_| None).unwrap().descriptor().unwrap();
    let read: Vec<_> = node.properties.iter().map(|property| property.kind.name()).collect();
    assert_eq!(read, types);
    assert_eq!(node.properties[24].kind, PropertyType::Other("hologram".into()));
    assert_eq!(node.properties[5].options, Options::None);
}
