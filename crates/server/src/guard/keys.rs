//! API keys: who may call the interface, and how much.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use http::{HeaderMap, HeaderName, header};
use nodehost_runtime::ErrorCode;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::problem::Problem;

/// The header of a key, for clients that cannot set `Authorization`.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-api-key");

/// A key that opens the interface, and what it opens. Only the key's hash is held.
#[derive(Clone)]
pub struct ApiKey {
    name: String,
    hash: [u8; 32],
    nodes: Option<Vec<String>>,
    max_executions: Option<usize>,
    requests_per_second: Option<f64>,
}

impl ApiKey {
    /// A key from its secret text; `name` is what logs call it.
    pub fn new(name: impl Into<String>, secret: &str) -> Self {
        Self::from_hash(name, Sha256::digest(secret.as_bytes()).into())
    }

    /// A key from the SHA-256 hash of its secret text.
    pub fn from_hash(name: impl Into<String>, hash: [u8; 32]) -> Self {
        Self { name: name.into(), hash, nodes: None, max_executions: None, requests_per_second: None }
    }

    /// Only these node types exist for the key: full types, or a start followed by `*`.
    #[must_use]
    pub fn with_nodes(mut self, nodes: Vec<String>) -> Self {
        self.nodes = Some(nodes);
        self
    }

    /// At most so many executions of the key run at the same time.
    #[must_use]
    pub fn with_max_executions(mut self, most: usize) -> Self {
        self.max_executions = Some(most);
        self
    }

    /// The key may make so many requests a second, and a second's worth at once.
    #[must_use]
    pub fn with_requests_per_second(mut self, rate: f64) -> Self {
        self.requests_per_second = Some(rate);
        self
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKey").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Whoever a request comes from: a key's holder, or anybody where no key is configured.
#[derive(Clone)]
pub(crate) struct Caller(Option<Arc<KeyState>>);

/// A key and what of its limits is used.
pub(crate) struct KeyState {
    key: ApiKey,
    executions: Option<Arc<Semaphore>>,
    bucket: Option<Mutex<Bucket>>,
}

impl Caller {
    /// What logs call the caller.
    pub(crate) fn name(&self) -> Option<&str> {
        self.0.as_ref().map(|state| state.key.name.as_str())
    }

    /// Whether a node type exists for the caller.
    pub(crate) fn may_use(&self, node_type: &str) -> bool {
        let Some(patterns) = self.0.as_ref().and_then(|state| state.key.nodes.as_ref()) else { return true };
        patterns.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(start) => node_type.starts_with(start),
            None => node_type == pattern,
        })
    }

    /// A place among the caller's executions, if they are limited.
    pub(crate) fn admit_execution(&self) -> Result<Option<OwnedSemaphorePermit>, Problem> {
        let Some(state) = &self.0 else { return Ok(None) };
        let Some(executions) = &state.executions else { return Ok(None) };
        Arc::clone(executions).try_acquire_owned().map(Some).map_err(|_| {
            let detail =
                format!("the API key `{}` runs as many executions as its max-executions allows", state.key.name);
            Problem::new(ErrorCode::TooManyExecutions, detail).with_retry_after(1)
        })
    }
}

impl KeyState {
    pub(crate) fn new(key: ApiKey) -> Self {
        Self {
            executions: key.max_executions.map(|most| Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS)))),
            bucket: key.requests_per_second.map(|rate| Mutex::new(Bucket::full(rate, Instant::now()))),
            key,
        }
    }

    fn admit_request(&self) -> Result<(), Problem> {
        let Some(bucket) = &self.bucket else { return Ok(()) };
        let taken = bucket.lock().unwrap_or_else(PoisonError::into_inner).take(Instant::now());
        taken.map_err(|wait| {
            let detail =
                format!("the API key `{}` makes more requests than its requests-per-second allows", self.key.name);
            Problem::new(ErrorCode::TooManyRequests, detail).with_retry_after(wait)
        })
    }
}

/// Allows `rate` requests a second, and as many at once as a second allows (at least one).
struct Bucket {
    rate: f64,
    tokens: f64,
    filled: Instant,
}

impl Bucket {
    fn full(rate: f64, now: Instant) -> Self {
        Self { rate, tokens: rate.max(1.0), filled: now }
    }

    /// Takes a token, or says after how many seconds there is one.
    fn take(&mut self, now: Instant) -> Result<(), u64> {
        let gained = now.saturating_duration_since(self.filled).as_secs_f64() * self.rate;
        self.tokens = (self.tokens + gained).min(self.rate.max(1.0));
        self.filled = now;
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Ok(());
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a wait is positive and small")]
        Err(((1.0 - self.tokens) / self.rate).ceil() as u64)
    }
}

