//! OAuth2 access tokens: obtained, cached, renewed before they expire, by one request at a time.

mod assertion;
mod cache;
mod certificate;
mod config;
mod signed;
mod token;

pub(crate) use cache::{Slot, TokenCache};
pub(crate) use config::{GrantType, TokenConfig};
pub(crate) use token::{Sending, Token, basic, fetch, initial_token};
