//! From the plan to the request of one item: evaluates what depends on it.

use std::borrow::Cow;
use std::sync::Arc;

use nodehost_expression::{ParameterValue, Scope};
use serde_json::{Map, Value};

use super::build::truthy;
use super::direct;
use super::options::Way;
use super::paging;
use super::plan::{RoutingPlan, Step, StepValue};
use super::routing::{Action, Enabled, Routing, Send, Setting};
use super::settings::RequestSettings;
use super::{RequestOptions, failure};
use crate::parameters::{Checked, Resolved};
use crate::scopes::Scopes;
use crate::values::Values;
use crate::{ErrorCode, ItemError};

/// The request of an item, before hooks, credentials and paging.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    pub(crate) options: RequestOptions,
    pub(crate) pre_send: Vec<String>,
    pub(crate) post_receive: Vec<PostReceive>,
    pub(crate) paginate: Option<bool>,
    pub(crate) max_results: Option<Value>,
    pub(crate) operations: Map<String, Value>,
}

/// The actions of one property, with its value.
#[derive(Debug, Clone)]
pub(crate) struct PostReceive {
    pub(crate) value: Option<Arc<Value>>,
    pub(crate) actions: Vec<Arc<Action>>,
}

/// Makes the requests of items: a plan with its parameters.
pub(crate) struct Requests {
    plan: RoutingPlan,
    pub(crate) checked: Arc<Checked>,
    /// What every request begins with: the steps that come first and look at no item.
    beginning: Prepared,
    /// How many steps are in it.
    begun: usize,
    /// Whether bare paths are all that has to be evaluated before the request is sent.
    pub(crate) is_bare: bool,
}

impl Requests {
    /// Takes the constant steps that come first together. `scopes` may be those of any item.
    pub(crate) fn new(plan: RoutingPlan, checked: Arc<Checked>, scopes: &Scopes) -> Self {
        let (options, operations) = (plan.base.clone(), plan.operations.clone());
        let mut beginning = Prepared { options, operations, ..Prepared::empty() };
        let mut begun = 0;
        // Defaults that have to be evaluated come before every step.
        if plan.defaults.is_empty() {
            let none = Resolved::default();
            let mut values = Values::here();
            let mut resolver = Resolver { checked: &checked, scopes, values: &mut values, parameters: &none };
            for step in plan.steps.iter().take_while(|step| step.is_constant(&checked)) {
                // What fails is left to the items, each of which fails with it.
                let Ok(added) = resolver.step(step, &scopes.descriptor) else { break };
                beginning.merge(added);
                begun += 1;
            }
        }
        let is_bare = checked.is_bare && plan.is_bare();
        Self { plan, checked, beginning, begun, is_bare }
    }

    /// The request of an item, and its parameters.
    pub(crate) fn of_item(&self, scopes: &Scopes, values: &mut Values<'_>) -> Result<(Prepared, Resolved), ItemError> {
        let parameters = self.checked.resolve(&scopes.user, values)?;
        let mut resolver = Resolver { checked: &self.checked, scopes, values, parameters: &parameters };
        let mut prepared = self.beginning.clone();
        for (key, setting) in &self.plan.defaults {
            let value = resolver.setting(setting, &scopes.descriptor)?;
            prepared.options.set(key, value);
            if key == "body" && setting.has_keys {
                prepared.options.note_undefined();
            }
        }
        for step in &self.plan.steps[self.begun..] {
            resolver.add(step, &scopes.descriptor, &mut prepared)?;
        }
        if self.plan.ends_plain {
            prepared.options.clear_texts();
        }
        prepared.options.settle();
        RequestSettings::read(&self.checked, &parameters).apply(&mut prepared.options)?;
        Ok((prepared, parameters))
    }
}

impl Prepared {
    fn empty() -> Self {
        Self {
            options: RequestOptions::sparse(),
            pre_send: Vec::new(),
            post_receive: Vec::new(),
            paginate: None,
            max_results: None,
            operations: Map::new(),
        }
    }

    fn merge(&mut self, other: Self) {
        self.paginate = self.paginate.or(other.paginate);
        if truthy(other.max_results.as_ref()) {
            self.max_results = other.max_results;
        }
        self.options.merge(other.options);
        self.pre_send.extend(other.pre_send);
        self.post_receive.extend(other.post_receive);
        self.operations.extend(other.operations);
    }

