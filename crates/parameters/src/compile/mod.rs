//! The compiled form of a node's properties: what the descriptor alone determines, worked out once.

mod condition;
mod display;
mod names;
mod order;

use nodehost_descriptor::{Group, Mode, NodeDescriptor, Options, Property, PropertyType, TypeOptions};
use nodehost_expression::data;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value};
use smallvec::{SmallVec, smallvec};

use crate::ParameterError;
use crate::js::path::Path;
use crate::js::regexp::{Regexp, RegexpError};
use crate::js::{INHERITED, Js};

pub(crate) use condition::{ConditionError, Conditions};
use display::TableBuilder;
pub(crate) use display::{DisplayTable, Level, Memo, Scope, Shown, Values};
use names::Names;

/// Names of a list, each with its slot.
pub(crate) type SlotMap = FxHashMap<Box<str>, u32>;

/// Values by slot; most lists have few.
pub(crate) type Slots<'a> = SmallVec<[Js<'a>; 32]>;

/// What the properties' conditions may ask of the node itself.
pub(crate) struct NodeFacts {
    pub(crate) version: f64,
    pub(crate) is_tool: bool,
    /// The names of the features the version has; an error where n8n throws while it finds out.
    pub(crate) features: Result<Vec<Value>, ConditionError>,
}

impl NodeFacts {
    pub(crate) fn new(descriptor: &NodeDescriptor, version: f64) -> Self {
        Self {
            version,
            is_tool: descriptor.name.ends_with("Tool"),
            features: match &descriptor.features {
                Some(features) if version != 0.0 => enabled(features, version),
                _ => Ok(Vec::new()),
            },
        }
    }

    /// Those of properties that belong to no node.
    pub(crate) fn none() -> Self {
        Self { version: 0.0, is_tool: false, features: Ok(Vec::new()) }
    }
}

/// The names of the features whose `@version` condition holds.
fn enabled(features: &Map<String, Value>, version: f64) -> Result<Vec<Value>, ConditionError> {
    let mut names = Vec::new();
    for (name, condition) in features {
        let conditions = Conditions::compile(condition.get("@version"));
        if conditions.hold(Values::One(Js::Number(version)))? {
            names.push(Value::String(name.clone()));
        }
    }
    Ok(names)
}

/// A list of properties: a node's own, a collection's, or those of a group.
#[derive(Debug)]
pub(crate) struct List {
    pub(crate) properties: Vec<Compiled>,
    /// Each distinct name has a slot; those that conditions look at come first.
    slots: SlotMap,
    /// The names that conditions look at, by slot.
    watched: Vec<Box<str>>,
    /// How many slots the list's own properties and conditions have; what conditions of the lists below name comes after them.
    own: usize,
    /// The indexes in the order they are resolved, repeats included; n8n's error where there is none.
    pub(crate) order: Result<Vec<u32>, ParameterError>,
    /// The same without the properties that are never shown.
    pub(crate) shown_order: Vec<u32>,
    /// The same for the pass that gathers what conditions look at: simple properties only.
    pub(crate) watched_order: Vec<u32>,
    pub(crate) displays: DisplayTable,
    /// The properties that may be shown, and when: close together, for the pass that looks at nothing else of them.
    pub(crate) showable: Vec<(u32, Shown)>,
    /// The properties that can have issues.
    pub(crate) checked: Vec<u32>,
    /// Whether a name is one that every JavaScript object inherits.
    inherits: bool,
}

/// One property.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) name: String,
    /// The name as a path, since that is how n8n looks its value up.
    pub(crate) path: Path,
    pub(crate) display_name: String,
    pub(crate) slot: u32,
    /// Whether another property of the list has the same name.
    pub(crate) duplicate: bool,
    pub(crate) shown: Shown,
    pub(crate) kind: PropertyType,
    pub(crate) nested: Nested,
    pub(crate) default: Option<Value>,
    /// What a resource locator gets where no value is given.
    pub(crate) locator_default: Option<Value>,
    pub(crate) required: bool,
    pub(crate) no_data_expression: bool,
    pub(crate) multiple: Multiple,
    pub(crate) validate_type: Option<String>,
    pub(crate) checks: Option<Box<Checks>>,
    /// `typeOptions.regex`, for the host's own validation.
    pub(crate) pattern: Option<Result<Regexp, RegexpError>>,
    pub(crate) source: Source,
}

/// What checks of a value take from the descriptor as it stands there.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) type_options: TypeOptions,
    pub(crate) options: Options,
}

