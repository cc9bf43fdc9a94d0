//! Rate budgets, by credential and host, shared by all executions of the process: set in the configuration or on the
//! credential, or learned from `RateLimit-*` and `Retry-After`.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode};
use tokio::time::Instant;

use super::response::{IncomingResponse, retry_after};

/// So many requests in so much time, after which the budget is full again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// How many requests.
    pub requests: u32,
    /// In what time.
    pub per: Duration,
}

/// Whose budget it is: a credential (0: none) and a host.
type Key = (u64, String);

/// What servers say holds this long at most: a slip of theirs must not close a host for good.
const LONGEST_WINDOW: Duration = Duration::from_secs(24 * 3600);

/// Budgets for longer times are those for this one.
const LONGEST_PERIOD: Duration = Duration::from_secs(366 * 24 * 3600);

/// Fewer budgets than these are kept without looking for idle ones.
const SWEEP_AT: usize = 4096;

/// The budgets of the process.
#[derive(Debug, Default)]
pub(crate) struct Budgets {
    buckets: Mutex<Buckets>,
    /// Whether there is any: nothing is locked until one is set or learned.
    in_use: AtomicBool,
}

#[derive(Debug, Default)]
struct Buckets {
    all: HashMap<Key, Bucket>,
    /// With so many the next look for idle ones is due.
    sweep_at: usize,
}

#[derive(Debug, Default)]
struct Bucket {
    /// The theoretical arrival time of the generic cell rate algorithm.
    arrival: Option<Instant>,
    /// What the server said is left, and until when.
    window: Option<Window>,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    remaining: u32,
    resets: Instant,
}

impl Budgets {
    /// Takes a place in the budget: how long to wait for it. Fails with that time if it is longer than `patience`,
    /// and then takes none. `learned` is whether what the server said counts.
    pub(crate) fn reserve(
        &self,
        credential: u64,
        host: &str,
        limit: Option<RateLimit>,
        learned: bool,
        patience: Duration,
    ) -> Result<Duration, Duration> {
        if limit.is_none() && !(learned && self.in_use.load(Ordering::Relaxed)) {
            return Ok(Duration::ZERO);
        }
        let now = Instant::now();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (credential, host.to_owned());
        if limit.is_some() {
            buckets.sweep(now);
        }
        let bucket = match limit {
            Some(_) => buckets.all.entry(key).or_default(),
            None => match buckets.all.get_mut(&key) {
                Some(bucket) => bucket,
                None => return Ok(Duration::ZERO),
            },
        };
        bucket.reserve(now, limit, learned, patience)
    }

    /// Learns from an answer.
    pub(crate) fn learn(&self, credential: u64, host: &str, response: &IncomingResponse) {
        let Some((remaining, wait)) = said(response.status, &response.headers) else { return };
        let now = Instant::now();
        let resets = now + wait.min(LONGEST_WINDOW);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.sweep(now);
        buckets.all.entry((credential, host.to_owned())).or_default().learn(now, remaining, resets);
        self.in_use.store(true, Ordering::Relaxed);
    }
}

impl Buckets {
    /// Forgets idle budgets once there are many; then there is room for as many again as are left, which pays for looking.
    fn sweep(&mut self, now: Instant) {
        if self.all.len() >= self.sweep_at.max(SWEEP_AT) {
            self.all.retain(|_, bucket| !bucket.is_idle(now));
            self.sweep_at = self.all.len() * 2;
        }
    }
}

