//! n8n's `getNodeParameters`: the values in use.

mod collection;
mod fixed_collection;
mod from_ai;
mod simple;

use serde_json::{Map, Value};

use crate::ParameterError;
use crate::compile::{Compiled, ConditionError, Level, List, Memo, Nested, Scope};
use crate::js::Js;

pub(crate) use from_ai::is_from_ai_only;

/// The values of a list, and whether a key is there whose value JSON cannot hold: n8n counts it.
pub(crate) struct Resolved {
    pub(crate) map: Map<String, Value>,
    pub(crate) phantom: bool,
    /// What was given, where n8n answers that and it is no object.
    odd: Option<Value>,
}

impl Resolved {
    fn new() -> Self {
        Self { map: Map::new(), phantom: false, odd: None }
    }

    fn with_capacity(capacity: usize) -> Self {
        Self { map: Map::with_capacity(capacity), ..Self::new() }
    }

    /// Whether `Object.keys` lists nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.map.is_empty() && !self.phantom && Js::from(self.odd.as_ref()).keys().next().is_none()
    }

    pub(crate) fn into_value(self) -> Value {
        self.odd.unwrap_or(Value::Object(self.map))
    }

    /// `Object.assign({}, value)`.
    pub(crate) fn into_object(self) -> Value {
        let Some(odd) = &self.odd else { return Value::Object(self.map) };
        let odd = Js::from(odd);
        Value::Object(odd.keys().filter_map(|key| Some((key.to_string(), odd.get(&key).to_json()?))).collect())
    }

    pub(crate) fn set(&mut self, name: &str, value: Option<Value>) {
        match value {
            Some(value) => _ = self.map.insert(name.to_owned(), value),
            None => {
                self.map.shift_remove(name);
                self.phantom = true;
            }
        }
    }
}

/// What a list stands in. Inside a collection, values not given get no defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parent {
    Node,
    Collection,
    FixedCollection,
}

/// The form asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form {
    pub(crate) defaults: bool,
    pub(crate) hidden: bool,
    /// Whether the values are those of n8n's copy, which lacks some keys: so in entries of a list.
    pub(crate) copied: bool,
}

/// What a collection's value is.
pub(crate) enum Outcome {
    /// There is none.
    Nothing,
    /// The value; none for one that JSON cannot hold.
    Value(Option<Value>),
    /// All values of the list the collection stands in are taken as they were given.
    AsGiven,
}

/// Resolves a node's own list.
pub(crate) fn node_parameters(
    list: &List,
    values: Js<'_>,
    defaults: bool,
    hidden: bool,
) -> Result<Map<String, Value>, ParameterError> {
    let form = Form { defaults, hidden, copied: false };
    resolve(list, values, form, Parent::Node, None).map(|resolved| resolved.map)
}

/// Resolves a list; `root` are the node's values its conditions may look at.
pub(crate) fn resolve<'a>(
    list: &'a List,
    values: Js<'a>,
    form: Form,
    parent: Parent,
    root: Option<Level<'_, '_>>,
) -> Result<Resolved, ParameterError> {
    let order = list.order.as_ref().map_err(Clone::clone)?;
    let given = list.gather(values);
    let mut memo = Memo::new(&list.displays);
    if form.hidden {
        return Pass { list, values, given: &given, form, parent }.with_hidden(order, root, &mut memo);
    }
    let effective = simple::effective_values(list, &given, values, parent, root, &mut memo)?;
    let level = Level::Slots(&effective);
    let scope = Scope { level, root: root.unwrap_or(level) };
    Pass { list, values, given: &given, form, parent }.of_shown(scope, &mut memo)
}

/// One pass over a list.
struct Pass<'p, 'a> {
    list: &'a List,
    values: Js<'a>,
    given: &'p [Js<'a>],
    form: Form,
    parent: Parent,
}