impl Source {
    fn new(property: &Property) -> Self {
        let options = match &property.options {
            Options::Choices(choices) => Options::Choices(choices.clone()),
            _ => Options::None,
        };
        Self { type_options: property.type_options.clone(), options }
    }
}

/// What `typeOptions.multipleValues` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Multiple {
    Unsaid,
    Yes,
    No,
    /// Something that is neither true nor false.
    Odd,
}

/// The properties below a property; none where the descriptor lists none.
#[derive(Debug)]
pub(crate) enum Nested {
    Simple,
    Collection(Option<Box<List>>),
    Groups(Option<Vec<CompiledGroup>>),
}

/// A group of a fixed collection.
#[derive(Debug)]
pub(crate) struct CompiledGroup {
    pub(crate) name: String,
    pub(crate) path: Path,
    pub(crate) values: Option<List>,
}

/// What only some types are checked for.
#[derive(Debug)]
pub(crate) enum Checks {
    /// Modes of a resource locator, each with its patterns.
    Locator(Vec<LocatorMode>),
    /// What a resource mapper calls its fields, and whether required ones are asked for.
    Mapper { field_word: String, required: bool },
    /// How many entries a fixed collection takes.
    Count { min: Option<f64>, max: Option<f64> },
}

/// A mode of a resource locator.
#[derive(Debug)]
pub(crate) struct LocatorMode {
    pub(crate) name: String,
    pub(crate) patterns: Vec<Pattern>,
}

/// A check of a resource locator's value.
#[derive(Debug)]
pub(crate) struct Pattern {
    pub(crate) regexp: Result<Regexp, RegexpError>,
    pub(crate) message: String,
}

/// Compiles lists of one node version.
pub(crate) struct Compiler<'d> {
    pub(crate) facts: &'d NodeFacts,
    /// Slots of the node's own list, for conditions on `/root.paths` below it.
    root: Option<SlotMap>,
}

impl<'d> Compiler<'d> {
    pub(crate) fn new(facts: &'d NodeFacts) -> Self {
        Self { facts, root: None }
    }

    /// Compiles the node's own list, and with it all below.
    pub(crate) fn root(mut self, properties: &[Property]) -> List {
        let names = Names::of(properties, true);
        self.root = Some(names.slots.clone());
        self.list_with(properties, names)
    }

    fn list(&self, properties: &[Property]) -> List {
        self.list_with(properties, Names::of(properties, false))
    }

    fn list_with(&self, properties: &[Property], names: Names) -> List {
        let Names { slots, watched, own } = names;
        let root = self.root.as_ref().unwrap_or(&slots);
        let mut displays = TableBuilder::new(&slots, root, self.facts);
        let mut compiled: Vec<Compiled> =
            properties.iter().map(|property| self.property(property, &slots, &mut displays)).collect();
        let displays = displays.finish();
        mark_duplicates(&mut compiled, slots.len());
        let order = order::resolve_order(properties).map(|order| order::without_idle_repeats(order, &compiled));
        let of_order = |keeps: &dyn Fn(&Compiled) -> bool| {
            order.iter().flatten().copied().filter(|index| keeps(&compiled[*index as usize])).collect()
        };
        let shown_order = of_order(&|property| property.shown != Shown::Never);
        let watched_order = of_order(&|property| property.is_gathered(watched.len(), &displays));
        let shown = (0u32..).zip(compiled.iter().map(|property| property.shown));
        let showable = shown.filter(|(_, shown)| *shown != Shown::Never).collect();
        let checked = (0u32..).zip(&compiled).filter(|(_, property)| property.is_checked(&displays));
        let checked = checked.map(|(index, _)| index).collect();
        let inherits = INHERITED.iter().any(|name| slots.contains_key(*name));
        List {
            properties: compiled,
            order,
            shown_order,
            watched_order,
            displays,
            showable,
            checked,
            inherits,
            slots,
            watched,
            own,
        }
    }

    fn property(&self, property: &Property, slots: &SlotMap, displays: &mut TableBuilder<'_>) -> Compiled {
        let shown = property.display_options.as_ref().map_or(Shown::Always, |options| displays.add(options));
        let default = property.default.clone().map(data::normalize);
        Compiled {
            path: Path::parse(&property.name),
            display_name: property.display_name.clone(),
            slot: slots[property.name.as_str()],
            duplicate: false,
            shown,
            kind: property.kind.clone(),
            nested: self.nested(property),
            locator_default: locator_default(&property.kind, default.as_ref()),
            default,
            required: property.required,
            no_data_expression: property.no_data_expression,
            multiple: multiple(property),
            validate_type: property.validate_type.clone().filter(|kind| !kind.is_empty()),
            checks: checks(property).map(Box::new),
            pattern: property.type_options.text("regex").map(Regexp::new),
            source: Source::new(property),
            name: property.name.clone(),
        }
    }

