//! What every request passes before it reaches its route: a request id, the `Host` check, the API key, a log line.

pub(crate) mod host;
pub(crate) mod keys;
pub(crate) mod request_id;
mod trace;

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use tracing::Instrument;

use crate::problem::Problem;
use crate::state::AppState;
use request_id::RequestId;

/// Paths that tell nothing of the runner but that it is there, and of which version. A browser sends no key.
pub(crate) const OPEN_PATHS: [&str; 4] = ["/healthz", "/readyz", "/docs", "/openapi.json"];

/// The outermost layer.
pub(crate) async fn guard(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let id = RequestId::of(request.headers());
    let span = tracing::info_span!(
        "request",
        otel.kind = "server",
        id = id.as_str(),
        method = %request.method(),
        path = request.uri().path(),
        key = tracing::field::Empty,
        trace = tracing::field::Empty,
        status = tracing::field::Empty,
        otel.status_code = tracing::field::Empty,
    );
    trace::join(&span, request.headers());
    request.extensions_mut().insert(id.clone());
    let mut response = async {
        let started = Instant::now();
        let method = request.method().clone();
        let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
        let response = match admit(&state, &mut request) {
            Ok(()) => next.run(request).await,
            Err(problem) => problem.into_response(),
        };
        let route = route.as_deref().unwrap_or("other");
        state.metrics.answered(&method, route, response.status(), started.elapsed());
        tracing::info!(status = response.status().as_u16(), elapsed = ?started.elapsed(), "answered");
        tell(response.status());
        response
    }
    .instrument(span)
    .await;
    response.headers_mut().insert(request_id::HEADER, id.0);
    response
}

/// Tells the span of the request how it was answered; a refusal is no error of the runner.
fn tell(status: StatusCode) {
    let span = tracing::Span::current();
    span.record("status", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
}

fn admit(state: &AppState, request: &mut Request) -> Result<(), Problem> {
    state.host_names.check(request.uri(), request.headers())?;
    if OPEN_PATHS.contains(&request.uri().path()) {
        return Ok(());
    }
    let caller = keys::authenticate(&state.keys, request.headers())?;
    if let Some(name) = caller.name() {
        tracing::Span::current().record("key", name);
    }
    request.extensions_mut().insert(caller);
    Ok(())
}
