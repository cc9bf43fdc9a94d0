//! `POST /v1/executions`: runs a batch of items through a node.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Router};
use bytes::Bytes;
use http::header;
use nodehost_runtime::{Ended, ErrorCode, ExecutionRequest, OutcomeStream};
use tokio_util::task::AbortOnDropHandle;

use crate::guard::keys::Caller;
use crate::media::{self, Format};
use crate::metrics::Record;
use crate::ndjson::{self, Lines};
use crate::problem::Problem;
use crate::state::AppState;
use crate::{body, json};

const FORMATS: &[Format] = &[Format::Json, Format::Ndjson];

/// An answer about more items than this is long enough to be written off the threads that answer requests.
const SMALL_BATCH: u64 = 50;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/v1/executions", post(execute))
}

/// Run a batch of items through a node
///
/// 200 whenever the execution ran, whatever became of the items. As `application/x-ndjson`, a line for each item and a
/// closing one; a body of that type has the request without `items` on its first line and an item on each line after it.
#[utoipa::path(
    post, path = "/v1/executions", tag = "executions",
    request_body(content = ref("#/components/schemas/ExecutionRequest"), content_type = "application/json"),
    responses((status = 200, description = "The execution ran", body = ref("#/components/schemas/ExecutionResult"))),
)]
pub(crate) async fn execute(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let sent = media::content_format(&parts.headers, FORMATS)?;
    let wanted = media::answer_format(&parts.headers, FORMATS)?;
    let admission = state.admit_execution(&caller)?;
    let outcomes = match sent {
        Format::Json => {
            let text = body::read(&parts.headers, body, &state.config).await?;
            buffered(&state, &caller, text).await?
        }
        Format::Ndjson => streamed(&state, &caller, body).await?,
    };
    let watch = end_at_shutdown(&state, &outcomes);
    let mut record = Record::start(&state);
    match wanted {
        Format::Json => {
            let result = outcomes.collect_result_with(|outcome| record.outcome(outcome)).await;
            record.end(result.status, result.stats);
            drop((watch, admission));
            let large = result.stats.items > SMALL_BATCH;
            json::answer(result, large).await
        }
        Format::Ndjson => {
            let body = ndjson::body(outcomes, state.config.stall_timeout, record, (watch, admission));
            Ok(([(header::CONTENT_TYPE, Format::Ndjson.media_type())], body).into_response())
        }
    }
}

/// Starts a batch that is sent whole.
async fn buffered(state: &AppState, caller: &Caller, text: Bytes) -> Result<OutcomeStream, Problem> {
    let request = ExecutionRequest::from_value(json::parse_body(text).await?)?;
    let (items, most) = (request.items.len(), state.config.max_items);
    if items > most {
        let detail =
            format!("{items} items are more than {most} (max-items); send them in several requests, or stream them");
        return Err(Problem::new(ErrorCode::LimitExceeded, detail));
    }
    state.node_type(caller, &request.node.node_type)?;
    Ok(state.host.for_caller(caller.name()).execute_stream(request).await?)
}

/// Starts a batch whose items follow line by line.
async fn streamed(state: &AppState, caller: &Caller, body: Body) -> Result<OutcomeStream, Problem> {
    let mut lines = Lines::new(body, state.config.max_body_bytes);
    let head = tokio::time::timeout(state.config.body_timeout, lines.next()).await;
    let head = head.map_err(|_| body::slow(&state.config))?;
    let malformed = |message: String| Problem::new(ErrorCode::Malformed, message);
    let head = match head {
        Some(Ok(line)) => line,
        Some(Err(error)) => return Err(Problem::new(ndjson::input_error(&error).code, error.to_string())),
        None => return Err(malformed("the body is empty; its first line is the request without items".to_owned())),
    };
    let value = json::parse(&head.text).map_err(|error| malformed(format!("the first line is not JSON: {error}")))?;
    let request = ExecutionRequest::from_head(value)?;
    state.node_type(caller, &request.node.node_type)?;
    Ok(state.host.for_caller(caller.name()).execute_items(request, ndjson::items(lines)).await?)
}

/// Ends the execution when the server can wait no longer, unless it is over by then.
fn end_at_shutdown(state: &AppState, outcomes: &OutcomeStream) -> AbortOnDropHandle<()> {
    let (cancel, shutdown) = (outcomes.cancel(), state.execution_token());
    AbortOnDropHandle::new(tokio::spawn(async move {
        shutdown.cancelled().await;
        cancel.end(Ended::Shutdown);
    }))
}
