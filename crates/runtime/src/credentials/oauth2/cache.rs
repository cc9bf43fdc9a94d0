//! The tokens of all executions of the process.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use tokio::time::Instant;
use tracing::Instrument;

use super::token::Token;
use crate::credentials::error::CredentialError;
use crate::credentials::key::Key;

type Fetched = Result<Arc<Token>, CredentialError>;

/// A refusal is remembered this long: a batch with a wrong secret must not get the account locked.
const REMEMBER_REJECTION: Duration = Duration::from_secs(1);
/// After a failed renewal the old token is used this long before the next try.
const RETRY_RENEWAL: Duration = Duration::from_secs(5);
/// So many renewals in a row that changed nothing mean that it is not the token that is refused...
const FUTILE_LIMIT: u32 = 3;
/// ...and none is forced for this long.
const FUTILE_PAUSE: Duration = Duration::from_secs(30);
/// Credentials that have not been used for this long are forgotten.
const FORGET: Duration = Duration::from_secs(3600);

/// Credentials that came with requests, and are in no use, are forgotten when there are so many: anyone can make them up.
const MAX_IDLE: usize = 4096;

/// The tokens of all executions of the process, by a keyed hash of type and data.
#[derive(Debug, Default)]
pub(crate) struct TokenCache {
    slots: Mutex<HashMap<Key, Arc<Slot>>>,
}

/// The token of one credential.
#[derive(Default)]
pub(crate) struct Slot {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Arc<Token>>,
    /// The one before: answers to requests that were sent with it may still be on their way.
    previous: Option<Arc<Token>>,
    /// The one request for a token; all who need it wait for it.
    pending: Option<Shared<BoxFuture<'static, Fetched>>>,
    rejected: Option<(Instant, CredentialError)>,
    renew_not_before: Option<Instant>,
    futile: u32,
    futile_until: Option<Instant>,
    used: Option<Instant>,
    /// Whether the runner's store has the credential: nobody else can make up any number of them.
    stored: bool,
}

impl TokenCache {
    pub(crate) fn slot(&self, key: Key, stored: bool) -> Arc<Slot> {
        let mut slots = lock(&self.slots);
        if let Some(slot) = slots.get(&key) {
            lock(&slot.state).stored |= stored;
            return Arc::clone(slot);
        }
        let now = Instant::now();
        let is_idle = |slot: &Arc<Slot>| Arc::strong_count(slot) == 1;
        slots.retain(|_, slot| !is_idle(slot) || !slot.is_forgotten(now));
        if slots.len() >= MAX_IDLE {
            let idle = slots.iter().filter(|(_, slot)| is_idle(slot));
            let mut idle: Vec<_> = idle.filter_map(|(key, slot)| Some((slot.used_by_requests()?, *key))).collect();
            idle.sort_unstable_by_key(|(used, _)| *used);
            let spare = if idle.len() < MAX_IDLE { 0 } else { MAX_IDLE / 2 };
            idle[..spare].iter().for_each(|(_, key)| drop(slots.remove(key)));
        }
        let slot = Arc::clone(slots.entry(key).or_default());
        lock(&slot.state).stored = stored;
        slot
    }
}

impl Slot {
    /// A token: the one there is, or the one that `fetch` gets, which is then called once for all who wait.
    /// `start` is the token the credential's data came with.
    pub(crate) async fn token<F>(
        self: &Arc<Self>,
        start: impl FnOnce() -> Option<Token>,
        fetch: impl FnOnce(Option<Arc<Token>>) -> F,
    ) -> Fetched
    where
        F: Future<Output = Result<Token, CredentialError>> + Send + 'static,
    {
        let pending = {
            let mut state = lock(&self.state);
            if state.token.is_none() {
                state.token = start().map(Arc::new);
            }
            let now = Instant::now();
            state.used = Some(now);
            if let Some(token) = &state.token
                && (!token.is_due(now) || token.is_alive(now) && state.renew_not_before.is_some_and(|then| now < then))
            {
                return Ok(Arc::clone(token));
            }
            self.pending(&mut state, now, fetch)?
        };
        match pending.await {
            Ok(token) => Ok(token),
            // The renewal failed, but the token it was to replace is still good.
            Err(error) => {
                let state = lock(&self.state);
                state.token.clone().filter(|token| token.is_alive(Instant::now())).ok_or(error)
            }
        }
    }

