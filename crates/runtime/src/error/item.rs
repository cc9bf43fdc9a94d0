use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ErrorCode;

/// What became of an item that failed, in n8n's words where n8n has some.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[error("{message}")]
pub struct ItemError {
    /// n8n's class of error: `NodeApiError`, `NodeOperationError`, `ExpressionError`, ...
    pub name: String,
    /// The message, for people.
    pub message: String,
    /// More of it, often the service's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The code, for programs.
    pub code: ErrorCode,
    /// The HTTP status as text, or the name of the connection error (`ECONNREFUSED`), as n8n has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_code: Option<String>,
    /// The item's index in the batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_index: Option<usize>,
    /// The parameter that is to blame, as a path (`additionalFields.url`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// Seconds after which the service wants to be asked again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<f64>,
    /// The body of the answer that meant failure, up to a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_body: Option<Value>,
}

impl ItemError {
    /// An error of the given class.
    pub fn new(name: &str, code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            message: message.into(),
            description: None,
            code,
            http_code: None,
            item_index: None,
            parameter: None,
            retry_after: None,
            response_body: None,
        }
    }

    /// n8n's NodeOperationError: the node, not the service, says no.
    pub fn operation(code: ErrorCode, message: impl Into<String>) -> Self {
        Self::new("NodeOperationError", code, message)
    }

    /// n8n's NodeApiError: the service, or the way to it, failed.
    pub fn api(code: ErrorCode, message: impl Into<String>) -> Self {
        Self::new("NodeApiError", code, message)
    }

    /// With a description.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// With the parameter to blame.
    #[must_use]
    pub fn with_parameter(mut self, parameter: impl Into<String>) -> Self {
        self.parameter = Some(parameter.into());
        self
    }

    /// With the item's index.
    #[must_use]
    pub fn at(mut self, item_index: usize) -> Self {
        self.item_index = Some(item_index);
        self
    }

    /// The item was never started.
    pub fn not_run(item_index: usize) -> Self {
        Self::new("NotRun", ErrorCode::NotRun, "The item was not run: the execution ended before its turn")
            .at(item_index)
    }
}
