//! One hop on the wire: policy, client, timeouts, body.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, header};
use tokio::time::{Instant, timeout_at};
use url::{Host, Url};

use super::Egress;
use super::clients::Mode;
use super::error::{EgressError, EgressErrorKind, Fate, Phase};
use super::failure::send_failure;
use super::policy::Verdict;
use super::redirect::{HopRef, host_of};
use super::request::{RequestBody, Tally};
use super::resolver::check_name;
use super::response::{IncomingResponse, read_body};
use super::tls::TlsError;

/// The header that holds the URL of a request sent to the gateway.
pub(crate) const ORIGINAL_URL: HeaderName = HeaderName::from_static("x-original-url");

/// What all hops of an attempt share.
pub(crate) struct Limits<'a> {
    pub(crate) verify_tls: bool,
    pub(crate) proxy: Option<&'a Url>,
    pub(crate) tally: Option<&'a Tally>,
    pub(crate) body_limit: u64,
    pub(crate) timeout: Duration,
    pub(crate) end: Instant,
}

impl Egress {
    /// Sends one hop and reads its response.
    pub(crate) async fn hop(
        &self,
        hop: HopRef<'_>,
        body: RequestBody,
        limits: &Limits<'_>,
    ) -> Result<IncomingResponse, EgressError> {
        let (mut url, mut headers) = (hop.url.clone(), hop.headers.clone());
        if let Some(trace_context) = &self.inner.config.trace_context {
            trace_context(&mut headers);
        }
        move_user_info(&mut url, &mut headers);
        let client = self.client_for(&url, limits).await?;
        let fail = |kind, fate| EgressError::new(kind, host_of(&url), fate);

        let target = match &self.inner.config.gateway {
            Some(gateway) => {
                let original = HeaderValue::from_str(url.as_str())
                    .map_err(|_| fail(EgressErrorKind::InvalidUrl("it is not ASCII".to_owned()), Fate::NotSent))?;
                headers.insert(ORIGINAL_URL, original);
                gateway.clone()
            }
            None => url.clone(),
        };
        let mut request = reqwest::Request::new(hop.method.clone(), target);
        *request.headers_mut() = headers;
        *request.body_mut() = match body {
            RequestBody::Empty => None,
            RequestBody::Bytes(bytes) => Some(bytes.into()),
            RequestBody::Stream(stream) => Some(reqwest::Body::wrap_stream(stream)),
        };

        let config = &self.inner.config;
        let first_byte = Instant::now() + config.connect_timeout + config.first_byte_timeout;
        let (until, given) = if first_byte < limits.end {
            (first_byte, config.first_byte_timeout)
        } else {
            (limits.end, limits.timeout)
        };
        // Counted beforehand: a request that is dropped on its way has left, too.
        limits.tally.into_iter().for_each(Tally::count_request);
        let mut response = match timeout_at(until, client.execute(request)).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                let (kind, fate) = send_failure(&error, config.connect_timeout);
                if fate == Fate::NotSent {
                    limits.tally.into_iter().for_each(Tally::discount_request);
                }
                return Err(fail(kind, fate));
            }
            Err(_) => {
                return Err(fail(EgressErrorKind::Timeout { phase: Phase::Response, after: given }, Fate::Unknown));
            }
        };
        let body = match timeout_at(limits.end, read_body(&mut response, limits.body_limit)).await {
            Ok(body) => body.map_err(|kind| fail(kind, Fate::Answered))?,
            Err(_) => {
                let kind = EgressErrorKind::Timeout { phase: Phase::Body, after: limits.timeout };
                return Err(fail(kind, Fate::Answered));
            }
        };
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        Ok(IncomingResponse { status, headers, body, url, attempts: 1, done: false })
    }

    /// Passes the URL through the policy and picks the client for it.
    async fn client_for(&self, url: &Url, limits: &Limits<'_>) -> Result<reqwest::Client, EgressError> {
        let inner = &self.inner;
        let fail = |kind| EgressError::new(kind, host_of(url), Fate::NotSent);
        let setup = |error: TlsError| fail(EgressErrorKind::Tls(error.to_string()));
        let verify_tls = limits.verify_tls;
        if inner.config.gateway.is_some() {
            return inner.clients.direct(&Mode { verify_tls, listed: true }).cloned().map_err(setup);
        }
        let verdict = inner.config.policy.check_url(url).map_err(|refusal| fail(EgressErrorKind::Refused(refusal)))?;
        let Some(proxy) = limits.proxy.or(inner.config.proxy.as_ref()) else {
            let listed = verdict == Verdict::Listed;
            return inner.clients.direct(&Mode { verify_tls, listed }).cloned().map_err(setup);
        };
        if let (Verdict::Resolve, Some(Host::Domain(name))) = (verdict, url.host()) {
            let after = inner.config.connect_timeout.min(limits.timeout);
            let until = limits.end.min(Instant::now() + after);
            let checked = timeout_at(until, check_name(&*inner.lookup, &inner.config.policy, name)).await;
            checked
                .map_err(|_| fail(EgressErrorKind::Timeout { phase: Phase::Connect, after }))?
                .map_err(|error| fail(error.kind()))?;
        }
        let proxy_verdict =
            inner.config.policy.check_url(proxy).map_err(|refusal| {
                EgressError::new(EgressErrorKind::Refused(refusal), host_of(proxy), Fate::NotSent)
            })?;
        inner.clients.proxied(&Mode { verify_tls, listed: proxy_verdict == Verdict::Listed }, proxy).map_err(setup)
    }
}

/// `https://user:password@host` becomes basic authentication, as everywhere.
fn move_user_info(url: &mut Url, headers: &mut HeaderMap) {
    use base64::Engine as _;
    if url.username().is_empty() && url.password().is_none() {
        return;
    }
    let decode = |text: &str| percent_encoding::percent_decode_str(text).collect::<Vec<u8>>();
    let mut pair = decode(url.username());
    pair.push(b':');
    pair.extend(decode(url.password().unwrap_or_default()));
    let text = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair));
    if !headers.contains_key(header::AUTHORIZATION)
        && let Ok(mut value) = HeaderValue::from_str(&text)
    {
        value.set_sensitive(true);
        headers.insert(header::AUTHORIZATION, value);
    }
    // Neither can fail: a URL with a user name has a host.
    let _ = url.set_username("");
    let _ = url.set_password(None);
}
