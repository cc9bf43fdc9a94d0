//! Walks the properties as n8n does, which looks values up by path from the node's own.
//!
//! Two peculiarities follow from n8n's paths and are kept: the properties of a collection are looked
//! up beside the collection and not in it, and a fixed collection below the first level under a key
//! that is empty.

use nodehost_descriptor::PropertyType;
use nodehost_expression::data;
use serde_json::{Map, Value};

use super::{Issues, mapper};
use crate::ParameterError;
use crate::compile::{Checks, Compiled, CompiledGroup, Level, List, LocatorMode, Memo, Multiple, Nested, Scope, Shown};
use crate::js::path::{Path, is_deep, steps};
use crate::js::{Js, Throws, is_inherited};
use crate::resolve::at;
use crate::types::{Checked, TypeOptions, validate_field_type};

/// The issues of a node's own list and all below.
pub(crate) fn node_issues(list: &List, values: &Map<String, Value>) -> Result<Option<Issues>, ParameterError> {
    let mut issues = Issues::default();
    if !list.checked.is_empty() {
        walk(list, values, Sink::Issues(&mut issues))?;
    }
    Ok((!issues.parameters.is_empty()).then_some(issues))
}

/// The same messages, each with a JSON pointer to the parameter it is about.
pub(crate) fn node_findings(list: &List, values: &Map<String, Value>) -> Result<Vec<(String, String)>, ParameterError> {
    let mut findings = Vec::new();
    walk(list, values, Sink::Findings(&mut findings))?;
    Ok(findings)
}

fn walk(list: &List, values: &Map<String, Value>, sink: Sink<'_>) -> Result<(), ParameterError> {
    let slots = list.gather_all(values);
    let node = Node { values, slots: &slots, has_paths: values.keys().any(|key| is_deep(key)) };
    let mut walk = Walk { node, sink, memo: Memo::new(&list.displays) };
    for index in &list.checked {
        walk.property(list, &list.properties[*index as usize], Place::Top)?;
    }
    Ok(())
}

/// Where messages go.
enum Sink<'s> {
    Issues(&'s mut Issues),
    /// With the place of each.
    Findings(&'s mut Vec<(String, String)>),
}

impl Sink<'_> {
    fn push(&mut self, property: &Compiled, place: Place<'_, '_>, message: String) -> Result<(), ParameterError> {
        match self {
            // n8n collects messages in an object, where it finds a function under such a name.
            Self::Issues(_) if is_inherited(&property.name) => {
                return Err(ParameterError::shape(&property.name, "no messages can be kept under this name"));
            }
            Self::Issues(issues) => issues.push(&property.name, message),
            Self::Findings(findings) => findings.push((place.pointer(&property.name), message)),
        }
        Ok(())
    }
}

struct Node<'a> {
    values: &'a Map<String, Value>,
    slots: &'a [Js<'a>],
    /// Whether a key of the values looks like a path, and so could be one.
    has_paths: bool,
}

/// Where the values of a list are looked up.
#[derive(Clone, Copy)]
enum Place<'p, 'a> {
    /// Among the node's own values, the list being its own.
    Top,
    /// Among the node's own values, for a list that is not: that of a collection.
    BesideTop,
    /// In a value below.
    Below { value: Js<'a>, path: &'p str, root: Option<Js<'a>> },
}

impl Place<'_, '_> {
    fn pointer(self, name: &str) -> String {
        let above = match self {
            Self::Top | Self::BesideTop => Vec::new(),
            Self::Below { path, .. } => steps(path),
        };
        let token = |step: &str| format!("/{}", step.replace('~', "~0").replace('/', "~1"));
        above.iter().map(|step| token(step)).chain([token(name)]).collect()
    }
}

struct Walk<'a> {
    node: Node<'a>,
    sink: Sink<'a>,
    memo: Memo,
}

