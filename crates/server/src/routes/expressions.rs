//! `POST /v1/expressions`: evaluates one expression.

use axum::Router;
use axum::response::Response;
use axum::routing::post;
use nodehost_runtime::ExpressionRequest;

use crate::extract::{Asked, JsonBody};
use crate::json;
use crate::problem::Problem;
use crate::state::AppState;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/v1/expressions", post(evaluate))
}

/// Evaluate one expression
///
/// 200 also where the expression fails or breaks a limit: `{"error": {"name", "message", "code"}}`.
#[utoipa::path(
    post, path = "/v1/expressions", tag = "expressions",
    request_body(
        content = ref("#/components/schemas/ExpressionRequest"), content_type = "application/json",
        example = json!({ "expression": "={{ $json.n * 2 }}", "context": { "items": [{ "json": { "n": 21 } }] } }),
    ),
    responses((status = 200, description = "The value or the error", body = ref("#/components/schemas/ExpressionAnswer"))),
)]
pub(crate) async fn evaluate(asked: Asked, JsonBody(body, _room): JsonBody) -> Result<Response, Problem> {
    let request = ExpressionRequest::from_value(body)?;
    json::answer(asked.state.host.expressions(request).await?, false).await
}
