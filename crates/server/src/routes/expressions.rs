//! `POST /v1/expressions`: evaluates one expression.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use http::HeaderMap;
use nodehost_runtime::ExpressionRequest;

use crate::problem::Problem;
use crate::state::AppState;
use crate::{body, json};

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/v1/expressions", post(evaluate))
}

/// Evaluate one expression
///
/// 200 also where the expression fails or breaks a limit: `{"error": {"name", "message", "code"}}`.
#[utoipa::path(
    post, path = "/v1/expressions", tag = "expressions",
    request_body(content = ref("#/components/schemas/ExpressionRequest"), content_type = "application/json"),
    responses((status = 200, description = "The value or the error", body = ref("#/components/schemas/ExpressionAnswer"))),
)]
pub(crate) async fn evaluate(
    State(state): State<AppState>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let request = ExpressionRequest::from_value(body::read_json(&headers, body, &state.config).await?)?;
    json::answer(state.host.expressions(request).await?, false).await
}
