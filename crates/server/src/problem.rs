//! Errors outside an execution: `application/problem+json` (RFC 9457).

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

/// What went wrong, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The request is not HTTP or JSON of the expected form.
    Malformed,
    /// No key, or one that is not known.
    Unauthorized,
    /// Nothing is at this path.
    NotFound,
    /// The method is not one of this path.
    MethodNotAllowed,
    /// The answer's format is not one the client accepts.
    NotAcceptable,
    /// The body did not arrive in time.
    BodyTimeout,
    /// A limit on size is passed.
    TooLarge,
    /// The body's format is not one the runner reads.
    UnsupportedMediaType,
    /// The request's host is not one of the runner's.
    MisdirectedRequest,
    /// As many executions run as the runner allows.
    TooManyExecutions,
    /// The runner is shutting down.
    ShuttingDown,
    /// A defect of the runner.
    Internal,
}

/// One reason for a refusal, at a place in the request's body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProblemError {
    /// Where: a JSON pointer into the body.
    pub pointer: String,
    /// What, for programs.
    pub code: String,
    /// What, for people.
    pub message: String,
}

/// An answer that is an error of the request, or of the runner, but not of an execution.
#[derive(Debug, Clone)]
pub struct Problem(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    code: Code,
    detail: String,
    errors: Vec<ProblemError>,
    retry_after: Option<u64>,
}

/// The problem as it is sent.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    code: Code,
    detail: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ProblemError],
}

impl Problem {
    /// A problem of this kind; `detail` tells people what to do about it.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self(Box::new(Inner { code, detail: detail.into(), errors: Vec::new(), retry_after: None }))
    }

    /// Adds the reasons, each at its place.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<ProblemError>) -> Self {
        self.0.errors = errors;
        self
    }

    /// Says after how many seconds the request may succeed.
    #[must_use]
    pub fn with_retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// What went wrong, for programs.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self.0.code {
            Code::Malformed => StatusCode::BAD_REQUEST,
            Code::Unauthorized => StatusCode::UNAUTHORIZED,
            Code::NotFound => StatusCode::NOT_FOUND,
            Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Code::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Code::BodyTimeout => StatusCode::REQUEST_TIMEOUT,
            Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Code::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Code::MisdirectedRequest => StatusCode::MISDIRECTED_REQUEST,
            Code::TooManyExecutions => StatusCode::TOO_MANY_REQUESTS,
            Code::ShuttingDown => StatusCode::SERVICE_UNAVAILABLE,
            Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let body = Body {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            code: self.0.code,
            detail: &self.0.detail,
            errors: &self.0.errors,
        };
        let text = serde_json::to_vec(&body).expect("a problem has string keys only");
        let mut response = (status, text).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"nodehost\""));
        }
        if let Some(seconds) = self.0.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        // The rest of a body that was refused unread is not worth receiving.
        if matches!(status, StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT) {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}
