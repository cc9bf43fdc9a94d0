//! The one way out: every request to the outside passes [`Egress::send`].
//!
//! - **Policy.** Only public addresses are connected to, and those that are allowed ([`Policy`]). Addresses in URLs are checked
//!   in the URL, names on the address that is connected to, every redirect and every proxy like a first request.
//! - **Connections** are pooled by a few clients, by proxy and TLS mode, and closed when idle for 5 s.
//! - **Limits**: timeouts for connect, first byte and whole, a bound on response bodies.
//! - **Retry**: connection-level failures of idempotent methods, and 429 and 503 with `Retry-After`.
//! - **Gateway.** With [`EgressConfig::gateway`] set, every request goes to that address instead, its own URL in `x-original-url`.
//!   Nothing but the gateway is connected to then, so the policy is its business: it is applied neither to the gateway nor to the URLs sent there.

mod address;
mod attempt;
mod clients;
mod config;
mod error;
mod failure;
#[doc(hidden)]
pub mod fuzzing;
mod hosts;
mod policy;
mod rate;
mod redirect;
mod request;
mod resolver;
mod response;
mod retry;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tracing::{Instrument, Span, debug};

pub use address::AddressKind;
pub use config::{EgressConfig, TraceContext};
pub use error::{EgressError, EgressErrorKind, Fate, Phase};
pub use hosts::HostSet;
pub use policy::{AllowedHost, InvalidAllowedHost, Policy, Refusal};
pub use rate::RateLimit;
pub use request::{Grant, OutgoingRequest, Redirects, RequestBody, SecretTexts, Tally};
pub use resolver::Lookup;
pub use response::IncomingResponse;
pub(crate) use response::unsearchable;
pub use tls::TlsError;

use attempt::Limits;
use clients::Clients;
use rate::Budgets;
use redirect::{Hop, HopRef, host_of, is_done, location, next_hop};
use resolver::SystemLookup;
use retry::RetryRules;

use crate::metrics::Metrics;

/// Longer timeouts, which come from parameters, are this one.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(24 * 3600);

/// The one way out. Cheap to clone; clones share connections.
#[derive(Clone)]
pub struct Egress {
    inner: Arc<Inner>,
}

struct Inner {
    config: Arc<EgressConfig>,
    lookup: Arc<dyn Lookup>,
    clients: Clients,
    budgets: Budgets,
    metrics: Metrics,
}

impl Egress {
    /// Sets up TLS; clients are built when they are first needed.
    pub fn new(config: EgressConfig) -> Result<Self, TlsError> {
        let config = Arc::new(config);
        let lookup = config.lookup.clone().unwrap_or_else(|| Arc::new(SystemLookup));
        let clients = Clients::new(Arc::clone(&config), Arc::clone(&lookup))?;
        Ok(Self {
            inner: Arc::new(Inner { config, lookup, clients, budgets: Budgets::default(), metrics: Metrics::new() }),
        })
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.inner.metrics
    }

    /// Sends a request, follows redirects, retries what may be retried, and reads the response.
    ///
    /// Every status is a response; an error means that there is none. Dropping the future cancels the request.
    pub fn send(
        &self,
        request: impl Into<Box<OutgoingRequest>>,
    ) -> impl Future<Output = Result<IncomingResponse, EgressError>> + Send {
        // Boxed: requests are large, and the futures they pass through are moved into one another.
        self.deliver(request.into())
    }

    async fn deliver(&self, mut request: Box<OutgoingRequest>) -> Result<IncomingResponse, EgressError> {
        if let Some(grant) = &request.grant
            && !grant.hosts.contains(&request.url)
        {
            return Err(EgressError::new(EgressErrorKind::ForeignHost, host_of(&request.url), Fate::NotSent));
        }
        let rules = RetryRules {
            retries: request.transport_retries,
            idempotent: request.is_idempotent(),
            replayable: request.body.is_replayable(),
            max_wait: self.inner.config.max_retry_wait,
            deadline: request.end_of_waits(),
        };
        let mut attempts = 1;
        let host = host_of(&request.url);
        loop {
            self.wait_for_turn(&request, &host, attempts).await?;
            let span = span_of(&request, &host, attempts);
            let started = Instant::now();
            let mut outcome = self.attempt(&mut request).instrument(span.clone()).await;
            tell(&span, &outcome);
            self.inner.metrics.attempt(&host, started.elapsed(), &outcome);
            match &mut outcome {
                Ok(response) => {
                    response.attempts = attempts;
                    self.inner.budgets.learn(budget_of(&request), &host, response);
                }
                Err(error) => error.attempts = attempts,
            }
            let Some(pause) = rules.pause(attempts, &outcome) else { return outcome };
            tokio::time::sleep(pause).await;
            attempts += 1;
            self.inner.metrics.retry(&host);
            if let Some(tally) = &request.tally {
                tally.count_retry();
            }
        }
    }

