//! Templates: `=` text with `{{ }}` blocks, compiled to the source of one JavaScript function.

mod emit;
mod extend;
mod parse;
mod rewrite;
mod security;
mod split;

pub(crate) use emit::{Program, compile};
pub(crate) use split::{Chunk, split};

use crate::error::{Code, ExpressionError};

/// Why a template has no program. n8n reports some of these and answers `null` to others.
#[derive(Debug, Clone)]
pub(crate) enum CompileError {
    /// Reported as it is.
    Refused(ExpressionError),
    /// "invalid syntax".
    Syntax,
    /// n8n's evaluator fails with something that it swallows: the value is null.
    Swallowed,
}

impl CompileError {
    /// An `ExpressionError` of n8n's.
    fn refused(message: impl Into<String>) -> Self {
        Self::refused_as("ExpressionError", message)
    }

    /// An error of one of the classes that n8n derives from `ExpressionError`.
    fn refused_as(class: &'static str, message: impl Into<String>) -> Self {
        Self::Refused(ExpressionError::new(class, message, Code::ExpressionError))
    }
}
