//! Ends of executions from outside: cancellation, deadline, shutdown.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::Method;
use tokio::sync::watch;

use crate::{ErrorCode, ItemError};

/// How long a request that may have changed something is waited for after the end of its execution.
pub const GRACE: Duration = Duration::from_secs(10);

/// Why an execution is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The caller went away, or canceled.
    Canceled,
    /// Its time is up.
    Deadline,
    /// The host shuts down.
    Shutdown,
}

impl Ended {
    pub(crate) fn error(self) -> ItemError {
        match self {
            Self::Canceled => {
                ItemError::new("ExecutionCancelledError", ErrorCode::Canceled, "The execution was canceled")
            }
            Self::Deadline => ItemError::new(
                "TimeoutError",
                ErrorCode::DeadlineExceeded,
                "The time limit of the execution was reached",
            ),
            Self::Shutdown => {
                ItemError::new("ExecutionCancelledError", ErrorCode::ShuttingDown, "The host was shut down")
            }
        }
    }

    /// What becomes of an item that was under way and had changed nothing.
    pub(crate) fn item_error(self, index: usize) -> ItemError {
        let mut error = self.error().at(index);
        if self == Self::Shutdown {
            error.code = ErrorCode::Canceled;
        }
        error
    }
}

/// A switch that ends an execution, once. Clones share it.
#[derive(Debug, Clone)]
pub struct Cancel {
    sender: Arc<watch::Sender<Option<Ended>>>,
}

impl Default for Cancel {
    fn default() -> Self {
        Self { sender: Arc::new(watch::Sender::new(None)) }
    }
}

impl Cancel {
    /// Ends the execution; the first reason stays.
    pub fn end(&self, reason: Ended) {
        self.sender.send_if_modified(|ended| {
            let first = ended.is_none();
            if first {
                *ended = Some(reason);
            }
            first
        });
    }

    /// Whether it is ended, and why.
    pub fn ended(&self) -> Option<Ended> {
        *self.sender.borrow()
    }

    /// Waits for the end.
    pub async fn wait(&self) -> Ended {
        let mut receiver = self.sender.subscribe();
        loop {
            if let Some(ended) = *receiver.borrow_and_update() {
                return ended;
            }
            if receiver.changed().await.is_err() {
                // Cannot happen while self holds the sender.
                std::future::pending::<()>().await;
            }
        }
    }
}

/// What one attempt of an item has done to the world.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flight {
    touched: Arc<AtomicBool>,
    cancel: Cancel,
}

impl Flight {
    pub(crate) fn new(cancel: Cancel) -> Self {
        Self { touched: Arc::default(), cancel }
    }

    /// Notes that a request is about to leave; refuses it once the execution is ended.
    pub(crate) fn depart(&self, method: &Method) -> Result<(), ItemError> {
        if let Some(ended) = self.cancel.ended() {
            // What the item has done by now is done, whatever of it is missing.
            if self.has_touched() {
                return Err(ItemError::operation(ErrorCode::OutcomeUnknown, CUT_SHORT));
            }
            let mut error = ended.error();
            if error.code == ErrorCode::ShuttingDown {
                error.code = ErrorCode::Canceled;
            }
            return Err(error);
        }
        if !method.is_idempotent() {
            self.touched.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Whether a request that is not idempotent has left.
    pub(crate) fn has_touched(&self) -> bool {
        self.touched.load(Ordering::Relaxed)
    }
}

const CUT_SHORT: &str = "The execution ended between requests of the item; those that had left may have taken effect";

/// An item whose request may or may not have taken effect.
pub(crate) fn outcome_unknown(index: usize) -> ItemError {
    ItemError::operation(
        ErrorCode::OutcomeUnknown,
        "The execution ended while a request was under way; whether it took effect is unknown",
    )
    .at(index)
}
