//! Goes through the values given and checks each against its property.

use serde_json::{Map, Value};

use super::trail::{Step, Trail};
use super::{Violation, has_expression, limits};
use crate::compile::{Compiled, Level, List, Nested, Scope};
use crate::js::{Js, is_equal};

/// What is looked at and where the findings go.
pub(super) struct Walk<'w> {
    /// Whether values that are or hold expressions are left for later.
    pub(super) constants_only: bool,
    pub(super) found: &'w mut Vec<Violation>,
}

/// A list's place: the values in use beside its properties, and the node's.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) list: &'a List,
    pub(super) values: &'a Map<String, Value>,
    pub(super) root: &'a Map<String, Value>,
}

impl Walk<'_> {
    /// The node's own list: `given` says which values stem from the caller, `values` are those in use.
    pub(super) fn node(mut self, list: &List, given: &Map<String, Value>, values: &Map<String, Value>) {
        self.level(Place { list, values, root: values }, given, None);
    }

    /// `given` are the caller's values; only those are checked, since defaults are the descriptor's.
    fn level(&mut self, place: Place<'_>, given: &Map<String, Value>, before: Option<&Trail<'_>>) {
        for property in place.list.properties.iter().filter(|property| given.contains_key(&property.name)) {
            let Some(value) = place.values.get(&property.name) else { continue };
            if !is_shown(place, property) || is_equal(value.into(), property.default.as_ref().into()) {
                continue;
            }
            let trail = Trail { before, step: Step::Name(&property.name) };
            self.property(place, property, &given[&property.name], value, &trail);
        }
    }

    fn property(&mut self, place: Place<'_>, property: &Compiled, given: &Value, value: &Value, trail: &Trail<'_>) {
        match &property.nested {
            Nested::Simple if self.constants_only && has_expression(value) => {}
            Nested::Simple => limits::check(property, value, self.constants_only, trail, self.found),
            Nested::Collection(Some(inner)) => self.entries(inner, place.root, given, value, trail),
            Nested::Groups(Some(groups)) => {
                let Value::Object(values) = value else { return };
                for (group, value) in groups.iter().filter_map(|group| Some((group, values.get(&group.name)?))) {
                    let Some(list) = &group.values else { continue };
                    let trail = trail.name(&group.name);
                    // A whole collection that was an expression has all been given.
                    let given = if given.is_object() { given.get(&group.name) } else { Some(value) };
                    if let Some(given) = given {
                        self.entries(list, place.root, given, value, &trail);
                    }
                }
            }
            Nested::Collection(None) | Nested::Groups(None) => {}
        }
    }

    /// One entry, or a list of them.
    fn entries(&mut self, list: &List, root: &Map<String, Value>, given: &Value, value: &Value, trail: &Trail<'_>) {
        match value {
            Value::Object(values) => {
                let given = given.as_object().unwrap_or(values);
                self.level(Place { list, values, root }, given, Some(trail));
            }
            Value::Array(entries) => {
                for (index, value) in entries.iter().enumerate() {
                    let given = given.get(index).unwrap_or(value);
                    if let Value::Object(values) = value {
                        let given = given.as_object().unwrap_or(values);
                        self.level(Place { list, values, root }, given, Some(&trail.index(index)));
                    }
                }
            }
            _ => {}
        }
    }
}

/// Whether the property is shown; one whose conditions cannot be evaluated is not checked, since n8n
/// throws on it before.
pub(super) fn is_shown(place: Place<'_>, property: &Compiled) -> bool {
    let scope = Scope { level: Level::Map(place.values), root: Level::Value(Js::Object(place.root)) };
    place.list.displays.is_shown(property.shown, scope).unwrap_or(false)
}
