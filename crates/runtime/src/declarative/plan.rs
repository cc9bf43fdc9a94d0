//! The plan of a declarative node: everything that does not depend on the item, settled once.
//!
//! Which properties are shown, and so which routing applies, depends on the parameters as they are written, expressions
//! unresolved, in n8n as here. What remains for an item is a list of steps with expressions in them.

use std::collections::HashSet;
use std::sync::Arc;

use nodehost_descriptor::{DisplayOptions, Group, NodeDescriptor, Options, Property, PropertyType};
use nodehost_expression::ParameterValue;
use nodehost_parameters::{CompiledVersion, ParameterError, is_displayed};
use serde_json::{Map, Value};

use super::direct::{self, DirectSend};
use super::extract::Extract;
use super::routing::{LostFunction, Routing, Setting, reads_current};
use super::{RequestOptions, lodash, paging};
use crate::parameters::Checked;
use crate::{ErrorCode, Refusal};

/// The plan of one node with one set of parameters.
#[derive(Debug)]
pub(crate) struct RoutingPlan {
    /// `requestDefaults`.
    pub(crate) defaults: Vec<(String, Setting)>,
    /// `requestOperations`.
    pub(crate) operations: Map<String, Value>,
    /// The steps that put a request together.
    pub(crate) steps: Vec<Step>,
    /// The request as far as it is the same for every item: the constant beginning of the above.
    pub(crate) base: RequestOptions,
    /// Whether a property without routing follows the last step (see [`RequestOptions::clear_texts`]).
    pub(crate) ends_plain: bool,
}

/// What one property, or option of it, adds to a request.
#[derive(Debug)]
pub(crate) struct Step {
    /// `$value`.
    pub(crate) value: StepValue,
    pub(crate) routing: Option<Routing>,
    /// An entry of a fixedCollection: its place and, for `$parent`, its value.
    pub(crate) entry: Option<Entry>,
    pub(crate) children: Vec<Step>,
    /// Whether a property without routing follows the last child.
    pub(crate) ends_plain: bool,
    /// All that the step does, if that is nothing but direct sends.
    pub(crate) direct: Option<Vec<DirectSend>>,
}

/// Where `$value` of a step comes from.
#[derive(Debug)]
pub(crate) enum StepValue {
    /// Undefined: the step belongs to an option.
    None,
    /// At a path of the parameters.
    At {
        /// Index of the top-level parameter.
        parameter: usize,
        /// The path inside it.
        path: Vec<String>,
        /// How the value is taken out of what was entered.
        extract: Option<Arc<Extract>>,
    },
    /// Nowhere: n8n's error.
    Missing(String),
}

/// An entry of a fixedCollection.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) index: usize,
    pub(crate) value: ParameterValue,
}

impl RoutingPlan {
    /// Compiles a plan from complete parameters; steps refer to them by their index in `checked`.
    pub(crate) fn compile(checked: &Checked, complete: &Map<String, Value>) -> Result<Self, Refusal> {
        let node = &checked.node;
        let descriptor = node.descriptor();
        let shown: HashSet<usize> = node.displayed(complete).map_err(refuse_parameters)?.into_iter().collect();
        let compiler = Compiler { node, checked, values: complete, root: Value::Object(complete.clone()) };
        let mut steps = Steps::default();
        for (_, property) in descriptor.properties.iter().enumerate().filter(|(index, _)| shown.contains(index)) {
            steps.add(compiler.shown(property, "").map_err(|failure| failure.refuse(descriptor))?);
        }
        Ok(Self::of_steps(checked, steps))
    }

    /// The plan of a routing of its own, as properties have it to load their choices.
    pub(crate) fn of_routing(checked: &Checked, routing: &Value) -> Result<Self, Refusal> {
        let descriptor = checked.node.descriptor();
        let routing = Routing::read(routing).map_err(|lost| Failure::Lost(lost).refuse(descriptor))?;
        let mut steps = Steps::default();
        steps.add(Some(Step::of(routing)));
        Ok(Self::of_steps(checked, steps))
    }

    fn of_steps(checked: &Checked, Steps { mut steps, ends_plain }: Steps) -> Self {
        steps.iter_mut().for_each(Step::find_direct);
        let descriptor = checked.node.descriptor();
        let defaults = descriptor.request_defaults.as_ref().and_then(Value::as_object).into_iter().flatten();
        let defaults: Vec<_> = defaults.map(|(key, value)| (key.clone(), Setting::new(value))).collect();
        let operations = descriptor.request_operations.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
        let mut plan = Self { defaults, operations, steps, ends_plain, base: RequestOptions::empty() };
        plan.settle();
        plan
    }

    /// The request defaults that look at nothing but the credential.
    pub(crate) fn credential_settings(&self) -> Vec<(String, ParameterValue)> {
        let of_credential = self.defaults.iter().filter(|(_, setting)| setting.of_credential);
        of_credential.map(|(key, setting)| (key.clone(), setting.value.clone())).collect()
    }

