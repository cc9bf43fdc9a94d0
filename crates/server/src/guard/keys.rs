//! API keys: who may call the interface.

use std::fmt;

use http::{HeaderMap, header};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use crate::problem::Problem;
use nodehost_runtime::ErrorCode;

/// A key that opens the interface. Only its hash is held.
#[derive(Clone)]
pub struct ApiKey {
    name: String,
    hash: [u8; 32],
}

impl ApiKey {
    /// A key from its secret text; `name` is what logs call it.
    pub fn new(name: impl Into<String>, secret: &str) -> Self {
        Self { name: name.into(), hash: Sha256::digest(secret.as_bytes()).into() }
    }

    /// What logs call the key.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKey").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The key a request carries, among those configured; `None` if none is configured.
///
/// Every key is compared, each in constant time, so that the answer's timing tells nothing of them.
pub(crate) fn authenticate<'a>(keys: &'a [ApiKey], headers: &HeaderMap) -> Result<Option<&'a ApiKey>, Problem> {
    if keys.is_empty() {
        return Ok(None);
    }
    let presented = presented_key(headers).ok_or_else(|| {
        Problem::new(ErrorCode::Unauthorized, "an API key is needed: `Authorization: Bearer KEY` or `X-API-Key: KEY`")
    })?;
    let hash: [u8; 32] = Sha256::digest(presented).into();
    let mut found = None;
    for key in keys {
        let equal: Choice = key.hash.ct_eq(&hash);
        if bool::from(equal) {
            found = Some(key);
        }
    }
    found.map(Some).ok_or_else(|| Problem::new(ErrorCode::Unauthorized, "this API key is not known to the runner"))
}

fn presented_key(headers: &HeaderMap) -> Option<&[u8]> {
    let bearer = headers.get(header::AUTHORIZATION).map(http::HeaderValue::as_bytes).and_then(|value| {
        let (scheme, key) = value.split_at_checked(7)?;
        scheme.eq_ignore_ascii_case(b"bearer ").then_some(key.trim_ascii())
    });
    bearer.or_else(|| headers.get("x-api-key").map(|value| value.as_bytes().trim_ascii()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        headers
    }

    #[test]
    fn a_key_is_taken_from_either_header() {
        let keys = [ApiKey::new("one", "first-key"), ApiKey::new("two", "second-key")];
        let name = |headers: HeaderMap| authenticate(&keys, &headers).map(|key| key.unwrap().name().to_owned()).ok();
        assert_eq!(name(headers("authorization", "Bearer second-key")).as_deref(), Some("two"));
        assert_eq!(name(headers("authorization", "bearer  first-key")).as_deref(), Some("one"));
        assert_eq!(name(headers("x-api-key", "first-key")).as_deref(), Some("one"));
        assert_eq!(name(headers("authorization", "Basic first-key")), None);
        assert_eq!(name(headers("x-api-key", "first-key2")), None);
        assert_eq!(name(headers("x-api-key", "")), None);
        assert_eq!(name(HeaderMap::new()), None);
    }

    #[test]
    fn no_key_is_asked_for_where_none_is_configured() {
        assert!(authenticate(&[], &HeaderMap::new()).unwrap().is_none());
    }

    #[test]
    fn debug_shows_no_secret() {
        assert_eq!(format!("{:?}", ApiKey::new("one", "first-key")), "ApiKey { name: \"one\", .. }");
    }
}
