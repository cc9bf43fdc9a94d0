//! End-to-end tests through the public surface.

mod executions;
mod halopsa;
mod protocol;
mod streams;
mod tls;
