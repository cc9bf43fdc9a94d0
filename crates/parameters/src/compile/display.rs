//! Display rules, compiled: whether a property is shown beside given values.

use nodehost_descriptor::DisplayOptions;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use super::condition::ConditionError;
use super::{Conditions, NodeFacts};
use crate::js::Js;
use crate::js::path::Path;

/// The distinct display options of a list. Many properties share theirs.
#[derive(Debug, Default)]
pub(crate) struct DisplayTable {
    displays: Vec<Display>,
    by_text: FxHashMap<String, u32>,
    /// The displays that look at each slot.
    dependents: Vec<Vec<u32>>,
}

/// Compiled `displayOptions`.
#[derive(Debug)]
pub(crate) struct Display {
    show: Vec<Rule>,
    hide: Vec<Rule>,
    may_throw: bool,
}

#[derive(Debug)]
struct Rule {
    source: Source,
    conditions: Conditions,
}

/// Where a rule finds the values it looks at.
#[derive(Debug)]
enum Source {
    Sibling(Lookup),
    Root(Lookup),
    /// Known from the descriptor and the node's version: `@version`, `@tool`, `@feature`.
    Fixed(Vec<Value>),
}

/// A path to a value, its first step found by slot where values are held so.
#[derive(Debug)]
struct Lookup {
    path: Path,
    slot: Option<u32>,
    root_slot: Option<u32>,
    first_slot: Option<u32>,
    first_root_slot: Option<u32>,
}

/// The values beside a property.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Level<'v, 'a> {
    /// By slot of the property's own list.
    Slots(&'v [Js<'a>]),
    /// By slot of the node's list, which stands in for the property's own.
    RootSlots(&'v [Js<'a>]),
    Map(&'a Map<String, Value>),
    Value(Js<'a>),
}

/// What display rules look at: the values beside the property and those of the whole node.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'v, 'a> {
    pub(crate) level: Level<'v, 'a>,
    pub(crate) root: Level<'v, 'a>,
}

/// A rule's values: one, or those of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Values<'a> {
    One(Js<'a>),
    Many(&'a [Value]),
}

impl<'a> Values<'a> {
    pub(crate) fn iter(self) -> impl Iterator<Item = Js<'a>> {
        let (one, many) = match self {
            Self::One(value) => (Some(value), [].as_slice()),
            Self::Many(list) => (None, list),
        };
        one.into_iter().chain(many.iter().map(Js::from))
    }

    pub(crate) fn is_empty(self) -> bool {
        matches!(self, Self::Many([]))
    }

    fn is_expression(self) -> bool {
        self.iter().any(|value| matches!(value, Js::Text(text) if text.starts_with('=')))
    }
}

/// Remembers what has been found for each display of a list.
pub(crate) struct Memo(Vec<Known>);

#[derive(Clone, Copy, PartialEq)]
enum Known {
    Nothing,
    Hidden,
    Shown,
}

impl Memo {
    pub(crate) fn new(table: &DisplayTable) -> Self {
        Self(vec![Known::Nothing; table.displays.len()])
    }

    /// Whether the display's property is shown.
    pub(crate) fn is_shown(
        &mut self,
        table: &DisplayTable,
        display: u32,
        scope: Scope<'_, '_>,
    ) -> Result<bool, ConditionError> {
        let known = &mut self.0[display as usize];
        if *known == Known::Nothing {
            *known = if table.get(display).is_shown(scope)? { Known::Shown } else { Known::Hidden };
        }
        Ok(*known == Known::Shown)
    }

    /// Forgets what depends on a slot whose value changes.
    pub(crate) fn forget(&mut self, table: &DisplayTable, slot: u32) {
        for display in table.dependents.get(slot as usize).into_iter().flatten() {
            self.0[*display as usize] = Known::Nothing;
        }
    }
}

impl DisplayTable {
    pub(super) fn add(
        &mut self,
        options: &DisplayOptions,
        slots: &FxHashMap<Box<str>, u32>,
        root: &FxHashMap<Box<str>, u32>,
        facts: &NodeFacts,
    ) -> Option<u32> {
        let text = Value::Object(options.rules().clone()).to_string();
        if let Some(known) = self.by_text.get(&text) {
            return Some(*known);
        }
        let index = self.displays.len() as u32;
        let display = Display::compile(options, slots, root, facts);
        self.dependents.resize(slots.len(), Vec::new());
        for slot in display.slots() {
            // Below the node's own list, the slots of `/root.paths` are another list's; nothing is lost
            // if one of them is taken for this list's.
            if let Some(dependents) = self.dependents.get_mut(slot as usize) {
                dependents.push(index);
            }
        }
        self.displays.push(display);
        self.by_text.insert(text, index);
        Some(index)
    }

