//! Requests as nodes describe them.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures::Stream;
use http::{HeaderMap, HeaderName, Method};
use tokio::time::Instant;
use url::Url;
use zeroize::Zeroizing;

use super::hosts::HostSet;
use super::rate::RateLimit;

/// A request to the outside. Whatever is not set falls back to [`EgressConfig`](super::EgressConfig).
#[derive(Debug)]
pub struct OutgoingRequest {
    /// The method.
    pub method: Method,
    /// The absolute URL. User name and password in it become basic authentication.
    pub url: Url,
    /// Headers, several of one name included.
    pub headers: HeaderMap,
    /// The body.
    pub body: RequestBody,
    /// How long one attempt may take until its body is read.
    pub timeout: Option<Duration>,
    /// When everything, attempts and pauses, must be over.
    pub deadline: Option<Instant>,
    /// When waits must be over: for a turn, a token, another attempt. An attempt that has started is not cut off by it.
    pub waits_until: Option<Instant>,
    /// Whether to follow redirects.
    pub redirects: Redirects,
    /// Whether the server's certificate must be valid; `false` is n8n's `skipSslCertificateValidation`.
    pub verify_tls: bool,
    /// The proxy to use in place of the configured one.
    pub proxy: Option<Url>,
    /// Whether sending the request twice does no harm. `None`: its method decides.
    pub idempotent: Option<bool>,
    /// How many more attempts follow a transient failure.
    pub transport_retries: u32,
    /// The largest response body accepted, in bytes, after decompression.
    pub body_limit: Option<u64>,
    /// What credentials have put into the request.
    pub grant: Option<Grant>,
    /// Whether the body stays as it is, or away, whatever a credential adds to it.
    pub bodiless: bool,
    /// Whether the header `Authorization` is the request's own and stands above that of a credential.
    pub own_authorization: bool,
    /// Whether a rejection (401) is the answer, and no reason to renew the credential.
    pub takes_rejection: bool,
    /// A name for traces.
    pub label: Option<Arc<str>>,
    /// Where requests and retries are counted, shared by the requests of an execution.
    pub tally: Option<Arc<Tally>>,
}

/// A request body.
#[derive(Default)]
pub enum RequestBody {
    /// No body.
    #[default]
    Empty,
    /// A body in memory: can be sent again.
    Bytes(Bytes),
    /// A body that is read while it is sent, and so only once.
    Stream(Pin<Box<dyn Stream<Item = std::io::Result<Bytes>> + Send + Sync>>),
}

/// Whether redirects are followed. Each hop passes the policy; credentials stay behind when the host changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redirects {
    /// A redirect is the response.
    Return,
    /// Follow at most this many.
    Follow(u32),
}

/// What a credential has put into a request, and where that may go.
#[derive(Debug, Clone, Default)]
pub struct Grant {
    /// The hosts the credential belongs to.
    pub hosts: Arc<HostSet>,
    /// Headers the credential has set: dropped when a redirect leaves the host.
    pub headers: Vec<HeaderName>,
    /// Whether the body holds part of the credential: then it is not sent to another host.
    pub in_body: bool,
    /// The credential's texts, which the node itself may have put into headers and body: what holds one stays behind, too.
    pub texts: Arc<SecretTexts>,
    /// Rate budgets are kept per credential and host. A keyed hash, never the secret.
    pub budget: Option<u64>,
    /// The rate budget set on the credential.
    pub rate_limit: Option<RateLimit>,
}

/// Texts that must not leave the host they are meant for.
#[derive(Default)]
pub struct SecretTexts(Vec<Zeroizing<String>>);

/// Counts what was put on the wire.
#[derive(Debug, Default)]
pub struct Tally {
    requests: AtomicU64,
    retries: AtomicU64,
}

impl SecretTexts {
    /// Takes hold of texts; shorter ones than four bytes stand everywhere and are left out.
    pub fn new<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Self {
        let trimmed = texts.into_iter().map(|text| Zeroizing::new(text.as_ref().trim().to_owned()));
        Self(trimmed.filter(|text| text.len() >= 4).collect())
    }

    /// Whether one of them is part of these bytes.
    pub(crate) fn are_in(&self, bytes: &[u8]) -> bool {
        self.0.iter().any(|text| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
    }
}

impl fmt::Debug for SecretTexts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} texts", self.0.len())
    }
}

impl OutgoingRequest {
    /// A request without body, following up to five redirects.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: RequestBody::Empty,
            timeout: None,
            deadline: None,
            waits_until: None,
            redirects: Redirects::Follow(5),
            verify_tls: true,
            proxy: None,
            idempotent: None,
            transport_retries: 0,
            body_limit: None,
            grant: None,
            bodiless: false,
            own_authorization: false,
            takes_rejection: false,
            label: None,
            tally: None,
        }
    }

    /// Whether sending the request twice does no harm.
    #[must_use]
    pub fn is_idempotent(&self) -> bool {
        self.idempotent.unwrap_or_else(|| self.method.is_idempotent())
    }

    /// When waits must be over, whatever says so.
    pub(crate) fn end_of_waits(&self) -> Option<Instant> {
        self.deadline.into_iter().chain(self.waits_until).min()
    }

    /// A second request like this one; `None` if its body is a stream.
    #[must_use]
    pub fn try_clone(&self) -> Option<Self> {
        Some(Self {
            method: self.method.clone(),
            url: self.url.clone(),
            headers: self.headers.clone(),
            body: self.body.try_clone()?,
            timeout: self.timeout,
            deadline: self.deadline,
            waits_until: self.waits_until,
            redirects: self.redirects,
            verify_tls: self.verify_tls,
            proxy: self.proxy.clone(),
            idempotent: self.idempotent,
            transport_retries: self.transport_retries,
            body_limit: self.body_limit,
            grant: self.grant.clone(),
            bodiless: self.bodiless,
            own_authorization: self.own_authorization,
            takes_rejection: self.takes_rejection,
            label: self.label.clone(),
            tally: self.tally.clone(),
        })
    }
}

impl RequestBody {
    /// Whether the body can be sent more than once.
    #[must_use]
    pub fn is_replayable(&self) -> bool {
        !matches!(self, Self::Stream(_))
    }

    /// The same body again; `None` if it is a stream.
    #[must_use]
    pub fn try_clone(&self) -> Option<Self> {
        match self {
            Self::Empty => Some(Self::Empty),
            Self::Bytes(bytes) => Some(Self::Bytes(bytes.clone())),
            Self::Stream(_) => None,
        }
    }
}

impl<T: Into<Bytes>> From<T> for RequestBody {
    fn from(bytes: T) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Empty"),
            Self::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
            Self::Stream(_) => f.write_str("Stream"),
        }
    }
}

impl Tally {
    /// How many requests were put on the wire: retries, redirects and token requests included.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// How many of them repeated an earlier one.
    #[must_use]
    pub fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
    }

    pub(crate) fn count_request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes back a request that did not get as far as the other side.
    pub(crate) fn discount_request(&self) {
        self.requests.fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn count_retry(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }
}
