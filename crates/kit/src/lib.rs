//! A test kit for node authors: a folder of cases, each with what a node is given, what it should send, what is replied,
//! and what it should put out. Nothing leaves the process: requests go to a gateway on loopback that replies as the case says.
//!
//! ```
//! use nodehost_descriptor::load::node_from_text;
//! use nodehost_runtime::Host;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! const NODE: &str = r#"{
//!     "name": "shop", "displayName": "Shop", "version": 1,
//!     "requestDefaults": { "baseURL": "https://shop.example" },
//!     "properties": [{
//!         "displayName": "Order", "name": "id", "type": "string", "default": "",
//!         "routing": { "request": { "url": "=/orders/{{ $value }}" } }
//!     }]
//! }"#;
//! # let folder = tempfile::tempdir()?;
//! # let folder = folder.path();
//! std::fs::write(folder.join("an order.json"), r#"{
//!     "node": "shop",
//!     "parameters": { "id": "={{ $json.order }}" },
//!     "items": [{ "order": 7 }],
//!     "requests": [{ "method": "GET", "url": "https://shop.example/orders/7", "reply": { "body": { "total": 12.5 } } }],
//!     "output": [[{ "total": 12.5 }]]
//! }"#)?;
//!
//! let node = std::sync::Arc::new(node_from_text("shop", NODE, |_| None)?);
//! let report = nodehost_kit::check(folder, |egress| Host::builder().node(node.clone()).egress(egress).build()).await?;
//! assert!(report.passed(), "{report}");
//! # Ok(())
//! # }
//! ```
//!
//! # Concepts, in reading order
//!
//! - [`Case`]: a case file, `schemas/case.schema.json`; [`Shared`]: what the cases of a folder have in common.
//! - [`check`]: runs the cases of a file or folder, each on a host of its own; [`update`] writes what it finds into them.
//! - [`assert_cases`]: the same as a test, which fails with the report.
//! - [`Report`], [`CaseReport`], [`Difference`]: what came of them.
//!
//! docs/descriptors.md tells how to write cases.

mod case;
mod compare;
mod gateway;
mod load;
mod report;
mod run;
mod view;

pub use case::{Case, CaseErrors, Exchange, Expected, Reply, Shared};
pub use compare::Difference;
pub use load::load;
pub use report::{CaseReport, Report};
pub use run::{KitError, assert_cases, check, update};

/// The JSON Schema of case files (`schemas/case.schema.json`).
pub const SCHEMA: &str = include_str!("../../../schemas/case.schema.json");
