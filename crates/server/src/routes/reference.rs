//! `GET /openapi.json` and, for people, `GET /docs`.

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::response::{Html, IntoResponse};
use axum::routing::get;

use crate::state::AppState;
use crate::{openapi, reference};

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/openapi.json", get(document)).route("/docs", get(docs))
}

/// The calls of the runner, in OpenAPI 3.1
#[utoipa::path(get, path = "/openapi.json", tag = "reference", responses((status = 200, description = "This document", body = Object)))]
pub(crate) async fn document(State(state): State<AppState>) -> impl IntoResponse {
    Json(openapi::document(!state.keys.is_empty()))
}

/// The calls of the runner, as a page
#[utoipa::path(get, path = "/docs", tag = "reference", responses((status = 200, description = "A page", body = String, content_type = "text/html")))]
pub(crate) async fn docs(State(state): State<AppState>) -> Html<&'static str> {
    Html(reference::page(!state.keys.is_empty()))
}
