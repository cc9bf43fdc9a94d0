//! What every handler shares.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::body::Room;
use crate::config::ServerConfig;
use crate::guard::host::HostNames;
use crate::guard::keys::{Caller, KeyState};
use crate::metrics::Metrics;
use crate::problem::Problem;
use nodehost_runtime::{ErrorCode, Host};

/// A cheap handle.
#[derive(Clone)]
pub(crate) struct AppState(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) host: Host,
    pub(crate) config: ServerConfig,
    pub(crate) metrics: Metrics,
    pub(crate) host_names: HostNames,
    pub(crate) keys: Vec<Arc<KeyState>>,
    pub(crate) room: Room,
    executions: Arc<Semaphore>,
    /// Cancelled when the server takes no new work.
    draining: CancellationToken,
    /// Cancelled when running executions must end.
    cancel: CancellationToken,
}

impl std::ops::Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl AppState {
    pub(crate) fn new(host: Host, config: ServerConfig) -> Self {
        let metrics = Metrics::new(&host);
        Self(Arc::new(Shared {
            host_names: HostNames::new(&config.host_names),
            keys: config.api_keys.iter().cloned().map(|key| Arc::new(KeyState::new(key))).collect(),
            executions: Arc::new(Semaphore::new(config.max_executions.min(Semaphore::MAX_PERMITS))),
            room: Room::of(config.max_held_bytes),
            draining: CancellationToken::new(),
            host,
            metrics,
            cancel: CancellationToken::new(),
            config,
        }))
    }
}

impl Shared {
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.is_cancelled()
    }

    pub(crate) fn start_draining(&self) {
        self.draining.cancel();
    }

    /// Waits until no execution runs. There are no new ones once the server drains.
    pub(crate) async fn executions_ended(&self) {
        let all = u32::try_from(self.config.max_executions).unwrap_or(u32::MAX);
        drop(self.executions.acquire_many(all).await);
    }

    pub(crate) fn cancel_executions(&self) {
        self.cancel.cancel();
    }

    /// The full type of a node that exists for the caller.
    pub(crate) fn node_type(&self, caller: &Caller, name: &str) -> Result<&str, Problem> {
        let node_type = self.host.node_type(name)?;
        if caller.may_use(node_type) {
            return Ok(node_type);
        }
        Err(Problem::new(ErrorCode::UnknownNode, format!("There is no node {name} for this API key")))
    }

    /// Cancelled when the execution must end: the server's own token's child.
    pub(crate) fn execution_token(&self) -> CancellationToken {
        self.cancel.child_token()
    }

    /// A place among the executions that run at once, the caller's own and all.
    pub(crate) fn admit_execution(&self, caller: &Caller) -> Result<Admission, Problem> {
        if self.is_draining() {
            return Err(Problem::new(
                ErrorCode::ShuttingDown,
                "the runner is shutting down and takes no new executions",
            ));
        }
        let of_caller = caller.admit_execution()?;
        let of_all = Arc::clone(&self.executions).try_acquire_owned().map_err(|_| {
            let most = self.config.max_executions;
            let detail = format!("{most} executions are running, as many as max-executions allows");
            Problem::new(ErrorCode::TooManyExecutions, detail).with_retry_after(1)
        })?;
        Ok(Admission { _of_caller: of_caller, _of_all: of_all })
    }
}

/// A place among the executions that run at once; free again once it is dropped.
pub(crate) struct Admission {
    _of_caller: Option<OwnedSemaphorePermit>,
    _of_all: OwnedSemaphorePermit,
}
