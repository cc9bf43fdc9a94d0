//! Fixed collections: groups of properties, each used once or as a list of entries.

use serde_json::{Map, Value};

use super::{Form, Outcome, Parent, Resolved, resolve};
use crate::ParameterError;
use crate::compile::{Compiled, CompiledGroup, Level, List, Multiple};
use crate::js::{Js, is_equal, is_reserved};

pub(super) fn value(
    property: &Compiled,
    groups: Option<&[CompiledGroup]>,
    given: Js<'_>,
    form: Form,
    root: Level<'_, '_>,
) -> Result<Outcome, ParameterError> {
    let value = if form.defaults && given.is_undefined() { property.default.as_ref().into() } else { given };
    if !form.defaults
        && property.multiple == Multiple::No
        && value.is_truthy()
        && value.keys().all(|key| is_reserved(&key))
    {
        // An empty object says that an entry was added, all of it default.
        return Ok(Outcome::AsGiven);
    }
    let context = Context { property, groups, given, value, form, root };
    let mut entries = Resolved::new();
    let mut any_visible = false;
    if value.is_truthy() {
        for key in value.keys().filter(|key| !is_reserved(key)) {
            match property.multiple {
                Multiple::Yes => context.many(&key, &mut entries)?,
                _ => any_visible |= context.one(&key, &mut entries)?,
            }
        }
    }
    let is_object = matches!(value, Js::Object(map) if !map.is_empty());
    if !entries.is_empty() || form.defaults {
        return Ok(Outcome::Value(Some(Value::Object(entries.map))));
    }
    if any_visible && property.multiple == Multiple::No && is_object {
        let empty = |key: std::borrow::Cow<'_, str>| (key.into_owned(), Value::Object(Map::new()));
        return Ok(Outcome::Value(Some(Value::Object(value.keys().map(empty).collect()))));
    }
    Ok(Outcome::Nothing)
}

struct Context<'c, 'a> {
    property: &'a Compiled,
    groups: Option<&'a [CompiledGroup]>,
    /// What the parameters hold, undefined where the default is used.
    given: Js<'a>,
    value: Js<'a>,
    form: Form,
    root: Level<'c, 'c>,
}

impl<'a> Context<'_, 'a> {
    fn group(&self, name: &str) -> Result<Option<&'a CompiledGroup>, ParameterError> {
        match self.groups {
            Some(groups) => Ok(groups.iter().find(|group| group.name == name)),
            None => Err(self.no_properties()),
        }
    }

    fn no_properties(&self) -> ParameterError {
        ParameterError::NoProperties { parameter: self.property.name.clone() }
    }

    fn list(&self, group: &'a CompiledGroup) -> Result<&'a List, ParameterError> {
        group.values.as_ref().ok_or_else(|| self.no_properties())
    }

    fn entry(&self, group: &'a CompiledGroup, value: Js<'a>, form: Form) -> Result<Resolved, ParameterError> {
        resolve(self.list(group)?, value, form, Parent::FixedCollection, Some(self.root))
    }

    /// A group used as a list of entries.
    fn many(&self, key: &str, entries: &mut Resolved) -> Result<(), ParameterError> {
        if !matches!(self.value, Js::Object(_)) {
            return Ok(());
        }
        let Some(group) = self.group(key)? else { return Ok(()) };
        let form = Form { copied: true, ..self.form };
        let mut resolved = Vec::new();
        match self.value.get(key) {
            Js::Array(list) => {
                for entry in list {
                    resolved.push(self.entry(group, entry.into(), form)?.into_value());
                }
            }
            // JavaScript iterates a text by its characters.
            Js::Text(text) => {
                for (start, character) in text.char_indices() {
                    let entry = Js::Text(&text[start..start + character.len_utf8()]);
                    resolved.push(self.entry(group, entry, form)?.into_value());
                }
            }
            _ => return Err(ParameterError::shape(&self.property.name, "a list of entries was expected")),
        }
        entries.set(key, Some(Value::Array(resolved)));
        Ok(())
    }

    /// A group used once; answers whether any of its fields is visible.
    fn one(&self, key: &str, entries: &mut Resolved) -> Result<bool, ParameterError> {
        let Some(group) = self.group(key)? else { return Ok(false) };
        let read = self.given.read(key);
        let given = read.map_err(|_| ParameterError::shape(&self.property.name, "no value is given for its group"))?;
        let resolved = self.entry(group, given, self.form)?;
        let empty = resolved.is_empty();
        let visible = !empty || !has_own_values(self.list(group)?, given);
        if !empty || (!self.form.defaults && visible && !self.value.get(key).is_undefined()) {
            entries.set(key, Some(resolved.into_object()));
        }
        Ok(visible)
    }
}

/// Whether the entry holds a value that is not its property's default.
fn has_own_values(list: &List, entry: Js<'_>) -> bool {
    entry.keys().any(|key| {
        let property = list.properties.iter().find(|property| property.name == *key);
        property.is_some_and(|property| !is_equal(entry.get(&key), property.default.as_ref().into()))
    })
}
