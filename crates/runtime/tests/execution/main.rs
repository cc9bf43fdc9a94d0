//! Executions through the host's public surface: every item has exactly one outcome, in order, whatever happens.

#![allow(clippy::unwrap_used, clippy::needless_pass_by_value, reason = "tests, which write their JSON in place")]

mod credentials;
mod declarative;
mod expressions;
mod failures;
mod hosts;
mod kinds;
#[path = "../egress/server.rs"]
#[expect(dead_code, reason = "shared with the tests of the egress")]
mod server;
mod stored;
mod streams;
mod support;
mod validation;
