//! The parameter every declarative node has: how its requests are made.

use serde_json::{Value, json};

use crate::NodeDescriptor;

/// Whether n8n's loader adds `requestOptions`: to a declarative node that lacks it.
pub(crate) fn are_due(node: &NodeDescriptor) -> bool {
    node.is_declarative() && node.properties.iter().all(|property| property.name != "requestOptions")
}

/// Adds `requestOptions`.
pub(crate) fn add(descriptor: &mut Value) {
    if let Some(Value::Array(properties)) = descriptor.get_mut("properties") {
        properties.push(property());
    }
}

/// Names, types and defaults are n8n's, since saved workflows carry them.
fn property() -> Value {
    json!({
        "displayName": "Request Options",
        "name": "requestOptions",
        "type": "collection",
        "isNodeSetting": true,
        "placeholder": "Add Option",
        "default": {},
        "options": [
            {
                "displayName": "Batching",
                "name": "batching",
                "type": "fixedCollection",
                "placeholder": "Add Batching",
                "typeOptions": { "multipleValues": false },
                "default": { "batch": {} },
                "options": [{ "displayName": "Batching", "name": "batch", "values": [
                    {
                        "displayName": "Items per Batch",
                        "name": "batchSize",
                        "type": "number",
                        "typeOptions": { "minValue": -1 },
                        "default": 50,
                        "description": "How many items are sent before a pause; -1 sends all without one"
                    },
                    {
                        "displayName": "Batch Interval (ms)",
                        "name": "batchInterval",
                        "type": "number",
                        "typeOptions": { "minValue": 0 },
                        "default": 1000,
                        "description": "The pause between two batches, in milliseconds"
                    }
                ] }]
            },
            {
                "displayName": "Ignore SSL Issues (Insecure)",
                "name": "allowUnauthorizedCerts",
                "type": "boolean",
                "noDataExpression": true,
                "default": false,
                "description": "Whether to talk to a server whose certificate cannot be verified"
            },
            {
                "displayName": "Proxy",
                "name": "proxy",
                "type": "string",
                "default": "",
                "placeholder": "e.g. http://proxy.example:3128",
                "description": "The HTTP proxy to send requests through; user and password may stand in the URL"
            },
            {
                "displayName": "Timeout",
                "name": "timeout",
                "type": "number",
                "typeOptions": { "minValue": 1 },
                "default": 10000,
                "description": "How long to wait for the answer to begin, in milliseconds"
            }
        ]
    })
}
