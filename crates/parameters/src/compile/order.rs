//! The order in which properties are resolved, so that what a condition looks at is there.

use nodehost_descriptor::Property;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use super::Compiled;
use crate::ParameterError;
use crate::js::is_inherited;

/// What each name depends on: the parameters its conditions name, specials (`@version`) left out.
///
/// n8n keeps them in an object. Under a name that every object inherits it finds a function instead of
/// a list, and throws unless that is as good as an empty one: without conditions, where `length` is 0.
fn dependencies(properties: &[Property]) -> Result<FxHashMap<&str, Vec<&str>>, ParameterError> {
    let mut found: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
    for property in properties {
        let rules = property.display_options.iter().flat_map(|options| options.rules().values());
        let mut names = rules.filter_map(Value::as_object).flat_map(|rule| rule.keys()).peekable();
        if is_inherited(&property.name) {
            let is_like_a_list = matches!(property.name.as_str(), "toString" | "toLocaleString" | "valueOf");
            if names.peek().is_some() || !is_like_a_list {
                return Err(ParameterError::shape(&property.name, "no parameter can have this name"));
            }
            continue;
        }
        let list = found.entry(&property.name).or_default();
        for name in names {
            if !name.starts_with('@') && !list.contains(&name.as_str()) {
                list.push(name);
            }
        }
    }
    Ok(found)
}

/// n8n's order, repeats included: a property whose dependencies are not there yet is resolved at
/// once and put at the end of the queue again, once for each that is missing.
pub(super) fn resolve_order(properties: &[Property]) -> Result<Vec<u32>, ParameterError> {
    let dependencies = dependencies(properties)?;
    let mut queue: std::collections::VecDeque<u32> = (0..properties.len() as u32).collect();
    let mut order = Vec::with_capacity(properties.len());
    let mut resolved: FxHashSet<&str> = FxHashSet::default();
    let mut last_length = queue.len();
    let mut last_reduction = -1i64;
    let mut iterations = 0i64;
    while let Some(index) = queue.pop_front() {
        iterations += 1;
        let name = properties[index as usize].name.as_str();
        let needed = dependencies.get(name).map_or(&[][..], Vec::as_slice);
        if !needed.is_empty() {
            let missing =
                needed.iter().filter(|needed| !resolved.contains(*needed) && dependencies.contains_key(*needed));
            queue.extend(missing.map(|_| index));
        }
        order.push(index);
        resolved.insert(name);
        if needed.is_empty() {
            continue;
        }
        if queue.len() < last_length {
            last_reduction = iterations;
        }
        if iterations > last_reduction + properties.len() as i64 {
            return Err(ParameterError::Dependencies);
        }
        last_length = queue.len();
    }
    Ok(order)
}

/// Drops repeats that cannot change anything: those of a name only one property has.
pub(super) fn without_idle_repeats(order: Vec<u32>, properties: &[Compiled]) -> Vec<u32> {
    let mut seen = FxHashSet::default();
    let keeps = |index: &u32| seen.insert(*index) || properties[*index as usize].duplicate;
    order.into_iter().filter(keeps).collect()
}