impl Bucket {
    fn reserve(
        &mut self,
        now: Instant,
        limit: Option<RateLimit>,
        learned: bool,
        patience: Duration,
    ) -> Result<Duration, Duration> {
        let mut at = now;
        let window = self.window.filter(|window| learned && now < window.resets);
        if let Some(window) = window
            && window.remaining == 0
        {
            at = window.resets;
        }
        let limit = limit.filter(|limit| limit.requests > 0 && !limit.per.is_zero());
        let interval = limit.map(|limit| (limit.per.min(LONGEST_PERIOD), limit.requests));
        let interval = interval.map(|(per, requests)| (per / requests, per));
        if let (Some((interval, per)), Some(arrival)) = (interval, self.arrival) {
            at = at.max(arrival + interval - per.min(arrival + interval - now));
        }
        let wait = at - now;
        if wait > patience {
            return Err(wait);
        }
        if let Some((interval, _)) = interval {
            self.arrival = Some(self.arrival.unwrap_or(at).max(at) + interval);
        }
        if let Some(window) = &mut self.window {
            window.remaining = window.remaining.saturating_sub(1);
        }
        Ok(wait)
    }

    /// Two answers speak of the same window if its end is about the same: then the smaller number counts, since
    /// answers come out of order and requests are still on their way.
    fn learn(&mut self, now: Instant, remaining: u32, resets: Instant) {
        let same = |window: &Window| {
            now < window.resets && window.resets.max(resets) - window.resets.min(resets) < Duration::from_secs(2)
        };
        match &mut self.window {
            Some(window) if same(window) => window.remaining = window.remaining.min(remaining),
            Some(window) if window.remaining == 0 && now < window.resets && window.resets > resets => {}
            window => *window = Some(Window { remaining, resets }),
        }
    }

    fn is_idle(&self, now: Instant) -> bool {
        self.window.is_none_or(|window| window.resets <= now) && self.arrival.is_none_or(|arrival| arrival <= now)
    }
}

/// What a server says is left, and for how long that holds.
fn said(status: StatusCode, headers: &HeaderMap) -> Option<(u32, Duration)> {
    if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
        && let Some(wait) = retry_after(headers, SystemTime::now())
    {
        return Some((0, wait));
    }
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let number = |name: &str| text(name)?.split([',', ';']).next()?.trim().parse::<f64>().ok();
    if let (Some(remaining), Some(reset)) = (number("ratelimit-remaining"), number("ratelimit-reset")) {
        return Some((remaining as u32, seconds(reset)?));
    }
    if let Some(structured) = text("ratelimit") {
        return structured_limit(structured);
    }
    let (remaining, reset) = (number("x-ratelimit-remaining")?, number("x-ratelimit-reset")?);
    Some((remaining as u32, seconds(reset)?))
}

/// `RateLimit: "default";r=50;t=30`
fn structured_limit(text: &str) -> Option<(u32, Duration)> {
    let part = |name: &str| {
        let (_, value) =
            text.split(';').filter_map(|part| part.trim().split_once('=')).find(|(key, _)| *key == name)?;
        value.trim().parse::<f64>().ok()
    };
    Some((part("r")? as u32, seconds(part("t")?)?))
}

