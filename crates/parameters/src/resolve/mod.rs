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
}

/// What to do after a property.
pub(crate) enum Flow {
    Continue,
    /// The list's values are taken as they were given.
    AsGiven,
}

/// Resolves a node's own list.
pub(crate) fn node_parameters(
    list: &List,
    values: Js<'_>,
    defaults: bool,
    hidden: bool,
) -> Result<Map<String, Value>, ParameterError> {
    let form = Form { defaults, hidden };
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
    if form.hidden {
        return resolve_with_hidden(list, values, form, parent, root);
    }
    let order = list.order.as_ref().map_err(Clone::clone)?;
    let given = list.gather(values);
    let mut memo = Memo::new(&list.displays);
    let effective = simple::effective_values(list, &given, values, parent, root, &mut memo)?;
    let level = Level::Slots(&effective);
    let scope = Scope { level, root: root.unwrap_or(level) };
    if !values.is_truthy() {
        return Ok(Resolved::new());
    }
    let mut out = Resolved::with_capacity(capacity(list, values, form, parent));
    for index in order {
        let property = &list.properties[*index as usize];
        let value = given[property.slot as usize];
        if value.is_undefined() && (!form.defaults || parent == Parent::Collection) {
            continue;
        }
        if let Some(display) = property.display
            && !at(property, memo.is_shown(&list.displays, display, scope))?
        {
            continue;
        }
        let flow = match &property.nested {
            Nested::Simple => {
                simple::set(property, value, form, parent, &mut out);
                Flow::Continue
            }
            _ => nested(property, value, form, scope.root, &mut out)?,
        };
        if let Flow::AsGiven = flow {
            return Ok(as_given(values));
        }
    }
    Ok(out)
}

/// How many values the result may hold: those given, and some defaults.
fn capacity(list: &List, values: Js<'_>, form: Form, parent: Parent) -> usize {
    const DEFAULTS: usize = 8;
    let given = if let Js::Object(map) = values { map.len() } else { 0 };
    let defaults = if form.defaults && parent != Parent::Collection { DEFAULTS } else { 0 };
    (given + defaults).min(list.properties.len())
}

/// The same with the values of hidden properties. Only among properties of one name are conditions
/// looked at, and they see what has been resolved so far.
fn resolve_with_hidden<'a>(
    list: &'a List,
    values: Js<'a>,
    form: Form,
    parent: Parent,
    root: Option<Level<'_, '_>>,
) -> Result<Resolved, ParameterError> {
    let order = list.order.as_ref().map_err(Clone::clone)?;
    let given = list.gather(values);
    let mut out = Resolved::new();
    if !values.is_truthy() {
        return Ok(out);
    }
    for index in order {
        let property = &list.properties[*index as usize];
        let value = given[property.slot as usize];
        if value.is_undefined() && (!form.defaults || parent == Parent::Collection) {
            continue;
        }
        let flow = match &property.nested {
            Nested::Simple => {
                if property.duplicate && !is_shown_beside(list, property, &out.map, root)? {
                    continue;
                }
                simple::set(property, value, form, parent, &mut out);
                Flow::Continue
            }
            _ => {
                let so_far = std::mem::take(&mut out.map);
                let level = Level::Map(&so_far);
                let mut inner = Resolved { phantom: out.phantom, ..Resolved::new() };
                let flow = nested(property, value, form, root.unwrap_or(level), &mut inner)?;
                out.phantom = inner.phantom;
                out.map = so_far;
                if inner.map.is_empty() && inner.phantom {
                    out.map.shift_remove(&property.name);
                }
                out.map.extend(inner.map);
                flow
            }
        };
        if let Flow::AsGiven = flow {
            return Ok(as_given(values));
        }
    }
    Ok(out)
}

fn is_shown_beside(
    list: &List,
    property: &Compiled,
    so_far: &Map<String, Value>,
    root: Option<Level<'_, '_>>,
) -> Result<bool, ParameterError> {
    let Some(display) = property.display else { return Ok(true) };
    let level = Level::Map(so_far);
    at(property, list.displays.get(display).is_shown(Scope { level, root: root.unwrap_or(level) }))
}

fn nested(
    property: &Compiled,
    value: Js<'_>,
    form: Form,
    root: Level<'_, '_>,
    out: &mut Resolved,
) -> Result<Flow, ParameterError> {
    match &property.nested {
        Nested::Simple => Ok(Flow::Continue),
        Nested::Collection(inner) => {
            collection::set(property, inner.as_deref(), value, form, root, out)?;
            Ok(Flow::Continue)
        }
        Nested::Groups(groups) => fixed_collection::set(property, groups.as_deref(), value, form, root, out),
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
