//! Display rules, compiled: whether a property is shown beside given values.

use nodehost_descriptor::DisplayOptions;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value};
use smallvec::{SmallVec, smallvec};

use super::condition::ConditionError;
use super::{Conditions, NodeFacts, SlotMap};
use crate::js::Js;
use crate::js::path::Path;

/// The distinct display options of a list, and the distinct rules they are made of: many properties
/// share their options, and many options a rule.
#[derive(Debug, Default)]
pub(crate) struct DisplayTable {
    rules: Vec<Rule>,
    displays: Vec<Display>,
    /// The rules that look at each slot.
    dependents: Vec<Vec<u32>>,
}

/// Compiled `displayOptions`.
#[derive(Debug)]
struct Display {
    /// Those of `show`, then those of `hide`, as n8n looks at them.
    rules: Box<[u32]>,
    /// Whether the node's version alone hides the property, unless a rule before says otherwise.
    never: bool,
    may_throw: bool,
}

/// Whether a property is shown, as far as the descriptor and the node's version tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    Always,
    Never,
    /// Index of the display that decides.
    Depends(u32),
}

#[derive(Debug)]
struct Rule {
    side: Side,
    source: Source,
    conditions: Conditions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Show,
    Hide,
}

/// What a rule says of the properties it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// They are shown, whatever the rules after it say.
    Shown,
    /// The rules after it decide.
    Open,
    Hidden,
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

/// Remembers what each rule of a list has been found to say.
pub(crate) struct Memo(SmallVec<[Option<Outcome>; 64]>);

impl Memo {
    pub(crate) fn new(table: &DisplayTable) -> Self {
        Self(smallvec![None; table.rules.len()])
    }

    /// Whether a property is shown.
    pub(crate) fn is_shown(
        &mut self,
        table: &DisplayTable,
        shown: Shown,
        scope: Scope<'_, '_>,
    ) -> Result<bool, ConditionError> {
        let Shown::Depends(display) = shown else { return Ok(shown == Shown::Always) };
        table.displays[display as usize].is_shown(|rule| {
            let known = &mut self.0[rule as usize];
            if let Some(known) = *known {
                return Ok(known);
            }
            let outcome = table.rules[rule as usize].outcome(scope)?;
            *known = Some(outcome);
            Ok(outcome)
        })
    }

    /// The indexes of those properties that are shown, where no value changes in between. The error comes with the index
    /// of its property.
    pub(crate) fn all_shown(
        mut self,
        table: &DisplayTable,
        showable: &[(u32, Shown)],
        scope: Scope<'_, '_>,
    ) -> Result<Vec<usize>, (usize, ConditionError)> {
        let mut decided: SmallVec<[Option<bool>; 64]> = smallvec![None; table.displays.len()];
        let mut all = Vec::with_capacity(showable.len());
        for (index, shown) in showable {
            let index = *index as usize;
            let is_shown = match shown {
                Shown::Always => true,
                Shown::Never => false,
                Shown::Depends(display) => match decided[*display as usize] {
                    Some(known) => known,
                    None => {
                        let found = self.is_shown(table, *shown, scope).map_err(|error| (index, error))?;
                        *decided[*display as usize].insert(found)
                    }
                },
            };
            if is_shown {
                all.push(index);
            }
        }
        Ok(all)
    }

    /// Forgets what depends on a slot whose value changes.
    pub(crate) fn forget(&mut self, table: &DisplayTable, slot: u32) {
        for rule in table.dependents.get(slot as usize).into_iter().flatten() {
            self.0[*rule as usize] = None;
        }
    }
}

impl DisplayTable {
    /// The table of display options that belong to no list; they are shown as [`Shown`] says.
    pub(crate) fn of_one(options: &DisplayOptions, facts: &NodeFacts) -> (Self, Shown) {
        let none = SlotMap::default();
        let mut builder = TableBuilder::new(&none, &none, facts);
        let shown = builder.add(options);
        (builder.finish(), shown)
    }

    /// Whether nothing the list holds depends on values.
    pub(crate) fn is_empty(&self) -> bool {
        self.displays.is_empty()
    }

    /// Whether evaluating may fail, so that it has to be done where n8n does it.
    pub(crate) fn may_throw(&self, display: u32) -> bool {
        self.displays[display as usize].may_throw
    }

    /// n8n's `displayParameter`.
    pub(crate) fn is_shown(&self, shown: Shown, scope: Scope<'_, '_>) -> Result<bool, ConditionError> {
        let Shown::Depends(display) = shown else { return Ok(shown == Shown::Always) };
        self.displays[display as usize].is_shown(|rule| self.rules[rule as usize].outcome(scope))
    }
}

impl Display {
    fn is_shown(
        &self,
        mut outcome: impl FnMut(u32) -> Result<Outcome, ConditionError>,
    ) -> Result<bool, ConditionError> {
        for rule in &self.rules {
            match outcome(*rule)? {
                Outcome::Shown => return Ok(true),
                Outcome::Hidden => return Ok(false),
                Outcome::Open => {}
            }
        }
        Ok(!self.never)
    }
}

/// Builds a list's table, each display and rule once.
pub(super) struct TableBuilder<'b> {
    table: DisplayTable,
    displays: FxHashMap<String, Shown>,
    rules: FxHashMap<String, u32>,
    slots: &'b SlotMap,
    root: &'b SlotMap,
    facts: &'b NodeFacts,
}

