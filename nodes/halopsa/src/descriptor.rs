//! The descriptor files, built in.

use std::sync::{Arc, LazyLock};

use include_dir::{Dir, include_dir};
use nodehost_descriptor::{CredentialSource, DescriptorError, NodeSource, load};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/descriptor");

/// The icon, an SVG image.
pub const ICON: &[u8] = include_bytes!("../descriptor/halopsa.svg");

/// The package the node belongs to in n8n: the prefix of its type.
const PACKAGE: &str = "n8n-nodes-halopsacomplete";

/// The node, assembled from its files.
///
/// # Errors
/// If a file does not fit the schema; the tests show that all do.
pub fn node() -> Result<NodeSource, DescriptorError> {
    load::node_from_text(PACKAGE, file("node.json").unwrap_or_default(), file)
}

/// The node, assembled once for all hosts of the process.
pub(crate) fn shared_node() -> Result<Arc<NodeSource>, DescriptorError> {
    static NODE: LazyLock<Result<Arc<NodeSource>, DescriptorError>> = LazyLock::new(|| node().map(Arc::new));
    NODE.clone()
}

/// The credential type `haloPSAApi`.
///
/// # Errors
/// If the file does not fit the schema; the tests show that it does.
pub fn credential_type() -> Result<CredentialSource, DescriptorError> {
    load::package_credential_from_text(PACKAGE, file("haloPSAApi.credentials.json").unwrap_or_default())
}

fn file(name: &str) -> Option<&'static str> {
    FILES.get_file(name)?.contents_utf8()
}