/// Seconds from now; large numbers are moments since 1970, in seconds or, larger still, in milliseconds.
fn seconds(value: f64) -> Option<Duration> {
    const A_MOMENT: f64 = 1e9;
    const IN_MILLISECONDS: f64 = 1e12;
    let value = if value < IN_MILLISECONDS { value } else { value / 1000.0 };
    if value < A_MOMENT {
        return Duration::try_from_secs_f64(value).ok();
    }
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(Duration::try_from_secs_f64(value).ok()?.saturating_sub(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    fn heard(status: u16, pairs: &[(&'static str, &str)]) -> Option<(u32, u64)> {
        said(StatusCode::from_u16(status).unwrap(), &headers(pairs)).map(|(left, wait)| (left, wait.as_secs()))
    }

    #[test]
    fn servers_say_it_in_many_ways() {
        assert_eq!(heard(429, &[("retry-after", "7")]), Some((0, 7)));
        assert_eq!(heard(200, &[("retry-after", "7")]), None);
        assert_eq!(heard(200, &[("ratelimit-remaining", "3"), ("ratelimit-reset", "10")]), Some((3, 10)));
        assert_eq!(heard(200, &[("ratelimit", "\"default\";r=5;t=30")]), Some((5, 30)));
        assert_eq!(heard(200, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "9")]), Some((0, 9)));
        assert_eq!(heard(200, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1000000001")]), Some((0, 0)));
        assert_eq!(heard(200, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1000000000001")]), Some((0, 0)));
        assert_eq!(heard(200, &[("ratelimit-remaining", "x"), ("ratelimit-reset", "10")]), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_set_budget_lets_a_burst_pass_and_then_spaces_requests() {
        let budgets = Budgets::default();
        let limit = Some(RateLimit { requests: 4, per: Duration::from_secs(2) });
        let mut waits = Vec::new();
        for _ in 0..6 {
            waits.push(budgets.reserve(1, "a", limit, true, Duration::from_secs(60)).unwrap().as_millis());
        }
        assert_eq!(waits, [0, 0, 0, 0, 500, 1000]);
        assert_eq!(budgets.reserve(2, "a", limit, true, Duration::ZERO), Ok(Duration::ZERO), "another credential");
        let refused = budgets.reserve(1, "a", limit, true, Duration::from_secs(1)).unwrap_err();
        assert_eq!(refused, Duration::from_millis(1500));
        tokio::time::advance(Duration::from_secs(10)).await;
        assert_eq!(budgets.reserve(1, "a", limit, true, Duration::ZERO), Ok(Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn a_learned_window_is_kept_until_it_resets() {
        let mut bucket = Bucket::default();
        let now = Instant::now();
        let patience = Duration::from_secs(30);
        bucket.learn(now, 2, now + Duration::from_secs(10));
        bucket.learn(now, 5, now + Duration::from_secs(10));
        assert_eq!(bucket.reserve(now, None, true, patience), Ok(Duration::ZERO));
        assert_eq!(bucket.reserve(now, None, true, patience), Ok(Duration::ZERO));
        assert_eq!(bucket.reserve(now, None, true, patience), Ok(Duration::from_secs(10)));
        assert_eq!(bucket.reserve(now, None, false, patience), Ok(Duration::ZERO), "as n8n");
        let later = now + Duration::from_secs(11);
        assert_eq!(bucket.reserve(later, None, true, patience), Ok(Duration::ZERO));
        assert!(bucket.is_idle(later));
    }

    #[tokio::test(start_paused = true)]
    async fn numbers_without_end_are_bounded() {
        let budgets = Budgets::default();
        let limit = Some(RateLimit { requests: 1, per: Duration::MAX });
        assert_eq!(budgets.reserve(1, "a", limit, true, Duration::ZERO), Ok(Duration::ZERO));
        let wait = budgets.reserve(1, "a", limit, true, Duration::ZERO).unwrap_err();
        assert_eq!(wait, LONGEST_PERIOD);
        let headers = headers(&[("retry-after", "10000000000000000000")]);
        let (status, url) = (StatusCode::TOO_MANY_REQUESTS, "http://a.example/".parse().unwrap());
        let answer = IncomingResponse { status, headers, body: Default::default(), url, attempts: 1, done: false };
        budgets.learn(2, "a", &answer);
        assert_eq!(budgets.reserve(2, "a", None, true, Duration::ZERO), Err(LONGEST_WINDOW));
    }

    #[tokio::test(start_paused = true)]
    async fn budgets_that_are_full_again_are_forgotten() {
        let budgets = Budgets::default();
        let limit = Some(RateLimit { requests: 10, per: Duration::from_secs(1) });
        for credential in 0..100_000 {
            budgets.reserve(credential, "a", limit, true, Duration::ZERO).unwrap();
            tokio::time::advance(Duration::from_millis(1)).await;
        }
        let kept = budgets.buckets.lock().unwrap().all.len();
        assert!(kept <= 2 * SWEEP_AT, "{kept}");
    }
}
