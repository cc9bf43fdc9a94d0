//! AWS Signature v4, made by AWS's own library.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings, UriPathNormalizationMode,
    sign,
};
use aws_sigv4::sign::v4;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};
use tracing::subscriber::{NoSubscriber, with_default};

use crate::credentials::secret::Secret;
use crate::egress::{OutgoingRequest, RequestBody};

/// What stays as it is in canonical requests.
pub(super) const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Headers that others may change on the way, the signature itself, and the host, which the URL names.
const UNSIGNED: [&str; 16] = [
    "authorization",
    "cache-control",
    "connection",
    "expect",
    "from",
    "host",
    "keep-alive",
    "max-forwards",
    "pragma",
    "referer",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-amzn-trace-id",
];

/// What a signature is good for.
pub(super) struct Scope<'s> {
    pub(super) region: &'s str,
    pub(super) service: &'s str,
    pub(super) time: SystemTime,
}

/// Who signs.
pub(super) struct Key<'k> {
    pub(super) id: &'k str,
    pub(super) secret: &'k Secret,
    pub(super) session_token: Option<&'k Secret>,
}

/// The headers that sign a request, or why it cannot be signed.
pub(super) fn signature(
    request: &OutgoingRequest,
    scope: &Scope<'_>,
    key: &Key<'_>,
) -> Result<Vec<(HeaderName, HeaderValue)>, String> {
    let told = |error: &dyn std::error::Error| error.source().map_or_else(|| error.to_string(), ToString::to_string);
    let token = key.session_token.map(|token| token.expose().to_owned());
    let identity = Credentials::new(key.id, key.secret.expose(), token, None, "nodehost").into();
    let params = v4::SigningParams::builder().identity(&identity).region(scope.region).name(scope.service);
    let params = params.time(scope.time).settings(settings(scope.service == "s3")).build();
    let params = params.map_err(|error| told(&error))?.into();
    let headers = headers(request);
    let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let body = match &request.body {
        RequestBody::Empty => SignableBody::Bytes(&[]),
        RequestBody::Bytes(bytes) => SignableBody::Bytes(bytes),
        RequestBody::Stream(_) => SignableBody::UnsignedPayload,
    };
    let signed = SignableRequest::new(request.method.as_str(), request.url.as_str(), headers, body)
        // It traces what it signs, session tokens and data of items included.
        .and_then(|request| with_default(NoSubscriber::default(), || sign(request, &params)))
        .map_err(|error| told(&error))?;
    let headers = signed.output().headers().map(|(name, value)| {
        let name = HeaderName::try_from(name).map_err(|error| error.to_string())?;
        Ok((name, HeaderValue::try_from(value).map_err(|error| error.to_string())?))
    });
    headers.collect()
}

/// S3 takes the path as it is and wants the body's hash in a header; all others take the path in its simplest form.
fn settings(is_s3: bool) -> SigningSettings {
    let mut settings = SigningSettings::default();
    if is_s3 {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    settings
}

/// The headers that are signed, as they arrive: with those that the client itself adds.
fn headers(request: &OutgoingRequest) -> Vec<(String, String)> {
    let is_signed = |name: &str| !UNSIGNED.contains(&name) && !name.starts_with("proxy-") && !name.starts_with("sec-");
    let names = request.headers.keys().filter(|name| is_signed(name.as_str()));
    let headers = names.map(|name| (name.to_string(), values(&request.headers, name)));
    // The library signs ASCII only; a signature need not cover every header.
    let mut headers: Vec<_> = headers.filter(|(_, value)| value.is_ascii()).collect();
    if let RequestBody::Bytes(bytes) = &request.body
        && !bytes.is_empty()
    {
        headers.retain(|(name, _)| name != header::CONTENT_LENGTH.as_str());
        headers.push((header::CONTENT_LENGTH.to_string(), bytes.len().to_string()));
    }
    headers
}

/// All values of a header.
fn values(headers: &HeaderMap, name: &HeaderName) -> String {
    let text = |value: &HeaderValue| value.as_bytes().iter().copied().map(char::from).collect::<String>();
    headers.get_all(name).iter().map(text).collect::<Vec<_>>().join(",")
}
