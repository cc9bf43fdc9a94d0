//! The driver: keeps items moving, in order and within bounds.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::SystemTime;

use futures::stream::{FuturesOrdered, Stream, StreamExt};
use serde_json::{Map, Value};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tracing::{Instrument, Span};

use super::item::run_item;
use super::{Ended, InputError, Job, OutcomeStream, Run, Source, Work};
use crate::outcome::End;
use crate::{ErrorCode, Item, ItemError, Outcome, OutcomeEvent, PairedItem, Stats, Status, Warning};

/// Items prepared in one engine job.
const CHUNK: usize = 32;
/// Outcomes that wait for their reader, beyond those in flight.
const WAITING: usize = 32;

/// Starts an execution on a task of its own.
pub(crate) fn spawn<W: Work>(run: Run<W>, source: Source) -> OutcomeStream {
    let (sender, receiver) = mpsc::channel(WAITING);
    let stream = OutcomeStream {
        events: receiver,
        cancel: run.cancel.clone(),
        outputs: run.policy.outputs(),
        started: SystemTime::now(),
    };
    let span = run.span();
    tokio::spawn(drive(Arc::new(run), source, sender).instrument(span));
    stream
}

/// An item that may start; without preparation where the execution is ending.
type Prepared<W> = (Job, Option<Result<<W as Work>::Prepared, ItemError>>);

async fn drive<W: Work>(run: Arc<Run<W>>, source: Source, events: mpsc::Sender<OutcomeEvent>) {
    let known = source.known;
    let mut items = std::pin::pin!(paced(Arc::clone(&run), prepared(Arc::clone(&run), source)));
    let mut in_flight = FuturesOrdered::new();
    let mut summary = Summary::new(&run, known);
    let mut ready = VecDeque::new();
    let (mut open, mut gone, mut noticed) = (true, false, false);
    // Made once: what is made anew on every turn registers and leaves on every turn.
    let mut deadline = std::pin::pin!(until(run.deadline));
    let mut ended = std::pin::pin!(run.cancel.wait());
    let mut closed = std::pin::pin!(events.closed());
    loop {
        if !open && in_flight.is_empty() && (ready.is_empty() || gone) {
            break;
        }
        let room = in_flight.len() + ready.len() < run.concurrency;
        // As many as may run are started before the first of them is looked at.
        tokio::select! {
            biased;
            next = items.next(), if open && room => match next {
                Some(Ok((job, prepared))) => {
                    let prepared = prepared.filter(|_| !run.is_stopping());
                    run.note_unprepared(prepared.as_ref());
                    // Boxed at once: these futures are large, and the queue moves what is pushed.
                    in_flight.push_back(Box::pin(run_item(Arc::clone(&run), job, prepared)));
                }
                Some(Err(error)) => {
                    summary.input_error = Some(error);
                    open = false;
                }
                None => open = false,
            },
            Some(outcome) = in_flight.next(), if !in_flight.is_empty() => ready.extend(summary.take(outcome)),
            permit = events.reserve(), if !ready.is_empty() && !gone => match permit {
                // Only once no other is ready, and then all: each time the reader is woken costs as much as the sending.
                Ok(permit) => hand_over(&mut ready, permit, &events),
                Err(_) => gone = true,
            },
            () = &mut deadline, if !noticed => {
                run.cancel.end(Ended::Deadline);
                // Past the deadline this branch is always ready.
                noticed = true;
            }
            () = &mut closed, if !gone => gone = true,
            _ = &mut ended, if !noticed => noticed = true,
        }
        if gone {
            run.cancel.end(Ended::Canceled);
            ready.clear();
            open = false;
        }
        // A batch is told to its last item; of a stream, what has not been read stays unread.
        if open && run.is_stopping() && known.is_none() {
            summary.interrupted = true;
            open = false;
        }
    }
    if let Some(mut held) = summary.held.take() {
        if summary.is_success() {
            held.outputs.get_or_insert_default().insert(0, vec![summary.empty_item()]);
        }
        drop(events.send(OutcomeEvent::Outcome(held)).await);
    }
    let end = summary.end();
    tell(&end);
    drop(events.send(OutcomeEvent::End(end)).await);
}

