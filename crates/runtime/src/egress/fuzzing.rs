//! What the fuzz targets reach and nobody else needs.

use std::time::Duration;

use super::rate::{Budgets, RateLimit};
use super::response::IncomingResponse;

/// Learns from an answer, and takes a place in the budget it leaves.
pub fn learn(response: &IncomingResponse) {
    let budgets = Budgets::default();
    budgets.learn(0, "example.com", response);
    for limit in [None, Some(RateLimit { requests: 3, per: Duration::from_secs(1) })] {
        for _ in 0..3 {
            _ = budgets.reserve(0, "example.com", limit, true, Duration::MAX);
        }
    }
}
