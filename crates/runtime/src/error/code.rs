use serde::{Deserialize, Serialize};

/// The closed list of codes, for problems (a request that is refused) and for items alike.
///
/// Programs may rely on them; messages are for people. The list stands in the schema of execution results, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorCode {
    // The request to the host.
    /// The request is not what the contract describes.
    Malformed,
    /// A line of a streamed body is not an item.
    MalformedLine,
    /// No key, or a wrong one.
    Unauthorized,
    /// There is no such address.
    NotFound,
    /// The address does not take this method.
    MethodNotAllowed,
    /// The answer cannot be given in the form asked for.
    NotAcceptable,
    /// The body came too slowly.
    SlowBody,
    /// A limit on size or number is exceeded; the message names it.
    LimitExceeded,
    /// The body's content type is none that is read.
    UnsupportedMediaType,
    /// The Host header names neither loopback nor a configured name.
    MisdirectedHost,
    /// The host runs as many executions as it may.
    TooManyExecutions,
    /// The caller makes more requests than it may.
    TooManyRequests,
    /// The host is shutting down.
    ShuttingDown,
    /// The client stopped reading its stream.
    ClientStalled,
    /// There is no such node type, or not in that version.
    UnknownNode,
    /// There is no such credential type.
    UnknownCredentialType,
    /// There is no such stored credential.
    UnknownCredential,
    /// There is no such property, or it has no options to load.
    UnknownProperty,
    /// The node is known, but the host cannot run it.
    NotExecutable,
    /// n8n itself throws on these parameters.
    N8nError,
    /// The node needs the whole batch, which a stream does not have unless it is buffered.
    BufferRequired,

    // Parameters and credentials.
    /// A parameter breaks a rule.
    InvalidParameter,
    /// No parameter has this name.
    UnknownParameter,
    /// A value of a parameter that is not shown was dropped (a warning).
    HiddenParameter,
    /// A credential the node requires is missing.
    MissingCredentials,
    /// A credential is incomplete, or of a kind that cannot be used inline.
    InvalidCredentials,
    /// The service behind a credential refused it, or gave no token.
    CredentialRejected,

    // Expressions.
    /// An expression threw.
    ExpressionError,
    /// An expression took too long.
    ExpressionTimeout,
    /// An expression broke a limit on memory, stack or the size of its result.
    ExpressionLimit,
    /// A streamed batch sees its current item only.
    BatchScopeInStream,

    // Requests to the outside.
    /// The URL is none, or not of http(s).
    InvalidUrl,
    /// The policy of the host refuses this address.
    EgressDenied,
    /// A credential is not sent to a host it does not belong to.
    CredentialHostDenied,
    /// The name of the host cannot be resolved.
    DnsFailed,
    /// The connection failed.
    ConnectionFailed,
    /// The TLS handshake failed.
    TlsFailed,
    /// The proxy failed.
    ProxyFailed,
    /// The request took longer than its time limit.
    RequestTimeout,
    /// More redirects than are followed, or one to nowhere.
    RedirectFailed,
    /// The service answered with a status that means failure.
    HttpError,
    /// The service has had too many requests (429, or a wait past the deadline).
    RateLimited,
    /// The answer is larger than the limit.
    ResponseTooLarge,
    /// The answer cannot be read.
    InvalidResponse,
    /// The request cannot be built.
    InvalidRequest,
    /// The pages of a list are not complete.
    PagingIncomplete,
    /// An item lacks the binary data it should have, or has too much.
    BinaryData,

    // The node.
    /// The node failed.
    NodeError,
    /// A hook failed.
    HookFailed,

    // The course of the execution.
    /// Never started, since the execution ended before.
    NotRun,
    /// Canceled while it ran; nothing it sent can have changed anything.
    Canceled,
    /// The execution's time limit was reached.
    DeadlineExceeded,
    /// A request was under way that may or may not have taken effect.
    OutcomeUnknown,
    /// A defect of the host.
    Internal,
}

impl ErrorCode {
    /// Every code, in the order of the schema.
    pub const ALL: &[Self] = &[
        Self::Malformed,
        Self::MalformedLine,
        Self::Unauthorized,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::NotAcceptable,
        Self::SlowBody,
        Self::LimitExceeded,
        Self::UnsupportedMediaType,
        Self::MisdirectedHost,
        Self::TooManyExecutions,
        Self::TooManyRequests,
        Self::ShuttingDown,
        Self::ClientStalled,
        Self::UnknownNode,
        Self::UnknownCredentialType,
        Self::UnknownCredential,
        Self::UnknownProperty,
        Self::NotExecutable,
        Self::N8nError,
        Self::BufferRequired,
        Self::InvalidParameter,
        Self::UnknownParameter,
        Self::HiddenParameter,
        Self::MissingCredentials,
        Self::InvalidCredentials,
        Self::CredentialRejected,
        Self::ExpressionError,
        Self::ExpressionTimeout,
        Self::ExpressionLimit,
        Self::BatchScopeInStream,
        Self::InvalidUrl,
        Self::EgressDenied,
        Self::CredentialHostDenied,
        Self::DnsFailed,
        Self::ConnectionFailed,
        Self::TlsFailed,
        Self::ProxyFailed,
        Self::RequestTimeout,
        Self::RedirectFailed,
        Self::HttpError,
        Self::RateLimited,
        Self::ResponseTooLarge,
        Self::InvalidResponse,
        Self::InvalidRequest,
        Self::PagingIncomplete,
        Self::BinaryData,
        Self::NodeError,
        Self::HookFailed,
        Self::NotRun,
        Self::Canceled,
        Self::DeadlineExceeded,
        Self::OutcomeUnknown,
        Self::Internal,
    ];

    /// The code as it stands in JSON.
    pub fn as_str(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(text)) => text,
            _ => unreachable!("a unit variant serialises to its name"),
        }
    }
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.as_str())
    }
}
