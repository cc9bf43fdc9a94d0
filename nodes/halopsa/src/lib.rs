//! HaloPSA Complete: descriptor data, constraints, hooks.
//!
//! The node is data, in n8n's vocabulary, in `descriptor/`: `node.json`, and for each resource a folder with a
//! file per operation. This crate builds it into the binary.

mod descriptor;

pub use descriptor::{ICON, credential_type, node};

/// The node's full type.
pub const NODE_TYPE: &str = "n8n-nodes-halopsacomplete.haloPsa";
