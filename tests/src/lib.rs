//! Helpers of the end-to-end tests.

#![allow(clippy::needless_pass_by_value, reason = "`json!` values are written where they are passed")]

pub mod halo;
pub mod http;
pub mod runner;