    /// Another token in place of `refused`; `None` if there is no point in it. Who comes later than others with the
    /// same refused token gets the one they have got.
    pub(crate) async fn renewed<F>(
        self: &Arc<Self>,
        refused: &Arc<Token>,
        fetch: impl FnOnce(Option<Arc<Token>>) -> F,
    ) -> Result<Option<Arc<Token>>, CredentialError>
    where
        F: Future<Output = Result<Token, CredentialError>> + Send + 'static,
    {
        let pending = {
            let mut state = lock(&self.state);
            let now = Instant::now();
            if let Some(token) = &state.token
                && !Arc::ptr_eq(token, refused)
            {
                return Ok(Some(Arc::clone(token)));
            }
            if state.futile_until.is_some_and(|until| now < until) {
                return Ok(None);
            }
            self.pending(&mut state, now, fetch)?
        };
        pending.await.map(Some)
    }

    /// Notes what became of a request that was repeated with a renewed token.
    pub(crate) fn note_replay(&self, accepted: bool) {
        let mut state = lock(&self.state);
        if accepted {
            state.futile = 0;
            state.futile_until = None;
        } else {
            state.futile += 1;
            if state.futile >= FUTILE_LIMIT {
                state.futile = 0;
                state.futile_until = Some(Instant::now() + FUTILE_PAUSE);
            }
        }
    }

    /// The token, if there is one, and the one before it: for redaction.
    pub(crate) fn known(&self) -> Vec<Arc<Token>> {
        let state = lock(&self.state);
        state.token.iter().chain(&state.previous).map(Arc::clone).collect()
    }

    fn pending<F>(
        self: &Arc<Self>,
        state: &mut State,
        now: Instant,
        fetch: impl FnOnce(Option<Arc<Token>>) -> F,
    ) -> Result<Shared<BoxFuture<'static, Fetched>>, CredentialError>
    where
        F: Future<Output = Result<Token, CredentialError>> + Send + 'static,
    {
        if let Some(pending) = &state.pending {
            return Ok(pending.clone());
        }
        if let Some((until, error)) = &state.rejected
            && now < *until
        {
            return Err(error.clone());
        }
        let (slot, work) = (Arc::clone(self), fetch(state.token.clone()));
        // A task of its own: who asked may give up, but a token that was issued must not be lost.
        let obtaining = async move {
            let fetched = work.await.map(Arc::new);
            slot.store(&fetched);
            fetched
        };
        let task = tokio::spawn(obtaining.in_current_span());
        let slot = Arc::clone(self);
        let pending = async move {
            task.await.unwrap_or_else(|_| {
                // It was broken off: whoever comes next begins anew.
                let failed = Err(CredentialError::Deadline);
                slot.store(&failed);
                failed
            })
        };
        let pending = pending.boxed().shared();
        state.pending = Some(pending.clone());
        Ok(pending)
    }

    fn store(&self, fetched: &Fetched) {
        let mut state = lock(&self.state);
        let now = Instant::now();
        state.pending = None;
        match fetched {
            Ok(token) => {
                state.previous = state.token.replace(Arc::clone(token));
                state.rejected = None;
                state.renew_not_before = None;
            }
            // The token there is stays: a failure must not cost a good one.
            Err(error) => {
                state.renew_not_before = Some(now + RETRY_RENEWAL);
                if !error.is_transient() {
                    state.rejected = Some((now + REMEMBER_REJECTION, error.clone()));
                }
            }
        }
    }

    /// When it was last used, if its credential came with a request.
    fn used_by_requests(&self) -> Option<Instant> {
        let state = lock(&self.state);
        state.used.filter(|_| !state.stored && state.pending.is_none())
    }

