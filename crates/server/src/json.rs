//! JSON from outside and to it, by JavaScript's rules: what a client sends is what n8n would have parsed.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use nodehost_expression::data;
use nodehost_runtime::ErrorCode;
use serde::Serialize;
use serde_json::Value;

use crate::problem::Problem;

/// Texts up to this size are read and written where they are; longer ones would keep a thread from other requests.
const SMALL_BYTES: usize = 64 * 1024;

pub(crate) use data::parse;

/// Parses the body of a request.
pub(crate) fn parse_body(text: &[u8]) -> Result<Value, Problem> {
    parse(text).map_err(|error| Problem::new(ErrorCode::Malformed, format!("the body is not JSON: {error}")))
}

/// Whether a text is long enough to be read elsewhere.
pub(crate) fn is_large(text: &[u8]) -> bool {
    text.len() > SMALL_BYTES
}

/// Writes an answer; `large` says whether it may be long.
pub(crate) async fn answer<T: Serialize + Send + 'static>(value: T, large: bool) -> Result<Response, Problem> {
    let text = off_worker(large, move || data::to_json(&value)).await?.map_err(|error| internal(&error))?;
    Ok(self::text(text))
}

/// An answer that is JSON text already.
pub(crate) fn text(text: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], text.into()).into_response()
}

/// Does work that may be long where it keeps no request waiting.
pub(crate) async fn off_worker<T: Send + 'static>(
    large: bool,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    if !large {
        return Ok(work());
    }
    tokio::task::spawn_blocking(work).await.map_err(|error| internal(&error))
}

pub(crate) fn internal(error: &(dyn std::error::Error + 'static)) -> Problem {
    tracing::error!(error, "a defect");
    Problem::new(ErrorCode::Internal, "the runner has a defect; its log says more")
}
