//! A node's parameters, compiled.

use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use nodehost_descriptor::{NodeDescriptor, Property};
use serde_json::{Map, Value};

use crate::compile::{Compiler, ConditionError, DisplayTable, Level, List, Memo, NodeFacts, Scope};
use crate::js::Js;
use crate::validate::Constraint;
use crate::{Issues, ParameterError, issues, resolve};

/// A node's descriptor entry, compiled version by version as they are asked for.
#[derive(Debug)]
pub struct CompiledNode {
    descriptor: Arc<NodeDescriptor>,
    versions: Mutex<Vec<Arc<CompiledVersion>>>,
}

impl CompiledNode {
    /// Prepares a descriptor; its versions are compiled on first use.
    pub fn new(descriptor: Arc<NodeDescriptor>) -> Self {
        Self { descriptor, versions: Mutex::default() }
    }

    /// The descriptor.
    pub fn descriptor(&self) -> &Arc<NodeDescriptor> {
        &self.descriptor
    }

    /// The parameters as a node of this version has them. Any number is taken, as in n8n: a version
    /// the descriptor does not name only decides what conditions on `@version` say.
    pub fn version(&self, version: f64) -> Arc<CompiledVersion> {
        let mut versions = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = versions.iter().find(|known| known.version.to_bits() == version.to_bits()) {
            return Arc::clone(known);
        }
        let compiled = Arc::new(CompiledVersion::new(Arc::clone(&self.descriptor), version));
        if self.descriptor.serves(version) {
            versions.push(Arc::clone(&compiled));
        }
        compiled
    }
}

/// The parameters of one version of a node: everything the descriptor alone determines is settled.
#[derive(Debug)]
pub struct CompiledVersion {
    descriptor: Arc<NodeDescriptor>,
    version: f64,
    properties: CompiledProperties,
    pub(crate) constraints: Vec<Constraint>,
}

impl CompiledVersion {
    fn new(descriptor: Arc<NodeDescriptor>, version: f64) -> Self {
        let facts = NodeFacts::new(&descriptor, version);
        let properties = CompiledProperties { root: Compiler::new(&facts).root(&descriptor.properties) };
        let constraints = descriptor.constraints.iter().map(|rule| Constraint::compile(rule, &facts)).collect();
        Self { descriptor, version, properties, constraints }
    }

    /// The descriptor.
    pub fn descriptor(&self) -> &Arc<NodeDescriptor> {
        &self.descriptor
    }

    /// The node's `typeVersion`.
    pub fn type_version(&self) -> f64 {
        self.version
    }
}

/// A node's version has its properties, and answers what they do.
impl Deref for CompiledVersion {
    type Target = CompiledProperties;

    fn deref(&self) -> &CompiledProperties {
        &self.properties
    }
}

/// A list of properties, compiled: those of a node's version, or of a credential type.
#[derive(Debug)]
pub struct CompiledProperties {
    pub(crate) root: List,
}

impl CompiledProperties {
    /// n8n's `getNodeParameters`: the values in use, with defaults for those not given
    /// (`defaults`), or only those that differ from them; with those of hidden properties (`hidden`)
    /// or without.
    ///
    /// Fails where n8n throws.
    pub fn get_node_parameters(
        &self,
        values: &Map<String, Value>,
        defaults: bool,
        hidden: bool,
    ) -> Result<Map<String, Value>, ParameterError> {
        resolve::node_parameters(&self.root, Js::Object(values), defaults, hidden)
    }

    /// n8n's `getNodeParametersIssues`: what is missing or malformed, none if nothing is.
    ///
    /// Fails where n8n throws.
    pub fn issues(&self, values: &Map<String, Value>) -> Result<Option<Issues>, ParameterError> {
        issues::node_issues(&self.root, values)
    }

    /// The indexes of the properties that are shown beside these values, those inside collections left out.
    ///
    /// Fails where n8n throws.
    pub fn displayed(&self, values: &Map<String, Value>) -> Result<Vec<usize>, ParameterError> {
        let slots = self.root.gather_watched(values);
        let scope = Scope { level: Level::Slots(&slots), root: Level::Slots(&slots) };
        let List { displays, showable, properties, .. } = &self.root;
        Memo::new(displays)
            .all_shown(displays, showable, scope)
            .or_else(|(index, error)| resolve::at(&properties[index], Err(error)))
    }
}

/// The parameters of a list of properties that belong to no node, as a credential's fields do.
pub fn compile_properties(properties: &[Property]) -> CompiledProperties {
    CompiledProperties { root: Compiler::new(&NodeFacts::none()).root(properties) }
}

/// n8n's `displayParameter` for a property (or a choice, a credential) outside a compiled node:
/// whether its `displayOptions` show it beside `values`, in a node whose parameters are `root`.
///
/// Compiles the rules each time; a node's own properties are cheaper through [`CompiledVersion`].
pub fn is_displayed(
    options: Option<&nodehost_descriptor::DisplayOptions>,
    values: &Map<String, Value>,
    root: &Map<String, Value>,
    node: Option<(&NodeDescriptor, f64)>,
) -> Result<bool, ParameterError> {
    let Some(options) = options else { return Ok(true) };
    let facts = match node {
        Some((descriptor, version)) => NodeFacts::new(descriptor, version),
        None => NodeFacts::none(),
    };
    let (table, shown) = DisplayTable::of_one(options, &facts);
    let scope = Scope { level: Level::Map(values), root: Level::Map(root) };
    let failed = |error: ConditionError| ParameterError::Condition { parameter: String::new(), reason: error.0 };
    table.is_shown(shown, scope).map_err(failed)
}