    /// Waits for a place in the rate budget; fails at once if there is none in time.
    async fn wait_for_turn(&self, request: &OutgoingRequest, host: &str, attempts: u32) -> Result<(), EgressError> {
        let config = &self.inner.config;
        let set = request.grant.as_ref().and_then(|grant| grant.rate_limit);
        let limit = set.or_else(|| {
            config.rate_limits.iter().find(|(hosts, _)| hosts.contains(&request.url)).map(|(_, limit)| *limit)
        });
        // Without transport retries the host behaves as n8n does, which learns nothing from servers.
        let learned = request.transport_retries > 0;
        let patience = request.end_of_waits().map_or(config.max_retry_wait, |deadline| {
            config.max_retry_wait.min(deadline.saturating_duration_since(Instant::now()))
        });
        match self.inner.budgets.reserve(budget_of(request), host, limit, learned, patience) {
            Ok(wait) if wait.is_zero() => Ok(()),
            Ok(wait) => {
                debug!(host, wait = wait.as_millis(), "waiting for the rate budget");
                self.inner.metrics.throttled(host, wait);
                tokio::time::sleep(wait).await;
                Ok(())
            }
            Err(wait) => {
                self.inner.metrics.rate_limited(host);
                let mut error = EgressError::new(EgressErrorKind::RateLimited, host.to_owned(), Fate::NotSent);
                error.retry_after = Some(wait);
                error.attempts = attempts - 1;
                Err(error)
            }
        }
    }

    /// One attempt with its redirects. Takes the body out of the request if it can be sent only once.
    async fn attempt(&self, request: &mut OutgoingRequest) -> Result<IncomingResponse, EgressError> {
        let timeout = request.timeout.unwrap_or(self.inner.config.timeout).min(LONGEST_TIMEOUT);
        let started = Instant::now();
        let whole = started + timeout;
        let (proxy, tally) = (request.proxy.clone(), request.tally.clone());
        let limits = Limits {
            verify_tls: request.verify_tls,
            proxy: proxy.as_ref(),
            tally: tally.as_deref(),
            body_limit: request.body_limit.unwrap_or(self.inner.config.body_limit),
            timeout: request
                .deadline
                .map_or(timeout, |deadline| timeout.min(deadline.saturating_duration_since(started))),
            end: request.deadline.map_or(whole, |deadline| deadline.min(whole)),
        };
        let mut body = request.body.try_clone().unwrap_or_else(|| std::mem::take(&mut request.body));
        let mut next: Option<Hop> = None;
        let (mut redirects, mut done) = (0, false);
        loop {
            let request = &*request;
            let first = HopRef { method: &request.method, url: &request.url, headers: &request.headers };
            let hop = next.as_ref().map_or(first, Hop::as_ref);
            // What a redirect may send again: no copy, and nothing where the body is a stream.
            let again = match request.redirects {
                Redirects::Return => None,
                Redirects::Follow(_) => body.try_clone(),
            };
            let result = self.hop(hop, body, &limits).await;
            trace(&result, started);
            let Redirects::Follow(follow) = request.redirects else { return result };
            let mut response = result.map_err(|mut error| {
                if done && error.fate == Fate::NotSent {
                    error.fate = Fate::Answered;
                }
                error
            })?;
            if location(&response).is_none() {
                response.done = done;
                return Ok(response);
            }
            if redirects == follow {
                let kind = EgressErrorKind::TooManyRedirects(follow);
                return Err(EgressError::new(kind, host_of(&response.url), Fate::Answered));
            }
            redirects += 1;
            done |= !request.is_idempotent() && is_done(response.status);
            let (following, rest) = next_hop(hop, again, &response, request.grant.as_ref())?;
            (next, body) = (Some(following), rest);
        }
    }
}

fn budget_of(request: &OutgoingRequest) -> u64 {
    request.grant.as_ref().and_then(|grant| grant.budget).unwrap_or_default()
}

/// The span of an attempt. A URL holds what nodes and credentials put there: only its host is told.
fn span_of(request: &OutgoingRequest, host: &str, attempt: u32) -> Span {
    tracing::debug_span!(
        "request",
        otel.kind = "client",
        method = %request.method,
        host,
        label = request.label.as_deref(),
        attempt,
        status = tracing::field::Empty,
        failure = tracing::field::Empty,
        otel.status_code = tracing::field::Empty,
    )
}

/// Tells the span how its attempt ended.
fn tell(span: &Span, outcome: &Result<IncomingResponse, EgressError>) {
    let failed = match outcome {
        Ok(response) => {
            span.record("status", response.status.as_u16());
            response.status.is_client_error() || response.status.is_server_error()
        }
        Err(error) => {
            span.record("failure", error.kind.name());
            true
        }
    };
    if failed {
        span.record("otel.status_code", "ERROR");
    }
}

fn trace(result: &Result<IncomingResponse, EgressError>, started: Instant) {
    let elapsed = started.elapsed().as_millis();
    match result {
        Ok(response) => debug!(status = response.status.as_u16(), bytes = response.body.len(), elapsed, "answered"),
        Err(error) => debug!(kind = ?error.kind, fate = ?error.fate, elapsed, "failed"),
    }
}

impl std::fmt::Debug for Egress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Egress").field("config", &self.inner.config).finish_non_exhaustive()
    }
}
