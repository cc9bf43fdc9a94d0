//! Names used twice where one hides the other.

use nodehost_descriptor::{Choice, Options, Property};
use rustc_hash::FxHashMap;

use super::{Finding, error, warning};

/// Checks a list and all below it.
pub(super) fn check(properties: &[Property], pointer: &str, found: &mut Vec<Finding>) {
    let mut seen: FxHashMap<(&str, String), usize> = FxHashMap::default();
    for (index, property) in properties.iter().enumerate() {
        let pointer = format!("{pointer}/{index}");
        // Namesakes are n8n's way to give one parameter several forms, each with conditions of its own.
        let conditions = property.display_options.as_ref().map(|options| format!("{:?}", options.rules()));
        if let Some(first) = seen.insert((&property.name, conditions.unwrap_or_default()), index) {
            let message =
                format!("\"{}\" stands here twice under the same conditions (first at index {first})", property.name);
            found.push(error(pointer.clone(), message, "Remove one, or show them under different conditions."));
        }
        below(property, &pointer, found);
    }
}

fn below(property: &Property, pointer: &str, found: &mut Vec<Finding>) {
    match &property.options {
        Options::None => {}
        Options::Choices(choices) => check_choices(property, choices, pointer, found),
        Options::Properties(inner) => check(inner, &format!("{pointer}/options"), found),
        Options::Groups(groups) => {
            for (index, group) in groups.iter().enumerate() {
                let pointer = format!("{pointer}/options/{index}");
                if groups[..index].iter().any(|other| other.name == group.name) {
                    let message = format!("the group \"{}\" stands here twice", group.name);
                    found.push(error(pointer.clone(), message, "Give each group a name of its own."));
                }
                check(group.values.as_deref().unwrap_or(&[]), &format!("{pointer}/values"), found);
            }
        }
    }
}

fn check_choices(property: &Property, choices: &[Choice], pointer: &str, found: &mut Vec<Finding>) {
    for (index, choice) in choices.iter().enumerate() {
        let same = |other: &Choice| other.value == choice.value && other.display_options == choice.display_options;
        if choice.value.is_some() && choices[..index].iter().any(same) {
            let value = choice.value.as_ref().map(ToString::to_string).unwrap_or_default();
            let message = format!("\"{}\" offers the value {value} twice", property.name);
            found.push(warning(format!("{pointer}/options/{index}"), message, "Remove one of the options."));
        }
    }
}
