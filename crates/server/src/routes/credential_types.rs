//! `/v1/credential-types/{name}`: what a credential holds, and whether one works.

#![allow(unused_qualifications, reason = "what utoipa makes of `params`")]

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::extract::{Address, Asked, Asking, JsonBody};
use crate::json;
use crate::problem::Problem;
use crate::state::AppState;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/v1/credential-types/{name}", get(descriptor))
        .route("/v1/credential-types/{name}/test", post(test))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct Type {
    /// The name of the type
    name: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Resolved {
    /// Whether to merge what the type extends
    #[serde(default)]
    resolved: bool,
}

/// The descriptor of a credential type
#[utoipa::path(
    get, path = "/v1/credential-types/{name}", tag = "credentials", params(Type, Resolved),
    responses((status = 200, description = "The descriptor", body = Object)),
)]
pub(crate) async fn descriptor(
    asked: Asked,
    Address(Type { name }): Address<Type>,
    Asking(Resolved { resolved }): Asking<Resolved>,
) -> Result<Response, Problem> {
    Ok(json::text(asked.state.host.credential_type(&name, resolved)?))
}

/// Whether a credential works
///
/// Sends the request that its type names for that; without one, an OAuth2 credential is tested by getting a token.
#[utoipa::path(
    post, path = "/v1/credential-types/{name}/test", tag = "credentials", params(Type),
    request_body(
        content = ref("#/components/schemas/ExecutionRequest/$defs/Credential"), content_type = "application/json",
        example = json!({ "id": "halo" }),
    ),
    responses((status = 200, description = "What came of it", body = ref("#/components/schemas/TestAnswer"))),
)]
pub(crate) async fn test(
    asked: Asked,
    Address(Type { name }): Address<Type>,
    JsonBody(body, _room): JsonBody,
) -> Result<Response, Problem> {
    json::answer(asked.host().test_credential(&name, body).await?, false).await
}
