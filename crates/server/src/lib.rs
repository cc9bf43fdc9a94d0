//! The HTTP interface of nodehost: a [`nodehost_runtime::Host`] behind the calls of `docs/http-api.md`.
//!
//! [`serve`] runs a whole server: connections, limits and an orderly end. [`router`] is the interface alone, to be
//! mounted in a server of one's own.

#![warn(missing_docs)]

mod body;
mod config;
mod guard;
mod media;
mod ndjson;
mod problem;
mod routes;
mod serve;
mod state;

pub use config::ServerConfig;
pub use guard::keys::ApiKey;
pub use serve::serve;
pub use tokio_util::sync::CancellationToken;

use axum::Router;
use state::AppState;

/// The interface as an axum router, without a server's timeouts and orderly end.
pub fn router(config: ServerConfig) -> Router {
    router_with(AppState::new(config))
}

fn router_with(state: AppState) -> Router {
    routes::router().layer(axum::middleware::from_fn_with_state(state.clone(), guard::guard)).with_state(state)
}
