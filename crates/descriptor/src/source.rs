//! Descriptors as loaded: the text, a summary read at once, the typed model on first use.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use serde::Deserialize;
use serde_json::Value;

use crate::reader::kind;
use crate::{CredentialDescriptor, DescriptorError, NodeDescriptor};

/// A piece of a text that several descriptors share.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) whole: Arc<str>,
    pub(crate) range: Range<usize>,
}

impl Text {
    pub(crate) fn owned(text: String) -> Self {
        Self { range: 0..text.len(), whole: text.into() }
    }

    fn get(&self) -> &str {
        &self.whole[self.range.clone()]
    }
}

/// What is known of a node before its descriptor is compiled.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeSummary {
    /// The name inside its package.
    pub name: String,
    /// The name people see.
    #[serde(default)]
    pub display_name: String,
    /// What the node does, for people.
    #[serde(default)]
    pub description: String,
    /// The versions this entry serves.
    #[serde(rename = "version", deserialize_with = "one_or_many")]
    pub versions: Vec<f64>,
    /// The version new uses of the node get.
    #[serde(default)]
    pub default_version: Option<f64>,
    /// The credential types the node takes.
    #[serde(default, deserialize_with = "credential_names")]
    pub credentials: Vec<String>,
}

fn one_or_many<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<f64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Version {
        One(f64),
        Many(Vec<f64>),
    }
    Ok(match Version::deserialize(deserializer)? {
        Version::One(version) => vec![version],
        Version::Many(versions) => versions,
    })
}

fn credential_names<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    struct Named {
        name: String,
    }
    let list = Option::<Vec<Named>>::deserialize(deserializer)?;
    Ok(list.unwrap_or_default().into_iter().map(|credential| credential.name).collect())
}

/// A node's descriptor as loaded.
#[derive(Debug)]
pub struct NodeSource {
    type_name: String,
    summary: NodeSummary,
    text: Text,
    file: Option<PathBuf>,
    descriptor: OnceLock<Result<Arc<NodeDescriptor>, DescriptorError>>,
}

impl NodeSource {
    pub(crate) fn new(prefix: &str, text: Text, file: Option<&Path>) -> Result<Self, DescriptorError> {
        let summary: NodeSummary = serde_json::from_str(text.get()).map_err(|error| malformed("node", &error, file))?;
        let type_name = format!("{prefix}.{}", summary.name);
        Ok(Self { type_name, summary, text, file: file.map(Path::to_owned), descriptor: OnceLock::new() })
    }

    /// The full type, `n8n-nodes-base.airtable`.
    pub fn type_name(&self) -> &str {
        &self.type_name
    }

    /// The package the node belongs to, `n8n-nodes-base`.
    pub fn package(&self) -> &str {
        self.type_name.strip_suffix(&self.summary.name).and_then(|rest| rest.strip_suffix('.')).unwrap_or_default()
    }

    /// What was read at load.
    pub fn summary(&self) -> &NodeSummary {
        &self.summary
    }

    /// The descriptor's JSON as loaded (assembled, where it came in parts).
    pub fn text(&self) -> &str {
        self.text.get()
    }

    /// The file the descriptor came from.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The typed model; read from the text on the first call.
    pub fn descriptor(&self) -> Result<Arc<NodeDescriptor>, DescriptorError> {
        self.descriptor
            .get_or_init(|| {
                let read = parse(self.text.get()).and_then(NodeDescriptor::from_value).map(Arc::new);
                read.map_err(|error| in_optional_file(error, self.file.as_deref()))
            })
            .clone()
    }
}

/// A credential type's descriptor as loaded.
#[derive(Debug)]
pub struct CredentialSource {
    package: Option<String>,
    name: String,
    text: Text,
    file: Option<PathBuf>,
    descriptor: OnceLock<Result<Arc<CredentialDescriptor>, DescriptorError>>,
}

impl CredentialSource {
    pub(crate) fn new(package: Option<&str>, text: Text, file: Option<&Path>) -> Result<Self, DescriptorError> {
        #[derive(Deserialize)]
        struct Named {
            name: String,
        }
        let named: Named = serde_json::from_str(text.get()).map_err(|error| malformed("credential", &error, file))?;
        let package = package.map(str::to_owned);
        Ok(Self { package, name: named.name, text, file: file.map(Path::to_owned), descriptor: OnceLock::new() })
    }

    /// The package the type belongs to, if it came with one: its nodes mean this type by its name.
    pub fn package(&self) -> Option<&str> {
        self.package.as_deref()
    }

    /// The credential type's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The descriptor's JSON as loaded.
    pub fn text(&self) -> &str {
        self.text.get()
    }

    /// The file the descriptor came from.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The typed model; read from the text on the first call.
    pub fn descriptor(&self) -> Result<Arc<CredentialDescriptor>, DescriptorError> {
        self.descriptor
            .get_or_init(|| {
                let read = parse(self.text.get()).and_then(CredentialDescriptor::from_value).map(Arc::new);
                read.map_err(|error| in_optional_file(error, self.file.as_deref()))
            })
            .clone()
    }
}

/// Parses JSON text; a syntax error says line and column.
pub(crate) fn parse(text: &str) -> Result<Value, DescriptorError> {
    serde_json::from_str(text).map_err(|error| {
        DescriptorError::new("", format!("not valid JSON: {error}"), "Correct the JSON at that line and column.")
    })
}

pub(crate) fn in_optional_file(error: DescriptorError, file: Option<&Path>) -> DescriptorError {
    match file {
        Some(file) => error.in_file(file),
        None => error,
    }
}

/// An entry without the fields every descriptor has.
fn malformed(what: &str, error: &serde_json::Error, file: Option<&Path>) -> DescriptorError {
    let remedy = match what {
        "node" => "A node descriptor has at least a \"name\" and a \"version\".",
        _ => "A credential descriptor has at least a \"name\".",
    };
    in_optional_file(DescriptorError::new("", format!("not a {what} descriptor: {error}"), remedy), file)
}

/// Whether a JSON value looks like a node's descriptor, and not like a credential's.
pub(crate) fn is_node(value: &Value) -> Result<bool, DescriptorError> {
    match value {
        Value::Object(map) => {
            Ok(map.contains_key("version") || map.contains_key("inputs") || map.contains_key("group"))
        }
        other => Err(DescriptorError::new(
            "",
            format!("a descriptor is an object, this is {}", kind(other)),
            "Write the descriptor as a JSON object, or a list of them.",
        )),
    }
}
