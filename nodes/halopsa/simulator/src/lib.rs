//! A HaloPSA to try and test against.
//!
//! It keeps records in memory, serves them on a loopback port in the shapes of Halo's API, checks
//! what it is sent against the field names and types of Halo's OpenAPI, and misbehaves on demand.
//!
//! ```
//! # async fn example() -> std::io::Result<()> {
//! use nodehost_halopsa_simulator::{Fault, Simulator, SimulatorConfig};
//!
//! let halo = Simulator::start(SimulatorConfig::default()).await?;
//! halo.fault(Fault::status(503).on("POST", "/api/Webhook").times(2));
//! // ... point a client at halo.base_url(), then look at what arrived:
//! assert!(halo.records("Webhook").is_empty());
//! assert_eq!(halo.token_requests(), 0);
//! # Ok(())
//! # }
//! ```
//!
//! - [`Simulator`]: start it, look into it, seed it; it stops when dropped.
//! - [`Fault`]: an answer, a delay or a dropped connection for the next requests that match.
//! - [`LoggedRequest`]: what arrived and what was strange about it.
//! - The resources are data, one file each in `resources/`: names and types of the fields, query
//!   parameters, filters, paging. `outsideOpenApi` marks what the community node calls though Halo's
//!   OpenAPI does not have it.

mod api;
mod check;
mod config;
mod fault;
mod invoices;
mod list;
mod log;
mod resource;
mod serve;
mod simulator;
mod state;
mod token;

pub use config::{RateLimit, SimulatorConfig};
pub use fault::Fault;
pub use log::LoggedRequest;
pub use simulator::Simulator;