impl<'a> Walk<'a> {
    fn property(&mut self, list: &'a List, property: &'a Compiled, place: Place<'_, 'a>) -> Result<(), ParameterError> {
        let eager = matches!(property.shown, Shown::Depends(display) if list.displays.may_throw(display));
        let mut shown = Visibility { list, property, place, known: None };
        if eager {
            shown.get(self)?;
        }
        if property.required {
            self.required(property, place, &mut shown)?;
        }
        self.checks(property, place, &mut shown)?;
        match &property.nested {
            Nested::Collection(Some(inner)) if !inner.checked.is_empty() => self.collection(inner, place),
            Nested::Groups(Some(groups)) => {
                if shown.get(self)? {
                    self.groups(property, groups, place)?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The property's value, as lodash's `get` finds it from the node's values.
    fn value(&self, property: &Compiled, place: Place<'_, 'a>) -> Js<'a> {
        match place {
            Place::Top => {
                let direct = self.node.slots[property.slot as usize];
                if property.path.is_simple() || !direct.is_undefined() { direct } else { self.top(&property.path) }
            }
            Place::BesideTop => self.top(&property.path),
            Place::Below { value, path, .. } => self.below(value, path, &property.path),
        }
    }

    fn top(&self, path: &Path) -> Js<'a> {
        path.get(Js::Object(self.node.values))
    }

    fn below(&self, value: Js<'a>, path: &str, name: &Path) -> Js<'a> {
        if self.node.has_paths
            && let Some(direct) = self.node.values.get(&format!("{path}.{}", name.key))
        {
            return direct.into();
        }
        name.descend(value)
    }

    fn required(
        &mut self,
        property: &'a Compiled,
        place: Place<'_, 'a>,
        shown: &mut Visibility<'_, 'a>,
    ) -> Result<(), ParameterError> {
        let value = self.value(property, place);
        let missing = match (property.multiple, value) {
            (Multiple::Unsaid, value) => self.count_missing(property, std::iter::once(value), shown)?,
            (_, Js::Array(list)) => self.count_missing(property, list.iter().map(Js::from), shown)?,
            _ => 0,
        };
        for _ in 0..missing {
            self.sink.push(property, place, format!("Parameter \"{}\" is required.", property.display_name))?;
        }
        Ok(())
    }

    fn count_missing(
        &mut self,
        property: &Compiled,
        values: impl Iterator<Item = Js<'a>>,
        shown: &mut Visibility<'_, 'a>,
    ) -> Result<usize, ParameterError> {
        let mut missing = 0;
        for value in values {
            let found = is_missing(property, value);
            if found != Ok(false) && shown.get(self)? {
                found.map_err(|_| ParameterError::shape(&property.name, "null is no resource locator"))?;
                missing += 1;
            }
        }
        Ok(missing)
    }

    /// What the property's type is checked for.
    fn checks(
        &mut self,
        property: &'a Compiled,
        place: Place<'_, 'a>,
        shown: &mut Visibility<'_, 'a>,
    ) -> Result<(), ParameterError> {
        match property.checks.as_deref() {
            Some(Checks::Locator(modes)) => {
                let value = self.value(property, place);
                let is_locator = is_locator_value(value);
                if (is_locator || property.validate_type.is_some()) && shown.get(self)? {
                    return if is_locator { self.locator(property, modes, value, place) } else { Ok(()) };
                }
            }
            Some(Checks::Mapper { field_word, required }) => {
                let value = self.value(property, place);
                if mapper::is_value(value) && shown.get(self)? {
                    let found = mapper::validate(&property.name, value, field_word, *required)?;
                    self.merge_mapper(property, place, found);
                    return Ok(());
                }
                if shown.get(self)? {
                    return Ok(());
                }
            }
            _ if property.kind == PropertyType::Filter => {
                let value = self.value(property, place);
                if shown.get(self)? {
                    return filter(&property.name, value);
                }
            }
            _ => {}
        }
        self.typed(property, place)
    }

    /// n8n checks `validateType` whether the property is shown or not.
    fn typed(&mut self, property: &'a Compiled, place: Place<'_, 'a>) -> Result<(), ParameterError> {
        let Some(kind) = &property.validate_type else { return Ok(()) };
        let value = self.value(property, place);
        if value.is_nothing() || starts_with_equals(&property.name, value)? {
            return Ok(());
        }
        let choices = (kind == "options").then(|| property.choices()).flatten().unwrap_or_default();
        let checked = validate_field_type(&property.name, value, kind, &choices, &TypeOptions::default());
        if let Checked::Invalid(message) = checked.map_err(|reason| throws(&property.name, reason))? {
            self.sink.push(property, place, message)?;
        }
        Ok(())
    }

    fn locator(
        &mut self,
        property: &Compiled,
        modes: &[LocatorMode],
        value: Js<'a>,
        place: Place<'_, 'a>,
    ) -> Result<(), ParameterError> {
        let wanted = value.get("mode");
        let mode = modes.iter().find(|mode| matches!(wanted, Js::Text(wanted) if wanted == mode.name));
        let Some(mode) = mode else { return Ok(()) };
        let inner = value.get("value");
        let text = if inner.is_nothing() { Ok(String::new()) } else { inner.call_to_string() };
        let text = text.map_err(|reason| throws(&property.name, reason))?;
        if text.starts_with('=') {
            return Ok(());
        }
        for pattern in &mode.patterns {
            let matched = pattern.regexp.as_ref().map_err(Clone::clone).and_then(|regexp| regexp.test(&text));
            let fail = |error: crate::js::regexp::RegexpError| ParameterError::Regex {
                parameter: property.name.clone(),
                reason: error.to_string(),
            };
            if !matched.map_err(fail)? {
                self.sink.push(property, place, pattern.message.clone())?;
            }
        }
        Ok(())
    }

    fn merge_mapper(&mut self, property: &Compiled, place: Place<'_, 'a>, found: Vec<mapper::Found>) {
        if found.is_empty() {
            return;
        }
        match &mut self.sink {
            Sink::Issues(issues) => {
                // Under such a name n8n finds a function, and so adds no list.
                if !is_inherited(&property.name) {
                    issues.parameters.entry(property.name.clone()).or_default();
                }
                for field in found {
                    issues
                        .parameters
                        .entry(format!("{}.{}", property.name, field.id))
                        .or_default()
                        .extend(field.messages);
                }
            }
            Sink::Findings(findings) => {
                let base = place.pointer(&property.name);
                for field in found {
                    let pointer = format!("{base}/value/{}", field.id);
                    findings.extend(field.messages.into_iter().map(|message| (pointer.clone(), message)));
                }
            }
        }
    }

    fn collection(&mut self, inner: &'a List, place: Place<'_, 'a>) -> Result<(), ParameterError> {
        let dotted;
        let place = match place {
            Place::Top | Place::BesideTop => Place::BesideTop,
            Place::Below { value, path, root } => {
                dotted = format!("{path}.");
                Place::Below { value: value.get(""), path: &dotted, root }
            }
        };
        self.list(inner, place)
    }

    fn list(&mut self, list: &'a List, place: Place<'_, 'a>) -> Result<(), ParameterError> {
        for index in &list.checked {
            self.property(list, &list.properties[*index as usize], place)?;
        }
        Ok(())
    }

    fn groups(
        &mut self,
        property: &'a Compiled,
        groups: &'a [CompiledGroup],
        place: Place<'_, 'a>,
    ) -> Result<(), ParameterError> {
        let (base, path, root) = match place {
            Place::Top | Place::BesideTop => {
                // The groups are looked up by a longer path, which a key that is one itself is not part of.
                let value = match property.path.is_simple() {
                    true => self.value(property, place),
                    false => property.path.descend(Js::Object(self.node.values)),
                };
                // n8n takes what stands under "parameters" for the whole of a node's.
                let root = (property.name == "parameters").then_some(value);
                (value, property.name.clone(), root)
            }
            Place::Below { value, path, root } => (value.get(""), format!("{path}."), root),
        };
        // n8n first looks at all groups, then at the properties in them.
        let mut children = Vec::new();
        for group in groups {
            let value = self.below(base, &path, &group.path);
            self.count(property, value, place)?;
            let has_entries = match (property.multiple, value) {
                (Multiple::Unsaid, value) => !value.is_undefined(),
                (_, Js::Array(entries)) => !entries.is_empty(),
                _ => false,
            };
            if has_entries {
                let list = group.values.as_ref();
                let list = list.ok_or_else(|| ParameterError::NoProperties { parameter: property.name.clone() })?;
                children.push((list, value, format!("{path}.{}", group.name)));
            }
        }
        for (list, value, path) in children.into_iter().filter(|(list, ..)| !list.checked.is_empty()) {
            match (property.multiple, value) {
                (Multiple::Unsaid, value) => self.list(list, Place::Below { value, path: &path, root })?,
                (_, Js::Array(entries)) => {
                    for (index, entry) in entries.iter().enumerate() {
                        let path = format!("{path}[{index}]");
                        self.list(list, Place::Below { value: entry.into(), path: &path, root })?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn count(&mut self, property: &Compiled, value: Js<'_>, place: Place<'_, 'a>) -> Result<(), ParameterError> {
        let Some(Checks::Count { min, max }) = property.checks.as_deref() else { return Ok(()) };
        let count = if let Js::Array(list) = value { list.len() as f64 } else { 0.0 };
        let plural = |limit: f64| if limit == 1.0 { "field is" } else { "fields are" };
        let too_many = max.filter(|max| count > *max);
        let too_few = min.filter(|min| count < *min);
        let message = match (too_many, too_few) {
            (Some(max), _) => format!("At most {} {} allowed.", data::number_to_string(max), plural(max)),
            (_, Some(min)) => format!("At least {} {} required.", data::number_to_string(min), plural(min)),
            _ => return Ok(()),
        };
        self.sink.push(property, place, message)
    }
}

/// Whether a property is shown, asked at most once.
struct Visibility<'p, 'a> {
    list: &'a List,
    property: &'a Compiled,
    place: Place<'p, 'a>,
    known: Option<bool>,
}

impl<'a> Visibility<'_, 'a> {
    fn get(&mut self, walk: &mut Walk<'a>) -> Result<bool, ParameterError> {
        if let Some(known) = self.known {
            return Ok(known);
        }
        let (displays, shown) = (&self.list.displays, self.property.shown);
        let slots = walk.node.slots;
        let found = match self.place {
            Place::Top => {
                let scope = Scope { level: Level::Slots(slots), root: Level::RootSlots(slots) };
                walk.memo.is_shown(displays, shown, scope)
            }
            Place::BesideTop => {
                let scope = Scope { level: Level::RootSlots(slots), root: Level::RootSlots(slots) };
                displays.is_shown(shown, scope)
            }
            Place::Below { value, root, .. } => {
                let root = match root {
                    None => Level::RootSlots(slots),
                    Some(root) if root.is_truthy() => Level::Value(root),
                    Some(_) => Level::Value(value),
                };
                displays.is_shown(shown, Scope { level: Level::Value(value), root })
            }
        };
        let found = at(self.property, found)?;
        self.known = Some(found);
        Ok(found)
    }
}

fn throws(parameter: &str, reason: Throws) -> ParameterError {
    ParameterError::shape(
        parameter,
        match reason {
            Throws::PropertyOfNothing => "a property of null was read",
            Throws::NoPrimitive => "an object whose toString is no function has no text",
        },
    )
}

fn starts_with_equals(name: &str, value: Js<'_>) -> Result<bool, ParameterError> {
    match value {
        Js::Text(text) => Ok(text.starts_with('=')),
        Js::Array(_) | Js::Object(_) => {
            value.call_to_string().map(|text| text.starts_with('=')).map_err(|reason| throws(name, reason))
        }
        _ => Ok(false),
    }
}

/// Whether a required property lacks its value; an error where n8n throws.
fn is_missing(property: &Compiled, value: Js<'_>) -> Result<bool, Throws> {
    Ok(match property.kind {
        PropertyType::String | PropertyType::DateTime | PropertyType::Options => {
            value.is_undefined() || matches!(value, Js::Text(""))
        }
        PropertyType::MultiOptions => matches!(value, Js::Array([])),
        _ if property.is_locator() => match value {
            Js::Null => return Err(Throws::PropertyOfNothing),
            Js::Object(_) | Js::Array(_) => {
                let inner = value.get("value");
                !matches!(inner, Js::Number(_)) && !inner.is_truthy()
            }
            other => !other.is_truthy(),
        },
        _ => false,
    })
}

fn is_locator_value(value: Js<'_>) -> bool {
    matches!(value, Js::Object(map) if map.contains_key("value") && map.contains_key("mode"))
}

/// n8n finds no issues in a filter, but throws where its conditions are no list.
fn filter(name: &str, value: Js<'_>) -> Result<(), ParameterError> {
    let Js::Object(map) = value else { return Ok(()) };
    let (Some(conditions), true) = (map.get("conditions"), map.contains_key("combinator")) else { return Ok(()) };
    if conditions.is_array() {
        Ok(())
    } else {
        Err(ParameterError::shape(name, "the conditions of a filter are no list"))
    }
}
