//! What the fuzz targets reach and nobody else needs.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use url::Url;

use super::rate::{Budgets, RateLimit};
use super::response::IncomingResponse;

/// Reads what an answer with these headers says, learns from it, and takes a place in the budget it leaves.
pub fn answer(url: Url, status: StatusCode, headers: HeaderMap) {
    let response = IncomingResponse { status, headers, body: Bytes::new(), url, attempts: 1, done: false };
    _ = (response.retry_after(), response.media_type());
    let budgets = Budgets::default();
    budgets.learn(0, "example.com", &response);
    for limit in [None, Some(RateLimit { requests: 3, per: Duration::from_secs(1) })] {
        for _ in 0..3 {
            _ = budgets.reserve(0, "example.com", limit, true, Duration::MAX);
        }
    }
}