/// Hands over as many outcomes as there is room for, at least one.
fn hand_over(
    ready: &mut VecDeque<Outcome>,
    permit: mpsc::Permit<'_, OutcomeEvent>,
    events: &mpsc::Sender<OutcomeEvent>,
) {
    let mut permit = Ok(permit);
    while let Ok(room) = permit {
        let Some(outcome) = ready.pop_front() else { break };
        room.send(OutcomeEvent::Outcome(outcome));
        permit = events.try_reserve();
    }
}

/// Tells the span of the execution how it ended. The message of an error may hold the data of an item: its code is told.
fn tell(end: &End) {
    let span = Span::current();
    span.record("status", end.status.as_str());
    span.record("items", end.stats.items);
    span.record("succeeded", end.stats.succeeded);
    span.record("requests", end.stats.requests);
    if let Some(error) = &end.error {
        span.record("error", error.code.as_str());
        span.record("otel.status_code", "ERROR");
    }
    tracing::debug!("ended");
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

/// The items, prepared a chunk at a time, the next chunk while the last one runs.
fn prepared<W: Work>(run: Arc<Run<W>>, source: Source) -> impl Stream<Item = Result<Prepared<W>, InputError>> + Send {
    let size = source.known.filter(|_| W::WHOLE).map_or(CHUNK, |known| known.max(1));
    let chunks = source.jobs.ready_chunks(size).map(move |chunk| {
        let run = Arc::clone(&run);
        async move { prepare_chunk(&run, chunk).await }
    });
    chunks.buffered(2).flat_map(futures::stream::iter)
}

async fn prepare_chunk<W: Work>(
    run: &Run<W>,
    chunk: Vec<Result<Job, InputError>>,
) -> Vec<Result<Prepared<W>, InputError>> {
    let mut jobs = Vec::with_capacity(chunk.len());
    let mut wrong = None;
    for job in chunk {
        match job {
            Ok(job) => jobs.push(job),
            Err(error) => {
                wrong = Some(Err(error));
                break;
            }
        }
    }
    let items: Vec<_> = if run.is_stopping() {
        jobs.into_iter().map(|job| Ok((job, None))).collect()
    } else {
        let span = tracing::debug_span!("chunk", first = jobs.first().map(|job| job.index), items = jobs.len());
        let prepared = run.work.prepare(jobs.clone()).instrument(span).await;
        jobs.into_iter().zip(prepared).map(|(job, prepared)| Ok((job, Some(prepared)))).collect()
    };
    items.into_iter().chain(wrong).collect()
}

/// The items, with pauses between them where those are asked for.
fn paced<W: Work>(
    run: Arc<Run<W>>,
    items: impl Stream<Item = Result<Prepared<W>, InputError>> + Send,
) -> impl Stream<Item = Result<Prepared<W>, InputError>> + Send {
    items.then(move |item| {
        let run = Arc::clone(&run);
        async move {
            let Ok((job, prepared)) = &item else { return item };
            if let Some(Ok(prepared)) = prepared {
                run.pace.get_or_init(|| run.work.pace(prepared));
            }
            if let Some(Some(pace)) = run.pace.get()
                && pace.is_before(job.index)
                && !run.is_stopping()
            {
                tokio::select! {
                    () = tokio::time::sleep(pace.pause) => {}
                    _ = run.cancel.wait() => {}
                }
            }
            item
        }
    })
}

/// The figures and the end of an execution.
struct Summary<'r, W> {
    run: &'r Run<W>,
    known: Option<usize>,
    stats: Stats,
    error: Option<ItemError>,
    /// Whether the end from outside, if there was one, took anything away.
    interrupted: bool,
    /// Items whose requests may or may not have taken effect.
    unknown: Vec<usize>,
    input_error: Option<InputError>,
    /// With `alwaysOutputData`: the last outcome while none has put anything out on the first output, where n8n looks.
    held: Option<Outcome>,
    is_empty: bool,
}

