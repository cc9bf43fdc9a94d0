//! Executions through the host's public surface: every item has exactly one outcome, in order, whatever happens.

mod declarative;
mod failures;
mod streams;
mod support;
mod validation;