    fn nested(&self, property: &Property) -> Nested {
        match (&property.kind, &property.options) {
            (PropertyType::Collection, Options::Properties(inner)) => {
                Nested::Collection(Some(Box::new(self.list(inner))))
            }
            (PropertyType::Collection, _) => Nested::Collection(None),
            (PropertyType::FixedCollection, Options::Groups(groups)) => {
                Nested::Groups(Some(groups.iter().map(|group| self.group(group)).collect()))
            }
            (PropertyType::FixedCollection, _) => Nested::Groups(None),
            _ => Nested::Simple,
        }
    }

    fn group(&self, group: &Group) -> CompiledGroup {
        CompiledGroup {
            path: Path::parse(&group.name),
            values: group.values.as_deref().map(|values| self.list(values)),
            name: group.name.clone(),
        }
    }
}

impl List {
    /// Slots for what conditions look at, with what an object without values of its own has.
    pub(crate) fn no_values<'a>(&self) -> Slots<'a> {
        let mut slots = smallvec![Js::Undefined; self.watched.len()];
        if self.inherits {
            self.gather_inherited(Js::Bool(false), &mut slots);
        }
        slots
    }

    /// The values given for what conditions look at, by slot.
    pub(crate) fn gather_watched<'a>(&self, values: &'a Map<String, Value>) -> Slots<'a> {
        let mut slots: Slots<'_> = self.watched.iter().map(|name| values.get(&**name).into()).collect();
        if self.inherits {
            self.gather_inherited(Js::Object(values), &mut slots);
        }
        slots
    }

    /// The values given for the list's own names, by slot.
    pub(crate) fn gather<'a>(&self, values: Js<'a>) -> Slots<'a> {
        self.gather_first(self.own, values)
    }

    /// The same with what conditions of the lists below look at.
    pub(crate) fn gather_all<'a>(&self, values: &'a Map<String, Value>) -> Slots<'a> {
        self.gather_first(self.slots.len(), Js::Object(values))
    }

    fn gather_first<'a>(&self, count: usize, values: Js<'a>) -> Slots<'a> {
        let mut slots: Slots<'_> = smallvec![Js::Undefined; count];
        match values {
            Js::Object(map) => {
                for (key, value) in map {
                    if let Some(slot) = self.slots.get(key.as_str()).and_then(|slot| slots.get_mut(*slot as usize)) {
                        *slot = value.into();
                    }
                }
                if self.inherits {
                    self.gather_inherited(values, &mut slots);
                }
            }
            other if other.is_truthy() => {
                for (name, slot) in &self.slots {
                    if let Some(slot) = slots.get_mut(*slot as usize) {
                        *slot = other.get(name);
                    }
                }
            }
            _ => {}
        }
        slots
    }

    fn gather_inherited<'a>(&self, values: Js<'a>, slots: &mut [Js<'a>]) {
        for name in INHERITED.iter().copied() {
            if let Some(slot) = self.slots.get(name).and_then(|slot| slots.get_mut(*slot as usize)) {
                *slot = values.get(name);
            }
        }
    }
}

impl Compiled {
    /// Whether the property, or one below it, can have issues or make n8n throw.
    fn is_checked(&self, displays: &DisplayTable) -> bool {
        let may_throw = matches!(self.shown, Shown::Depends(display) if displays.may_throw(display));
        let list = |list: &List| !list.checked.is_empty();
        let below = match &self.nested {
            Nested::Simple => false,
            Nested::Collection(inner) => inner.as_deref().is_some_and(list),
            Nested::Groups(groups) => groups.iter().flatten().any(|group| group.values.as_ref().is_none_or(list)),
        };
        let while_shown = self.required || self.checks.is_some() || self.kind == PropertyType::Filter || may_throw;
        // n8n checks types and goes into collections whether they are shown or not.
        below || self.validate_type.is_some() || (self.shown != Shown::Never && while_shown)
    }

