//! Failures of requests in n8n's words: its NodeApiError and NodeOperationError.

use nodehost_expression::{Code, ExpressionError, data};
use serde_json::Value;

use super::html;
use super::response::{Answer, AnswerBody};
use crate::egress::{EgressError, EgressErrorKind, Phase};
use crate::{ErrorCode, ItemError};

/// How much of an answer's body an error carries.
const BODY_LIMIT: usize = 16 * 1024;

/// n8n's texts for HTTP statuses.
#[allow(clippy::match_overlapping_arm, reason = "a range stands for what has no text of its own")]
fn status_text(status: u16) -> Option<&'static str> {
    Some(match status {
        400 => "Bad request - please check your parameters",
        401 => "Authorization failed - please check your credentials",
        402 => "Payment required - perhaps check your payment details?",
        403 => "Forbidden - perhaps check your credentials?",
        404 => "The resource you are requesting could not be found",
        405 => "Method not allowed - please check you are using the right HTTP method",
        429 => "The service is receiving too many requests from you",
        500 => "The service was not able to process your request",
        502 => "Bad gateway - the service failed to handle your request",
        503 => {
            "Service unavailable - try again later or consider setting this node to retry automatically (in the node settings)"
        }
        504 => "Gateway timed out - perhaps try again later?",
        406..=499 => "Your request is invalid or could not be processed by the service",
        501..=599 => "The service failed to process your request",
        _ => return None,
    })
}

/// An answer whose status means failure, as n8n tells it: of a node with a credential, or of one without.
pub(crate) fn status(answer: &Answer, with_credential: bool, stops: bool) -> ItemError {
    let status = answer.status;
    let plain = format!("Request failed with status code {status}");
    let (told, body) = match &answer.body {
        AnswerBody::Data(body) => (told(body).or_else(|| html::text_of(body.as_str()?)), excerpt(body)),
        AnswerBody::Bytes(bytes) => (None, excerpt(&readable(bytes))),
    };
    let code = if status == 429 { ErrorCode::RateLimited } else { ErrorCode::HttpError };
    let mut error = if with_credential {
        let message = status_text(status).map_or_else(|| plain.clone(), str::to_owned);
        let description = told.unwrap_or(plain);
        let mut error = ItemError::api(code, message);
        error.description = Some(description).filter(|description| *description != error.message);
        error
    } else if stops {
        let mut error = ItemError::api(code, plain);
        error.description = told.filter(|told| *told != error.message);
        error
    } else {
        ItemError::new("AxiosError", code, plain)
    };
    error.http_code = Some(status.to_string());
    error.retry_after = answer.retry_after.map(|wait| wait.as_secs_f64());
    error.response_body = body;
    error
}

/// What the service itself says: `message` or `error.message`, as n8n reads it; else where .NET and OAuth services put
/// it, which n8n leaves out here.
fn told(body: &Value) -> Option<String> {
    let truthy = |value: &&Value| super::build::truthy(Some(value));
    let message =
        body.get("message").filter(truthy).or_else(|| body.get("error")?.get("message").filter(truthy)).or_else(
            || {
                ["Message", "error_description", "error"]
                    .iter()
                    .find_map(|key| body.get(key)?.as_str().map(|_| &body[key]))
                    .filter(truthy)
            },
        )?;
    Some(match message {
        Value::Object(_) | Value::Array(_) => message.to_string(),
        value => data::to_js_string(value),
    })
}

fn excerpt(body: &Value) -> Option<Value> {
    match body {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::String(text) if text.len() > BODY_LIMIT => Some(Value::from(cut(text))),
        Value::String(_) => Some(body.clone()),
        value => {
            let text = value.to_string();
            Some(if text.len() > BODY_LIMIT { Value::from(cut(&text)) } else { value.clone() })
        }
    }
}

/// The bytes of an answer for people: JSON where they are JSON, else text.
fn readable(bytes: &[u8]) -> Value {
    if bytes.len() <= BODY_LIMIT
        && let Ok(value) = data::parse(bytes)
    {
        return value;
    }
    // A little more than is shown, so that the cut is seen.
    let shown = &bytes[..bytes.len().min(BODY_LIMIT + 4)];
    Value::from(String::from_utf8_lossy(shown).into_owned())
}

fn cut(text: &str) -> String {
    let mut end = BODY_LIMIT;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &text[..end])
}

/// A failure after the request was put together, as the node without a credential tells it: where the workflow stops
/// n8n wraps it, else it stays JavaScript's own.
pub(crate) fn unwrapped(mut error: ItemError, with_credential: bool, stops: bool) -> ItemError {
    let of_node = error.http_code.as_deref().is_some_and(|code| code.starts_with("ERR_"));
    if with_credential || !of_node {
        return error;
    }
    if stops {
        return wrapped(error);
    }
    error.name =
        if error.http_code.as_deref() == Some("ERR_BAD_REQUEST") { "AxiosError" } else { "TypeError" }.to_owned();
    error.http_code = None;
    error
}

/// n8n's wrapping of an error that no service gave, where the workflow stops.
pub(crate) fn wrapped(mut error: ItemError) -> ItemError {
    error.name = "NodeApiError".to_owned();
    error.http_code = Some("none".to_owned());
    error
}