    /// Whether every property of the list is always shown.
    pub(crate) fn is_empty(&self) -> bool {
        self.displays.is_empty()
    }

    pub(crate) fn get(&self, display: u32) -> &Display {
        &self.displays[display as usize]
    }
}

impl Display {
    pub(super) fn compile(
        options: &DisplayOptions,
        slots: &FxHashMap<Box<str>, u32>,
        root: &FxHashMap<Box<str>, u32>,
        facts: &NodeFacts,
    ) -> Self {
        let rules = |side: Option<&Value>| {
            let rules = side.and_then(Value::as_object).into_iter().flatten();
            rules.map(|(name, conditions)| Rule::compile(name, conditions, slots, root, facts)).collect::<Vec<_>>()
        };
        let (show, hide) = (rules(options.show()), rules(options.hide()));
        let may_throw = show.iter().chain(&hide).any(|rule| rule.conditions.may_throw());
        Self { show, hide, may_throw }
    }

    /// The slots of the list itself that the rules look at; of a node's own list, those of its
    /// `/root.paths` too.
    fn slots(&self) -> impl Iterator<Item = u32> {
        let lookups = self.show.iter().chain(&self.hide).filter_map(|rule| match &rule.source {
            Source::Sibling(lookup) | Source::Root(lookup) => Some(lookup),
            Source::Fixed(_) => None,
        });
        lookups.flat_map(|lookup| [lookup.slot, lookup.first_slot]).flatten()
    }

    /// Whether evaluating may fail, so that it has to be done where n8n does it.
    pub(crate) fn may_throw(&self) -> bool {
        self.may_throw
    }

    /// n8n's `displayParameter`.
    pub(crate) fn is_shown(&self, scope: Scope<'_, '_>) -> Result<bool, ConditionError> {
        for rule in &self.show {
            let values = rule.values(scope);
            // What an expression will be is not known here, so the property is shown.
            if values.is_expression() {
                return Ok(true);
            }
            if !rule.conditions.hold(values)? {
                return Ok(false);
            }
        }
        for rule in &self.hide {
            let values = rule.values(scope);
            if !values.is_empty() && rule.conditions.hold(values)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl Rule {
    fn compile(
        name: &str,
        conditions: &Value,
        slots: &FxHashMap<Box<str>, u32>,
        root: &FxHashMap<Box<str>, u32>,
        facts: &NodeFacts,
    ) -> Self {
        let source = match name {
            "@version" => Source::Fixed(vec![facts.version.into()]),
            "@tool" => Source::Fixed(vec![facts.is_tool.into()]),
            "@feature" => Source::Fixed(facts.features.clone().unwrap_or_default()),
            _ => match name.strip_prefix('/') {
                Some(path) => Source::Root(Lookup::new(path, root, root)),
                None => Source::Sibling(Lookup::new(name, slots, root)),
            },
        };
        Self { source, conditions: Conditions::compile(Some(conditions)) }
    }

    fn values<'s: 'o, 'a: 'o, 'o>(&'s self, scope: Scope<'_, 'a>) -> Values<'o> {
        let value = match &self.source {
            Source::Sibling(lookup) => lookup.find(scope.level),
            Source::Root(lookup) => lookup.find(scope.root),
            Source::Fixed(values) => return Values::Many(values),
        };
        let value = match value {
            Js::Object(map) if map.get("__rl").is_some_and(|flag| Js::from(flag).is_truthy()) => {
                map.get("value").into()
            }
            other => other,
        };
        match value {
            Js::Array(list) => Values::Many(list),
            one => Values::One(one),
        }
    }
}

impl Lookup {
    fn new(path: &str, slots: &FxHashMap<Box<str>, u32>, root: &FxHashMap<Box<str>, u32>) -> Self {
        let path = Path::parse(path);
        let first = path.steps.first();
        Self {
            slot: slots.get(&path.key).copied(),
            root_slot: root.get(&path.key).copied(),
            first_slot: first.and_then(|first| slots.get(first).copied()),
            first_root_slot: first.and_then(|first| root.get(first).copied()),
            path,
        }
    }

    fn find<'a>(&self, level: Level<'_, 'a>) -> Js<'a> {
        let (slots, slot, first) = match level {
            Level::Slots(slots) => (slots, self.slot, self.first_slot),
            Level::RootSlots(slots) => (slots, self.root_slot, self.first_root_slot),
            Level::Map(map) => return self.path.get(Js::Object(map)),
            Level::Value(value) => return self.path.get(value),
        };
        let at = |slot: Option<u32>| slot.map_or(Js::Undefined, |slot| slots[slot as usize]);
        let direct = at(slot);
        if self.path.is_simple() || !direct.is_undefined() {
            return direct;
        }
        self.path.steps.iter().skip(1).fold(at(first), |value, step| value.get(step))
    }
}