/// Who a request comes from, by the key it carries.
///
/// Every key is compared, each in constant time, so that the answer's timing tells nothing of them.
pub(crate) fn authenticate(keys: &[Arc<KeyState>], headers: &HeaderMap) -> Result<Caller, Problem> {
    if keys.is_empty() {
        return Ok(Caller(None));
    }
    let presented = presented_key(headers).ok_or_else(|| {
        Problem::new(ErrorCode::Unauthorized, "an API key is needed: `Authorization: Bearer KEY` or `X-API-Key: KEY`")
    })?;
    let hash: [u8; 32] = Sha256::digest(presented).into();
    let mut found = None;
    for state in keys {
        let equal: Choice = state.key.hash.ct_eq(&hash);
        if bool::from(equal) {
            found = Some(state);
        }
    }
    let unknown = || Problem::new(ErrorCode::Unauthorized, "this API key is not known to the runner");
    let state = found.ok_or_else(unknown)?;
    state.admit_request()?;
    Ok(Caller(Some(Arc::clone(state))))
}

fn presented_key(headers: &HeaderMap) -> Option<&[u8]> {
    let bearer = headers.get(header::AUTHORIZATION).map(http::HeaderValue::as_bytes).and_then(|value| {
        let (scheme, key) = value.split_at_checked(7)?;
        scheme.eq_ignore_ascii_case(b"bearer ").then_some(key.trim_ascii())
    });
    bearer.or_else(|| headers.get(HEADER).map(|value| value.as_bytes().trim_ascii()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        headers
    }

    fn state(key: ApiKey) -> Arc<KeyState> {
        Arc::new(KeyState::new(key))
    }

    #[test]
    fn a_key_is_taken_from_either_header() {
        let keys = [state(ApiKey::new("one", "first-key")), state(ApiKey::new("two", "second-key"))];
        let name = |headers: HeaderMap| {
            authenticate(&keys, &headers).ok().map(|caller| caller.name().unwrap_or_default().to_owned())
        };
        assert_eq!(name(headers("authorization", "Bearer second-key")).as_deref(), Some("two"));
        assert_eq!(name(headers("authorization", "bearer  first-key")).as_deref(), Some("one"));
        assert_eq!(name(headers("x-api-key", "first-key")).as_deref(), Some("one"));
        assert_eq!(name(headers("authorization", "Basic first-key")), None);
        assert_eq!(name(headers("x-api-key", "first-key2")), None);
        assert_eq!(name(headers("x-api-key", "")), None);
        assert_eq!(name(HeaderMap::new()), None);
    }

    #[test]
    fn anybody_is_a_caller_where_no_key_is_configured() {
        let caller = authenticate(&[], &HeaderMap::new()).unwrap();
        assert_eq!(caller.name(), None);
        assert!(caller.may_use("any.type"));
        assert!(caller.admit_execution().unwrap().is_none());
    }

    #[test]
    fn a_key_may_be_for_some_nodes_only() {
        let key = ApiKey::new("one", "k").with_nodes(vec!["a.exact".into(), "b.*".into()]);
        let caller = Caller(Some(state(key)));
        assert!(caller.may_use("a.exact") && caller.may_use("b.any"));
        assert!(!caller.may_use("a.exactly") && !caller.may_use("c.any"));
    }

    #[test]
    fn executions_of_a_key_are_counted() {
        let caller = Caller(Some(state(ApiKey::new("one", "k").with_max_executions(1))));
        let first = caller.admit_execution().unwrap();
        assert_eq!(caller.admit_execution().unwrap_err().code(), ErrorCode::TooManyExecutions);
        drop(first);
        assert!(caller.admit_execution().is_ok());
    }

    #[test]
    fn a_bucket_fills_with_time() {
        let start = Instant::now();
        let mut bucket = Bucket::full(2.0, start);
        assert_eq!([bucket.take(start), bucket.take(start), bucket.take(start)], [Ok(()), Ok(()), Err(1)]);
        assert_eq!(bucket.take(start + Duration::from_millis(500)), Ok(()));
        assert_eq!(bucket.take(start + Duration::from_millis(600)), Err(1));
        let mut slow = Bucket::full(0.1, start);
        assert_eq!([slow.take(start), slow.take(start)], [Ok(()), Err(10)]);
    }

    #[test]
    fn debug_shows_no_secret() {
        assert_eq!(format!("{:?}", ApiKey::new("one", "first-key")), "ApiKey { name: \"one\", .. }");
    }
}
