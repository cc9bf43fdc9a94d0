//! Responses, their bodies read under a limit.

use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header};
use url::Url;

use super::error::{EgressErrorKind, Phase};
use super::failure::body_failure;

/// A response whose body has been read.
#[derive(Debug, Clone)]
pub struct IncomingResponse {
    /// The status.
    pub status: StatusCode,
    /// The headers. `content-encoding` and `content-length` are gone when the body was decompressed.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Bytes,
    /// The URL that answered, after redirects.
    pub url: Url,
    /// How often the request was sent, redirects not counted.
    pub attempts: u32,
    /// Whether a redirect has answered the request before: what it asked for is done, and must not be asked for again.
    pub(crate) done: bool,
}

impl IncomingResponse {
    /// How long the server asks to wait (`Retry-After`, in seconds or as a date).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.headers, SystemTime::now())
    }

    /// The media type without its parameters, in lower case.
    #[must_use]
    pub fn media_type(&self) -> Option<String> {
        let value = self.headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
    }
}

/// Why a text cannot be found in the body by its bytes; none if it can.
pub(crate) fn unsearchable(response: &IncomingResponse) -> Option<&'static str> {
    if response.body.is_empty() {
        return None;
    }
    let header =
        |name| Some(response.headers.get::<http::HeaderName>(name)?.to_str().unwrap_or("?").to_ascii_lowercase());
    if response.status == StatusCode::PARTIAL_CONTENT || response.headers.contains_key(header::CONTENT_RANGE) {
        return Some("it is a part of one");
    }
    if header(header::CONTENT_ENCODING).is_some_and(|encoding| !matches!(encoding.trim(), "" | "identity")) {
        return Some("it is compressed in a way that this runner does not read");
    }
    let media = header(header::CONTENT_TYPE)?;
    let charset =
        media.split(';').skip(1).find_map(|parameter| parameter.trim().strip_prefix("charset=").map(str::to_owned))?;
    let wide = ["utf-16", "utf16", "utf-32", "utf-7", "ucs-", "unicode", "iso-10646", "csunicode"];
    wide.iter()
        .any(|name| charset.trim_matches('"').starts_with(name))
        .then_some("its characters are not written as ASCII is")
}

/// `Retry-After` in seconds or as an HTTP date, relative to `now` unless the server's own `Date` says better.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let until = httpdate::parse_http_date(value).ok()?;
    // The server's clock may be off from ours: the difference of its own two dates is what it means.
    let sent = headers.get(header::DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
    Some(until.duration_since(sent.unwrap_or(now)).unwrap_or_default())
}

/// Reads a body of at most `limit` bytes.
pub(crate) async fn read_body(response: &mut reqwest::Response, limit: u64) -> Result<Bytes, EgressErrorKind> {
    let announced = response.content_length();
    if announced.is_some_and(|length| length > limit) {
        return Err(EgressErrorKind::BodyTooLarge(limit));
    }
    let Some(first) = next_chunk(response).await? else { return Ok(Bytes::new()) };
    check_limit(first.len(), limit)?;
    // Most answers come in one piece, which then need not be copied.
    let Some(second) = next_chunk(response).await? else { return Ok(first) };
    let expected = announced.and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
    let mut body = BytesMut::with_capacity(expected.max(first.len() + second.len()));
    body.extend_from_slice(&first);
    let mut next = Some(second);
    while let Some(chunk) = next {
        check_limit(body.len() + chunk.len(), limit)?;
        body.extend_from_slice(&chunk);
        next = next_chunk(response).await?;
    }
    Ok(body.freeze())
}

fn check_limit(length: usize, limit: u64) -> Result<(), EgressErrorKind> {
    if length as u64 > limit { Err(EgressErrorKind::BodyTooLarge(limit)) } else { Ok(()) }
}

async fn next_chunk(response: &mut reqwest::Response) -> Result<Option<Bytes>, EgressErrorKind> {
    response
        .chunk()
        .await
        .map_err(|error| if error.is_timeout() { EgressErrorKind::Dropped(Phase::Body) } else { body_failure(&error) })
}
