//! Reading a request's body whole, under a limit of size and of time.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, header};
use http_body_util::BodyExt;

use serde_json::Value;

use crate::config::ServerConfig;
use crate::json;
use crate::media::{self, Format};
use crate::problem::Problem;
use nodehost_runtime::ErrorCode;

/// Reads the body to its end.
pub(crate) async fn read(headers: &HeaderMap, body: Body, config: &ServerConfig) -> Result<Bytes, Problem> {
    let limit = config.max_body_bytes;
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(too_large(limit));
    }
    match tokio::time::timeout(config.body_timeout, collect(body, limit)).await {
        Ok(read) => read,
        Err(_) => Err(slow(config)),
    }
}

/// Reads the body of a call that takes and gives JSON.
pub(crate) async fn read_json(headers: &HeaderMap, body: Body, config: &ServerConfig) -> Result<Value, Problem> {
    media::content_format(headers, &[Format::Json])?;
    media::answer_format(headers, &[Format::Json])?;
    json::parse_body(read(headers, body, config).await?).await
}

/// The body takes too long.
pub(crate) fn slow(config: &ServerConfig) -> Problem {
    let seconds = config.body_timeout.as_secs_f64();
    Problem::new(ErrorCode::SlowBody, format!("the body did not arrive within {seconds} s (body-timeout)"))
}

async fn collect(mut body: Body, limit: usize) -> Result<Bytes, Problem> {
    let mut read = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame =
            frame.map_err(|error| Problem::new(ErrorCode::Malformed, format!("the body broke off: {error}")))?;
        let Ok(data) = frame.into_data() else { continue };
        if read.len() + data.len() > limit {
            return Err(too_large(limit));
        }
        read.extend_from_slice(&data);
    }
    Ok(read.freeze())
}

fn too_large(limit: usize) -> Problem {
    Problem::new(
        ErrorCode::LimitExceeded,
        format!(
            "the body is larger than {limit} bytes (max-body-bytes); send the items in several requests, or stream them"
        ),
    )
}
