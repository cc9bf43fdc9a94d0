//! Redirects, followed by hand.

use http::{HeaderMap, Method, StatusCode, header};
use url::Url;

use super::error::{EgressError, EgressErrorKind, Fate};
use super::request::{Grant, RequestBody};
use super::response::IncomingResponse;

/// What a redirect made of a request, save for its body.
pub(crate) struct Hop {
    method: Method,
    url: Url,
    headers: HeaderMap,
}

impl Hop {
    pub(crate) fn as_ref(&self) -> HopRef<'_> {
        HopRef { method: &self.method, url: &self.url, headers: &self.headers }
    }
}

/// One request on the wire, save for its body: the original one, or what a redirect made of it.
#[derive(Clone, Copy)]
pub(crate) struct HopRef<'h> {
    pub(crate) method: &'h Method,
    pub(crate) url: &'h Url,
    pub(crate) headers: &'h HeaderMap,
}

/// Where a response redirects to, if it does.
pub(crate) fn location(response: &IncomingResponse) -> Option<&http::HeaderValue> {
    let redirects = matches!(
        response.status,
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    response.headers.get(header::LOCATION).filter(|_| redirects)
}

/// Whether a redirect says that the request was taken in: 307 and 308 want it sent again, to another address.
pub(crate) fn is_done(status: StatusCode) -> bool {
    !matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT)
}

/// The request that follows a redirect; `body` is absent if it was a stream. Credentials stay behind when the host
/// changes, or TLS is given up.
pub(crate) fn next_hop(
    sent: HopRef<'_>,
    body: Option<RequestBody>,
    response: &IncomingResponse,
    grant: Option<&Grant>,
) -> Result<(Hop, RequestBody), EgressError> {
    let fail = |reason: &str| {
        EgressError::new(EgressErrorKind::Redirect(reason.to_owned()), host_of(sent.url), Fate::Answered)
    };
    let target = location(response)
        .and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
        .and_then(|text| sent.url.join(text).ok())
        .ok_or_else(|| fail("its target is not a URL"))?;
    let leaves = leaves_host(sent.url, &target);
    if leaves && grant.is_some_and(|grant| grant.texts.are_in(target.as_str().as_bytes())) {
        return Err(fail("it leads to another host, and its URL holds a credential"));
    }
    let drops_body = match response.status {
        StatusCode::SEE_OTHER => *sent.method != Method::HEAD,
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => *sent.method == Method::POST,
        _ => false,
    };
    let mut headers = sent.headers.clone();
    let (method, body) = if drops_body {
        [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_ENCODING, header::TRANSFER_ENCODING]
            .iter()
            .for_each(|name| drop(headers.remove(name)));
        (Method::GET, RequestBody::Empty)
    } else {
        let body = body.ok_or_else(|| {
            let kind = EgressErrorKind::Redirect("the body was a stream and cannot be sent again".to_owned());
            EgressError::new(kind, host_of(&response.url), Fate::Answered)
        })?;
        (sent.method.clone(), body)
    };
    if leaves {
        drop_credentials(&mut headers, grant);
        if grant.is_some_and(|grant| holds_credential(grant, &body)) {
            let kind =
                EgressErrorKind::Redirect("it leads to another host, and the body holds a credential".to_owned());
            return Err(EgressError::new(kind, host_of(&response.url), Fate::Answered));
        }
    }
    headers.remove(header::HOST);
    Ok((Hop { method, url: target, headers }, body))
}

fn drop_credentials(headers: &mut HeaderMap, grant: Option<&Grant>) {
    for name in [header::AUTHORIZATION, header::PROXY_AUTHORIZATION, header::COOKIE] {
        headers.remove(name);
    }
    let Some(grant) = grant else { return };
    for name in &grant.headers {
        headers.remove(name);
    }
    let found = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        grant.texts.are_in(value.as_bytes()).then(|| name.clone())
    };
    let carrying: Vec<_> = headers.iter().filter_map(found).collect();
    carrying.iter().for_each(|name| drop(headers.remove(name)));
}

fn holds_credential(grant: &Grant, body: &RequestBody) -> bool {
    match body {
        RequestBody::Empty => false,
        RequestBody::Bytes(bytes) => grant.in_body || grant.texts.are_in(bytes),
        // Only a body in memory gets here; whatever else there may be one day stays.
        RequestBody::Stream(_) => true,
    }
}

/// Another host, another port, or from https to http. From http to https on the default ports stays.
fn leaves_host(from: &Url, to: &Url) -> bool {
    let downgrade = from.scheme() == "https" && to.scheme() != "https";
    downgrade || from.host() != to.host() || from.port() != to.port()
}

/// Host, and port if it stands in the URL: what messages name.
pub(crate) fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}
