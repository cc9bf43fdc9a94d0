//! Where an execution's items come from.

use std::sync::Arc;

use futures::stream::{self, BoxStream, StreamExt};
use nodehost_expression::Items;
use serde_json::Value;

use crate::{ErrorCode, Item};

/// Items as they arrive; a wrong one ends the execution.
pub type InputStream = BoxStream<'static, Result<Item, InputError>>;

/// Items of a batch, whose number is known, made as they are asked for.
pub type BatchItems = Box<dyn ExactSizeIterator<Item = Result<Item, InputError>> + Send>;

/// Why no further items come.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct InputError {
    /// The code: `malformed_line`, `limit_exceeded`, ...
    pub code: ErrorCode,
    /// For people, the line's number included.
    pub message: String,
}

/// One item of an execution.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) index: usize,
    /// The item as expressions see it.
    pub(crate) item: Arc<Value>,
    /// What expressions see of the batch.
    pub(crate) items: Items,
}

impl Job {
    /// An item without data, for what looks at none.
    pub(crate) fn bare() -> Self {
        let item = Arc::new(serde_json::json!({"json": {}}));
        Self { index: 0, items: Items::Current(Arc::clone(&item)), item }
    }
}

/// The items of an execution.
pub(crate) struct Source {
    pub(crate) jobs: BoxStream<'static, Result<Job, InputError>>,
    /// How many there are, where all are at hand.
    pub(crate) known: Option<usize>,
}

impl Source {
    /// A batch at hand: expressions see all of it. With the items as they are seen.
    pub(crate) fn batch(items: Vec<Item>) -> (Self, Arc<[Arc<Value>]>) {
        let all: Arc<[Arc<Value>]> =
            items.into_iter().enumerate().map(|(index, item)| Arc::new(item.into_input(index))).collect();
        let known = all.len();
        let seen = Arc::clone(&all);
        let jobs = (0..known)
            .map(move |index| Ok(Job { index, item: Arc::clone(&all[index]), items: Items::Batch(Arc::clone(&all)) }));
        (Self { jobs: stream::iter(jobs).boxed(), known: Some(known) }, seen)
    }

    /// A batch at hand of which expressions see the current item only: each goes when it is done.
    pub(crate) fn released(items: BatchItems) -> Self {
        let known = Some(items.len());
        Self { known, ..Self::stream(stream::iter(items).boxed()) }
    }

    /// Items as they come: expressions see the current one.
    pub(crate) fn stream(items: InputStream) -> Self {
        let jobs = items.enumerate().map(|(index, item)| {
            let item = Arc::new(item?.into_input(index));
            Ok(Job { index, items: Items::Current(Arc::clone(&item)), item })
        });
        Self { jobs: jobs.boxed(), known: None }
    }

    /// The first item alone.
    pub(crate) fn once(self) -> Self {
        Self { jobs: self.jobs.take(1).boxed(), known: self.known.map(|known| known.min(1)) }
    }
}
