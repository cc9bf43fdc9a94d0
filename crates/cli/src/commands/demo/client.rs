//! The demo's own HTTP client: one POST over a fresh connection.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

const MAX_ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// POSTs JSON and reads a JSON answer.
pub(crate) async fn post(address: SocketAddr, path: &str, body: &Value) -> Result<(StatusCode, Value)> {
    let stream = TcpStream::connect(address).await.with_context(|| format!("cannot reach {address}"))?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let request = Request::post(path)
        .header(header::HOST, address.to_string())
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::new(Bytes::from(body.to_string())))?;
    let response = sender.send_request(request).await?;
    let status = response.status();
    let read = Limited::new(response.into_body(), MAX_ANSWER_BYTES).collect().await;
    let body = read.map_err(|error| anyhow::anyhow!("cannot read the answer: {error}"))?.to_bytes();
    connection.abort();
    Ok((status, serde_json::from_slice(&body).context("the answer is not JSON")?))
}
