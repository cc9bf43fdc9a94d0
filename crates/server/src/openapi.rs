//! The OpenAPI document: the calls from the code, the bodies of executions from `schemas/`.

mod components;

use std::sync::LazyLock;

use serde_json::{Map, Value, json};
use utoipa::OpenApi;

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
        routes::health::healthz,
        routes::health::readyz,
        routes::metrics::metrics,
        routes::nodes::list,
        routes::nodes::descriptor,
        routes::nodes::parameters,
        routes::nodes::options,
        routes::credential_types::descriptor,
        routes::credential_types::test,
        routes::expressions::evaluate,
        routes::executions::execute,
        routes::reference::openapi,
        routes::reference::docs
    )
)]
struct Calls;

/// The document, made once.
pub(crate) static DOCUMENT: LazyLock<Value> = LazyLock::new(document);

fn document() -> Value {
    let mut document = serde_json::to_value(Calls::openapi()).expect("an OpenAPI document is JSON");
    document["openapi"] = json!("3.1.0");
    document["components"]["securitySchemes"] = json!({
        "bearer": { "type": "http", "scheme": "bearer", "description": "A key of --api-key, where one is set." },
        "header": { "type": "apiKey", "in": "header", "name": "X-API-Key" },
    });
    document["security"] = json!([{}, { "bearer": [] }, { "header": [] }]);
    for (name, text) in SCHEMAS {
        document["components"]["schemas"][name] = schema(name, text);
    }
    for (name, schema) in components::schemas() {
        document["components"]["schemas"][name] = schema;
    }
    let problem = json!({
        "description": "A problem (RFC 9457): nothing was run.",
        "content": { MEDIA_TYPE: { "schema": { "$ref": "#/components/schemas/Problem" } } },
    });
    for operation in operations(&mut document) {
        operation["responses"]["default"] = problem.clone();
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

fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = document["paths"].as_object_mut();
    paths.into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut).flat_map(Map::values_mut)
}
