//! The nodes: `GET /v1/nodes`, and what is asked of one.

use axum::body::Body;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use http::HeaderMap;
use http::request::Parts;
use nodehost_runtime::{ErrorCode, OptionsRequest, ParametersRequest};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::guard::keys::Caller;
use crate::media::{self, Format};
use crate::problem::Problem;
use crate::state::AppState;
use crate::{body, json};

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/v1/nodes", get(list))
        .route("/v1/nodes/{type}", get(descriptor))
        .route("/v1/nodes/{type}/parameters", post(parameters))
        .route("/v1/nodes/{type}/options", post(options))
}

/// The nodes there are
///
/// `kind` is declarative, native or describe-only.
#[utoipa::path(get, path = "/v1/nodes", tag = "nodes", responses((status = 200, description = "The nodes", body = ref("#/components/schemas/NodeList"))))]
pub(crate) async fn list(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    media::answer_format(&headers, &[Format::Json])?;
    let mut nodes = state.host.nodes();
    nodes.retain(|node| caller.may_use(&node.node_type));
    json::answer(nodes, true).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Version {
    version: Option<f64>,
}

/// The descriptor of a node: n8n's JSON, assembled
#[utoipa::path(
    get, path = "/v1/nodes/{type}", tag = "nodes",
    params(
        ("type" = String, Path, description = "The full type, or the name alone where only one package has it"),
        ("version" = Option<f64>, Query, description = "The version; default: the node's own"),
    ),
    responses((status = 200, description = "The descriptor", body = Object)),
)]
pub(crate) async fn descriptor(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(node): Path<String>,
    Parameters(Version { version }): Parameters<Version>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    media::answer_format(&headers, &[Format::Json])?;
    let node = state.node_in_address(&caller, &node)?;
    Ok(json::text(state.host.descriptor(node, version)?.to_owned()))
}

/// What becomes of a node's parameters: defaults, visibility, issues
#[utoipa::path(
    post, path = "/v1/nodes/{type}/parameters", tag = "nodes",
    params(("type" = String, Path, description = "The full type, or the name alone where only one package has it")),
    request_body(content = ref("#/components/schemas/ParametersRequest"), content_type = "application/json"),
    responses((status = 200, description = "n8n's own results", body = ref("#/components/schemas/ParametersAnswer"))),
)]
pub(crate) async fn parameters(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(node): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let request = ParametersRequest::from_value(body::read_json(&headers, body, &state.config).await?)?;
    let node = state.node_in_address(&caller, &node)?.to_owned();
    let host = state.host.clone();
    let answer = json::off_worker(true, move || host.parameters(&node, &request)).await??;
    json::answer(answer, true).await
}

/// The choices of a property, from its descriptor, a request or a hook
#[utoipa::path(
    post, path = "/v1/nodes/{type}/options", tag = "nodes",
    params(("type" = String, Path, description = "The full type, or the name alone where only one package has it")),
    request_body(content = ref("#/components/schemas/OptionsRequest"), content_type = "application/json"),
    responses((status = 200, description = "The choices", body = ref("#/components/schemas/OptionsAnswer"))),
)]
pub(crate) async fn options(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(node): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let request = OptionsRequest::from_value(body::read_json(&headers, body, &state.config).await?)?;
    let node = state.node_in_address(&caller, &node)?;
    json::answer(state.host.for_caller(caller.name()).options(node, request).await?, true).await
}

/// The query of a request; a wrong one is a problem.
pub(crate) struct Parameters<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Parameters<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::from_request_parts(parts, state).await;
        query.map(|Query(query)| Self(query)).map_err(|error| Problem::new(ErrorCode::Malformed, error.body_text()))
    }
}
