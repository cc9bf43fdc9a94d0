//! `POST /v1/executions`: runs a batch of items through a node.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Router};
use http::header;
use nodehost_runtime::{Ended, ErrorCode, ExecutionRequest, InputError, Item, OutcomeStream};
use tokio_util::task::AbortOnDropHandle;

use crate::answer::Answer;
use crate::batch::Batch;
use crate::body::Taken;
use crate::config::ServerConfig;
use crate::guard::keys::Caller;
use crate::media::{self, Format};
use crate::metrics::Record;
use crate::ndjson::{self, Lines};
use crate::problem::Problem;
use crate::state::AppState;
use crate::{body, json};

const FORMATS: &[Format] = &[Format::Json, Format::Ndjson];

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/v1/executions", post(execute))
}

/// Run a batch of items through a node
///
/// 200 whenever the execution ran, whatever became of the items. As `application/x-ndjson`, a line for each item and a
/// closing one; a body of that type has the request without `items` on its first line and an item on each line after it.
#[utoipa::path(
    post, path = "/v1/executions", tag = "executions",
    request_body(content(
        (ref("#/components/schemas/ExecutionRequest") = "application/json", example = json!({
            "node": {
                "type": "haloPsa",
                "parameters": { "resource": "webhooks", "operation": "create", "name": "={{ $json.name }}",
                    "additionalFields": { "url": "={{ $json.url }}" } },
                "credentials": { "haloPSAApi": { "id": "halo" } },
            },
            "items": [{ "name": "first", "url": "https://hook.example" }],
        })),
        (String = "application/x-ndjson"),
    )),
    responses((status = 200, description = "The execution ran", content(
        (ref("#/components/schemas/ExecutionResult") = "application/json"),
        (ref("#/components/schemas/ExecutionLine") = "application/x-ndjson"),
    ))),
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
    let (outcomes, room) = match sent {
        Format::Json => {
            let (batch, room) = body::read(&parts.headers, body, &state).await?.batch().await?;
            (buffered(&state, &caller, batch).await?, room)
        }
        Format::Ndjson => streamed(&state, &caller, body, wanted).await?,
    };
    let watch = end_at_shutdown(&state, &outcomes);
    let mut record = Record::start(&state);
    match wanted {
        Format::Json => {
            let mut answer = Answer::with_outputs(outcomes.outputs());
            let result = outcomes.collect_end(|outcome| {
                record.outcome(&outcome);
                answer.take(outcome);
            });
            let result = result.await;
            record.end(result.status, result.stats);
            drop((watch, admission, room));
            answer.finish(&result)
        }
        Format::Ndjson => {
            let body = ndjson::body(outcomes, state.config.stall_timeout, record, (watch, admission, room));
            Ok(([(header::CONTENT_TYPE, Format::Ndjson.media_type())], body).into_response())
        }
    }
}

/// Starts a batch that is sent whole.
async fn buffered(state: &AppState, caller: &Caller, batch: Batch) -> Result<OutcomeStream, Problem> {
    let Batch { mut head, items } = batch;
    bound(&mut head, &state.config);
    if items.len() > state.config.max_items {
        return Err(too_many(&items.len().to_string(), state));
    }
    state.node_type(caller, &head.node.node_type)?;
    Ok(state.host.for_caller(caller.name()).execute_batch(head, items).await?)
}

/// Starts a batch whose items follow line by line. What is held of it takes room.
async fn streamed(
    state: &AppState,
    caller: &Caller,
    body: Body,
    wanted: Format,
) -> Result<(OutcomeStream, Taken), Problem> {
    let config = &state.config;
    let mut lines = Lines::new(body, config.max_body_bytes, config.body_timeout, state.room.clone());
    let head = tokio::time::timeout(state.config.body_timeout, lines.next()).await;
    let head = head.map_err(|_| body::slow(&state.config))?;
    let malformed = |message: String| Problem::new(ErrorCode::Malformed, message);
    let head = match head {
        Some(Ok(line)) => line,
        Some(Err(error)) => return Err(Problem::new(ndjson::input_error(&error).code, error.to_string())),
        None => return Err(malformed("the body is empty; its first line is the request without items".to_owned())),
    };
    let value = json::parse(&head.text).map_err(|error| malformed(format!("the first line is not JSON: {error}")))?;
    let mut request = ExecutionRequest::from_head(value)?;
    bound(&mut request, &state.config);
    state.node_type(caller, &request.node.node_type)?;
    let host = state.host.for_caller(caller.name());
    if !request.settings.buffer_items {
        let most = (wanted == Format::Json).then_some(config.max_items);
        return Ok((host.execute_items(request, ndjson::items(lines, most)).await?, Taken::default()));
    }
    let (shutdown, patience) =
        (state.execution_token(), Duration::from_millis(request.settings.timeout_ms.unwrap_or(0)));
    let (items, room) = tokio::select! {
        held = hold(state, lines) => held?,
        () = tokio::time::sleep(patience) => {
            let seconds = patience.as_secs_f64();
            let detail = format!("the items did not arrive within {seconds} s (timeoutMs, max-execution-time)");
            return Err(Problem::new(ErrorCode::SlowBody, detail));
        }
        () = shutdown.cancelled() => return Err(Problem::new(ErrorCode::ShuttingDown, "the runner is shutting down")),
    };
    request.items = items;
    Ok((host.execute_stream(request).await?, room))
}

/// Reads a stream that is to be held, within the limits of a batch that is sent whole.
async fn hold(state: &AppState, mut lines: Lines) -> Result<(Vec<Item>, Taken), Problem> {
    let (mut items, mut room, mut bytes) = (Vec::new(), Taken::default(), 0);
    while let Some(line) = lines.next().await {
        let line = line.map_err(|error| refused(ndjson::input_error(&error)))?;
        if items.len() == state.config.max_items {
            return Err(too_many("the stream's", state));
        }
        bytes += line.text.len();
        state.room.fit(&mut room, bytes)?;
        items.push(ndjson::item(&line).map_err(refused)?);
    }
    Ok((items, room))
}

fn refused(InputError { code, message }: InputError) -> Problem {
    Problem::new(code, message)
}

/// More items than a batch may have.
fn too_many(items: &str, state: &AppState) -> Problem {
    let most = state.config.max_items;
    let detail = format!(
        "{items} items are more than {most} (max-items); send them in several requests, or stream them without bufferItems, \
         and their outcomes, too (application/x-ndjson)"
    );
    Problem::new(ErrorCode::LimitExceeded, detail)
}

/// No execution takes longer than the server allows.
fn bound(request: &mut ExecutionRequest, config: &ServerConfig) {
    let most = u64::try_from(config.max_execution_time.as_millis()).unwrap_or(u64::MAX);
    request.settings.timeout_ms = Some(request.settings.timeout_ms.map_or(most, |wanted| wanted.min(most)));
}

/// Ends the execution when the server can wait no longer, unless it is over by then.
fn end_at_shutdown(state: &AppState, outcomes: &OutcomeStream) -> AbortOnDropHandle<()> {
    let (cancel, shutdown) = (outcomes.cancel(), state.execution_token());
    AbortOnDropHandle::new(tokio::spawn(async move {
        shutdown.cancelled().await;
        cancel.end(Ended::Shutdown);
    }))
}
