//! Outcomes: what became of each item, and of the execution as a whole.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ErrorCode, Item, ItemError};

/// Items by output index.
pub type Outputs = BTreeMap<usize, Vec<Item>>;

/// What became of one item. Every item of an execution has exactly one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// The item's index in the batch.
    pub item_index: usize,
    /// How often it was tried; 0 if it never started.
    pub attempts: u32,
    /// What goes on to the next nodes; with an error, the error item, if the policy is to continue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outputs: Option<Outputs>,
    /// Why it failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ItemError>,
}

impl Outcome {
    /// Whether the item failed or never ran.
    pub fn is_failure(&self) -> bool {
        self.error.is_some()
    }
}

/// How an execution ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It ran to its end; under a policy that continues, items may have failed.
    Success,
    /// It stopped at an item that failed.
    Error,
    /// It was canceled, or its time was up.
    Canceled,
}

impl Status {
    /// The status as it stands in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Error => "error",
            Self::Canceled => "canceled",
        }
    }
}

/// The figures of an execution.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stats {
    /// Items that came in.
    pub items: u64,
    /// Items that succeeded.
    pub succeeded: u64,
    /// Items that failed.
    pub failed: u64,
    /// Items that never started.
    pub not_run: u64,
    /// Requests that left, those of retries and of credentials included.
    pub requests: u64,
    /// Attempts beyond an item's first, and requests that were sent again.
    pub retries: u64,
}

/// The error of an execution: that of the failed item with the lowest index, or what ended it from outside.
pub type ExecutionError = ItemError;

/// Something the caller should know that is no error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Where: a JSON pointer into the request.
    pub pointer: String,
    /// What, for programs.
    pub code: ErrorCode,
    /// What, for people.
    pub message: String,
}

/// The buffered answer of an execution; `D` is what holds its items.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExecutionResult<D = OutputData> {
    /// The execution's id.
    pub execution_id: String,
    /// How it ended.
    pub status: Status,
    /// When it started, ISO 8601.
    pub started_at: String,
    /// How long it took, in milliseconds.
    pub execution_time: u64,
    /// The items that came out.
    pub data: D,
    /// Why it did not succeed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ExecutionError>,
    /// Its figures.
    pub stats: Stats,
    /// What the caller should know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

impl ExecutionResult<()> {
    /// The result with its items.
    pub fn with_data<D>(self, data: D) -> ExecutionResult<D> {
        let Self { execution_id, status, started_at, execution_time, data: (), error, stats, warnings } = self;
        ExecutionResult { execution_id, status, started_at, execution_time, data, error, stats, warnings }
    }
}

/// Items by connection type; nodes here have `main` alone.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OutputData {
    /// The items of each output.
    pub main: Vec<Vec<Item>>,
}

/// What a stream of outcomes consists of: an outcome for every item in input order, then the end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum OutcomeEvent {
    /// One item is done.
    Outcome(Outcome),
    /// All are; a stream without it is incomplete.
    End(End),
}

/// The end of a stream of outcomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct End {
    /// How the execution ended.
    pub status: Status,
    /// The execution's id.
    pub execution_id: String,
    /// Its figures.
    pub stats: Stats,
    /// Why it did not succeed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ExecutionError>,
    /// What the caller should know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}