impl<'a> Pass<'_, 'a> {
    fn of_shown(&self, scope: Scope<'_, '_>, memo: &mut Memo) -> Result<Resolved, ParameterError> {
        let mut out = Resolved::with_capacity(self.capacity());
        for (property, value) in self.candidates(&self.list.shown_order) {
            if !is_shown(self.list, property, memo, scope)? {
                continue;
            }
            if let Nested::Simple = property.nested {
                simple::set(property, value, self.form, self.parent, &mut out);
                continue;
            }
            match collection_value(property, value, self.form, scope.root)? {
                Outcome::Nothing => {}
                Outcome::Value(value) => out.set(&property.name, value),
                Outcome::AsGiven => return Ok(as_given(self.values)),
            }
        }
        Ok(out)
    }

    /// With the values of hidden properties. Only among properties of one name are conditions looked
    /// at, and they see what has been resolved so far.
    fn with_hidden(
        &self,
        order: &'a [u32],
        root: Option<Level<'_, '_>>,
        memo: &mut Memo,
    ) -> Result<Resolved, ParameterError> {
        let mut out = Resolved::with_capacity(self.capacity());
        for (property, value) in self.candidates(order) {
            let level = Level::Map(&out.map);
            let root = root.unwrap_or(level);
            if let Nested::Simple = property.nested {
                let scope = Scope { level, root };
                if !property.duplicate || is_shown(self.list, property, memo, scope)? {
                    simple::set(property, value, self.form, self.parent, &mut out);
                    memo.forget(&self.list.displays, property.slot);
                }
                continue;
            }
            match collection_value(property, value, self.form, root)? {
                Outcome::Nothing => {}
                Outcome::Value(value) => {
                    out.set(&property.name, value);
                    memo.forget(&self.list.displays, property.slot);
                }
                Outcome::AsGiven => return Ok(as_given(self.values)),
            }
        }
        Ok(out)
    }

    /// The properties that may have a value, with what is given for each.
    fn candidates(&self, order: &'a [u32]) -> impl Iterator<Item = (&'a Compiled, Js<'a>)> + use<'_, 'a> {
        let Self { list, given, .. } = *self;
        let order = if self.values.is_truthy() { order } else { &[] };
        let has_defaults = self.form.defaults && self.parent != Parent::Collection;
        let candidate = move |index: &u32| {
            let property = &list.properties[*index as usize];
            (property, given[property.slot as usize])
        };
        order.iter().map(candidate).filter(move |(_, value)| has_defaults || !value.is_undefined())
    }

    /// How many values the result may hold: those given, and some defaults.
    fn capacity(&self) -> usize {
        const DEFAULTS: usize = 8;
        let given = if let Js::Object(map) = self.values { map.len() } else { 0 };
        let defaults = match self.form {
            _ if self.parent == Parent::Collection => 0,
            Form { defaults: false, .. } => 0,
            Form { hidden: true, .. } => self.list.properties.len(),
            Form { .. } => DEFAULTS,
        };
        (given + defaults).min(self.list.properties.len())
    }
}

/// Whether the property is shown beside the values in `scope`.
pub(crate) fn is_shown(
    list: &List,
    property: &Compiled,
    memo: &mut Memo,
    scope: Scope<'_, '_>,
) -> Result<bool, ParameterError> {
    at(property, memo.is_shown(&list.displays, property.shown, scope))
}

/// The value of a property that holds others.
fn collection_value(
    property: &Compiled,
    value: Js<'_>,
    form: Form,
    root: Level<'_, '_>,
) -> Result<Outcome, ParameterError> {
    match &property.nested {
        Nested::Simple => Ok(Outcome::Nothing),
        Nested::Collection(inner) => collection::value(property, inner.as_deref(), value, form, root),
        Nested::Groups(groups) => fixed_collection::value(property, groups.as_deref(), value, form, root),
    }
}

fn as_given(values: Js<'_>) -> Resolved {
    match values.deep_copy() {
        Some(Value::Object(map)) => Resolved { map, ..Resolved::new() },
        odd => Resolved { odd, ..Resolved::new() },
    }
}

/// Names the property a condition could not be evaluated for.
pub(crate) fn at<T>(property: &Compiled, result: Result<T, ConditionError>) -> Result<T, ParameterError> {
    result.map_err(|error| ParameterError::Condition { parameter: property.name.clone(), reason: error.0 })
}
