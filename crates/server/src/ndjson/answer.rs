//! The outcomes of an execution as a body, one a line, each sent as soon as its turn comes.

use std::io;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures::{StreamExt, stream};
use nodehost_expression::data;
use nodehost_runtime::{Ended, ErrorCode, ItemError, OutcomeEvent, OutcomeStream, Status};
use tokio::sync::mpsc;

use crate::connection::PATIENCE;
use crate::metrics::Record;

/// Lines that wait for a client to read them.
const LINES_AHEAD: usize = 16;

/// A line of the answer.
enum Line {
    Outcome(Bytes),
    End(Bytes),
}

/// Makes a body of an execution. `held` is dropped when the execution is over.
pub(crate) fn body(
    outcomes: OutcomeStream,
    stall_timeout: Duration,
    record: Record,
    held: impl Send + 'static,
) -> Body {
    let (sender, receiver) = mpsc::channel(LINES_AHEAD);
    tokio::spawn(async move {
        pump(outcomes, stall_timeout, record, sender).await;
        drop(held);
    });
    Body::from_stream(stream::unfold(Some(receiver), next_line))
}

/// The next line; a body without its last line breaks off, so that nobody takes it for complete.
async fn next_line(receiver: Option<Receiver>) -> Option<(io::Result<Bytes>, Option<Receiver>)> {
    let mut receiver = receiver?;
    Some(match receiver.recv().await {
        Some(Line::Outcome(line)) => (Ok(line), Some(receiver)),
        Some(Line::End(line)) => (Ok(line), None),
        None => (Err(io::Error::other("the client stalled")), None),
    })
}

type Receiver = mpsc::Receiver<Line>;

/// Sends line after line. A client that is gone, or that does not read for a while, ends the execution.
async fn pump(mut outcomes: OutcomeStream, stall_timeout: Duration, mut record: Record, sender: mpsc::Sender<Line>) {
    while let Some(event) = outcomes.next().await {
        match &event {
            OutcomeEvent::Outcome(outcome) => record.outcome(outcome),
            OutcomeEvent::End(end) => record.end(end.status, end.stats),
        }
        match sender.send_timeout(line(&event), stall_timeout).await {
            Ok(()) => {}
            Err(mpsc::error::SendTimeoutError::Closed(_)) => return,
            Err(mpsc::error::SendTimeoutError::Timeout(_)) => return stalled(outcomes, stall_timeout, sender).await,
        }
    }
}

/// Ends the execution, and tells the client why, should it read on.
async fn stalled(mut outcomes: OutcomeStream, stall_timeout: Duration, sender: mpsc::Sender<Line>) {
    outcomes.cancel().end(Ended::Canceled);
    while let Some(event) = outcomes.next().await {
        let OutcomeEvent::End(mut end) = event else { continue };
        let message = format!("The client did not read its answer for {} s", stall_timeout.as_secs_f64());
        end.status = Status::Canceled;
        end.error = Some(ItemError::new("ExecutionCancelledError", ErrorCode::ClientStalled, message));
        let _ = sender.send_timeout(line(&OutcomeEvent::End(end)), stall_timeout * PATIENCE).await;
    }
}

fn line(event: &OutcomeEvent) -> Line {
    let mut text = data::to_json(event).expect("an event has string keys only");
    text.push(b'\n');
    match event {
        OutcomeEvent::Outcome(_) => Line::Outcome(text.into()),
        OutcomeEvent::End(_) => Line::End(text.into()),
    }
}
