//! The node types of a host.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use nodehost_descriptor::{DescriptorError, NodeSource};
use nodehost_parameters::CompiledNode;
use serde::Serialize;

use crate::node::NativeNode;
use crate::{ErrorCode, Refusal};

/// What can be done with a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NodeKind {
    /// Its descriptor says what requests it makes.
    Declarative,
    /// It is written in Rust.
    Native,
    /// It can be described, not run.
    DescribeOnly,
}

/// A node type as `GET /v1/nodes` lists it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeListing {
    /// The full type.
    #[serde(rename = "type")]
    pub node_type: String,
    /// The name people see.
    pub display_name: String,
    /// What it does.
    pub description: String,
    /// The versions there are, ascending.
    pub versions: Vec<f64>,
    /// The version new uses get.
    pub default_version: f64,
    /// What can be done with it.
    pub kind: NodeKind,
    /// The credential types it takes.
    pub credentials: Vec<String>,
}

/// One descriptor of a type; it may serve several versions.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) source: Arc<NodeSource>,
    compiled: OnceLock<Result<Arc<CompiledNode>, DescriptorError>>,
}

impl Entry {
    /// The compiled descriptor; compiled on the first call.
    pub(crate) fn compiled(&self) -> Result<Arc<CompiledNode>, Refusal> {
        let compiled = self
            .compiled
            .get_or_init(|| self.source.descriptor().map(|descriptor| Arc::new(CompiledNode::new(descriptor))));
        compiled.clone().map_err(|error| Refusal::new(ErrorCode::NotExecutable, error.to_string()))
    }
}

/// The types by name.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    types: BTreeMap<String, Type>,
    /// Full types by the name after the package.
    bare: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Default)]
pub(crate) struct Type {
    entries: Vec<Entry>,
    pub(crate) native: Option<NativeNode>,
}

/// A node found: its type, and the entry that serves the version asked for.
#[derive(Debug)]
pub(crate) struct Found<'r> {
    pub(crate) node_type: &'r str,
    pub(crate) version: f64,
    pub(crate) entry: &'r Entry,
    pub(crate) of_type: &'r Type,
}

impl Registry {
    pub(crate) fn add(&mut self, source: Arc<NodeSource>) {
        let name = source.type_name().to_owned();
        let bare = self.bare.entry(source.summary().name.clone()).or_default();
        if !bare.contains(&name) {
            bare.push(name.clone());
        }
        let entries = &mut self.types.entry(name).or_default().entries;
        // A later descriptor of the same versions takes the place of an earlier one.
        entries.retain(|entry| entry.source.summary().versions != source.summary().versions);
        entries.push(Entry { source, compiled: OnceLock::new() });
    }

    /// Says how a node runs; false if there is no such node.
    pub(crate) fn set_native(&mut self, node_type: &str, native: NativeNode) -> bool {
        let Some(of_type) = self.types.get_mut(node_type) else { return false };
        of_type.native = Some(native);
        true
    }

    pub(crate) fn find(&self, name: &str, version: Option<f64>) -> Result<Found<'_>, Refusal> {
        let unknown = |message: String| Refusal::at("/node/type", ErrorCode::UnknownNode, message);
        let (node_type, of_type) = match self.types.get_key_value(name) {
            Some((node_type, of_type)) => (node_type, of_type),
            None => match self.bare.get(name).map(Vec::as_slice) {
                Some([full]) => {
                    self.types.get_key_value(full).ok_or_else(|| unknown(format!("There is no node {name}")))?
                }
                Some(several) => {
                    return Err(unknown(format!("Several packages have a node {name}: {}", several.join(", "))));
                }
                None => return Err(unknown(format!("There is no node {name}"))),
            },
        };
        let version = version.unwrap_or_else(|| of_type.default_version());
        let serves = |entry: &&Entry| entry.source.summary().versions.contains(&version);
        let entry = of_type.entries.iter().find(serves).ok_or_else(|| {
            let versions = of_type.versions().iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let message = format!("{node_type} has no version {version}; it has {versions}");
            Refusal::at("/node/typeVersion", ErrorCode::UnknownNode, message)
        })?;
        Ok(Found { node_type, version, entry, of_type })
    }

    pub(crate) fn list(&self) -> Vec<NodeListing> {
        self.types.iter().filter_map(|(name, of_type)| of_type.listing(name)).collect()
    }
}

impl Type {
    fn versions(&self) -> Vec<f64> {
        let mut versions: Vec<f64> =
            self.entries.iter().flat_map(|entry| entry.source.summary().versions.iter().copied()).collect();
        versions.sort_by(f64::total_cmp);
        versions.dedup();
        versions
    }

    fn default_version(&self) -> f64 {
        let named = self.entries.iter().filter_map(|entry| entry.source.summary().default_version);
        let highest = self.versions().last().copied().unwrap_or(1.0);
        named.max_by(f64::total_cmp).filter(|version| self.versions().contains(version)).unwrap_or(highest)
    }

    fn kind(&self) -> NodeKind {
        if self.native.is_some() {
            return NodeKind::Native;
        }
        // Most descriptors have no routing, and need not be read to tell.
        let declarative = self.entries.iter().any(|entry| {
            let text = entry.source.text();
            (text.contains("\"routing\"") || text.contains("\"requestDefaults\""))
                && entry.source.descriptor().is_ok_and(|descriptor| descriptor.is_declarative())
        });
        if declarative { NodeKind::Declarative } else { NodeKind::DescribeOnly }
    }

    fn listing(&self, name: &str) -> Option<NodeListing> {
        let default_version = self.default_version();
        let serves = |entry: &&Entry| entry.source.summary().versions.contains(&default_version);
        let summary = self.entries.iter().find(serves).or(self.entries.last())?.source.summary();
        let mut credentials: Vec<String> =
            self.entries.iter().flat_map(|entry| entry.source.summary().credentials.iter().cloned()).collect();
        credentials.sort();
        credentials.dedup();
        Some(NodeListing {
            node_type: name.to_owned(),
            display_name: summary.display_name.clone(),
            description: summary.description.clone(),
            versions: self.versions(),
            default_version,
            kind: self.kind(),
            credentials,
        })
    }
}
