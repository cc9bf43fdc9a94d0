//! End-to-end tests through the public surface.

mod executions;
mod halopsa;
mod nodes;
mod operations;
mod protocol;
mod schemas;
mod streams;
mod tls;
