//! Runs nodes: items, registry, execution, credentials, egress, declarative routing.
//!
//! A [`Host`] takes a batch of [`Item`]s and gives exactly one [`Outcome`] for each, in order.
//!
//! ```
//! use std::sync::Arc;
//!
//! use futures::future::{BoxFuture, FutureExt};
//! use nodehost_descriptor::load::node_from_text;
//! use nodehost_runtime::{ExecutionRequest, Host, Item, ItemContext, ItemError, NativeNode, Outputs, PerItemNode};
//! use serde_json::json;
//!
//! /// Nodes are data; what they do is requests that the data describes, or Rust.
//! const GREETER: &str = r#"{
//!     "name": "greeter", "displayName": "Greeter", "version": 1,
//!     "properties": [{ "displayName": "Name", "name": "name", "type": "string", "default": "" }]
//! }"#;
//!
//! struct Greeter;
//!
//! impl PerItemNode for Greeter {
//!     fn run(&self, context: ItemContext) -> BoxFuture<'_, Result<Outputs, ItemError>> {
//!         let greeting = json!({ "greeting": format!("Hello {}", context.parameters["name"].as_str().unwrap_or("you")) });
//!         async move { Ok(Outputs::from([(0, vec![Item::new(greeting)])])) }.boxed()
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let host = Host::builder()
//!     .node(node_from_text("my-package", GREETER, |_| None)?)
//!     .native("my-package.greeter", NativeNode::PerItem(Arc::new(Greeter)))
//!     .build()?;
//! let request = ExecutionRequest::from_value(json!({
//!     "node": { "type": "my-package.greeter", "parameters": { "name": "={{ $json.name.toUpperCase() }}" } },
//!     "items": [{ "name": "Ann" }, { "name": "Ben" }],
//! }))?;
//! let result = host.execute(request).await?;
//! assert_eq!(result.data.main[0][1].json, Some(json!({ "greeting": "Hello BEN" })));
//! # Ok(())
//! # }
//! ```
//!
//! # Concepts, in reading order
//!
//! - [`Item`], [`Outcome`], [`ItemError`], [`ErrorCode`]: what goes in, what becomes of it.
//! - [`ExecutionRequest`], [`Settings`], [`Context`]: the request of an execution, as the HTTP contract has it. Whatever
//!   is wrong with it is a [`Refusal`], and nothing was run.
//! - [`Host::execute`] (buffered), [`Host::execute_stream`] (outcomes as they come), [`Host::execute_items`] (items as they
//!   come, too): an [`OutcomeStream`] ends with one [`OutcomeEvent::End`]; dropping it cancels the execution, and
//!   [`OutcomeStream::cancel`] ends it in order.
//! - [`Host::nodes`], [`Host::descriptor`], [`Host::credential_type`], [`Host::parameters`], [`Host::options`],
//!   [`Host::expressions`]: the other calls of the contract.
//! - Declarative nodes are descriptors alone ([`RequestOptions`], [`Answer`], hooks: [`PreSendHook`],
//!   [`PostReceiveHook`], [`PaginationHook`], [`LoadOptionsHook`]); native ones implement [`PerItemNode`] or [`PerBatchNode`].
//! - [`egress`], [`credentials`]: the one way out.

mod caller;
pub mod credentials;
mod declarative;
pub mod egress;
mod error;
mod execution;
mod host;
mod item;
mod metrics;
mod node;
mod notes;
mod outcome;
mod parameter_secrets;
mod parameters;
mod request;
mod scopes;
mod values;

pub use declarative::{
    Answer, AnswerBody, HookContext, Pages, PaginationHook, PostReceiveHook, PreSendHook, RequestOptions,
};
pub use error::{ErrorCode, ItemError, Refusal, RequestError};
pub use execution::{BatchItems, Cancel, Ended, GRACE, InputError, InputStream, OutcomeStream};
pub use host::{
    BuildError, ExpressionAnswer, ExpressionFailure, ExpressionRequest, Host, HostBuilder, LoadOptionsHook, NodeKind,
    NodeListing, OptionsAnswer, OptionsContext, OptionsRequest, ParametersAnswer, ParametersRequest,
};
pub use item::{Item, PairedItem};
pub use node::{BatchContext, ItemContext, NativeNode, PerBatchNode, PerItemNode};
/// The message n8n shows for a text that is not JSON.
pub use nodehost_parameters::json_error;
pub use outcome::{
    End, ExecutionError, ExecutionResult, Outcome, OutcomeEvent, OutputData, Outputs, Stats, Status, Warning,
};
pub use request::{
    Context, CredentialRef, ExecutionRequest, InputSource, NodeCall, OnError, Settings, Validation, WorkflowInfo,
};
