//! The HTTP interface of nodehost: a [`nodehost_runtime::Host`] behind the calls of `docs/http-api.md`.
//!
//! [`serve`] runs a whole server: connections, limits and an orderly end. [`router`] is the interface alone, to be
//! mounted in a server of one's own.

#![warn(missing_docs)]

mod answer;
mod batch;
mod body;
mod config;
mod connection;
mod extract;
mod guard;
mod json;
mod media;
mod metrics;
mod ndjson;
mod openapi;
mod problem;
mod reference;
mod routes;
mod serve;
mod state;
mod tls;

pub use config::ServerConfig;
pub use guard::keys::ApiKey;
pub use serve::serve;
pub use tls::{Tls, TlsError};
pub use tokio_util::sync::CancellationToken;

use axum::Router;
use http::{HeaderName, HeaderValue, Method, header};
use nodehost_runtime::Host;
use tower_http::cors::{AllowOrigin, CorsLayer};

use state::AppState;

/// The interface as an axum router, without a server's timeouts and orderly end.
pub fn router(host: Host, config: ServerConfig) -> Router {
    router_with(AppState::new(host, config))
}

fn router_with(state: AppState) -> Router {
    let cors = cors(&state.config.cors_origins);
    let router =
        routes::router().layer(axum::middleware::from_fn_with_state(state.clone(), guard::guard)).with_state(state);
    // Outermost, since a browser sends no key with its preflight request.
    match cors {
        Some(cors) => router.layer(cors),
        None => router,
    }
}

fn cors(origins: &[HeaderValue]) -> Option<CorsLayer> {
    let methods = [Method::GET, Method::POST];
    let headers = [
        header::AUTHORIZATION,
        header::CONTENT_TYPE,
        guard::request_id::HEADER,
        guard::keys::HEADER,
        HeaderName::from_static("traceparent"),
        HeaderName::from_static("tracestate"),
    ];
    (!origins.is_empty()).then(|| {
        CorsLayer::new()
            .allow_origin(AllowOrigin::list(origins.iter().cloned()))
            .allow_methods(methods)
            .allow_headers(headers)
            .expose_headers([guard::request_id::HEADER, header::RETRY_AFTER])
    })
}
