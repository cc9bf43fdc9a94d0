//! Runs nodes: items, registry, execution, credentials, egress, declarative routing.
//!
//! A host takes a batch of [`Item`]s and gives exactly one [`Outcome`] for each, in order.

pub mod credentials;
pub mod egress;
mod error;
mod item;
mod outcome;
mod request;

pub use error::{ErrorCode, ItemError, Refusal, RequestError};
pub use item::{Item, PairedItem};
pub use outcome::{ExecutionError, ExecutionResult, Outcome, OutcomeEvent, Outputs, Stats, Status, Warning};
pub use request::{
    Context, CredentialRef, ExecutionRequest, InputSource, NodeCall, OnError, Settings, Validation, WorkflowInfo,
};
