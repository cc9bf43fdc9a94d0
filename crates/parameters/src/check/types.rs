//! Types of properties that this host does not know.

use nodehost_descriptor::{Options, Property, PropertyType};

use super::{Finding, warning};
use crate::validate::nearest;

/// Checks a list and all below it.
pub(super) fn check(properties: &[Property], pointer: &str, found: &mut Vec<Finding>) {
    for (index, property) in properties.iter().enumerate() {
        let pointer = format!("{pointer}/{index}");
        if let PropertyType::Other(name) = &property.kind {
            found.push(unknown(property, name, format!("{pointer}/type")));
        }
        match &property.options {
            Options::None | Options::Choices(_) => {}
            Options::Properties(inner) => check(inner, &format!("{pointer}/options"), found),
            Options::Groups(groups) => {
                for (index, group) in groups.iter().enumerate() {
                    let inner = group.values.as_deref().unwrap_or(&[]);
                    check(inner, &format!("{pointer}/options/{index}/values"), found);
                }
            }
        }
    }
}

/// A warning only: a newer n8n may have types that this host has not seen, and takes their values as they are.
fn unknown(property: &Property, name: &str, pointer: String) -> Finding {
    let message = format!("\"{}\" has the type \"{name}\", which is not known here", property.name);
    match nearest(name, PropertyType::names()) {
        Some(near) => warning(pointer, message, &format!("Did you mean \"{near}\"?")),
        None => warning(pointer, message, "Use a type that n8n has; values of others are taken as they are."),
    }
}