/// A request without a usable answer.
pub(crate) fn egress(error: &EgressError) -> ItemError {
    use EgressErrorKind as Kind;
    let text = error.to_string();
    let (code, name, message) = match &error.kind {
        Kind::InvalidUrl(_) => return invalid_url(text),
        Kind::Refused(_) => return ItemError::operation(ErrorCode::EgressDenied, text),
        Kind::ForeignHost => return ItemError::operation(ErrorCode::CredentialHostDenied, text),
        Kind::Dns => (ErrorCode::DnsFailed, "ENOTFOUND", Some(NOT_FOUND)),
        Kind::NameServer => (ErrorCode::DnsFailed, "EAI_AGAIN", Some(NO_NAME_SERVER)),
        Kind::ConnectionRefused => (ErrorCode::ConnectionFailed, "ECONNREFUSED", Some(REFUSED)),
        Kind::Connect(_) => (ErrorCode::ConnectionFailed, "EHOSTUNREACH", Some(UNREACHABLE)),
        Kind::Dropped(_) => (ErrorCode::ConnectionFailed, "ECONNRESET", Some(RESET)),
        Kind::Timeout { phase: Phase::Connect, .. } => (ErrorCode::RequestTimeout, "ETIMEDOUT", Some(TIMED_OUT)),
        Kind::Timeout { .. } => (ErrorCode::RequestTimeout, "ECONNABORTED", Some(ABORTED)),
        Kind::Tls(_) => (ErrorCode::TlsFailed, "", None),
        Kind::Proxy(_) => (ErrorCode::ProxyFailed, "", None),
        Kind::BodyTooLarge(_) => (ErrorCode::ResponseTooLarge, "", None),
        Kind::InvalidResponse(_) => (ErrorCode::InvalidResponse, "", None),
        Kind::TooManyRedirects(_) => (ErrorCode::RedirectFailed, "ERR_FR_TOO_MANY_REDIRECTS", None),
        Kind::Redirect(_) => (ErrorCode::RedirectFailed, "", None),
        Kind::RateLimited => (ErrorCode::RateLimited, "", None),
    };
    let mut failed = match message {
        Some(message) => ItemError::api(code, message).with_description(text),
        None => ItemError::api(code, text),
    };
    failed.http_code = (!name.is_empty()).then(|| name.to_owned());
    failed.retry_after = error.retry_after.map(|wait| wait.as_secs_f64());
    failed
}

const NOT_FOUND: &str =
    "The connection cannot be established, this usually occurs due to an incorrect host (domain) value";
const NO_NAME_SERVER: &str = "The DNS server returned an error, perhaps the server is offline";
const REFUSED: &str = "The service refused the connection - perhaps it is offline";
const UNREACHABLE: &str = "The host is unreachable, perhaps the server is offline";
const RESET: &str = "The connection to the server was closed unexpectedly, perhaps it is offline. You can retry the request immediately or wait and retry later.";
const TIMED_OUT: &str = "The connection timed out, consider setting the 'Retry on Fail' option in the node settings";
const ABORTED: &str = "The connection was aborted, perhaps the server is offline";

/// An expression that failed while the request was put together.
pub(crate) fn expression(error: &ExpressionError) -> ItemError {
    let mut failed = ItemError::operation(expression_code(error.code), error.message.clone());
    failed.description = error.description.clone().filter(|description| *description != failed.message);
    failed
}

/// An expression that failed after the request was sent: n8n wraps it where the workflow stops.
pub(crate) fn late_expression(error: &ExpressionError, stops: bool) -> ItemError {
    let mut failed = expression(error);
    if stops {
        return wrapped(failed);
    }
    failed.name = error.name.clone().into_owned();
    failed
}

pub(crate) fn expression_code(code: Code) -> ErrorCode {
    match code {
        Code::ExpressionError => ErrorCode::ExpressionError,
        Code::TimeLimit => ErrorCode::ExpressionTimeout,
        Code::MemoryLimit | Code::StackLimit | Code::ResultLimit => ErrorCode::ExpressionLimit,
        Code::DeadlineExceeded => ErrorCode::DeadlineExceeded,
        Code::BatchScopeInStream => ErrorCode::BatchScopeInStream,
    }
}

pub(crate) fn invalid_url(message: impl Into<String>) -> ItemError {
    let mut error = ItemError::api(ErrorCode::InvalidUrl, message);
    error.http_code = Some("ERR_INVALID_URL".to_owned());
    error
}

pub(crate) fn unsupported_protocol(scheme: &str) -> ItemError {
    let mut error = ItemError::api(ErrorCode::InvalidUrl, format!("Unsupported protocol {scheme}:"));
    error.http_code = Some("ERR_BAD_REQUEST".to_owned());
    error
}

pub(crate) fn invalid_request(message: impl Into<String>) -> ItemError {
    ItemError::api(ErrorCode::InvalidRequest, message)
}

pub(crate) fn invalid_proxy(part: &str) -> ItemError {
    ItemError::operation(ErrorCode::ProxyFailed, "The proxy is not valid")
        .with_description(format!("The proxy URL does not contain a valid value for \"{part}\""))
        .with_parameter("requestOptions.proxy")
}
