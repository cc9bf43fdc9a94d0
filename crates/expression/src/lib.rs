//! n8n expressions in a sandbox: templates, the JavaScript engine, n8n's scope and extensions.
//!
//! ```
//! use std::sync::Arc;
//! use nodehost_expression::{Engine, EngineConfig, Items, NodeContext, ParameterValue, Scope, WorkflowContext};
//! use serde_json::json;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let engine = Engine::new(EngineConfig::default())?;
//! let greeting = ParameterValue::compile(&json!("=Hello {{ $json.name.toUpperCase() }}"));
//! let items = Items::Batch(Arc::from([Arc::new(json!({"json": {"name": "Ann"}}))]));
//! let scope = Scope::new(Arc::new(WorkflowContext::default()), Arc::new(NodeContext::default()), items, 0);
//! let value = engine.run(move |evaluator| evaluator.evaluate(&greeting, &scope)).await??;
//! assert_eq!(value.value, Some(json!("Hello ANN")));
//! # Ok(())
//! # }
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(example()).unwrap();
//! ```
//!
//! # Concepts, in reading order
//!
//! - [`data`]: JavaScript's rules for JSON, applied to everything that enters the host.
//! - [`ParameterValue`]: a parameter as it stands in a workflow, compiled once; constants and most bare paths never see
//!   the engine.
//! - [`Scope`]: what one evaluation can see.
//! - [`Engine`], [`Evaluator`]: the pool of threads, and the engine that a job gets on one of them.
//! - [`ExpressionError`]: what n8n raises, and spent [`Limits`].
//!
//! # Inside
//!
//! `template` turns a template into the source of one JavaScript function. `sandbox` holds a QuickJS context in which
//! such functions run: `sandbox/js/globals.js` takes away what expressions must not reach, `sandbox/js/scope.js` puts
//! n8n's names on the *scope object* (a compiled template reads a free name `x` as a property of it), and
//! `sandbox/js/freeze.js` freezes all of it. In between, native parts install themselves:
//!
//! ```text
//! luxon::install(ctx: &Ctx<'js>, scope: &Object<'js>) -> rquickjs::Result<()>   puts DateTime, Duration, Interval
//! extensions::install(ctx: &Ctx<'js>, host: Host<'js>) -> Result<Extensions>    gives extend, extendOptional, functions
//! ```
//!
//! They run once per context, after the globals are prepared and before they are frozen: `luxon` first, `extensions`
//! then, `scope.js` last (it makes `$now` and `$today` out of `scope.DateTime`). What stands on `scope` expressions see as
//! free names; what stands on the prototypes of `ctx.globals()` every value has. State of their own that JavaScript could
//! change must not outlive an evaluation. Facts of the running evaluation come from `sandbox::Host::of(&ctx)?`:
//! `now_ms()` (the stopped or the real clock) and `timezone()` (the default zone, an IANA name).

pub mod data;
mod engine;
mod error;
mod evaluator;
mod extensions;
mod figures;
mod graph;
mod limits;
pub mod luxon;
mod parameter;
mod path;
mod reads;
mod sandbox;
mod scope;
mod template;

/// `Date.parse`: milliseconds since 1970, `None` where the text is no date. Local time is UTC.
#[must_use]
pub fn parse_date(text: &str) -> Option<f64> {
    extensions::date_parse::parse(text)
}

pub use engine::{Engine, EngineConfig};
pub use error::{Code, EngineError, ExpressionError};
pub use evaluator::{Evaluated, Evaluator, Kind};
pub use figures::EngineFigures;
pub use limits::Limits;
pub use parameter::ParameterValue;
pub use reads::reads_only;
pub use scope::{Items, NodeContext, RunData, Scope, Source, TaskRun, WorkflowContext};
