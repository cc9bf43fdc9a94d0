//! What every handler shares.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::config::ServerConfig;
use crate::guard::host::HostNames;
use crate::problem::Problem;
use nodehost_runtime::ErrorCode;

/// A cheap handle.
#[derive(Clone)]
pub(crate) struct AppState(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) config: ServerConfig,
    pub(crate) host_names: HostNames,
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
    pub(crate) fn new(config: ServerConfig) -> Self {
        Self(Arc::new(Shared {
            host_names: HostNames::new(&config.host_names),
            executions: Arc::new(Semaphore::new(config.max_executions)),
            draining: CancellationToken::new(),
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

    pub(crate) fn cancel_executions(&self) {
        self.cancel.cancel();
    }

    /// Cancelled when the execution must end: the server's own token's child.
    pub(crate) fn execution_token(&self) -> CancellationToken {
        self.cancel.child_token()
    }

    /// A place among the executions that run at once.
    pub(crate) fn admit_execution(&self) -> Result<OwnedSemaphorePermit, Problem> {
        if self.is_draining() {
            return Err(Problem::new(
                ErrorCode::ShuttingDown,
                "the runner is shutting down and takes no new executions",
            ));
        }
        Arc::clone(&self.executions).try_acquire_owned().map_err(|_| {
            let most = self.config.max_executions;
            Problem::new(
                ErrorCode::TooManyExecutions,
                format!("{most} executions are running, as many as max-executions allows"),
            )
            .with_retry_after(1)
        })
    }
}
