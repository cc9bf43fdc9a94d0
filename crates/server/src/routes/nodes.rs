//! The nodes: `GET /v1/nodes`, and what is asked of one.

#![allow(unused_qualifications, reason = "what utoipa makes of `params`")]

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use nodehost_runtime::{OptionsRequest, ParametersRequest};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::extract::{Address, Asked, Asking, JsonBody};
use crate::json;
use crate::problem::Problem;
use crate::state::AppState;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/v1/nodes", get(list))
        .route("/v1/nodes/{type}", get(descriptor))
        .route("/v1/nodes/{type}/parameters", post(parameters))
        .route("/v1/nodes/{type}/options", post(options))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct Node {
    /// The full type, or the name alone where only one package has it
    r#type: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Version {
    /// The version; default: the node's own
    version: Option<f64>,
}

/// The nodes there are
///
/// `kind` is declarative, native or describe-only.
#[utoipa::path(
    get, path = "/v1/nodes", tag = "nodes",
    responses((status = 200, description = "The nodes", body = ref("#/components/schemas/NodeList"))),
)]
pub(crate) async fn list(asked: Asked) -> Result<Response, Problem> {
    let mut nodes = asked.state.host.nodes();
    nodes.retain(|node| asked.caller.may_use(&node.node_type));
    json::answer(nodes, true).await
}

/// The descriptor of a node: n8n's JSON, assembled
#[utoipa::path(
    get, path = "/v1/nodes/{type}", tag = "nodes", params(Node, Version),
    responses((status = 200, description = "The descriptor", body = Object)),
)]
pub(crate) async fn descriptor(
    asked: Asked,
    Address(node): Address<Node>,
    Asking(Version { version }): Asking<Version>,
) -> Result<Response, Problem> {
    let node = asked.node(&node.r#type)?;
    Ok(json::text(asked.state.host.descriptor(node, version)?.to_owned()))
}

/// What becomes of a node's parameters: defaults, visibility, issues
#[utoipa::path(
    post, path = "/v1/nodes/{type}/parameters", tag = "nodes", params(Node),
    request_body(
        content = ref("#/components/schemas/ParametersRequest"), content_type = "application/json",
        example = json!({ "parameters": { "resource": "webhooks", "operation": "create" } }),
    ),
    responses((status = 200, description = "n8n's own results", body = ref("#/components/schemas/ParametersAnswer"))),
)]
pub(crate) async fn parameters(
    asked: Asked,
    Address(node): Address<Node>,
    JsonBody(body, _room): JsonBody,
) -> Result<Response, Problem> {
    let request = ParametersRequest::from_value(body)?;
    let node = asked.node(&node.r#type)?.to_owned();
    let answer = json::off_worker(true, move || asked.state.host.parameters(&node, &request)).await??;
    json::answer(answer, true).await
}

/// The choices of a property, from its descriptor, a request or a hook
#[utoipa::path(
    post, path = "/v1/nodes/{type}/options", tag = "nodes", params(Node),
    request_body(
        content = ref("#/components/schemas/OptionsRequest"), content_type = "application/json",
        example = json!({
            "parameters": { "resource": "webhooks", "operation": "create" },
            "property": "additionalFields.method",
        }),
    ),
    responses((status = 200, description = "The choices", body = ref("#/components/schemas/OptionsAnswer"))),
)]
pub(crate) async fn options(
    asked: Asked,
    Address(node): Address<Node>,
    JsonBody(body, _room): JsonBody,
) -> Result<Response, Problem> {
    let request = OptionsRequest::from_value(body)?;
    let answer = asked.host().options(asked.node(&node.r#type)?, request).await?;
    json::answer(answer, true).await
}
