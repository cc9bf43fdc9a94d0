//! HaloPSA Complete: descriptor data, constraints, hooks.
//!
//! The node is data, in n8n's vocabulary, in `descriptor/`: `node.json`, and for each resource a folder with a
//! file per operation, `constraints.json` among them. This crate builds it into the binary, and adds hooks for what JSON
//! cannot say: custom fields that are merged, a JSON object over the body, choices that Halo knows.
//!
//! ```
//! use nodehost_runtime::Host;
//!
//! let host = nodehost_halopsa::register(Host::builder()).unwrap().build().unwrap();
//! assert!(host.descriptor(nodehost_halopsa::NODE_TYPE, None).is_ok());
//! ```

mod api;
mod descriptor;
mod hooks;

use nodehost_descriptor::DescriptorError;
use nodehost_runtime::HostBuilder;

pub use descriptor::{ICON, credential_type, node};

/// The node's full type.
pub const NODE_TYPE: &str = "n8n-nodes-halopsacomplete.haloPsa";

/// Adds the node, its credential type and its hooks to a host.
///
/// # Errors
/// If a built-in file does not fit the schema; the tests show that all do.
pub fn register(builder: HostBuilder) -> Result<HostBuilder, DescriptorError> {
    Ok(hooks::register(builder.node(descriptor::shared_node()?).credential_type(credential_type()?)))
}