    /// Whether conditions look at the property's value, or n8n may throw while it finds out: of
    /// properties that share a name, only the one shown has it.
    fn is_gathered(&self, watched: usize, displays: &DisplayTable) -> bool {
        let is_simple = matches!(self.nested, Nested::Simple);
        let may_throw = || matches!(self.shown, Shown::Depends(display) if displays.may_throw(display));
        let is_used = (self.slot as usize) < watched || (self.duplicate && may_throw());
        is_simple && is_used && !(self.duplicate && self.shown == Shown::Never)
    }

    /// The values to choose from, where the descriptor lists them. What stands in a collection has none.
    pub(crate) fn choices(&self) -> Option<Vec<Js<'_>>> {
        match (&self.source.options, &self.nested) {
            (Options::Choices(choices), _) => Some(choices.iter().map(|choice| choice.value.as_ref().into()).collect()),
            (_, Nested::Collection(Some(inner))) => Some(vec![Js::Undefined; inner.properties.len()]),
            (_, Nested::Groups(Some(groups))) => Some(vec![Js::Undefined; groups.len()]),
            _ => None,
        }
    }

    /// The names of a resource locator's modes.
    pub(crate) fn source_modes(&self) -> Vec<&str> {
        match self.checks.as_deref() {
            Some(Checks::Locator(modes)) => modes.iter().map(|mode| mode.name.as_str()).collect(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn is_locator(&self) -> bool {
        is_locator(&self.kind)
    }
}

fn is_locator(kind: &PropertyType) -> bool {
    matches!(kind, PropertyType::ResourceLocator | PropertyType::WorkflowSelector | PropertyType::AgentSelector)
}

fn mark_duplicates(compiled: &mut [Compiled], slots: usize) {
    let mut uses = vec![0u32; slots];
    for property in compiled.iter() {
        uses[property.slot as usize] += 1;
    }
    for property in compiled {
        property.duplicate = uses[property.slot as usize] > 1;
    }
}

fn multiple(property: &Property) -> Multiple {
    match property.type_options.multiple_values() {
        None => Multiple::Unsaid,
        Some(Value::Bool(true)) => Multiple::Yes,
        Some(Value::Bool(false)) => Multiple::No,
        Some(_) => Multiple::Odd,
    }
}

/// `{ __rl: true, ...default }`, where the default is an object or null.
fn locator_default(kind: &PropertyType, default: Option<&Value>) -> Option<Value> {
    let default = default.filter(|_| *kind == PropertyType::ResourceLocator)?;
    let spread = match default {
        Value::Object(map) => map.clone(),
        Value::Array(list) => {
            (0..).zip(list).map(|(index, value): (usize, _)| (index.to_string(), value.clone())).collect()
        }
        Value::Null => Map::new(),
        _ => return None,
    };
    let mut value = Map::from_iter([("__rl".to_owned(), Value::Bool(true))]);
    value.extend(spread);
    Some(Value::Object(value))
}

fn checks(property: &Property) -> Option<Checks> {
    match &property.kind {
        kind if is_locator(kind) => Some(Checks::Locator(property.modes.iter().flatten().map(locator_mode).collect())),
        PropertyType::ResourceMapper => {
            let options = property.type_options.get("resourceMapper");
            let word = options.and_then(|options| options.get("fieldWords")?.get("singular")?.as_str());
            let mut letters = word.filter(|word| !word.is_empty()).unwrap_or("Field").chars();
            let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
            let mode = options.and_then(|options| options.get("mode")?.as_str());
            Some(Checks::Mapper { field_word: first + letters.as_str(), required: mode == Some("add") })
        }
        PropertyType::FixedCollection => {
            let limit = |name| property.type_options.number(name).filter(|limit| *limit != 0.0);
            let (min, max) = (limit("minRequiredFields"), limit("maxAllowedFields"));
            (min.is_some() || max.is_some()).then_some(Checks::Count { min, max })
        }
        _ => None,
    }
}

fn locator_mode(mode: &Mode) -> LocatorMode {
    let of_regex = |check: &&Value| check.get("type").and_then(Value::as_str) == Some("regex");
    let pattern = |check: &Value| {
        let properties = check.get("properties");
        let regex = Js::from(properties.and_then(|properties| properties.get("regex"))).to_text().unwrap_or_default();
        let message = properties.and_then(|properties| properties.get("errorMessage")?.as_str());
        Pattern { regexp: Regexp::new(&format!("^{regex}$")), message: message.unwrap_or_default().to_owned() }
    };
    LocatorMode { name: mode.name.clone(), patterns: mode.validation.iter().filter(of_regex).map(pattern).collect() }
}
