//! Hooks: names that nothing registers, and functions that JSON has lost.

use nodehost_descriptor::{NodeDescriptor, Options, Property};
use serde_json::Value;

use super::{Finding, Host, error, warning};

/// Checks the hooks a node names.
pub(super) fn check(node_type: &str, descriptor: &NodeDescriptor, host: &Host<'_>, found: &mut Vec<Finding>) {
    list(&descriptor.properties, "/properties", host, found);
    let pagination =
        descriptor.request_operations.as_ref().and_then(|operations| operations.get("pagination")?.as_str());
    if let Some(name) = pagination.filter(|name| !(host.has_hook)(name)) {
        found.push(unregistered("/requestOperations/pagination".to_owned(), name));
    }
    // Of a node whose work is JavaScript code, choices are the least that is missing.
    if descriptor.is_declarative() || (host.is_native)(node_type) {
        choices(&descriptor.properties, "/properties", host, found);
    }
}

fn unregistered(pointer: String, name: &str) -> Finding {
    let remedy = "Correct the name, or register the hook in the crate that brings the node.";
    error(pointer, format!("no hook \"{name}\" is registered"), remedy)
}

/// The hooks that load choices: without them only the choices are missing, so they are warned about.
fn choices(properties: &[Property], pointer: &str, host: &Host<'_>, found: &mut Vec<Finding>) {
    for (index, property) in properties.iter().enumerate() {
        let pointer = format!("{pointer}/{index}");
        let name = property.type_options.text("loadOptionsMethod");
        loads(name, &format!("{pointer}/typeOptions/loadOptionsMethod"), host, found);
        for (index, mode) in property.modes.iter().flatten().enumerate() {
            let name = mode.extra.get("typeOptions").and_then(|options| options.get("searchListMethod")?.as_str());
            loads(name, &format!("{pointer}/modes/{index}/typeOptions/searchListMethod"), host, found);
        }
        match &property.options {
            Options::None | Options::Choices(_) => {}
            Options::Properties(inner) => choices(inner, &format!("{pointer}/options"), host, found),
            Options::Groups(groups) => {
                for (index, group) in groups.iter().enumerate() {
                    let inner = group.values.as_deref().unwrap_or(&[]);
                    choices(inner, &format!("{pointer}/options/{index}/values"), host, found);
                }
            }
        }
    }
}

fn loads(name: Option<&str>, pointer: &str, host: &Host<'_>, found: &mut Vec<Finding>) {
    if let Some(name) = name.filter(|name| !(host.has_hook)(name)) {
        let message = format!("no hook \"{name}\" is registered, so the choices cannot be loaded");
        let remedy = "Correct the name, register the hook, or load the choices by a request (typeOptions.loadOptions).";
        found.push(warning(pointer.to_owned(), message, remedy));
    }
}

fn list(properties: &[Property], pointer: &str, host: &Host<'_>, found: &mut Vec<Finding>) {
    for (index, property) in properties.iter().enumerate() {
        let pointer = format!("{pointer}/{index}");
        routing(property.routing.as_ref(), &pointer, host, found);
        match &property.options {
            Options::None => {}
            Options::Choices(choices) => {
                for (index, choice) in choices.iter().enumerate() {
                    routing(choice.routing.as_ref(), &format!("{pointer}/options/{index}"), host, found);
                }
            }
            Options::Properties(inner) => list(inner, &format!("{pointer}/options"), host, found),
            Options::Groups(groups) => {
                for (index, group) in groups.iter().enumerate() {
                    let inner = group.values.as_deref().unwrap_or(&[]);
                    list(inner, &format!("{pointer}/options/{index}/values"), host, found);
                }
            }
        }
    }
}

fn routing(routing: Option<&Value>, pointer: &str, host: &Host<'_>, found: &mut Vec<Finding>) {
    for (place, entry) in entries(routing) {
        if let Entry::Named(name) = entry
            && !(host.has_hook)(name)
        {
            found.push(unregistered(format!("{pointer}/routing/{place}"), name));
        }
    }
}

/// What stands where n8n has a function.
pub(super) enum Entry<'r> {
    /// A hook's name.
    Named(&'r str),
    /// Nothing: JSON has no functions, so n8n's bundles hold null.
    Lost,
}

/// The functions a `routing` refers to, with their places in it.
pub(super) fn entries(routing: Option<&Value>) -> Vec<(String, Entry<'_>)> {
    let mut found = Vec::new();
    for (part, name) in [("send", "preSend"), ("output", "postReceive")] {
        let list = routing.and_then(|routing| routing.get(part)?.get(name)?.as_array());
        for (index, entry) in list.into_iter().flatten().enumerate() {
            let place = format!("{part}/{name}/{index}");
            match entry {
                Value::String(hook) => found.push((place, Entry::Named(hook))),
                Value::Null => found.push((place, Entry::Lost)),
                _ => {}
            }
        }
    }
    let pagination = routing.and_then(|routing| routing.get("operations")?.get("pagination")?.as_str());
    found.extend(pagination.map(|hook| ("operations/pagination".to_owned(), Entry::Named(hook))));
    found
}
