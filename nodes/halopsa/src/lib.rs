//! HaloPSA Complete: descriptor data, constraints, hooks.
//!
//! The node is data, in n8n's vocabulary, in `descriptor/`: `node.json`, and for each resource a folder with a
//! file per operation. This crate builds it into the binary.

mod descriptor;

pub use descriptor::{ICON, credential_type, node};

use nodehost_descriptor::DescriptorError;
use nodehost_runtime::HostBuilder;

/// The node's full type.
pub const NODE_TYPE: &str = "n8n-nodes-halopsacomplete.haloPsa";

/// Adds the node and its credential type to a host.
///
/// # Errors
/// If a built-in file does not fit the schema; the tests show that all do.
pub fn register(builder: HostBuilder) -> Result<HostBuilder, DescriptorError> {
    Ok(builder.node(node()?).credential_type(credential_type()?))
}
