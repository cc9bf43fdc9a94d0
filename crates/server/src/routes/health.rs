//! `GET /healthz`: the process answers. `GET /readyz`: it takes executions.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::state::AppState;
use nodehost_runtime::ErrorCode;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/healthz", get(healthz)).route("/readyz", get(readyz))
}

/// The state of the runner.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    status: &'static str,
}

/// Whether the process answers
#[utoipa::path(get, path = "/healthz", tag = "health", responses((status = 200, description = "It does", body = Health)))]
pub(crate) async fn healthz() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Whether the runner takes executions
#[utoipa::path(get, path = "/readyz", tag = "health", responses((status = 200, description = "It does", body = Health)))]
pub(crate) async fn readyz(State(state): State<AppState>) -> Result<Json<Health>, Problem> {
    if state.is_draining() {
        return Err(Problem::new(ErrorCode::ShuttingDown, "the runner is shutting down"));
    }
    Ok(Json(Health { status: "ready" }))
}
