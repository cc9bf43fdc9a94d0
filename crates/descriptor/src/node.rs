//! The typed model of a node descriptor.

use serde_json::{Map, Value};

use crate::property::strings;
use crate::reader::Reader;
use crate::{DescriptorError, DisplayOptions, Options, Property};

/// What a node is (n8n's `INodeTypeDescription`), one entry, which may serve several versions.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeDescriptor {
    /// The name inside its package, `haloPsa`.
    pub name: String,
    /// The name people see.
    pub display_name: String,
    /// What the node does, for people.
    pub description: String,
    /// `trigger`, `transform`, ...
    pub group: Vec<String>,
    /// The versions this entry serves.
    pub versions: Vec<f64>,
    /// The version new uses of the node get.
    pub default_version: Option<f64>,
    /// The parameters.
    pub properties: Vec<Property>,
    /// The credential types the node takes.
    pub credentials: Vec<NodeCredential>,
    /// Part of every request of a declarative node.
    pub request_defaults: Option<Value>,
    /// Paging shared by the node's operations.
    pub request_operations: Option<Value>,
    /// Features by version (`@feature` in display options).
    pub features: Option<Map<String, Value>>,
    /// Inputs: a list, or the text of an expression.
    pub inputs: Option<Value>,
    /// Outputs: a list, or the text of an expression.
    pub outputs: Option<Value>,
    /// Whether the node is started by webhooks.
    pub webhooks: bool,
    /// Whether the node polls.
    pub polling: bool,
    /// Host extension: how many items run at once where the request does not say.
    pub concurrency: Option<u32>,
    /// Host extension: rules between parameters (docs/descriptors.md).
    pub constraints: Vec<Value>,
    /// All other keys, as they stand in the descriptor.
    pub extra: Map<String, Value>,
}

impl NodeDescriptor {
    /// Reads the model from a descriptor's JSON.
    pub fn from_value(value: Value) -> Result<Self, DescriptorError> {
        let mut reader = Reader::new(value, "", "A node descriptor")?;
        let name = reader.required_string("name")?;
        Ok(Self {
            display_name: reader.string("displayName")?.unwrap_or_else(|| name.clone()),
            description: reader.string("description")?.unwrap_or_default(),
            group: strings(reader.array("group")?),
            versions: versions(&mut reader)?,
            default_version: reader.value("defaultVersion").and_then(|value| value.as_f64()),
            properties: reader.list("properties", Property::read)?.unwrap_or_default(),
            credentials: reader.list("credentials", NodeCredential::read)?.unwrap_or_default(),
            request_defaults: reader.value("requestDefaults"),
            request_operations: reader.value("requestOperations"),
            features: reader.object("features")?,
            inputs: reader.value("inputs"),
            outputs: reader.value("outputs"),
            webhooks: reader
                .value("webhooks")
                .is_some_and(|value| value.as_array().is_some_and(|list| !list.is_empty())),
            polling: reader.flag("polling"),
            concurrency: concurrency(&mut reader)?,
            constraints: reader.array("constraints")?.unwrap_or_default(),
            extra: reader.extra(),
            name,
        })
    }

    /// Whether the node starts workflows and does not process items.
    pub fn is_trigger(&self) -> bool {
        self.webhooks || self.polling || self.group.iter().any(|group| group == "trigger")
    }

    /// Whether the descriptor itself says what requests the node makes.
    pub fn is_declarative(&self) -> bool {
        !self.is_trigger() && (self.request_defaults.is_some() || has_routing(&self.properties))
    }

    /// Whether this entry serves `version`.
    pub fn serves(&self, version: f64) -> bool {
        self.versions.contains(&version)
    }
}

fn has_routing(properties: &[Property]) -> bool {
    properties.iter().any(|property| {
        property.routing.is_some()
            || match &property.options {
                Options::None => false,
                Options::Choices(choices) => choices.iter().any(|choice| choice.routing.is_some()),
                Options::Properties(inner) => has_routing(inner),
                Options::Groups(groups) => {
                    groups.iter().any(|group| has_routing(group.values.as_deref().unwrap_or(&[])))
                }
            }
    })
}

fn versions(reader: &mut Reader) -> Result<Vec<f64>, DescriptorError> {
    let found = reader.value("version").unwrap_or(Value::Array(Vec::new()));
    let list = match &found {
        Value::Array(list) => list.iter().map(Value::as_f64).collect::<Option<Vec<_>>>(),
        one => one.as_f64().map(|version| vec![version]),
    };
    list.filter(|list| !list.is_empty()).ok_or_else(|| {
        DescriptorError::new(
            reader.child("version"),
            "\"version\" is neither a number nor a list of numbers",
            "Give the version, 1 for the first.",
        )
    })
}

fn concurrency(reader: &mut Reader) -> Result<Option<u32>, DescriptorError> {
    let Some(found) = reader.value("concurrency") else { return Ok(None) };
    let number = found.as_u64().and_then(|number| u32::try_from(number).ok()).filter(|number| *number > 0);
    number.map(Some).ok_or_else(|| {
        DescriptorError::new(
            reader.child("concurrency"),
            "\"concurrency\" is not a whole number above 0",
            "Give the number of items that may run at once, 1 for one after the other.",
        )
    })
}

/// A credential type a node takes (n8n's `INodeCredentialDescription`).
#[derive(Debug, Clone, PartialEq)]
pub struct NodeCredential {
    /// The credential type.
    pub name: String,
    /// Whether the node cannot run without it while it is shown.
    pub required: bool,
    /// When it applies.
    pub display_options: Option<DisplayOptions>,
    /// All other keys.
    pub extra: Map<String, Value>,
}

impl NodeCredential {
    fn read(value: Value, pointer: &str) -> Result<Self, DescriptorError> {
        let mut reader = Reader::new(value, pointer, "A credential of a node")?;
        Ok(Self {
            name: reader.required_string("name")?,
            required: reader.flag("required"),
            display_options: reader.object("displayOptions")?.map(DisplayOptions::from_rules),
            extra: reader.extra(),
        })
    }
}
