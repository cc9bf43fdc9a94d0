//! Transport retry: which failures are tried again, and after what pause.

use std::time::Duration;

use http::StatusCode;
use tokio::time::Instant;

use super::error::{EgressError, Fate};
use super::response::IncomingResponse;

/// When a request may be sent again.
pub(crate) struct RetryRules {
    /// How many attempts may follow the first.
    pub(crate) retries: u32,
    /// Whether sending the request twice does no harm.
    pub(crate) idempotent: bool,
    /// Whether the body can be sent again.
    pub(crate) replayable: bool,
    /// The longest pause.
    pub(crate) max_wait: Duration,
    /// When waits must be over.
    pub(crate) deadline: Option<Instant>,
}

impl RetryRules {
    /// How long to wait before the next attempt; `None`: what came of this one stays.
    pub(crate) fn pause(&self, attempts: u32, outcome: &Result<IncomingResponse, EgressError>) -> Option<Duration> {
        if attempts > self.retries || !self.replayable {
            return None;
        }
        let wait = match outcome {
            Ok(response) if response.done => return None,
            Ok(response) => asked_to_wait(response)?,
            Err(error) if error.is_transient() && self.may_repeat(error) => backoff(attempts),
            Err(_) => return None,
        };
        let left = self.deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(Instant::now()));
        // What is left to the deadline is for the attempt, too: jitter takes half of it at most.
        (wait <= self.max_wait && wait < left).then(|| wait + jitter(wait).min((left - wait) / 2))
    }

    fn may_repeat(&self, error: &EgressError) -> bool {
        self.idempotent && error.fate != Fate::Answered
    }
}

/// 429 and 503 count only with `Retry-After`: without it the server has not said that another attempt is welcome.
fn asked_to_wait(response: &IncomingResponse) -> Option<Duration> {
    match response.status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => response.retry_after(),
        _ => None,
    }
}

fn backoff(attempts: u32) -> Duration {
    Duration::from_millis(200) * 2_u32.saturating_pow(attempts.saturating_sub(1).min(6))
}

/// Up to a quarter more, at least up to 50 ms: those who were refused together do not come back together.
fn jitter(wait: Duration) -> Duration {
    let most = (wait / 4).clamp(Duration::from_millis(50), Duration::from_secs(2));
    most.mul_f64(fastrand::f64())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue, header};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn jitter_never_outlives_the_deadline() {
        let deadline = Instant::now() + Duration::from_millis(10_001);
        let rules = RetryRules {
            retries: 2,
            idempotent: true,
            replayable: true,
            max_wait: Duration::from_secs(30),
            deadline: Some(deadline),
        };
        let answer = |wait: &'static str| {
            let headers = HeaderMap::from_iter([(header::RETRY_AFTER, HeaderValue::from_static(wait))]);
            let (status, url) = (StatusCode::TOO_MANY_REQUESTS, "http://a.example/".parse().unwrap());
            Ok(IncomingResponse { status, headers, body: Bytes::new(), url, attempts: 1, done: false })
        };
        for _ in 0..100 {
            let pause = rules.pause(1, &answer("10")).unwrap();
            assert!(pause >= Duration::from_secs(10) && Instant::now() + pause < deadline, "{pause:?}");
        }
        for long in ["11", "31", "10000000000000000000"] {
            assert_eq!(rules.pause(1, &answer(long)), None, "{long}");
        }
    }
}
