//! The course of an execution: items in, outcomes out, in input order, bounded by what is in flight.
//!
//! A driver task takes items in chunks, has them prepared (one engine job a chunk), starts them in input order, as many
//! at once as the concurrency allows, and hands their outcomes over in input order. Whoever reads the outcomes slowly
//! slows the reading of items down; whoever drops them cancels the execution.

mod cancel;
mod driver;
mod item;
mod pace;
mod policy;
mod source;
mod stream;

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::time::Instant;

pub(crate) use cancel::Flight;
pub use cancel::{Cancel, Ended, GRACE};
pub(crate) use driver::spawn;
pub(crate) use pace::Pace;
pub(crate) use policy::Policy;
pub use source::{BatchItems, InputError, InputStream};
pub(crate) use source::{Job, Source};
pub use stream::OutcomeStream;

use crate::egress::Tally;
use crate::{ItemError, Outputs};

/// What an execution runs for its items.
pub(crate) trait Work: Send + Sync + 'static {
    /// An item ready to run.
    type Prepared: Send + 'static;

    /// Whether the items are to be prepared all at once.
    const WHOLE: bool = false;

    /// Prepares a chunk of items: resolves and checks their parameters.
    fn prepare(&self, chunk: Vec<Job>) -> impl Future<Output = Vec<Result<Self::Prepared, ItemError>>> + Send;

    /// The pauses that the item asks for.
    fn pace(&self, prepared: &Self::Prepared) -> Option<Pace>;

    /// Runs an item once.
    fn run(
        &self,
        job: &Job,
        prepared: Self::Prepared,
        flight: &Flight,
    ) -> impl Future<Output = Result<Outputs, ItemError>> + Send;
}

/// An execution's work, and how to go about it.
pub(crate) struct Run<W> {
    pub(crate) work: W,
    pub(crate) policy: Policy,
    pub(crate) tries: u32,
    pub(crate) wait: Duration,
    pub(crate) concurrency: usize,
    /// What the first item that could be prepared says of pauses, as n8n asks the first item.
    pub(crate) pace: OnceLock<Option<Pace>>,
    pub(crate) always_output_data: bool,
    pub(crate) execution_id: String,
    pub(crate) node_type: Arc<str>,
    pub(crate) deadline: Option<Instant>,
    pub(crate) cancel: Cancel,
    pub(crate) tally: Arc<Tally>,
    pub(crate) failed: AtomicBool,
    pub(crate) warnings: Vec<crate::Warning>,
    pub(crate) notes: Arc<crate::notes::Notes>,
}

impl<W> Run<W> {
    /// An item that cannot be prepared stops the execution before the items after it start, as in n8n; one whose request
    /// fails stops those that have not started by then.
    fn note_unprepared<P>(&self, prepared: Option<&Result<P, ItemError>>) {
        if self.policy.stops() && self.tries <= 1 && matches!(prepared, Some(Err(_))) {
            self.failed.store(true, Ordering::Relaxed);
        }
    }

    /// The span of the execution: its requests and chunks stand below it, and it below the request that asked for it.
    fn span(&self) -> tracing::Span {
        use tracing::field::Empty;
        tracing::info_span!(
            "execution",
            id = self.execution_id,
            node = &*self.node_type,
            status = Empty,
            items = Empty,
            succeeded = Empty,
            requests = Empty,
            error = Empty,
            otel.status_code = Empty,
        )
    }

    /// Whether nothing further may start.
    pub(crate) fn is_stopping(&self) -> bool {
        self.failed.load(Ordering::Relaxed) || self.cancel.ended().is_some()
    }
}
