//! The schemas of the smaller calls.

use serde_json::{Value, json};

pub(super) fn schemas() -> [(&'static str, Value); 11] {
    [
        ("Problem", problem()),
        ("ExecutionLine", execution_line()),
        ("NodeList", json!({ "type": "array", "items": node() })),
        ("ParametersRequest", parameters_request()),
        ("ParametersAnswer", parameters_answer()),
        ("OptionsRequest", options_request()),
        ("OptionsAnswer", options_answer()),
        ("ExpressionRequest", expression_request()),
        ("ExpressionAnswer", expression_answer()),
        ("TestAnswer", test_answer()),
        ("Warning", json!({ "$ref": "#/components/schemas/ExecutionResult/$defs/Warning" })),
    ]
}

fn code() -> Value {
    json!({ "$ref": "#/components/schemas/ExecutionResult/$defs/Code" })
}

fn credentials() -> Value {
    json!({
        "type": ["object", "null"],
        "description": "Credentials by type.",
        "additionalProperties": { "$ref": "#/components/schemas/ExecutionRequest/$defs/Credential" },
    })
}

fn test_answer() -> Value {
    json!({
        "type": "object",
        "properties": { "status": { "enum": ["OK", "Error"] }, "message": { "type": "string" } },
        "required": ["status", "message"],
    })
}

fn problem() -> Value {
    json!({
        "type": "object",
        "description": "Why a request was refused.",
        "properties": {
            "type": { "type": "string" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "code": code(),
            "detail": { "type": "string", "description": "For people." },
            "errors": {
                "type": "array",
                "description": "Every reason, with its place: a JSON pointer into the request.",
                "items": {
                    "type": "object",
                    "properties": { "pointer": { "type": "string" }, "code": code(), "message": { "type": "string" } },
                    "required": ["pointer", "code", "message"],
                },
            },
        },
        "required": ["type", "title", "status", "code", "detail"],
    })
}

/// A line of a streamed answer.
fn execution_line() -> Value {
    let of_result = |name: &str| json!({ "$ref": format!("#/components/schemas/ExecutionResult/$defs/{name}") });
    json!({
        "description": "A line of a streamed answer: what became of an item, or the end.",
        "oneOf": [
            {
                "type": "object",
                "properties": {
                    "type": { "const": "outcome" },
                    "itemIndex": { "type": "integer", "minimum": 0 },
                    "attempts": { "type": "integer", "minimum": 0 },
                    "outputs": {
                        "type": "object",
                        "description": "Items by output.",
                        "additionalProperties": { "type": "array", "items": of_result("Item") },
                    },
                    "error": of_result("Error"),
                },
                "required": ["type", "itemIndex", "attempts"],
                "additionalProperties": false,
            },
            {
                "type": "object",
                "properties": {
                    "type": { "const": "end" },
                    "status": of_result("Status"),
                    "executionId": { "type": "string" },
                    "stats": of_result("Stats"),
                    "error": of_result("Error"),
                    "warnings": { "type": "array", "items": of_result("Warning") },
                },
                "required": ["type", "status", "executionId", "stats"],
                "additionalProperties": false,
            },
        ],
    })
}

fn node() -> Value {
    json!({
        "type": "object",
        "properties": {
            "type": { "type": "string" },
            "displayName": { "type": "string" },
            "description": { "type": "string" },
            "versions": { "type": "array", "items": { "type": "number" } },
            "defaultVersion": { "type": "number" },
            "kind": { "enum": ["declarative", "native", "describe-only"] },
            "credentials": { "type": "array", "items": { "type": "string" } },
        },
        "required": ["type", "displayName", "description", "versions", "defaultVersion", "kind", "credentials"],
    })
}

fn parameters_request() -> Value {
    json!({
        "type": "object",
        "properties": {
            "typeVersion": { "type": ["number", "null"] },
            "parameters": { "type": ["object", "null"], "description": "As a workflow saves them." },
            "credentials": credentials(),
            "defaults": { "type": ["boolean", "null"], "default": true, "description": "Whether defaults are filled in." },
            "hidden": { "type": ["boolean", "null"], "default": false, "description": "Whether parameters that are not shown are kept." },
        },
        "additionalProperties": false,
    })
}

fn parameters_answer() -> Value {
    json!({
        "type": "object",
        "properties": {
            "parameters": { "type": "object", "description": "n8n's getNodeParameters." },
            "issues": { "type": ["object", "null"], "description": "n8n's getNodeParametersIssues, after defaults." },
            "displayed": { "type": "array", "items": { "type": "integer" }, "description": "Indexes of the properties shown." },
            "warnings": { "type": "array", "items": { "$ref": "#/components/schemas/Warning" } },
        },
        "required": ["parameters", "issues", "displayed", "warnings"],
    })
}

fn options_request() -> Value {
    json!({
        "type": "object",
        "properties": {
            "typeVersion": { "type": ["number", "null"] },
            "parameters": { "type": ["object", "null"] },
            "credentials": credentials(),
            "property": { "type": "string", "description": "A path: additionalFields.status_id." },
            "mode": { "type": ["string", "null"], "description": "The mode of a resource locator." },
            "filter": { "type": ["string", "null"] },
            "paginationToken": { "description": "That of the answer before." },
        },
        "required": ["property"],
        "additionalProperties": false,
    })
}

fn options_answer() -> Value {
    json!({
        "type": "object",
        "properties": {
            "options": { "type": "array", "items": { "type": "object", "description": "name, value, description, url" } },
            "paginationToken": { "description": "For the next call; missing after the last options." },
        },
        "required": ["options"],
    })
}

fn expression_request() -> Value {
    json!({
        "type": "object",
        "properties": {
            "expression": { "description": "A parameter value: text, list or object." },
            "itemIndex": { "type": ["integer", "null"], "minimum": 0, "maximum": 4_294_967_295_u32 },
            "context": context(),
        },
        "required": ["expression"],
        "additionalProperties": false,
    })
}

/// The context of an execution, and `items` in place of run data.
fn context() -> Value {
    let request: Value = serde_json::from_str(super::SCHEMAS[0].1).expect("the schemas are JSON");
    let mut context = request["$defs"]["Context"].clone();
    context["type"] = json!(["object", "null"]);
    context["properties"]["items"] =
        json!({ "type": ["array", "null"], "description": "In place of the items of run data." });
    context
}

fn expression_answer() -> Value {
    json!({
        "oneOf": [
            {
                "type": "object",
                "properties": { "value": {}, "type": { "type": "string", "description": "The JavaScript kind." } },
                "required": ["value", "type"],
            },
            {
                "type": "object",
                "properties": {
                    "error": {
                        "type": "object",
                        "properties": { "name": { "type": "string" }, "message": { "type": "string" }, "code": code() },
                        "required": ["name", "message", "code"],
                    },
                },
                "required": ["error"],
            },
        ],
    })
}
