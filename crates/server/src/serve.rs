//! The accept loop: connections, and an orderly end.

use std::time::Duration;

use nodehost_runtime::Host;
use tokio::net::TcpListener;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::ServerConfig;
use crate::connection;
use crate::state::AppState;

/// How long to wait after `accept` failed, as it does when file descriptors run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How long executions and connections may take to send what is left once every execution is told to end: requests in
/// flight have their grace period.
const LINGER: Duration = nodehost_runtime::GRACE.saturating_add(Duration::from_secs(5));

/// Answers requests on `listener` until `shutdown` is cancelled; then takes no new work, which is answered 503, lets
/// running executions end within [`ServerConfig::shutdown_timeout`], cancels the rest, which answer with the outcomes so
/// far, and returns.
pub async fn serve(listener: TcpListener, host: Host, config: ServerConfig, shutdown: CancellationToken) {
    let state = AppState::new(host, config);
    let connections = TaskTracker::new();
    let closing = CancellationToken::new();
    let last;
    {
        let accepting = accept(&listener, &state, &connections, &closing);
        tokio::pin!(accepting);
        tokio::select! {
            () = &mut accepting => {}
            () = shutdown.cancelled() => {}
        }
        tracing::info!("shutting down");
        state.start_draining();
        let given = Instant::now() + state.config.shutdown_timeout;
        last = given + LINGER;
        let executions = async {
            if timeout_at(given, state.executions_ended()).await.is_err() {
                state.cancel_executions();
                let _ = timeout_at(last, state.executions_ended()).await;
            }
        };
        // Whoever asks meanwhile is told that the runner is going, and a balancer sees it at `/readyz`.
        tokio::select! {
            () = &mut accepting => {}
            () = executions => {}
        }
    }
    drop(listener);
    connections.close();
    closing.cancel();
    // Whoever stops the process counts on this: all of it takes no longer than the time that is given, and `LINGER`.
    let _ = timeout_at(last.min(Instant::now() + LINGER), connections.wait()).await;
}

/// Takes connections, for ever.
async fn accept(listener: &TcpListener, state: &AppState, connections: &TaskTracker, closing: &CancellationToken) {
    let router = crate::router_with(state.clone());
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(connection::answer(stream, router.clone(), state.clone(), closing.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "could not accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}
