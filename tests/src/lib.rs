//! Helpers of the end-to-end tests.

pub mod http;
pub mod runner;
