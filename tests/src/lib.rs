//! Helpers of the end-to-end tests.

pub mod halo;
pub mod http;
pub mod runner;
