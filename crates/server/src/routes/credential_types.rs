//! `/v1/credential-types/{name}`: what a credential holds, and whether one works.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use http::HeaderMap;
use serde::Deserialize;

use super::nodes::Parameters;
use crate::body;
use crate::guard::keys::Caller;
use crate::json;
use crate::media::{self, Format};
use crate::problem::Problem;
use crate::state::AppState;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/v1/credential-types/{name}", get(descriptor))
        .route("/v1/credential-types/{name}/test", post(test))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resolved {
    #[serde(default)]
    resolved: bool,
}

/// The descriptor of a credential type
#[utoipa::path(
    get, path = "/v1/credential-types/{name}", tag = "credentials",
    params(
        ("name" = String, Path, description = "The name of the type"),
        ("resolved" = Option<bool>, Query, description = "Whether to merge what the type extends"),
    ),
    responses((status = 200, description = "The descriptor", body = Object)),
)]
pub(crate) async fn descriptor(
    State(state): State<AppState>,
    Path(name): Path<String>,
    Parameters(Resolved { resolved }): Parameters<Resolved>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    media::answer_format(&headers, &[Format::Json])?;
    Ok(json::text(state.host.credential_type(&name, resolved)?))
}

/// Whether a credential works
///
/// Sends the request that its type names for that; without one, an OAuth2 credential is tested by getting a token.
#[utoipa::path(
    post, path = "/v1/credential-types/{name}/test", tag = "credentials",
    params(("name" = String, Path, description = "The name of the type")),
    request_body(
        content = ref("#/components/schemas/ExecutionRequest/$defs/Credential"), content_type = "application/json",
    ),
    responses((status = 200, description = "What came of it", body = ref("#/components/schemas/TestAnswer"))),
)]
pub(crate) async fn test(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let request = body::read_json(&headers, body, &state.config).await?;
    let host = state.host.for_caller(caller.name());
    json::answer(host.test_credential(&name, request).await?, false).await
}