impl<'b> TableBuilder<'b> {
    pub(super) fn new(slots: &'b SlotMap, root: &'b SlotMap, facts: &'b NodeFacts) -> Self {
        let (displays, rules) = (FxHashMap::default(), FxHashMap::default());
        Self { table: DisplayTable::default(), displays, rules, slots, root, facts }
    }

    pub(super) fn add(&mut self, options: &DisplayOptions) -> Shown {
        let text = Value::Object(options.rules().clone()).to_string();
        if let Some(known) = self.displays.get(&text) {
            return *known;
        }
        let shown = self.display(options);
        self.displays.insert(text, shown);
        shown
    }

    pub(super) fn finish(mut self) -> DisplayTable {
        let mut dependents = vec![Vec::new(); self.slots.len()];
        for (index, rule) in (0u32..).zip(&self.table.rules) {
            for slot in rule.slots() {
                // Below the node's own list, the slots of `/root.paths` are another list's; nothing is lost
                // if one of them is taken for this list's.
                if let Some(dependents) = dependents.get_mut(slot as usize) {
                    dependents.push(index);
                }
            }
        }
        self.table.dependents = dependents;
        self.table
    }

    /// Settles what only the version decides; the rest has to be looked at in the rules' order.
    fn display(&mut self, options: &DisplayOptions) -> Shown {
        let mut rules = Vec::new();
        let mut end = Outcome::Shown;
        for (side, name, conditions) in sides(options) {
            let rule = Rule::compile(side, name, conditions, self.slots, self.root, self.facts);
            match rule.settled() {
                None => rules.push(self.rule(rule, side, name, conditions)),
                Some(Outcome::Open) => {}
                Some(outcome) => {
                    end = outcome;
                    break;
                }
            }
        }
        let never = end == Outcome::Hidden;
        let rule = |index: &u32| &self.table.rules[*index as usize];
        let may_throw = rules.iter().any(|index| rule(index).conditions.may_throw());
        if never && !may_throw && rules.iter().all(|index| rule(index).side == Side::Hide) {
            return Shown::Never;
        }
        if rules.is_empty() {
            return Shown::Always;
        }
        self.table.displays.push(Display { rules: rules.into(), never, may_throw });
        Shown::Depends(self.table.displays.len() as u32 - 1)
    }

    fn rule(&mut self, rule: Rule, side: Side, name: &str, conditions: &Value) -> u32 {
        let next = self.table.rules.len() as u32;
        let index = *self.rules.entry(format!("{side:?} {name} {conditions}")).or_insert(next);
        if index == next {
            self.table.rules.push(rule);
        }
        index
    }
}

/// The rules in the order n8n looks at them.
fn sides(options: &DisplayOptions) -> impl Iterator<Item = (Side, &String, &Value)> {
    [(Side::Show, options.show()), (Side::Hide, options.hide())].into_iter().flat_map(|(side, rules)| {
        let rules = rules.and_then(Value::as_object).into_iter().flatten();
        rules.map(move |(name, conditions)| (side, name, conditions))
    })
}

impl Rule {
    fn compile(side: Side, name: &str, conditions: &Value, slots: &SlotMap, root: &SlotMap, facts: &NodeFacts) -> Self {
        let source = match name {
            "@version" => Source::Fixed(vec![facts.version.into()]),
            "@tool" => Source::Fixed(vec![facts.is_tool.into()]),
            "@feature" => match &facts.features {
                Ok(names) => Source::Fixed(names.clone()),
                Err(_) => {
                    return Self { side, source: Source::Fixed(vec![Value::Null]), conditions: Conditions::Invalid };
                }
            },
            _ => match name.strip_prefix('/') {
                Some(path) => Source::Root(Lookup::new(path, root, root)),
                None => Source::Sibling(Lookup::new(name, slots, root)),
            },
        };
        Self { side, source, conditions: Conditions::compile(Some(conditions)) }
    }

    /// What the rule says whatever the values are; none if they count, or if n8n throws.
    fn settled(&self) -> Option<Outcome> {
        match &self.source {
            Source::Fixed(values) => self.judge(Values::Many(values)).ok(),
            Source::Sibling(_) | Source::Root(_) => None,
        }
    }

    fn outcome(&self, scope: Scope<'_, '_>) -> Result<Outcome, ConditionError> {
        self.judge(self.values(scope))
    }

    fn judge(&self, values: Values<'_>) -> Result<Outcome, ConditionError> {
        Ok(match self.side {
            // What an expression will be is not known here, so the property is shown.
            Side::Show if values.is_expression() => Outcome::Shown,
            Side::Show if self.conditions.hold(values)? => Outcome::Open,
            Side::Show => Outcome::Hidden,
            Side::Hide if !values.is_empty() && self.conditions.hold(values)? => Outcome::Hidden,
            Side::Hide => Outcome::Open,
        })
    }

    /// The slots of the list itself that the rule looks at; of a node's own list, those of its
    /// `/root.paths` too.
    fn slots(&self) -> impl Iterator<Item = u32> {
        let lookup = match &self.source {
            Source::Sibling(lookup) | Source::Root(lookup) => Some(lookup),
            Source::Fixed(_) => None,
        };
        lookup.into_iter().flat_map(|lookup| [lookup.slot, lookup.first_slot]).flatten()
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
    fn new(path: &str, slots: &SlotMap, root: &SlotMap) -> Self {
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
