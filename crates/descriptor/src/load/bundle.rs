//! n8n's bundles: a JSON array with one descriptor per entry.
//!
//! The text is kept once and each descriptor is a range of it. Only a summary is read at load,
//! since a package may bring hundreds of nodes of which a run uses one.

use std::path::Path;
use std::sync::Arc;

use serde_json::value::RawValue;

use super::Loaded;
use crate::source::{Text, is_node, parse};
use crate::{CredentialSource, DescriptorError, NodeSource};

pub(super) fn load(prefix: &str, whole: &Arc<str>, path: Option<&Path>) -> Result<Loaded, Vec<DescriptorError>> {
    let entries: Vec<&RawValue> = serde_json::from_str(whole).map_err(|error| {
        let message = format!("not a JSON array of descriptors: {error}");
        vec![DescriptorError::new("", message, "Correct the JSON at that line and column.")]
    })?;
    let mut loaded = Loaded::default();
    let mut errors = Vec::new();
    let mut of_nodes = None;
    for (index, entry) in entries.into_iter().enumerate() {
        let text = piece(whole, entry.get());
        let result = holds_nodes(&mut of_nodes, entry.get()).and_then(|nodes| {
            if nodes {
                loaded.nodes.push(Arc::new(NodeSource::new(prefix, text, path)?));
            } else {
                loaded.credentials.push(Arc::new(CredentialSource::new(Some(prefix), text, path)?));
            }
            Ok(())
        });
        errors.extend(result.err().map(|error| error.below(&format!("/{index}"))));
    }
    if errors.is_empty() { Ok(loaded) } else { Err(errors) }
}

/// A bundle holds nodes or credentials, not both: its first entry tells.
fn holds_nodes(known: &mut Option<bool>, entry: &str) -> Result<bool, DescriptorError> {
    if let Some(known) = known {
        return Ok(*known);
    }
    let nodes = is_node(&parse(entry)?)?;
    *known = Some(nodes);
    Ok(nodes)
}

/// The range of `whole` that `part`, borrowed from it, takes.
fn piece(whole: &Arc<str>, part: &str) -> Text {
    let start = part.as_ptr() as usize - whole.as_ptr() as usize;
    Text { whole: Arc::clone(whole), range: start..start + part.len() }
}
