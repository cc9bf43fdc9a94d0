//! End-to-end tests through the public surface.

#![allow(clippy::unwrap_used, clippy::needless_pass_by_value, reason = "tests fail by panicking")]

mod embedding;
mod executions;
mod halopsa;
mod nodes;
mod openapi;
mod operations;
mod protocol;
mod schemas;
mod streams;
mod tls;
