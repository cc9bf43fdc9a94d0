//! One connection, and how long its client may take.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio_io_timeout::TimeoutWriter;
use tokio_util::sync::CancellationToken;
use tower::Service;

use crate::state::AppState;

/// How often the stall timeout passes before a client that reads nothing at all of its answer is cut off. A streamed
/// answer is ended after one, and may be told so until then.
pub(crate) const PATIENCE: u32 = 10;

/// Answers the requests of a connection until it closes, or until `closing`, when the request under way is the last.
pub(crate) async fn answer(stream: TcpStream, router: Router, state: AppState, closing: CancellationToken) {
    let _ = stream.set_nodelay(true);
    let Some(tls) = &state.config.tls else { return speak(stream, router, &state, closing).await };
    // A client that does not finish the handshake is as slow as one that does not send its headers.
    match tokio::time::timeout(state.config.body_timeout, tls.accept(stream)).await {
        Ok(Ok(stream)) => speak(stream, router, &state, closing).await,
        Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
        Err(_) => tracing::debug!("a TLS handshake took too long"),
    }
}

async fn speak<S>(stream: S, router: Router, state: &AppState, closing: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let patience = state.config.body_timeout;
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(patience);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(Some(patience));
    let mut stream = TimeoutWriter::new(stream);
    stream.set_timeout(Some(state.config.stall_timeout.saturating_mul(PATIENCE)));

    let asked = Arc::new(Notify::new());
    let first = Arc::clone(&asked);
    let service = hyper::service::service_fn(move |request: Request<hyper::body::Incoming>| {
        first.notify_one();
        router.clone().call(request)
    });
    let connection = builder.serve_connection(TokioIo::new(Box::pin(stream)), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = closing.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
        () = silent(&asked, patience) => return tracing::debug!("a client sent no request"),
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Ends if no request comes in time: until it knows which HTTP a client speaks, hyper waits for ever.
async fn silent(asked: &Notify, patience: Duration) {
    if tokio::time::timeout(patience, asked.notified()).await.is_ok() {
        std::future::pending::<()>().await;
    }
}
