//! What an expression can fail with.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Map, Value};

/// Why an evaluation has no value, in n8n's words where n8n has some.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpressionError {
    /// The class of the error: `ExpressionError`, `ExpressionExtensionError`, `UserError`, ...
    pub name: Cow<'static, str>,
    /// What happened.
    pub message: String,
    /// What kind of failure it is.
    pub code: Code,
    /// More about it, where n8n has more to say.
    pub description: Option<String>,
    /// n8n's further facts: `type`, `nodeCause`, `itemIndex`, `runIndex`, `causeDetailed`, ...
    pub context: Option<Box<Map<String, Value>>>,
}

impl ExpressionError {
    /// An error without further facts.
    pub fn new(name: impl Into<Cow<'static, str>>, message: impl Into<String>, code: Code) -> Self {
        Self { name: name.into(), message: message.into(), code, description: None, context: None }
    }
}

impl fmt::Display for ExpressionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for ExpressionError {}

/// The kinds of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// The expression is wrong, or refers to something that is not there.
    ExpressionError,
    /// The evaluation used up its CPU time.
    TimeLimit,
    /// The evaluation used up its memory.
    MemoryLimit,
    /// Calls nested too deeply.
    StackLimit,
    /// The value is larger than allowed.
    ResultLimit,
    /// The caller's deadline passed, waiting for an engine included.
    DeadlineExceeded,
    /// A streamed batch sees its current item only.
    BatchScopeInStream,
}

impl Code {
    /// The code as it stands in answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ExpressionError => "expression_error",
            Self::TimeLimit => "expression_timeout",
            Self::MemoryLimit | Self::StackLimit | Self::ResultLimit => "expression_limit",
            Self::DeadlineExceeded => "deadline_exceeded",
            Self::BatchScopeInStream => "batch_scope_in_stream",
        }
    }
}

/// The engine's threads are gone: it was shut down, or could not be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The engine was shut down while the job waited.
    #[error("the expression engine is shut down")]
    Closed,
    /// The deadline passed before a thread was free.
    #[error("the deadline passed while the expression waited for an engine")]
    DeadlineExceeded,
    /// The job itself panicked.
    #[error("the expression job failed")]
    Failed,
}