    /// Settles request defaults whose values are known for the whole execution.
    pub(crate) fn settle_defaults(&mut self, values: Vec<(String, Value)>) {
        for (key, value) in values {
            self.defaults.retain(|(name, _)| *name != key);
            self.base.set(&key, Some(value));
        }
        self.settle();
    }

    /// Settles the constant beginning of the request.
    fn settle(&mut self) {
        if self.defaults.iter().all(|(_, setting)| setting.value.as_constant().is_some()) {
            for (key, setting) in self.defaults.drain(..) {
                self.base.set(&key, setting.value.as_constant().cloned());
            }
        }
    }

    /// Whether bare paths are all that the descriptor has to have evaluated before the request is sent.
    pub(crate) fn is_bare(&self) -> bool {
        self.defaults.iter().all(|(_, setting)| setting.value.is_bare()) && self.steps.iter().all(Step::is_bare)
    }

    /// Whether nothing of the descriptor looks at items other than the current one.
    pub(crate) fn reads_current(&self) -> bool {
        self.defaults.iter().all(|(_, setting)| setting.reads_current)
            && self.operations.values().all(reads_current)
            && self.steps.iter().all(Step::reads_current)
    }

    /// The values of the descriptor that name URLs.
    pub(crate) fn url_settings(&self) -> Vec<ParameterValue> {
        let mut found: Vec<_> =
            self.defaults.iter().filter(|(key, _)| is_url(key)).map(|(_, setting)| setting.value.clone()).collect();
        for key in ["baseURL", "url"] {
            found.extend(self.base.get(key).map(ParameterValue::compile));
        }
        for step in &self.steps {
            step.urls(&mut found);
        }
        found
    }

    /// The hooks the plan calls, for a check that they exist.
    pub(crate) fn hooks(&self) -> Vec<String> {
        let mut names: Vec<String> = paging::hook(&self.operations).map(str::to_owned).into_iter().collect();
        for step in &self.steps {
            step.hooks(&mut names);
        }
        names
    }
}

/// The steps of properties beside each other.
#[derive(Default)]
struct Steps {
    steps: Vec<Step>,
    ends_plain: bool,
}

impl Steps {
    /// Adds what a property that is shown adds.
    fn add(&mut self, step: Option<Step>) {
        self.ends_plain = step.is_none();
        self.steps.extend(step);
    }
}

impl Step {
    /// The step of a routing without a value of its own.
    fn of(routing: Routing) -> Self {
        let (value, routing, children) = (StepValue::None, Some(routing), Vec::new());
        Self { value, routing, entry: None, children, ends_plain: false, direct: None }
    }

    fn is_dynamic(&self) -> bool {
        let routing = self.routing.as_ref().is_some_and(|routing| routing.is_dynamic);
        let entry = self.entry.as_ref().is_some_and(|entry| entry.value.as_constant().is_none());
        routing || entry || self.children.iter().any(Self::is_dynamic)
    }

    fn find_direct(&mut self) {
        self.direct = direct::sends_of(self);
        self.children.iter_mut().for_each(Self::find_direct);
    }

    fn is_bare(&self) -> bool {
        self.routing.as_ref().is_none_or(Routing::is_bare)
            && self.entry.as_ref().is_none_or(|entry| entry.value.is_bare())
            && self.children.iter().all(Self::is_bare)
    }

    fn reads_current(&self) -> bool {
        self.routing.as_ref().is_none_or(Routing::reads_current) && self.children.iter().all(Self::reads_current)
    }

    /// Whether what the step adds is the same for every item.
    pub(crate) fn is_constant(&self, checked: &Checked) -> bool {
        let value = match &self.value {
            StepValue::At { parameter, .. } => checked.values[*parameter].1.as_constant().is_some(),
            StepValue::None | StepValue::Missing(_) => true,
        };
        value && !self.is_dynamic() && self.children.iter().all(|child| child.is_constant(checked))
    }

    fn urls(&self, found: &mut Vec<ParameterValue>) {
        let request = self.routing.iter().flat_map(|routing| &routing.request);
        found.extend(request.filter(|(key, _)| is_url(key)).map(|(_, setting)| setting.value.clone()));
        for child in &self.children {
            child.urls(found);
        }
    }

    fn hooks(&self, names: &mut Vec<String>) {
        if let Some(routing) = &self.routing {
            names.extend(paging::hook(&routing.operations).map(str::to_owned));
            names.extend(routing.send.iter().flat_map(|send| send.pre_send.iter().cloned()));
            names.extend(routing.output.post_receive.iter().filter_map(|enabled| match &*enabled.action {
                super::routing::Action::Hook(name) => Some(name.clone()),
                _ => None,
            }));
        }
        for child in &self.children {
            child.hooks(names);
        }
    }
}

fn is_url(key: &str) -> bool {
    matches!(key, "baseURL" | "url")
}