    fn is_forgotten(&self, now: Instant) -> bool {
        let state = lock(&self.state);
        state.pending.is_none() && state.used.is_none_or(|used| now.saturating_duration_since(used) > FORGET)
    }
}

impl std::fmt::Debug for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Slot")
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use serde_json::{Value, json};

    use super::*;

    fn token(name: &str) -> Token {
        let Value::Object(data) = json!({ "access_token": name, "expires_in": 3600 }) else { unreachable!() };
        Token::read(data, Instant::now()).unwrap()
    }

    /// The token that a request gets, the endpoint answering with `answer`, and how often it was asked.
    async fn get(slot: &Arc<Slot>, answer: Option<&'static str>) -> (Result<String, ()>, usize) {
        let asked = AtomicUsize::new(0);
        let fetch = |_| {
            asked.fetch_add(1, Ordering::Relaxed);
            async move { answer.map(token).ok_or(CredentialError::Deadline) }
        };
        let got = slot.token(|| None, fetch).await;
        (got.map(|token| token.access.expose().to_owned()).map_err(drop), asked.into_inner())
    }

    fn ok(name: &str) -> Result<String, ()> {
        Ok(name.to_owned())
    }

    #[tokio::test(start_paused = true)]
    async fn credentials_of_requests_are_not_kept_without_end() {
        let cache = TokenCache::default();
        let key = |n: usize| {
            let mut key = [0; 32];
            key[..8].copy_from_slice(&n.to_le_bytes());
            key
        };
        let stored = cache.slot(key(usize::MAX), true);
        let busy = cache.slot(key(usize::MAX - 1), false);
        for slot in [&stored, &busy] {
            assert_eq!(get(slot, Some("kept")).await, (ok("kept"), 1));
        }
        drop(stored);
        for n in 0..3 * MAX_IDLE {
            tokio::time::advance(Duration::from_millis(1)).await;
            assert_eq!(get(&cache.slot(key(n), false), Some("new")).await, (ok("new"), 1));
            assert!(lock(&cache.slots).len() <= MAX_IDLE + 2);
        }
        assert_eq!(get(&cache.slot(key(usize::MAX), true), Some("lost")).await, (ok("kept"), 0));
        assert_eq!(get(&cache.slot(key(usize::MAX - 1), false), Some("lost")).await, (ok("kept"), 0));
        assert_eq!(get(&cache.slot(key(3 * MAX_IDLE - 1), false), Some("lost")).await, (ok("new"), 0));
        assert_eq!(get(&cache.slot(key(0), false), Some("again")).await, (ok("again"), 1));
    }

    #[tokio::test(start_paused = true)]
    async fn tokens_are_renewed_before_they_expire() {
        let slot = Arc::<Slot>::default();
        assert_eq!(get(&slot, Some("first")).await, (ok("first"), 1));
        tokio::time::advance(Duration::from_secs(3600 - 61)).await;
        assert_eq!(get(&slot, Some("second")).await, (ok("first"), 0));
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(get(&slot, Some("second")).await, (ok("second"), 1));
        let known: Vec<_> = slot.known().iter().map(|token| token.access.expose().to_owned()).collect();
        assert_eq!(known, ["second", "first"], "answers to the first may still come");
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_that_is_due_is_used_while_its_endpoint_is_out_of_order() {
        let slot = Arc::<Slot>::default();
        assert_eq!(get(&slot, Some("first")).await, (ok("first"), 1));
        tokio::time::advance(Duration::from_secs(3600 - 30)).await;
        assert_eq!(get(&slot, None).await, (ok("first"), 1), "tried");
        assert_eq!(get(&slot, None).await, (ok("first"), 0), "and not at once again");
        tokio::time::advance(RETRY_RENEWAL).await;
        assert_eq!(get(&slot, None).await, (ok("first"), 1));
        tokio::time::advance(Duration::from_secs(30)).await;
        assert_eq!(get(&slot, None).await, (Err(()), 1), "it has expired");
        assert_eq!(get(&slot, Some("second")).await, (ok("second"), 1));
    }
}