    /// Whether any hook is called for this item.
    pub(crate) fn calls_hooks(&self) -> bool {
        let is_hook = |action: &Arc<Action>| matches!(**action, Action::Hook(_));
        let pages = self.paginate == Some(true) && paging::hook(&self.operations).is_some();
        pages || !self.pre_send.is_empty() || self.post_receive.iter().any(|group| group.actions.iter().any(is_hook))
    }

    /// How many items at most, where the descriptor limits them.
    pub(crate) fn limit(&self) -> Option<Limit> {
        let number = match self.max_results.as_ref()? {
            Value::String(text) => text.trim().parse::<f64>().unwrap_or(f64::NAN),
            Value::Bool(value) => f64::from(u8::from(*value)),
            value => value.as_f64().unwrap_or(f64::NAN),
        };
        Some(Limit(number))
    }
}

/// `routing.output.maxResults`, cut as JavaScript's `splice` cuts: a negative number counts from the end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit(f64);

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "counts of items"
)]
impl Limit {
    pub(crate) fn cut<T>(self, items: &mut Vec<T>) {
        let whole = self.0.trunc();
        // What is no number cuts everything: a cast makes it 0.
        let keep = if whole < 0.0 { (items.len() as f64 + whole).max(0.0) } else { whole };
        items.truncate(keep as usize);
    }

    /// The limit as a count; none where it is no count.
    pub(crate) fn count(self) -> Option<usize> {
        (self.0 >= 0.0).then_some(self.0 as usize)
    }

    /// How many are missing after so many; none if there are enough. What is no number is never enough.
    pub(crate) fn missing(self, found: usize) -> Option<f64> {
        let missing = self.0 - found as f64;
        (missing.is_nan() || missing >= 1.0).then_some(missing)
    }
}

/// What the expressions of a routing see: its property's value, in a scope that may have it.
#[derive(Clone, Copy)]
struct Seen<'s> {
    value: Option<&'s Arc<Value>>,
    scope: &'s Scope,
}

struct Resolver<'r, 'e> {
    checked: &'r Checked,
    scopes: &'r Scopes,
    values: &'r mut Values<'e>,
    parameters: &'r Resolved,
}

impl Resolver<'_, '_> {
    fn evaluate(&mut self, value: &ParameterValue, scope: &Scope) -> Result<Option<Value>, ItemError> {
        self.values.evaluate(value, scope).map_err(|error| failure::expression(&error))
    }

    fn setting(&mut self, setting: &Setting, scope: &Scope) -> Result<Option<Value>, ItemError> {
        self.evaluate(&setting.value, scope)
    }

    /// Adds what a step adds.
    fn add(&mut self, step: &Step, scope: &Scope, to: &mut Prepared) -> Result<(), ItemError> {
        let is_done = |sends: &Vec<_>| direct::apply(sends, (self.checked, self.parameters), &mut to.options);
        if !step.direct.as_ref().is_some_and(is_done) {
            let added = self.step(step, scope)?;
            to.merge(added);
        }
        Ok(())
    }

    fn step(&mut self, step: &Step, scope: &Scope) -> Result<Prepared, ItemError> {
        let own;
        let scope = match &step.entry {
            None => scope,
            Some(entry) => {
                let parent = self.evaluate(&entry.value, &self.scopes.user)?;
                let parent = Arc::new(parent.unwrap_or(Value::Null));
                own = with(&with(scope, "$index", Arc::new(Value::from(entry.index))), "$parent", parent);
                &own
            }
        };
        let mut prepared = Prepared::empty();
        if let Some(routing) = &step.routing {
            let value = self.value(&step.value)?.map(Arc::new);
            let valued;
            let scope = match &value {
                // Constants need no scope of their own.
                Some(value) if routing.is_dynamic => {
                    valued = with(scope, "$value", Arc::clone(value));
                    &valued
                }
                _ => scope,
            };
            self.routing(routing, Seen { value: value.as_ref(), scope }, &mut prepared)?;
        }
        for child in &step.children {
            self.add(child, scope, &mut prepared)?;
        }
        if step.ends_plain {
            prepared.options.clear_texts();
        }
        Ok(prepared)
    }

