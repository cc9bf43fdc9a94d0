//! The outcomes of an execution as they come.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures::{Stream, StreamExt};
use tokio::sync::mpsc;

use super::Cancel;
use crate::outcome::{End, OutputData};
use crate::{ErrorCode, ExecutionResult, ItemError, Outcome, OutcomeEvent, Status};

/// The outcomes of an execution, in input order, and its end. Dropping it cancels the execution.
#[derive(Debug)]
pub struct OutcomeStream {
    pub(crate) events: mpsc::Receiver<OutcomeEvent>,
    pub(crate) cancel: Cancel,
    pub(crate) outputs: usize,
    pub(crate) started: std::time::SystemTime,
}

impl OutcomeStream {
    /// A switch to end the execution with; its stream then comes to its end in order.
    pub fn cancel(&self) -> Cancel {
        self.cancel.clone()
    }

    /// Collects the whole execution into the buffered answer.
    pub async fn collect_result(self) -> ExecutionResult {
        self.collect_result_with(|_| {}).await
    }

    /// Collects the whole execution, and shows each outcome as it comes.
    pub async fn collect_result_with(self, mut see: impl FnMut(&Outcome)) -> ExecutionResult {
        let mut main = vec![Vec::new(); self.outputs];
        let result = self.collect_end(|outcome| {
            see(&outcome);
            for (output, items) in outcome.outputs.into_iter().flatten() {
                if output >= main.len() {
                    main.resize(output + 1, Vec::new());
                }
                main[output].extend(items);
            }
        });
        result.await.with_data(OutputData { main })
    }

    /// The outputs the node declares; outcomes may have more.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// Hands over each outcome as it comes, and collects the rest of the answer: for who holds items in another way.
    pub async fn collect_end(mut self, mut each: impl FnMut(Outcome)) -> ExecutionResult<()> {
        let clock = std::time::Instant::now();
        let mut end = None;
        while let Some(event) = self.next().await {
            match event {
                OutcomeEvent::Outcome(outcome) => each(outcome),
                OutcomeEvent::End(last) => end = Some(last),
            }
        }
        let End { status, execution_id, stats, error, warnings } = end.unwrap_or_else(broken);
        ExecutionResult {
            execution_id,
            status,
            started_at: iso(self.started),
            execution_time: u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX),
            data: (),
            error,
            stats,
            warnings,
        }
    }
}

impl Stream for OutcomeStream {
    type Item = OutcomeEvent;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<OutcomeEvent>> {
        self.events.poll_recv(cx)
    }
}

/// The end of an execution whose driver is gone, which only a defect can cause.
fn broken() -> End {
    End {
        status: Status::Error,
        execution_id: String::new(),
        stats: crate::Stats::default(),
        error: Some(ItemError::operation(ErrorCode::Internal, "The execution ended without an end")),
        warnings: Vec::new(),
    }
}

/// A time as JavaScript's toISOString writes it.
fn iso(time: std::time::SystemTime) -> String {
    let since = time.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let stamp = jiff::Timestamp::from_millisecond(i64::try_from(since.as_millis()).unwrap_or_default());
    stamp.map(|stamp| format!("{stamp:.3}")).unwrap_or_default()
}