/// Why there is no plan.
enum Failure {
    Lost(LostFunction),
    Parameters(ParameterError),
}

impl Failure {
    fn refuse(self, descriptor: &NodeDescriptor) -> Refusal {
        match self {
            Self::Parameters(error) => refuse_parameters(error),
            Self::Lost(lost) => {
                let message = format!(
                    "{} cannot run this operation: a function of its {} was lost when the descriptor became JSON",
                    descriptor.display_name, lost.0
                );
                Refusal::at("/node/parameters", ErrorCode::NotExecutable, message)
            }
        }
    }
}

impl From<LostFunction> for Failure {
    fn from(lost: LostFunction) -> Self {
        Self::Lost(lost)
    }
}

impl From<ParameterError> for Failure {
    fn from(error: ParameterError) -> Self {
        Self::Parameters(error)
    }
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn refuse_parameters(error: ParameterError) -> Refusal {
    Refusal::at("/node/parameters", ErrorCode::N8nError, error.to_string())
}

struct Compiler<'p> {
    node: &'p CompiledVersion,
    checked: &'p Checked,
    values: &'p Map<String, Value>,
    root: Value,
}

impl Compiler<'_> {
    fn is_shown(&self, options: Option<&DisplayOptions>) -> Result<bool, ParameterError> {
        // n8n looks at the node's own parameters here, for nested properties, too.
        is_displayed(options, self.values, self.values, Some((self.node.descriptor(), self.node.type_version())))
    }

    /// What a property below another adds, if it is shown.
    fn property(&self, property: &Property, path: &str, steps: &mut Steps) -> Result<(), Failure> {
        if self.is_shown(property.display_options.as_ref())? {
            steps.add(self.shown(property, path)?);
        }
        Ok(())
    }

    /// What a property at `path` (that of its parent) adds; nothing if it has no routing, nor one below it.
    fn shown(&self, property: &Property, path: &str) -> Result<Option<Step>, Failure> {
        let own = if path.is_empty() { property.name.clone() } else { format!("{path}.{}", property.name) };
        let routing = property.routing.as_ref().map(Routing::read).transpose()?;
        let value = if routing.is_some() { self.value(property, &own) } else { StepValue::None };
        let Steps { steps: children, ends_plain } = self.children(property, &own)?;
        let adds = routing.is_some() || !children.is_empty();
        Ok(adds.then_some(Step { value, routing, entry: None, children, ends_plain, direct: None }))
    }

    fn value(&self, property: &Property, path: &str) -> StepValue {
        if lodash::get(&self.root, path).is_none() {
            return StepValue::Missing(format!("Could not get parameter \"{path}\""));
        }
        let mut segments = lodash::to_path(path);
        let top = segments.remove(0);
        match self.checked.values.iter().position(|(name, _)| *name == top) {
            Some(parameter) => {
                let extract = Extract::of(property, path).map(Arc::new);
                StepValue::At { parameter, path: segments, extract }
            }
            None => StepValue::Missing(format!("Could not get parameter \"{path}\"")),
        }
    }

    fn children(&self, property: &Property, path: &str) -> Result<Steps, Failure> {
        let mut steps = Steps::default();
        match (&property.options, &property.kind) {
            (Options::Choices(choices), PropertyType::Options) => {
                let chosen = lodash::get(&self.root, path).cloned();
                if let Some(choice) = choices.iter().find(|choice| choice.value == chosen)
                    && self.is_shown(choice.display_options.as_ref())?
                {
                    steps.add(choice.routing.as_ref().map(Routing::read).transpose()?.map(Step::of));
                }
            }
            (Options::Properties(properties), PropertyType::Collection) => {
                if let Some(Value::Object(value)) = lodash::get(&self.root, path) {
                    for property in properties.iter().filter(|property| value.contains_key(&property.name)) {
                        self.property(property, path, &mut steps)?;
                    }
                }
            }
            (Options::Groups(groups), PropertyType::FixedCollection) => {
                self.groups(property, groups, path, &mut steps)?;
            }
            _ => {}
        }
        Ok(steps)
    }

    fn groups(&self, property: &Property, groups: &[Group], path: &str, steps: &mut Steps) -> Result<(), Failure> {
        let multiple = super::build::truthy(property.type_options.multiple_values());
        for group in groups {
            let place = format!("{path}.{}", group.name);
            let Some(value) = lodash::get(&self.root, &place).cloned() else { continue };
            let entries = match value {
                Value::Array(entries) => entries,
                one => vec![one],
            };
            for (index, entry) in entries.iter().enumerate() {
                let place = if multiple { format!("{place}[{index}]") } else { place.clone() };
                for inner in group.values.as_deref().unwrap_or(&[]) {
                    let known = steps.steps.len();
                    self.property(inner, &place, steps)?;
                    for step in &mut steps.steps[known..] {
                        step.entry = Some(Entry { index, value: ParameterValue::compile(entry) });
                    }
                }
            }
        }
        Ok(())
    }
}
