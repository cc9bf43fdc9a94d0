//! The calls of the interface, one file each.

pub(crate) mod credential_types;
pub(crate) mod executions;
pub(crate) mod expressions;
pub(crate) mod health;
pub(crate) mod metrics;
pub(crate) mod nodes;
pub(crate) mod reference;

use axum::Router;
use axum::extract::OriginalUri;
use http::{Method, Uri};

use crate::problem::Problem;
use crate::state::AppState;
use nodehost_runtime::ErrorCode;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .merge(health::router())
        .merge(reference::router())
        .merge(metrics::router())
        .merge(nodes::router())
        .merge(credential_types::router())
        .merge(expressions::router())
        .merge(executions::router())
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
}

async fn not_found(OriginalUri(uri): OriginalUri) -> Problem {
    Problem::new(ErrorCode::NotFound, format!("nothing is at `{}`; `/openapi.json` lists the calls", uri.path()))
}

async fn method_not_allowed(method: Method, uri: Uri) -> Problem {
    Problem::new(
        ErrorCode::MethodNotAllowed,
        format!("`{}` does not take {method}; the Allow header lists what it takes", uri.path()),
    )
}
