//! Nodes written in Rust.

mod context;
mod work;

use futures::future::BoxFuture;

pub use context::{BatchContext, ItemContext};
pub(crate) use work::Native;

use crate::{ItemError, Outputs};

/// A node that handles one item at a time.
///
/// The runtime calls [`run`](Self::run) for every attempt of every item, for several items at once, in input order of
/// starting. Order, lineage, error policy, retries, deadline and cancellation are its business: a node gives the items
/// of one item, or its error. A canceled attempt is a dropped future.
pub trait PerItemNode: Send + Sync + 'static {
    /// Runs one item. The parameters are resolved and checked; the future must not block its thread.
    fn run(&self, context: ItemContext) -> BoxFuture<'_, Result<Outputs, ItemError>>;
}

/// A node that needs all items at once. Streams have to be buffered for it.
///
/// The runtime calls [`run`](Self::run) once for a batch, and again with the failed items alone where they are retried.
pub trait PerBatchNode: Send + Sync + 'static {
    /// Runs the batch: a result for each item of the context, in its order.
    fn run(&self, context: BatchContext) -> BoxFuture<'_, Vec<Result<Outputs, ItemError>>>;
}

/// What implements a native node.
#[derive(Clone)]
pub enum NativeNode {
    /// One item at a time.
    PerItem(std::sync::Arc<dyn PerItemNode>),
    /// All at once.
    PerBatch(std::sync::Arc<dyn PerBatchNode>),
}

impl std::fmt::Debug for NativeNode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::PerItem(_) => "PerItem",
            Self::PerBatch(_) => "PerBatch",
        })
    }
}
