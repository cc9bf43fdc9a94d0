//! What can go wrong between a request and its response.

use std::fmt;
use std::time::Duration;

use super::policy::Refusal;

/// A request that got no usable response. The text is for people; it names the host and holds no secrets.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", self.text())]
pub struct EgressError {
    /// What went wrong.
    pub kind: EgressErrorKind,
    /// Host and port, as in the URL of the request (or of the redirect) that failed.
    pub host: String,
    /// Whether the other side may have acted on the request.
    pub fate: Fate,
    /// How often the request was put on the wire, redirects not counted.
    pub attempts: u32,
    /// How long the other side, or a rate budget, asked to wait.
    pub retry_after: Option<Duration>,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EgressErrorKind {
    /// The URL cannot be requested.
    InvalidUrl(String),
    /// The policy refused the address.
    Refused(Refusal),
    /// The credential does not belong to this host.
    ForeignHost,
    /// The proxy cannot be used.
    Proxy(String),
    /// The host name does not resolve.
    Dns,
    /// Whether the host name resolves is not known: no name server answered.
    NameServer,
    /// Nobody listens at the address.
    ConnectionRefused,
    /// No connection, for another reason.
    Connect(String),
    /// The TLS handshake failed.
    Tls(String),
    /// Something took too long.
    Timeout {
        /// What took too long.
        phase: Phase,
        /// How long it was given.
        after: Duration,
    },
    /// The connection broke.
    Dropped(Phase),
    /// The response body is larger than this many bytes.
    BodyTooLarge(u64),
    /// The response is not HTTP, or its body not what its headers say.
    InvalidResponse(String),
    /// More redirects than allowed.
    TooManyRedirects(u32),
    /// A redirect that cannot be followed.
    Redirect(String),
    /// The rate budget has no room before the deadline.
    RateLimited,
}

/// How far a request had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Waiting for its turn: a rate budget, or the pause before another attempt.
    Queue,
    /// Connecting, the TLS handshake included.
    Connect,
    /// The request is sent, the status line not yet there.
    Response,
    /// Reading the response body.
    Body,
}

/// Whether the other side may have acted on a request that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It never reached the other side.
    NotSent,
    /// It may have been processed: whoever repeats it may do the work twice.
    Unknown,
    /// It was answered; only the answer could not be used.
    Answered,
}

impl EgressErrorKind {
    /// The kind in a word, for figures and traces.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::InvalidUrl(_) => "invalid_url",
            Self::Refused(_) => "refused",
            Self::ForeignHost => "foreign_host",
            Self::Proxy(_) => "proxy",
            Self::Dns => "dns",
            Self::NameServer => "name_server",
            Self::ConnectionRefused => "connection_refused",
            Self::Connect(_) => "connect",
            Self::Tls(_) => "tls",
            Self::Timeout { .. } => "timeout",
            Self::Dropped(_) => "dropped",
            Self::BodyTooLarge(_) => "body_too_large",
            Self::InvalidResponse(_) => "invalid_response",
            Self::TooManyRedirects(_) | Self::Redirect(_) => "redirect",
            Self::RateLimited => "rate_limited",
        }
    }
}

impl EgressError {
    pub(crate) fn new(kind: EgressErrorKind, host: impl Into<String>, fate: Fate) -> Self {
        Self { kind, host: host.into(), fate, attempts: 0, retry_after: None }
    }

    /// Whether the request may have been processed although no usable response came.
    #[must_use]
    pub fn possibly_processed(&self) -> bool {
        self.fate != Fate::NotSent
    }

    /// Whether this failure is one of the connection, not of the request: another attempt may go better.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        use EgressErrorKind as Kind;
        match self.kind {
            Kind::Dns | Kind::NameServer | Kind::ConnectionRefused | Kind::Connect(_) | Kind::Dropped(_) => true,
            Kind::Timeout { phase, .. } => phase == Phase::Connect,
            _ => false,
        }
    }

    fn text(&self) -> String {
        use EgressErrorKind as Kind;
        let host = &self.host;
        match &self.kind {
            Kind::InvalidUrl(reason) => format!("The request has no valid URL: {reason}"),
            Kind::Refused(refusal @ Refusal::Address { .. }) => format!(
                "{host} was not requested: {refusal}, and this runner connects to public addresses only. \
                 If the host is meant, start the runner with --allow-host {host}"
            ),
            Kind::Refused(refusal) => format!("The request was refused: {refusal}"),
            Kind::ForeignHost => format!(
                "The credential does not belong to {host} and was not sent there. \
                 Request the host the credential names, or add this one to its allowed domains"
            ),
            Kind::Proxy(reason) => format!("The proxy for {host} cannot be used: {reason}"),
            Kind::Dns => format!("The host name of {host} could not be resolved. Is it spelled right?"),
            Kind::NameServer => {
                format!("The host name of {host} could not be resolved: no name server answered. Is there a network?")
            }
            Kind::ConnectionRefused => {
                format!("{host} refused the connection. Is the address right, and the service running?")
            }
            Kind::Connect(reason) => format!("Could not connect to {host}: {reason}"),
            Kind::Tls(reason) => format!("No secure connection to {host}: {reason}"),
            Kind::Timeout { phase, after } => self.timeout_text(*phase, *after),
            Kind::Dropped(Phase::Body) => format!("{host} broke the connection off in the middle of its answer"),
            Kind::Dropped(_) if self.fate == Fate::Unknown => format!(
                "{host} broke the connection off before it answered. The request may have been processed: \
                 check before sending it again"
            ),
            Kind::Dropped(_) => format!("{host} broke the connection off before the request was sent"),
            Kind::BodyTooLarge(limit) => format!("The answer of {host} is larger than the limit of {limit} bytes"),
            Kind::InvalidResponse(reason) => format!("{host} sent an answer that cannot be read: {reason}"),
            Kind::TooManyRedirects(limit) => format!("{host} redirected more than {limit} times"),
            Kind::Redirect(reason) => format!("The redirect sent by {host} was not followed: {reason}"),
            Kind::RateLimited => match self.retry_after {
                Some(wait) => {
                    format!("The rate limit of {host} leaves no room; try again in {} s", wait.as_secs().max(1))
                }
                None => format!("The rate limit of {host} leaves no room"),
            },
        }
    }

    fn timeout_text(&self, phase: Phase, after: Duration) -> String {
        let (host, seconds) = (&self.host, Seconds(after));
        match phase {
            Phase::Queue => format!("The request to {host} could not be sent before the deadline"),
            Phase::Connect => format!("No connection to {host} within {seconds}"),
            Phase::Response => {
                format!("{host} did not answer within {seconds}. The request may have been processed all the same")
            }
            Phase::Body => format!("{host} did not finish its answer within {seconds}"),
        }
    }
}

struct Seconds(Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0.as_millis();
        if millis.is_multiple_of(1000) { write!(f, "{} s", millis / 1000) } else { write!(f, "{millis} ms") }
    }
}
