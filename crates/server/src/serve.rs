//! The accept loop: connections, their limits, and an orderly end.

use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use nodehost_runtime::Host;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::ServerConfig;
use crate::state::AppState;

/// How long to wait after `accept` failed, as it does when file descriptors run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How long connections may take to send what is left once every execution is told to end: requests in flight have their
/// grace period.
const LINGER: Duration = nodehost_runtime::GRACE.saturating_add(Duration::from_secs(5));

/// Answers requests on `listener` until `shutdown` is cancelled; then takes no new work, lets running executions end
/// within [`ServerConfig::shutdown_timeout`], cancels the rest, which answer with the outcomes so far, and returns.
pub async fn serve(listener: TcpListener, host: Host, config: ServerConfig, shutdown: CancellationToken) {
    let state = AppState::new(host, config);
    let router = crate::router_with(state.clone());
    let connections = TaskTracker::new();
    let closing = CancellationToken::new();
    loop {
        tokio::select! {
            () = shutdown.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, router.clone(), state.clone(), closing.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "could not accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    drop(listener);
    tracing::info!("shutting down");
    state.start_draining();
    connections.close();
    closing.cancel();
    if tokio::time::timeout(state.config.shutdown_timeout, connections.wait()).await.is_err() {
        state.cancel_executions();
        let _ = tokio::time::timeout(LINGER, connections.wait()).await;
    }
}

async fn connection(stream: TcpStream, router: Router, state: AppState, closing: CancellationToken) {
    let _ = stream.set_nodelay(true);
    let Some(tls) = &state.config.tls else { return answer(stream, router, &state, closing).await };
    // A client that does not finish the handshake is as slow as one that does not send its headers.
    match tokio::time::timeout(state.config.body_timeout, tls.accept(stream)).await {
        Ok(Ok(stream)) => answer(stream, router, &state, closing).await,
        Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
        Err(_) => tracing::debug!("a TLS handshake took too long"),
    }
}

async fn answer<S>(stream: S, router: Router, state: &AppState, closing: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(state.config.body_timeout);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(Some(state.config.body_timeout));
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = closing.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}
