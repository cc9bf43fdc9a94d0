use std::fmt;

use serde::{Deserialize, Serialize};

use super::ErrorCode;

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestError {
    /// Where: a JSON pointer into the request.
    pub pointer: String,
    /// What, for programs.
    pub code: ErrorCode,
    /// What, for people.
    pub message: String,
}

impl RequestError {
    /// An error at a pointer.
    pub fn new(pointer: impl Into<String>, code: ErrorCode, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code, message: message.into() }
    }
}

/// Why a call was refused: nothing ran, nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The kind of refusal; it decides the HTTP status.
    pub code: ErrorCode,
    /// One sentence for people.
    pub message: String,
    /// Every single error, where there are several.
    pub errors: Vec<RequestError>,
}

impl Refusal {
    /// A refusal with one sentence.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), errors: Vec::new() }
    }

    /// A refusal for these errors, of which there is at least one.
    pub fn of(code: ErrorCode, errors: Vec<RequestError>) -> Self {
        let message = match errors.as_slice() {
            [] => String::new(),
            [one] => one.message.clone(),
            [first, rest @ ..] => format!("{} (and {} more)", first.message, rest.len()),
        };
        Self { code, message, errors }
    }

    /// A refusal for one error at a pointer.
    pub fn at(pointer: impl Into<String>, code: ErrorCode, message: impl Into<String>) -> Self {
        Self::of(code, vec![RequestError::new(pointer, code, message)])
    }

    /// The refusal of a request whose body is what `/node` is to an execution, and whose address names the node: the
    /// pointers lead into that body.
    pub(crate) fn in_node(mut self) -> Self {
        self.errors.retain(|error| error.pointer != "/node/type");
        for error in &mut self.errors {
            if let Some(rest) = error.pointer.strip_prefix("/node").filter(|rest| rest.starts_with('/')) {
                error.pointer = rest.to_owned();
            }
        }
        self
    }

    /// The refusal of what a request's address asks for: no place in a body is wrong.
    pub(crate) fn of_address(mut self) -> Self {
        self.errors.clear();
        self
    }

    /// The HTTP status by the contract.
    pub fn status(&self) -> u16 {
        match self.code {
            ErrorCode::Malformed | ErrorCode::MalformedLine => 400,
            ErrorCode::Unauthorized => 401,
            ErrorCode::NotFound | ErrorCode::UnknownNode | ErrorCode::UnknownCredentialType => 404,
            ErrorCode::MethodNotAllowed => 405,
            ErrorCode::NotAcceptable => 406,
            ErrorCode::SlowBody => 408,
            ErrorCode::LimitExceeded => 413,
            ErrorCode::UnsupportedMediaType => 415,
            ErrorCode::MisdirectedHost => 421,
            ErrorCode::TooManyExecutions | ErrorCode::TooManyRequests => 429,
            ErrorCode::Internal => 500,
            ErrorCode::ShuttingDown => 503,
            _ => 422,
        }
    }
}

/// The refusal of a batch for an item that cannot be read.
impl From<crate::InputError> for Refusal {
    fn from(error: crate::InputError) -> Self {
        Self::new(error.code, error.message)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}
