//! `GET /v1/credential-types/{name}`: what a credential holds.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use http::HeaderMap;
use serde::Deserialize;

use super::nodes::Parameters;
use crate::json;
use crate::media::{self, Format};
use crate::problem::Problem;
use crate::state::AppState;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/v1/credential-types/{name}", get(descriptor))
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
