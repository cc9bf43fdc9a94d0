//! What an [`Egress`](super::Egress) is built from.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use url::Url;

use super::hosts::HostSet;
use super::policy::Policy;
use super::rate::RateLimit;
use super::resolver::Lookup;

/// Puts the trace context of the current span into the headers of a request.
pub type TraceContext = Arc<dyn Fn(&mut HeaderMap) + Send + Sync>;

/// What an [`Egress`](super::Egress) is built from. The defaults are those of the design.
#[derive(Clone)]
pub struct EgressConfig {
    /// Which addresses may be connected to.
    pub policy: Policy,
    /// Sends every request to this address instead, its own URL in `x-original-url`.
    pub gateway: Option<Url>,
    /// The proxy for requests that name none. Its address must pass the policy, too.
    pub proxy: Option<Url>,
    /// More trusted root certificates, as PEM.
    pub roots: Vec<Vec<u8>>,
    /// How long a connection may take to stand, the TLS handshake included (default 10 s).
    pub connect_timeout: Duration,
    /// How long the status line may take once there is a connection (default 300 s).
    pub first_byte_timeout: Duration,
    /// How long one attempt may take until its body is read (default 300 s, as in n8n).
    pub timeout: Duration,
    /// The largest response body, in bytes, after decompression (default 32 MiB).
    pub body_limit: u64,
    /// When an idle connection is closed (default 5 s: a stale one makes a POST's fate unknown).
    pub idle_timeout: Duration,
    /// The longest pause before another attempt (default 30 s).
    pub max_retry_wait: Duration,
    /// Rate budgets by host, for each credential apart; one set on the credential comes first. By default there is none.
    pub rate_limits: Vec<(HostSet, RateLimit)>,
    /// `User-Agent` of requests that set none.
    pub user_agent: String,
    /// Adds the trace context of the current span (`traceparent`) to the headers of each request. By default none is
    /// added, as in n8n.
    pub trace_context: Option<TraceContext>,
    /// Resolves host names; `None` asks the system.
    pub lookup: Option<Arc<dyn Lookup>>,
}

impl Default for EgressConfig {
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            gateway: None,
            proxy: None,
            roots: Vec::new(),
            connect_timeout: Duration::from_secs(10),
            first_byte_timeout: Duration::from_secs(300),
            timeout: Duration::from_secs(300),
            body_limit: 32 * 1024 * 1024,
            idle_timeout: Duration::from_secs(5),
            max_retry_wait: Duration::from_secs(30),
            rate_limits: Vec::new(),
            user_agent: concat!("nodehost/", env!("CARGO_PKG_VERSION")).to_owned(),
            trace_context: None,
            lookup: None,
        }
    }
}

impl fmt::Debug for EgressConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EgressConfig")
            .field("policy", &self.policy)
            .field("gateway", &self.gateway.as_ref().and_then(Url::host_str))
            .field("proxy", &self.proxy.as_ref().and_then(Url::host_str))
            .field("timeout", &self.timeout)
            .field("body_limit", &self.body_limit)
            .finish_non_exhaustive()
    }
}