impl<'r, W> Summary<'r, W> {
    fn new(run: &'r Run<W>, known: Option<usize>) -> Self {
        Self {
            run,
            known,
            stats: Stats::default(),
            error: None,
            interrupted: false,
            unknown: Vec::new(),
            input_error: None,
            held: None,
            is_empty: run.always_output_data,
        }
    }

    /// Notes an outcome, and gives those that may be handed over.
    fn take(&mut self, outcome: Outcome) -> impl Iterator<Item = Outcome> + use<W> {
        self.stats.items += 1;
        self.stats.retries += u64::from(outcome.attempts.saturating_sub(1));
        match &outcome.error {
            None => self.stats.succeeded += 1,
            Some(error) if error.code == ErrorCode::NotRun => {
                self.stats.not_run += 1;
                self.interrupted = true;
            }
            Some(error) => {
                self.stats.failed += 1;
                self.interrupted |=
                    matches!(error.code, ErrorCode::Canceled | ErrorCode::DeadlineExceeded | ErrorCode::OutcomeUnknown);
                if error.code == ErrorCode::OutcomeUnknown {
                    self.unknown.push(outcome.item_index);
                }
                // Who waits for something himself may see the deadline before the driver does.
                if error.code == ErrorCode::DeadlineExceeded
                    && self.run.deadline.is_some_and(|deadline| deadline <= Instant::now())
                {
                    self.run.cancel.end(Ended::Deadline);
                }
                if self.error.is_none() {
                    self.error = Some(error.clone());
                }
            }
        }
        let puts_out = |outcome: &Outcome| {
            outcome.outputs.as_ref().and_then(|outputs| outputs.get(&0)).is_some_and(|items| !items.is_empty())
        };
        let (first, second) = if !self.is_empty {
            (self.held.take(), Some(outcome))
        } else if puts_out(&outcome) {
            self.is_empty = false;
            (self.held.take(), Some(outcome))
        } else {
            (self.held.replace(outcome), None)
        };
        first.into_iter().chain(second)
    }

    /// Whether the execution has run to its end.
    fn is_success(&self) -> bool {
        let is_ended = self.interrupted && self.run.cancel.ended().is_some();
        let is_stopped = self.error.is_some() && self.run.policy.stops();
        !is_ended && !is_stopped && self.input_error.is_none()
    }

    /// The end, once all outcomes are taken.
    fn end(self) -> End {
        let ended = self.run.cancel.ended().filter(|_| self.interrupted);
        let mut stats = self.stats;
        stats.requests = self.run.tally.requests();
        stats.retries += self.run.tally.retries();
        let failed = self.error.filter(|_| self.run.policy.stops());
        let (status, error) = match (ended, self.input_error) {
            (Some(ended), _) => (Status::Canceled, Some(ended.error())),
            (None, Some(input)) => (Status::Error, Some(ItemError::operation(input.code, input.message))),
            (None, None) if failed.is_some() => (Status::Error, failed),
            (None, None) => (Status::Success, None),
        };
        let mut warnings = self.run.warnings.clone();
        warnings.extend(self.run.notes.all());
        warnings.extend(self.unknown.into_iter().map(fate_unknown));
        End { status, execution_id: self.run.execution_id.clone(), stats, error, warnings }
    }
}

/// Tells a caller who gets no outcomes which items to look after.
fn fate_unknown(index: usize) -> Warning {
    let message = format!("Whether the request of item {index} took effect is unknown: check before sending it again");
    Warning { pointer: format!("/items/{index}"), code: ErrorCode::OutcomeUnknown, message }
}

impl<W> Summary<'_, W> {
    /// n8n's empty item for an output without any, paired with all items that came in.
    fn empty_item(&self) -> Item {
        let count = self.known.unwrap_or_default();
        let one = |index: usize| {
            let mut map = Map::new();
            map.insert("item".to_owned(), Value::from(index));
            map.insert("input".to_owned(), Value::from(0));
            Value::Object(map)
        };
        let mut item = Item::new(Value::Object(Map::new()));
        item.paired_item = Some(PairedItem::Other(Value::Array((0..count).map(one).collect())));
        item
    }
}
