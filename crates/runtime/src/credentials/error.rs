//! What can go wrong with a credential.

use std::sync::Arc;
use std::time::Duration;

use super::store::StoreError;
use crate::egress::EgressError;

/// A credential that cannot be used. The text is for people; it holds no secrets.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialError {
    /// No descriptor of that name is loaded.
    #[error("There is no credential type {0:?} here. Load its descriptor, or check the name")]
    UnknownType(String),
    /// The descriptor cannot be used.
    #[error("The credential type {type_name:?} cannot be used: {reason}")]
    InvalidType {
        /// The type.
        type_name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The runner's store does not give it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Fields that are required are missing or empty.
    #[error("The credential {type_name:?} is incomplete: {} must be filled in", fields.join(", "))]
    Incomplete {
        /// The type.
        type_name: String,
        /// The fields, by the names people see.
        fields: Vec<String>,
    },
    /// A field has a value that cannot be used.
    #[error("The credential {type_name:?} cannot be used: {field} {reason}")]
    InvalidField {
        /// The type.
        type_name: String,
        /// The field.
        field: String,
        /// What is wrong with its value.
        reason: String,
    },
    /// The token endpoint did not accept the credential.
    #[error("{host} did not accept the credential{}. {remedy}", .reason.as_ref().map(|reason| format!(": {}", reason.trim_end_matches('.'))).unwrap_or_default())]
    Rejected {
        /// The host of the token endpoint.
        host: String,
        /// The status.
        status: u16,
        /// The endpoint's own words.
        reason: Option<String>,
        /// What to do about it.
        remedy: &'static str,
    },
    /// The token endpoint gave no usable answer.
    #[error("No access token from {host}: {reason}")]
    TokenEndpoint {
        /// The host of the token endpoint.
        host: String,
        /// The status.
        status: u16,
        /// What was wrong with the answer.
        reason: String,
        /// How long the endpoint asked to wait.
        retry_after: Option<Duration>,
    },
    /// The token endpoint could not be reached.
    #[error("No access token: {0}")]
    TokenRequest(Arc<EgressError>),
    /// Nobody has signed in: there is no token to begin with.
    #[error("The credential {0:?} is not connected: it holds no tokens")]
    NotConnected(String),
    /// The access token is gone and there is nothing to get another one with.
    #[error(
        "The access token of the credential {0:?} has expired, and there is no refresh token. Connect the credential anew"
    )]
    Expired(String),
    /// The refresh token was replaced by another one, which cannot be saved.
    #[error(
        "The refresh token of the credential {type_name:?} was replaced by a new one, which cannot be saved: {reason}"
    )]
    RotatedRefreshToken {
        /// The type.
        type_name: String,
        /// Why it cannot be saved.
        reason: String,
    },
    /// No token before the deadline.
    #[error("No access token before the deadline")]
    Deadline,
}

/// A request with a credential that got no usable response.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SendError {
    /// The credential failed; the request was not sent.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// The request failed.
    #[error(transparent)]
    Egress(#[from] EgressError),
}

impl CredentialError {
    /// Whether another attempt with the same data may go better.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::TokenRequest(error) => error.is_transient(),
            Self::TokenEndpoint { status, .. } => *status >= 500 || *status == 429,
            Self::Deadline => true,
            _ => false,
        }
    }

    /// How long the token endpoint asked to wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TokenRequest(error) => error.retry_after,
            Self::TokenEndpoint { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}
