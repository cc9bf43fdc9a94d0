//! The real binary.

#![allow(clippy::unwrap_used, clippy::needless_pass_by_value, reason = "tests fail by panicking")]

mod credentials;
mod demo;
mod deploy;
mod docs;
mod run;
mod secrets;
mod serve;
mod support;
mod telemetry;
mod tools;