    fn value(&mut self, value: &StepValue) -> Result<Option<Value>, ItemError> {
        match value {
            StepValue::None => Ok(None),
            StepValue::Missing(message) => Err(ItemError::operation(ErrorCode::InvalidParameter, message.clone())),
            StepValue::At { parameter, path, extract } => {
                let top = self.checked.value(self.parameters, *parameter);
                let found = top.and_then(|value| super::lodash::get_in(value, path)).cloned();
                match extract {
                    Some(extract) => extract.apply(found).map_err(|error| {
                        let top = &self.checked.values[*parameter].0;
                        let place = path.iter().fold(top.clone(), |place, step| format!("{place}.{step}"));
                        error.with_parameter(place)
                    }),
                    None => Ok(found),
                }
            }
        }
    }

    fn routing(&mut self, routing: &Routing, seen: Seen<'_>, into: &mut Prepared) -> Result<(), ItemError> {
        let Seen { value, scope } = seen;
        into.operations.clone_from(&routing.operations);
        for (key, setting) in &routing.request {
            let value = self.setting(setting, scope)?;
            into.options.set(key, value);
            if key == "body" && setting.has_keys {
                into.options.note_undefined();
            }
        }
        if let Some(send) = &routing.send {
            self.send(send, seen, into)?;
        }
        if let Some(limit) = &routing.output.max_results {
            into.max_results = self.setting(limit, scope)?;
        }
        let actions = self.actions(&routing.output.post_receive, scope)?;
        if !actions.is_empty() {
            into.post_receive.push(PostReceive { value: value.cloned(), actions });
        }
        Ok(())
    }

    fn send(&mut self, send: &Send, Seen { value, scope }: Seen<'_>, into: &mut Prepared) -> Result<(), ItemError> {
        if let Some(property) = &send.property {
            let evaluated;
            let name = match property.value.as_constant() {
                Some(constant) => Some(constant),
                None => {
                    evaluated = self.setting(property, scope)?;
                    evaluated.as_ref()
                }
            };
            // What is no text is one key, as it is, dots and all.
            let dotted = send.dotted && matches!(name, Some(Value::String(_) | Value::Array(_) | Value::Object(_)));
            let way = if dotted {
                Way::Path
            } else if send.dotted {
                Way::Key
            } else {
                Way::Assign
            };
            let name = name_of(name);
            let sent = match &send.value {
                Some(setting) => self.setting(setting, scope)?,
                None => value.map(|value| (**value).clone()),
            };
            let sent = into.options.send(send.part(), &name, way, sent);
            sent.map_err(|message| ItemError::operation(ErrorCode::InvalidRequest, message))?;
        }
        if let Some(paginate) = &send.paginate {
            into.paginate = Some(truthy(self.setting(paginate, scope)?.as_ref()));
        }
        into.pre_send.extend(send.pre_send.iter().cloned());
        Ok(())
    }

    fn actions(&mut self, actions: &[Enabled], scope: &Scope) -> Result<Vec<Arc<Action>>, ItemError> {
        let mut enabled = Vec::with_capacity(actions.len());
        for action in actions {
            let on = match &action.condition {
                None => true,
                Some(condition) => truthy(self.setting(condition, scope)?.as_ref()),
            };
            if on {
                enabled.push(Arc::clone(&action.action));
            }
        }
        Ok(enabled)
    }
}

/// The name of a property to send: n8n writes lists and objects in brackets, with their kind.
fn name_of(value: Option<&Value>) -> Cow<'_, str> {
    let kind = match value {
        None => return Cow::Borrowed("undefined"),
        Some(Value::String(text)) => return Cow::Borrowed(text),
        Some(Value::Array(_)) => "Array",
        Some(Value::Object(_)) => "Object",
        Some(value) => return Cow::Owned(nodehost_expression::data::to_js_string(value)),
    };
    let json = value.map(nodehost_expression::data::json_text).unwrap_or_default();
    Cow::Owned(format!("[{kind}: {}]", json.replace(",\"", ", \"").replace("\":", "\": ")))
}

/// A scope with one more name.
pub(crate) fn with(scope: &Scope, name: &'static str, value: Arc<Value>) -> Scope {
    scope.clone().with(name, value)
}
