//! An execution's parameters: completed, checked, and resolved for every item.

use std::sync::Arc;

use nodehost_expression::{ParameterValue, Scope};
use nodehost_parameters::{Code, CompiledVersion, Mode, Validator, Violation};
use serde_json::{Map, Value};

use crate::declarative::failure;
use crate::parameter_secrets;
use crate::values::Values;
use crate::{ErrorCode, ItemError, Refusal, RequestError, Validation, Warning};

/// The parameters of one node, compiled for its items.
pub(crate) struct Checked {
    pub(crate) node: Arc<CompiledVersion>,
    validator: Validator,
    /// By name, in n8n's order.
    pub(crate) values: Vec<(String, ParameterValue)>,
    /// Whether no value has more than bare paths in it, so that they can be resolved on the spot.
    pub(crate) is_bare: bool,
    /// Whether the node has parameters whose values are not to be seen.
    has_secrets: bool,
}

/// An item's resolved parameters: those that have expressions. The constant ones stay in [`Checked`].
#[derive(Debug, Default)]
pub(crate) struct Resolved(Vec<(usize, Option<Value>)>);

/// An item's parameters, kept to take the secret ones out of its error.
pub(crate) struct Secrets {
    node: Arc<CompiledVersion>,
    parameters: Map<String, Value>,
}

impl Secrets {
    pub(crate) fn redact(&self, error: ItemError) -> ItemError {
        parameter_secrets::redactor(&self.node.descriptor().properties, &self.parameters).redact_error(error)
    }
}

/// Completes the parameters with defaults, as n8n does when it loads a workflow.
pub(crate) fn complete(node: &CompiledVersion, given: &Map<String, Value>) -> Result<Map<String, Value>, Refusal> {
    node.get_node_parameters(given, true, false)
        .map_err(|error| Refusal::at("/node/parameters", ErrorCode::N8nError, error.to_string()))
}

impl Checked {
    /// Checks what is constant; refuses what is wrong with it.
    pub(crate) fn new(
        node: Arc<CompiledVersion>,
        given: &Map<String, Value>,
        complete: &Map<String, Value>,
        validation: Validation,
    ) -> Result<(Self, Vec<Warning>), Refusal> {
        let mut names: Vec<&String> = Vec::with_capacity(complete.len());
        for name in node.descriptor().properties.iter().map(|property| &property.name).chain(complete.keys()) {
            if complete.contains_key(name) && !names.contains(&name) {
                names.push(name);
            }
        }
        let values: Vec<_> =
            names.into_iter().map(|name| (name.clone(), ParameterValue::compile(&complete[name]))).collect();
        let is_bare = values.iter().all(|(_, value)| value.is_bare());
        let mode = match validation {
            Validation::Strict => Mode::Strict,
            Validation::N8n => Mode::N8n,
            Validation::Off => Mode::Off,
        };
        let validator = Validator::new(Arc::clone(&node), given, mode);
        let found = validator.constants();
        let pointer = |violation: &Violation| format!("/node/parameters{}", violation.pointer);
        let error = |found: &Violation| RequestError::new(pointer(found), code(found.code), found.message.clone());
        let errors: Vec<RequestError> = found.violations.iter().map(error).collect();
        if let Some(first) = errors.first() {
            return Err(Refusal::of(first.code, errors));
        }
        let warning = |found: &Violation| Warning {
            pointer: pointer(found),
            code: code(found.code),
            message: found.message.clone(),
        };
        let warnings = found.warnings.iter().map(warning).collect();
        let has_secrets = parameter_secrets::has_secrets(&node.descriptor().properties);
        Ok((Self { node, validator, values, is_bare, has_secrets }, warnings))
    }

    /// Resolves all parameters for an item, and checks what could not be checked before.
    pub(crate) fn resolve(&self, scope: &Scope, evaluate: &mut Values<'_>) -> Result<Resolved, ItemError> {
        let mut resolved = Vec::new();
        for (index, (name, value)) in self.values.iter().enumerate() {
            if value.as_constant().is_some() {
                continue;
            }
            let evaluated = evaluate.evaluate(value, scope);
            let evaluated = evaluated.map_err(|error| failure::expression(&error).with_parameter(name.clone()))?;
            resolved.push((index, evaluated));
        }
        let resolved = Resolved(resolved);
        if self.validator.depends_on_items() {
            self.check(&resolved)?;
        }
        Ok(resolved)
    }

    /// The value of the parameter at an index of `values`; none if its expression gave undefined.
    pub(crate) fn value<'v>(&'v self, resolved: &'v Resolved, index: usize) -> Option<&'v Value> {
        let constant = self.values[index].1.as_constant();
        constant.or_else(|| resolved.0.iter().find(|(at, _)| *at == index)?.1.as_ref())
    }

    /// The resolved parameters by name.
    pub(crate) fn named(&self, resolved: &Resolved) -> Map<String, Value> {
        let value = |index| self.value(resolved, index).cloned();
        let named = self.values.iter().enumerate();
        named.filter_map(|(index, (name, _))| Some((name.clone(), value(index)?))).collect()
    }

    /// What takes an item's secret parameters out of its error; `None` if the node has no such parameters.
    pub(crate) fn secrets(&self, named: impl FnOnce() -> Map<String, Value>) -> Option<Secrets> {
        self.has_secrets.then(|| Secrets { node: Arc::clone(&self.node), parameters: named() })
    }

    /// What the item's values break: the first is the error, the others are told with it.
    fn check(&self, resolved: &Resolved) -> Result<(), ItemError> {
        let mut found = self.validator.item(self.named(resolved)).into_iter();
        let Some(first) = found.next() else { return Ok(()) };
        let others: Vec<String> = found.map(|violation| violation.message).collect();
        let mut error = ItemError::operation(code(first.code), first.message);
        error.description = (!others.is_empty()).then(|| others.join("\n"));
        Err(error.with_parameter(path(&first.pointer)))
    }
}

/// What a caller should know of parameters that are not used; the pointers lead into `{parameters}`.
pub(crate) fn notes(node: &CompiledVersion, given: &Map<String, Value>, complete: &Map<String, Value>) -> Vec<Warning> {
    let warning = |found: Violation| Warning {
        pointer: format!("/parameters{}", found.pointer),
        code: code(found.code),
        message: found.message,
    };
    nodehost_parameters::unused(node, given, complete).into_iter().map(warning).collect()
}

fn code(code: Code) -> ErrorCode {
    match code {
        Code::InvalidParameter => ErrorCode::InvalidParameter,
        Code::UnknownParameter => ErrorCode::UnknownParameter,
        Code::HiddenParameter => ErrorCode::HiddenParameter,
        Code::N8nError => ErrorCode::N8nError,
    }
}

/// `/additionalFields/url` as people write it: `additionalFields.url`.
fn path(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace('/', ".").replace("~1", "/").replace("~0", "~")
}
