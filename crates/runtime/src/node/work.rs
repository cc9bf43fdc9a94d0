//! Runs native nodes.

use std::sync::Arc;

use nodehost_expression::{Engine, Scope};
use serde_json::{Map, Value};

use super::{BatchContext, ItemContext, PerBatchNode, PerItemNode};
use crate::caller::Caller;
use crate::execution::{Flight, Job, Pace, Work};
use crate::parameters::Checked;
use crate::scopes::ScopeMaker;
use crate::values::{Values, make_each};
use crate::{ErrorCode, ItemError, OnError, Outputs};

/// What native nodes share: resolving their parameters.
pub(crate) struct Native<N: ?Sized> {
    pub(crate) checked: Arc<Checked>,
    pub(crate) scopes: Arc<ScopeMaker>,
    pub(crate) engine: Engine,
    pub(crate) caller: Arc<Caller>,
    pub(crate) on_error: OnError,
    pub(crate) node: Arc<N>,
}

impl<N: ?Sized> Native<N> {
    async fn resolve(&self, chunk: &[Job]) -> Vec<Result<Map<String, Value>, ItemError>> {
        let scopes: Vec<_> = chunk.iter().map(|job| self.scopes.user(job.items.clone(), job.index)).collect();
        let checked = Arc::clone(&self.checked);
        let named = move |scope: &Scope, values: &mut Values<'_>| Ok(checked.named(&checked.resolve(scope, values)?));
        let resolved = make_each((&self.scopes, &self.engine), self.checked.is_bare, scopes, named).await;
        resolved.into_iter().map(|resolved| resolved.map(|(_, named)| named)).collect()
    }

    fn context(&self, job: &Job, parameters: Map<String, Value>, flight: Flight) -> ItemContext {
        ItemContext {
            item: Arc::clone(&job.item),
            item_index: job.index,
            parameters,
            on_error: self.on_error,
            caller: Arc::clone(&self.caller),
            flight,
        }
    }
}

impl Work for Native<dyn PerItemNode> {
    type Prepared = Map<String, Value>;

    async fn prepare(&self, chunk: Vec<Job>) -> Vec<Result<Self::Prepared, ItemError>> {
        self.resolve(&chunk).await
    }

    fn pace(&self, parameters: &Self::Prepared) -> Option<Pace> {
        Pace::read(parameters.get("requestOptions"))
    }

    async fn run(&self, job: &Job, parameters: Self::Prepared, flight: &Flight) -> Result<Outputs, ItemError> {
        let secrets = self.checked.secrets(|| parameters.clone());
        let result = self.node.run(self.context(job, parameters, flight.clone())).await;
        match secrets {
            Some(secrets) => result.map_err(|error| secrets.redact(error)),
            None => result,
        }
    }
}

/// A per-batch node's items, run when the first of them is prepared.
impl Work for Native<dyn PerBatchNode> {
    type Prepared = Outputs;

    const WHOLE: bool = true;

    async fn prepare(&self, chunk: Vec<Job>) -> Vec<Result<Outputs, ItemError>> {
        let resolved = self.resolve(&chunk).await;
        let mut results: Vec<Option<Result<Outputs, ItemError>>> = Vec::with_capacity(chunk.len());
        let mut items = Vec::new();
        let mut secrets = Vec::new();
        for (job, parameters) in chunk.iter().zip(resolved) {
            match parameters {
                Ok(parameters) => {
                    secrets.push(self.checked.secrets(|| parameters.clone()));
                    items.push(self.context(job, parameters, Flight::default()));
                    results.push(None);
                }
                Err(error) => results.push(Some(Err(error))),
            }
        }
        let ran = self.node.run(BatchContext { items }).await.into_iter();
        let mut ran = ran.zip(secrets).map(|(result, secrets)| match secrets {
            Some(secrets) => result.map_err(|error| secrets.redact(error)),
            None => result,
        });
        let missing = || Err(ItemError::operation(ErrorCode::NodeError, "The node gave no result for this item"));
        results.into_iter().map(|result| result.unwrap_or_else(|| ran.next().unwrap_or_else(missing))).collect()
    }

    fn pace(&self, _: &Outputs) -> Option<Pace> {
        None
    }

    async fn run(&self, _: &Job, outputs: Outputs, _: &Flight) -> Result<Outputs, ItemError> {
        Ok(outputs)
    }
}
