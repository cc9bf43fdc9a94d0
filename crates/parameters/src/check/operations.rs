//! Per operation: whether it runs here.

use std::sync::Arc;

use nodehost_descriptor::{NodeDescriptor, Options, Property};
use serde::Serialize;
use serde_json::{Map, Value};

use super::Host;
use super::hooks::{Entry, entries};
use crate::{CompiledNode, CompiledVersion};

/// What becomes of an operation here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// It runs.
    Runs,
    /// It needs functions that only n8n's JavaScript has.
    NeedsJavaScript,
    /// It is refused.
    Refused,
}

/// One operation of a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Operation {
    /// The resource, where the node has resources.
    pub resource: Option<String>,
    /// The operation, where the node has operations.
    pub operation: Option<String>,
    /// What becomes of it.
    pub verdict: Verdict,
    /// Why, where it does not run.
    pub reason: Option<String>,
}

/// The operations of the entry's newest version.
pub(super) fn list(node_type: &str, descriptor: &Arc<NodeDescriptor>, host: &Host<'_>) -> Vec<Operation> {
    let newest = descriptor.versions.iter().copied().fold(f64::MIN, f64::max);
    let node = CompiledNode::new(Arc::clone(descriptor)).version(newest);
    let whole = whole_node(node_type, descriptor, host);
    let mut found = Vec::new();
    for resource in choices(&node, "resource", &Map::new()) {
        let given = with(Map::new(), "resource", resource.as_ref());
        for operation in choices(&node, "operation", &given) {
            let given = with(given.clone(), "operation", operation.as_ref());
            let (verdict, reason) = whole.clone().unwrap_or_else(|| routed(&node, &given, host));
            found.push(Operation {
                resource: text(resource.as_ref()),
                operation: text(operation.as_ref()),
                verdict,
                reason,
            });
        }
    }
    found
}

/// What decides for all operations at once.
fn whole_node(node_type: &str, descriptor: &NodeDescriptor, host: &Host<'_>) -> Option<(Verdict, Option<String>)> {
    if (host.is_native)(node_type) {
        return Some((Verdict::Runs, None));
    }
    if descriptor.is_trigger() {
        return Some((Verdict::Refused, Some("it starts workflows and processes no items".to_owned())));
    }
    if !descriptor.is_declarative() {
        return Some((Verdict::NeedsJavaScript, Some("the node's work is JavaScript code".to_owned())));
    }
    None
}

/// The values of the shown property of this name; one `None` where there is no such property.
fn choices(node: &CompiledVersion, name: &str, given: &Map<String, Value>) -> Vec<Option<Value>> {
    let shown = shown(node, given);
    let list =
        shown.into_iter().filter(|property| property.name == name).flat_map(|property| match &property.options {
            Options::Choices(choices) => choices.iter().filter_map(|choice| choice.value.clone()).collect(),
            _ => Vec::new(),
        });
    let mut list: Vec<_> = list.map(Some).collect();
    if list.is_empty() {
        list.push(None);
    }
    list
}

fn with(mut given: Map<String, Value>, name: &str, value: Option<&Value>) -> Map<String, Value> {
    given.extend(value.map(|value| (name.to_owned(), value.clone())));
    given
}

/// The node's own properties that are shown.
fn shown<'n>(node: &'n CompiledVersion, given: &Map<String, Value>) -> Vec<&'n Property> {
    let values = node.get_node_parameters(given, true, false).unwrap_or_else(|_| given.clone());
    let indexes = node.displayed(&values).unwrap_or_default();
    indexes.into_iter().map(|index| &node.descriptor().properties[index]).collect()
}

/// Looks at the functions of what is shown for the operation.
fn routed(node: &CompiledVersion, given: &Map<String, Value>, host: &Host<'_>) -> (Verdict, Option<String>) {
    let mut routings = Vec::new();
    for property in shown(node, given) {
        collect(property, given, &mut routings);
    }
    let mut lost = None;
    for (place, entry) in routings.into_iter().flat_map(|routing| entries(Some(routing))) {
        match entry {
            Entry::Named(name) if !(host.has_hook)(name) => {
                return (Verdict::Refused, Some(format!("no hook \"{name}\" is registered")));
            }
            Entry::Named(_) => {}
            Entry::Lost => lost = Some(format!("a function of {place} is not in the JSON")),
        }
    }
    match lost {
        Some(reason) => (Verdict::NeedsJavaScript, Some(reason)),
        None => (Verdict::Runs, None),
    }
}

/// The routing of a property, of the choice made, and of everything below.
fn collect<'p>(property: &'p Property, given: &Map<String, Value>, found: &mut Vec<&'p Value>) {
    found.extend(property.routing.as_ref());
    match &property.options {
        Options::None => {}
        Options::Choices(choices) => {
            let chosen = given.get(&property.name).or(property.default.as_ref());
            let chosen = choices.iter().filter(|choice| choice.value.as_ref() == chosen);
            found.extend(chosen.filter_map(|choice| choice.routing.as_ref()));
        }
        Options::Properties(inner) => inner.iter().for_each(|property| collect(property, given, found)),
        Options::Groups(groups) => {
            let inner = groups.iter().flat_map(|group| group.values.as_deref().unwrap_or(&[]));
            inner.for_each(|property| collect(property, given, found));
        }
    }
}

fn text(value: Option<&Value>) -> Option<String> {
    value.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}
