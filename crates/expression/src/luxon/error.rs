//! What luxon throws, and why a value is invalid.

use std::fmt;

/// The class of a thrown error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// luxon's InvalidArgumentError.
    InvalidArgument,
    /// luxon's InvalidUnitError.
    InvalidUnit,
    /// luxon's ConflictingSpecificationError.
    ConflictingSpecification,
    /// JavaScript's RangeError.
    Range,
    /// JavaScript's TypeError.
    Type,
}

/// An error that luxon throws; its Display is luxon's message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// The class of the error.
    pub kind: ErrorKind,
    /// luxon's message.
    pub message: String,
}

impl Error {
    pub(crate) fn argument(message: impl Into<String>) -> Self {
        Error { kind: ErrorKind::InvalidArgument, message: message.into() }
    }

    pub(crate) fn unit(unit: &str) -> Self {
        Error { kind: ErrorKind::InvalidUnit, message: format!("Invalid unit {unit}") }
    }

    pub(crate) fn conflict(message: &str) -> Self {
        Error { kind: ErrorKind::ConflictingSpecification, message: message.into() }
    }

    pub(crate) fn range(message: impl Into<String>) -> Self {
        Error { kind: ErrorKind::Range, message: message.into() }
    }
}

/// Why a DateTime, Duration or Interval is invalid: luxon's invalidReason and invalidExplanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The short reason, `unparsable` for example.
    pub reason: String,
    /// The long form, where luxon has one.
    pub explanation: Option<String>,
    /// Whether JavaScript sees a missing explanation as undefined, not as null.
    pub is_undefined: bool,
}

impl Invalid {
    pub(crate) fn new(reason: &str) -> Self {
        Invalid { reason: reason.into(), explanation: None, is_undefined: false }
    }

    /// The reason of a time that luxon's constructor finds to be none; it has no explanation to pass on.
    pub(crate) fn input() -> Self {
        Invalid { is_undefined: true, ..Invalid::new("invalid input") }
    }

    pub(crate) fn explained(reason: &str, explanation: impl Into<String>) -> Self {
        Invalid { reason: reason.into(), explanation: Some(explanation.into()), is_undefined: false }
    }

    pub(crate) fn unit_out_of_range(unit: &str, value: f64) -> Self {
        let value = super::text::js_number(value);
        Invalid::explained(
            "unit out of range",
            format!("you specified {value} (of type number) as a {unit}, which is invalid"),
        )
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.explanation {
            Some(explanation) => write!(f, "{}: {explanation}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}
