//! `GET /healthz`: the process answers. `GET /readyz`: it takes executions.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use crate::problem::Problem;
use crate::state::AppState;
use nodehost_runtime::ErrorCode;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/healthz", get(healthz)).route("/readyz", get(readyz))
}

/// The state of the runner.
#[derive(Serialize)]
pub(crate) struct Health {
    status: &'static str,
}

async fn healthz() -> Json<Health> {
    Json(Health { status: "ok" })
}

async fn readyz(State(state): State<AppState>) -> Result<Json<Health>, Problem> {
    if state.is_draining() {
        return Err(Problem::new(ErrorCode::ShuttingDown, "the runner is shutting down"));
    }
    Ok(Json(Health { status: "ready" }))
}
