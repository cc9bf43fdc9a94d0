//! Loading descriptors: from files, node folders, n8n's bundles and text built into a binary.
//!
//! | What is given | What is loaded |
//! |---|---|
//! | a JSON file with an object | one node, or one credential type |
//! | a JSON file with an array | a bundle as n8n packages hold it in `dist/types/` |
//! | a folder with `node.json` | that node, assembled from its `$include`s, and its `*.credentials.json` |
//! | any other folder | `dist/types/*.json` if it is an n8n package, else what its files and folders hold |

mod bundle;
mod folder;
mod include;
mod prefix;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use crate::source::{Text, in_optional_file, is_node, parse};
use crate::{CredentialSource, DescriptorError, NodeDescriptor, NodeSource, request_options, schema};

pub use prefix::package_name;

/// The prefix of node types whose file is in no package (n8n's name for it).
pub const NO_PACKAGE: &str = "CUSTOM";

/// What was found.
#[derive(Debug, Default)]
pub struct Loaded {
    /// Nodes; a type may occur more than once, each entry with versions of its own.
    pub nodes: Vec<Arc<NodeSource>>,
    /// Credential types.
    pub credentials: Vec<Arc<CredentialSource>>,
}

impl Loaded {
    fn add(&mut self, other: Self) {
        self.nodes.extend(other.nodes);
        self.credentials.extend(other.credentials);
    }
}

/// Loads whatever stands at `path`.
///
/// Node types get `prefix`, or the name in the nearest `package.json` above their file. All errors
/// are collected, so that one look tells everything that has to be corrected.
pub fn path(path: &Path, prefix: Option<&str>) -> Result<Loaded, Vec<DescriptorError>> {
    if path.is_dir() { folder::load(path, prefix) } else { file(path, prefix) }
}

/// Loads one JSON file: a descriptor, or a bundle of them.
pub fn file(path: &Path, prefix: Option<&str>) -> Result<Loaded, Vec<DescriptorError>> {
    let text = read(path).map_err(|error| vec![error])?;
    let prefix = prefix.map_or_else(|| package_name(path), str::to_owned);
    let loaded = if text.trim_start().starts_with('[') {
        bundle::load(&prefix, &text.into(), Some(path))
    } else {
        single(&prefix, text, Some(path))
    };
    loaded.map_err(|errors| errors.into_iter().map(|error| error.in_file(path)).collect())
}

/// Loads a bundle from its text: a JSON array of node or credential descriptors.
pub fn bundle_from_text(prefix: &str, text: impl Into<Arc<str>>) -> Result<Loaded, Vec<DescriptorError>> {
    bundle::load(prefix, &text.into(), None)
}

/// Loads a node from text, as a node built into a binary has it (`include_str!`).
///
/// `include` answers the text of a file named by `$include`. The descriptor is checked against the
/// schema; the first error is returned.
pub fn node_from_text<'a>(
    prefix: &str,
    text: &str,
    include: impl Fn(&str) -> Option<&'a str>,
) -> Result<NodeSource, DescriptorError> {
    let resolve = |name: &str| include(name).map(str::to_owned);
    let mut value = parse(text)?;
    include::assemble(&mut value, &resolve)?;
    node(prefix, value, None).map_err(first)
}

/// Loads a credential type of no package from text.
pub fn credential_from_text(text: &str) -> Result<CredentialSource, DescriptorError> {
    credential(None, text)
}

/// Loads a credential type of a package from text.
pub fn package_credential_from_text(package: &str, text: &str) -> Result<CredentialSource, DescriptorError> {
    credential(Some(package), text)
}

fn credential(package: Option<&str>, text: &str) -> Result<CredentialSource, DescriptorError> {
    let value = parse(text)?;
    schema::check_credential(&value).map_err(first)?;
    CredentialSource::new(package, Text::owned(text.to_owned()), None)
}

fn first(errors: Vec<DescriptorError>) -> DescriptorError {
    errors.into_iter().next().unwrap_or_else(|| DescriptorError::new("", "not a descriptor", ""))
}

fn single(prefix: &str, text: String, path: Option<&Path>) -> Result<Loaded, Vec<DescriptorError>> {
    let value = parse(&text).map_err(|error| vec![error])?;
    let mut loaded = Loaded::default();
    if is_node(&value).map_err(|error| vec![error])? {
        loaded.nodes.push(Arc::new(node(prefix, value, path)?));
    } else {
        schema::check_credential(&value)?;
        let source = CredentialSource::new(Some(prefix), Text::owned(text), path).map_err(|error| vec![error])?;
        loaded.credentials.push(Arc::new(source));
    }
    Ok(loaded)
}

/// A node from its assembled JSON: checked, given `requestOptions` where n8n's loader would.
fn node(prefix: &str, value: Value, path: Option<&Path>) -> Result<NodeSource, Vec<DescriptorError>> {
    schema::check_node(&value)?;
    let read = || {
        // A large descriptor takes megabytes as a value, and again as a model: there is one of either at a time, and
        // only the text stays until the node is used.
        let mut text = value.to_string();
        if request_options::are_due(&NodeDescriptor::from_value(value)?) {
            let mut value = parse(&text)?;
            request_options::add(&mut value);
            text = value.to_string();
        }
        NodeSource::new(prefix, Text::owned(text), path)
    };
    read().map_err(|error| vec![in_optional_file(error, path)])
}

fn read(path: &Path) -> Result<String, DescriptorError> {
    fs::read_to_string(path).map_err(|error| {
        let remedy = "Check that the path is right and that the file may be read.";
        DescriptorError::new("", format!("cannot be read: {error}"), remedy).in_file(path)
    })
}
