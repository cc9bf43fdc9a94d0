//! Declarative nodes: n8n's RoutingNode.
//!
//! `plan` settles what does not depend on the item, `resolve` evaluates the rest, `build` makes the
//! request of it, `work` sends it, follows the pages and has `post_receive` make items of the answers.

mod body;
mod buffer;
pub(crate) mod build;
mod direct;
mod extract;
pub(crate) mod failure;
mod hooks;
mod html;
pub(crate) mod lodash;
pub(crate) mod multipart;
mod options;
mod pages;
mod paging;
mod plan;
mod post_receive;
mod query;
mod resolve;
mod response;
mod routing;
mod settings;
mod work;

pub(crate) use hooks::Hooks;
pub use hooks::{HookContext, PostReceiveHook, PreSendHook};
pub use options::RequestOptions;
pub use pages::{Pages, PaginationHook};
pub(crate) use plan::RoutingPlan;
pub(crate) use resolve::Requests;
pub use response::{Answer, AnswerBody};
pub(crate) use routing::reads_current;
pub(crate) use work::Declarative;
