//! AWS Signature v4: the canonical request, and its signature.
//!
//! Written out here, over `hmac` and `sha2`: the library there is, aws-sigv4, puts requests with their headers into its
//! traces, and its versions for this workspace's Rust session tokens, too.

use std::fmt::Write;

use hmac::{Hmac, Mac};
use http::HeaderMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};
use url::Url;
use zeroize::Zeroizing;

use crate::credentials::secret::Secret;

/// What stays as it is in canonical requests.
pub(super) const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The hash of a body that is read while it is sent.
pub(super) const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// Headers that others may change on the way, and the signature itself.
const UNSIGNED: [&str; 15] = [
    "authorization",
    "cache-control",
    "connection",
    "expect",
    "from",
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

/// A request as far as its signature covers it.
pub(super) struct Canonical<'r> {
    pub(super) method: &'r str,
    pub(super) url: &'r Url,
    /// With `host`.
    pub(super) headers: &'r HeaderMap,
    /// The body's hash, in hexadecimal.
    pub(super) payload: &'r str,
    /// Whether the path is normalised and encoded once more: so with every service but S3.
    pub(super) escapes_path: bool,
}

/// What a signature is good for.
pub(super) struct Scope<'s> {
    pub(super) region: &'s str,
    pub(super) service: &'s str,
    /// `20250131T120000Z`
    pub(super) time: &'s str,
}

/// The value of `Authorization`.
pub(super) fn authorization(request: &Canonical<'_>, scope: &Scope<'_>, key_id: &str, key: &Secret) -> String {
    let (canonical, signed) = request.text();
    let day = &scope.time[..8];
    let range = format!("{day}/{}/{}/aws4_request", scope.region, scope.service);
    let to_sign = format!("AWS4-HMAC-SHA256\n{}\n{range}\n{}", scope.time, hash(canonical.as_bytes()));
    let mut signing = Zeroizing::new(format!("AWS4{}", key.expose()).into_bytes());
    for part in [day, scope.region, scope.service, "aws4_request"] {
        signing = Zeroizing::new(hmac(&signing, part.as_bytes()).to_vec());
    }
    let signature = hex(&hmac(&signing, to_sign.as_bytes()));
    format!("AWS4-HMAC-SHA256 Credential={key_id}/{range}, SignedHeaders={signed}, Signature={signature}")
}

impl Canonical<'_> {
    /// The canonical request, and the names of the headers in it.
    fn text(&self) -> (String, String) {
        let mut headers: Vec<(&str, String)> = self
            .headers
            .keys()
            .map(http::HeaderName::as_str)
            .filter(|name| !UNSIGNED.contains(name) && !name.starts_with("proxy-") && !name.starts_with("sec-"))
            .map(|name| (name, self.header(name)))
            .collect();
        headers.sort_unstable_by_key(|(name, _)| *name);
        let signed = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
        let mut text = format!("{}\n{}\n{}\n", self.method, self.path(), query(self.url));
        for (name, value) in &headers {
            text.push_str(&format!("{name}:{value}\n"));
        }
        text.push_str(&format!("\n{signed}\n{}", self.payload));
        (text, signed)
    }

    /// All values of a header, a run of blanks being one.
    fn header(&self, name: &str) -> String {
        let values = self.headers.get_all(name).iter();
        let text = |value: &http::HeaderValue| {
            let text: String = value.as_bytes().iter().copied().map(char::from).collect();
            text.split([' ', '\t']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
        };
        values.map(text).collect::<Vec<_>>().join(",")
    }

    fn path(&self) -> String {
        let path = self.url.path();
        if !self.escapes_path {
            return path.to_owned();
        }
        // The URL has no dot segments any more; empty ones are all there is to leave out.
        let segments: Vec<String> = path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| utf8_percent_encode(segment, UNRESERVED).to_string())
            .collect();
        let end = if !segments.is_empty() && path.ends_with('/') { "/" } else { "" };
        format!("/{}{end}", segments.join("/"))
    }
}

/// The query's pairs, encoded, sorted by name and then by value.
fn query(url: &Url) -> String {
    let mut pairs: Vec<(String, String)> = url
        .query_pairs()
        .map(|(name, value)| {
            let encode = |text: &str| utf8_percent_encode(text, UNRESERVED).to_string();
            (encode(&name), encode(&value))
        })
        .collect();
    pairs.sort_unstable();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// SHA-256 in hexadecimal.
pub(super) fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a text takes everything");
        text
    })
}
