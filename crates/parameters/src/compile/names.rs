//! Slots: where the values of a list's names stand while it is resolved.

use nodehost_descriptor::{Options, Property};
use serde_json::Value;

use super::SlotMap;
use crate::js::path::Path;

/// The names of a list, and of the parameters that conditions look at though no property has their
/// name: a value may be given all the same.
pub(super) struct Names {
    pub(super) slots: SlotMap,
    /// Those that conditions look at; they have the first slots.
    pub(super) watched: Vec<Box<str>>,
    /// How many are the list's own.
    pub(super) own: usize,
}

impl Names {
    /// `with_nested` names what conditions of the lists below look at too, which a node's own list is asked for.
    pub(super) fn of(properties: &[Property], with_nested: bool) -> Self {
        let mut names = Self { slots: SlotMap::default(), watched: Vec::new(), own: 0 };
        each_rule(properties, with_nested, true, &mut |name, is_own| {
            if is_own || name.starts_with('/') {
                names.watch(name);
            }
        });
        for property in properties {
            names.add(&property.name);
        }
        names.own = names.slots.len();
        each_rule(properties, with_nested, true, &mut |name, _| {
            for key in keys(name) {
                names.add(&key);
            }
        });
        names
    }

    /// Answers whether the name is new.
    fn add(&mut self, name: &str) -> bool {
        let next = self.slots.len() as u32;
        *self.slots.entry(name.into()).or_insert(next) == next
    }

    fn watch(&mut self, rule: &str) {
        for key in keys(rule) {
            if self.add(&key) {
                self.watched.push(key);
            }
        }
    }
}

/// The keys a rule's value may be found by: the whole path, and its first step.
fn keys(rule: &str) -> impl Iterator<Item = Box<str>> {
    let path = Path::parse(rule.strip_prefix('/').unwrap_or(rule));
    std::iter::once(path.key).chain(path.steps.into_iter().take(1))
}

/// Calls `found` with what each rule looks at, and whether the rule is the list's own.
fn each_rule(properties: &[Property], with_nested: bool, is_own: bool, found: &mut dyn FnMut(&str, bool)) {
    for property in properties {
        let options = property.display_options.iter();
        let sides = options.flat_map(|options| [options.show(), options.hide()]).flatten();
        let names = sides.filter_map(Value::as_object).flat_map(|rules| rules.keys());
        names.filter(|name| !name.starts_with('@')).for_each(|name| found(name, is_own));
        match &property.options {
            Options::Properties(inner) if with_nested => each_rule(inner, true, false, found),
            Options::Groups(groups) if with_nested => {
                let lists = groups.iter().filter_map(|group| group.values.as_deref());
                lists.for_each(|inner| each_rule(inner, true, false, found));
            }
            _ => {}
        }
    }
}
