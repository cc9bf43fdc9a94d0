use std::sync::Arc;

use serde_json::{Map, Value};

use crate::caller::Caller;
use crate::declarative::{Answer, RequestOptions};
use crate::execution::Flight;
use crate::{ItemError, OnError};

/// What a native node gets for one item.
pub struct ItemContext {
    /// The item: `{json, binary?, pairedItem}`.
    pub item: Arc<Value>,
    /// Its index in the batch.
    pub item_index: usize,
    /// The parameters by name, resolved for this item.
    pub parameters: Map<String, Value>,
    /// The error policy, should the node care.
    pub on_error: OnError,
    pub(crate) caller: Arc<Caller>,
    pub(crate) flight: Flight,
}

impl ItemContext {
    /// Sends a request through the egress, with the node's credential; a status that means failure is an error.
    pub async fn request(&self, options: &RequestOptions) -> Result<Answer, ItemError> {
        self.caller.call(options, &self.flight, self.on_error == OnError::StopWorkflow).await
    }
}

/// What a native node gets for a batch.
pub struct BatchContext {
    /// The contexts of the items to run.
    pub items: Vec<ItemContext>,
}
