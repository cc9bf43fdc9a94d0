//! What can go wrong: one closed list of codes, errors of items, refusals of requests.

mod code;
mod item;
mod refusal;

pub use code::ErrorCode;
pub use item::ItemError;
pub use refusal::{Refusal, RequestError};
