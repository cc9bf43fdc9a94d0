//! Credentials: types as data, secrets that redact themselves, OAuth2 tokens, and requests sent with all of that.
//!
//! - [`CredentialTypes`]: the descriptors that are loaded, merged with what they extend.
//! - [`CredentialData`]: decrypted data. [`Credentials::resolve`] makes a [`Credential`] of it: defaults filled in, hidden
//!   fields evaluated (`$self`), authentication prepared.
//! - [`Credentials::send`] sends a request with a credential: only to the hosts it belongs to, with a token that is
//!   obtained once for all who wait, renewed before it expires, and once more when it is refused.
//!
//! - [`CredentialStore`]: the runner's own credentials, which requests name by `id`.
//!
//! Host extensions of credential descriptors: `tokenRejected`, answers beside 401 that mean that the access token is
//! no longer accepted: `[{ "status": 400, "body": "expired" }]`, `body` being a text the answer contains.

mod additions;
mod aws;
mod blame;
mod credential;
mod digest;
mod error;
mod key;
mod native;
mod oauth2;
mod plan;
mod provider;
mod redact;
mod rejection;
mod resolve;
mod secret;
mod send;
mod service;
mod store;
mod test;
mod types;

pub use credential::{Credential, Origin};
pub use error::{CredentialError, SendError};
pub use provider::{CredentialProvider, ProvidedCredential};
pub use redact::Redactor;
pub(crate) use redact::texts;
pub use secret::{CredentialData, REDACTED, Secret};
pub use service::Credentials;
pub use store::{CredentialStore, ENVIRONMENT_PREFIX, InvalidStoreKey, StoreError, StoreKey};
pub use test::TestOutcome;
pub use types::{CredentialType, CredentialTypes};
