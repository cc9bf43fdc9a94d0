//! The OpenAPI document: the calls from the code, the bodies of executions from `schemas/`.

mod components;
mod problems;

use std::sync::LazyLock;

use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use crate::guard::OPEN_PATHS;
use crate::problem::MEDIA_TYPE;
use crate::routes;

/// Schemas that stand in files of their own, by the names that the calls use.
const SCHEMAS: [(&str, &str); 2] = [
    ("ExecutionRequest", include_str!("../../../schemas/execution-request.schema.json")),
    ("ExecutionResult", include_str!("../../../schemas/execution-result.schema.json")),
];

#[derive(OpenApi)]
#[openapi(
    info(
        title = "nodehost",
        description = "Runs n8n-style workflow nodes: POST a batch of items, get what became of each.",
    ),
    paths(
        routes::executions::execute,
        routes::nodes::list,
        routes::nodes::descriptor,
        routes::nodes::parameters,
        routes::nodes::options,
        routes::credential_types::descriptor,
        routes::credential_types::test,
        routes::expressions::evaluate,
        routes::health::healthz,
        routes::health::readyz,
        routes::metrics::metrics,
        routes::reference::document,
        routes::reference::docs
    )
)]
struct Calls;

/// The document of a server with or without keys, made once.
pub(crate) fn document(keyed: bool) -> &'static Value {
    static OPEN: LazyLock<Value> = LazyLock::new(|| make(false));
    static KEYED: LazyLock<Value> = LazyLock::new(|| make(true));
    if keyed { &KEYED } else { &OPEN }
}

fn make(keyed: bool) -> Value {
    let mut document = serde_json::to_value(Calls::openapi()).expect("an OpenAPI document is JSON");
    document["openapi"] = json!("3.1.0");
    if keyed {
        document["components"]["securitySchemes"] = json!({
            "bearer": { "type": "http", "scheme": "bearer" },
            "header": { "type": "apiKey", "in": "header", "name": "X-API-Key" },
        });
        document["security"] = json!([{ "bearer": [] }, { "header": [] }]);
    }
    for (name, text) in SCHEMAS {
        document["components"]["schemas"][name] = schema(name, text);
    }
    for (name, schema) in components::schemas() {
        document["components"]["schemas"][name] = schema;
    }
    for (path, operation) in operations(&mut document) {
        if keyed && OPEN_PATHS.contains(&path) {
            operation["security"] = json!([]);
        }
        for (status, description) in problems::of(path, operation, keyed) {
            operation["responses"][status] = json!({
                "description": description,
                "content": { MEDIA_TYPE: { "schema": { "$ref": "#/components/schemas/Problem" } } },
            });
        }
        if operation["requestBody"].is_object() {
            operation["requestBody"]["required"] = json!(true);
        }
    }
    document
}

/// A schema of a file as a component: its inner references lead there.
fn schema(name: &str, text: &str) -> Value {
    let text = text.replace("\"#/$defs/", &format!("\"#/components/schemas/{name}/$defs/"));
    let mut schema: Map<String, Value> = serde_json::from_str(&text).expect("the schemas are JSON");
    schema.remove("$schema");
    Value::Object(schema)
}

/// The operations, each with its path.
fn operations(document: &mut Value) -> impl Iterator<Item = (&str, &mut Value)> {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    let methods = paths.filter_map(|(path, methods)| Some((path.as_str(), methods.as_object_mut()?)));
    methods.flat_map(|(path, methods)| methods.values_mut().map(move |operation| (path, operation)))
}
