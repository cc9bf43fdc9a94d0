//! The host: nodes, credentials and hooks in, executions out.

mod builder;
mod describe;
mod expressions;
mod load_options;
mod start;

pub(crate) mod registry;

use std::sync::Arc;

use nodehost_expression::Engine;
use prometheus_client::registry::Registry;

pub use builder::{BuildError, HostBuilder};
pub use describe::{ParametersAnswer, ParametersRequest};
pub use expressions::{ExpressionAnswer, ExpressionFailure, ExpressionRequest};
pub use load_options::{LoadOptionsHook, OptionsAnswer, OptionsContext, OptionsRequest};
pub use registry::{NodeKind, NodeListing};

use crate::credentials::Credentials;
use crate::declarative::Hooks;
use crate::execution::{InputStream, OutcomeStream};
use crate::metrics::EngineCollector;
use crate::{ExecutionRequest, ExecutionResult, InputError, Item, Refusal};

/// Runs nodes. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Host {
    inner: Arc<Inner>,
    /// The name of the API key that requests come with.
    caller: Option<Arc<str>>,
}

struct Inner {
    registry: registry::Registry,
    credentials: Credentials,
    engine: Engine,
    hooks: Arc<Hooks>,
    timezone: String,
    concurrency: usize,
}

impl Host {
    /// Starts to put a host together.
    pub fn builder() -> HostBuilder {
        HostBuilder::default()
    }

    /// The same host for requests with an API key of this name: stored credentials may be kept to some keys.
    #[must_use]
    pub fn for_caller(&self, name: Option<&str>) -> Self {
        Self { inner: Arc::clone(&self.inner), caller: name.map(Arc::from) }
    }

    /// All node types, by name.
    pub fn nodes(&self) -> Vec<NodeListing> {
        self.inner.registry.list()
    }

    /// Whether a hook of this name is registered.
    pub fn has_hook(&self, name: &str) -> bool {
        self.inner.hooks.has(name) || self.inner.hooks.load_options.contains_key(name)
    }

    /// Runs a batch and waits for its end.
    ///
    /// # Errors
    /// A refusal, if nothing was run: a wrong request, wrong parameters or credentials.
    pub async fn execute(&self, request: ExecutionRequest) -> Result<ExecutionResult, Refusal> {
        Ok(self.execute_stream(request).await?.collect_result().await)
    }

    /// Starts a batch; its outcomes come in input order, each as soon as its turn comes.
    ///
    /// # Errors
    /// As [`Host::execute`].
    pub async fn execute_stream(&self, mut request: ExecutionRequest) -> Result<OutcomeStream, Refusal> {
        let items = std::mem::take(&mut request.items);
        self.execute_batch(request, items.into_iter().map(Ok)).await
    }

    /// Starts a batch whose items are made as their turn comes: all that is held of it is what makes them, unless an
    /// expression may look around in it. An item that cannot be made ends the execution.
    ///
    /// # Errors
    /// As [`Host::execute`].
    pub async fn execute_batch(
        &self,
        head: ExecutionRequest,
        items: impl ExactSizeIterator<Item = Result<Item, InputError>> + Send + 'static,
    ) -> Result<OutcomeStream, Refusal> {
        start::batch(self, head, Box::new(items)).await
    }

    /// Starts an execution whose items follow. Items are read as fast as they are executed, and no faster.
    ///
    /// # Errors
    /// As [`Host::execute`]; and for nodes that need the whole batch, unless `settings.bufferItems` holds it.
    pub async fn execute_items(&self, head: ExecutionRequest, items: InputStream) -> Result<OutcomeStream, Refusal> {
        start::stream(self, head, items).await
    }

    /// The credentials of the host.
    pub fn credentials(&self) -> &Credentials {
        &self.inner.credentials
    }

    /// Registers what the host counts: outgoing requests by host, retries, throttling, tokens, expressions. The figures go
    /// on with the host; `registry` may have a prefix of its own.
    pub fn register_metrics(&self, registry: &mut Registry) {
        self.inner.credentials.egress().metrics().register(registry);
        registry.register_collector(Box::new(EngineCollector(self.inner.engine.clone())));
    }

    /// The expression engine of the host.
    pub fn engine(&self) -> &Engine {
        &self.inner.engine
    }
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host").field("timezone", &self.inner.timezone).finish_non_exhaustive()
    }
}
