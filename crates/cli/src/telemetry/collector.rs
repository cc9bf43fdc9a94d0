//! The way to the collector: an egress of its own, which reaches that one host and nothing else.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use async_trait::async_trait;
use nodehost_runtime::egress::{Egress, EgressConfig, OutgoingRequest, Policy, Redirects};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use tokio::runtime::Handle;
use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;

const TIMEOUT: Duration = Duration::from_secs(10);
/// What a collector answers is small.
const ANSWER_BYTES: u64 = 64 * 1024;

/// Sends traces to a collector.
pub(crate) struct Collector {
    egress: Egress,
    /// The exporter works on a thread of its own, outside the runtime.
    runtime: Handle,
    /// Whether the last traces were not taken: the log tells changes only.
    failing: AtomicBool,
}

impl Collector {
    pub(crate) fn at(endpoint: &str) -> Result<Self> {
        let request = OutgoingRequest::new(http::Method::POST, endpoint.parse()?);
        let host = request.url.host_str().filter(|_| matches!(request.url.scheme(), "http" | "https"));
        let host = host.context("it is no http:// or https:// address")?;
        let egress = Egress::new(EgressConfig {
            policy: Policy::new(vec![host.parse()?]),
            timeout: TIMEOUT,
            body_limit: ANSWER_BYTES,
            ..EgressConfig::default()
        })?;
        Ok(Self { egress, runtime: Handle::current(), failing: AtomicBool::new(false) })
    }

    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let mut outgoing = OutgoingRequest::new(parts.method, parts.uri.to_string().parse()?);
        outgoing.headers = parts.headers;
        outgoing.body = body.into();
        outgoing.redirects = Redirects::Return;
        outgoing.transport_retries = 2;
        let egress = self.egress.clone();
        // Sending traces leaves no traces.
        let sending = async move { egress.send(outgoing).await }.with_subscriber(NoSubscriber::new());
        let answer = self.runtime.spawn(sending).await??;
        let mut response = Response::new(answer.body);
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        Ok(response)
    }

    fn tell(&self, result: &Result<Response<Bytes>, HttpError>) {
        let why = match result {
            Ok(response) if response.status().is_success() => None,
            Ok(response) => Some(format!("the collector answers {}", response.status())),
            Err(error) => Some(error.to_string()),
        };
        let was_failing = self.failing.swap(why.is_some(), Ordering::Relaxed);
        match why {
            Some(why) if !was_failing => tracing::warn!(why, "traces cannot be sent"),
            None if was_failing => tracing::info!("traces can be sent again"),
            _ => {}
        }
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let result = self.send(request).await;
        self.tell(&result);
        result
    }
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Collector")
    }
}
