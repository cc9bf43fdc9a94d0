//! An execution's parameters: completed, checked, and resolved for every item.

use std::sync::Arc;

use nodehost_expression::{Evaluator, ParameterValue, Scope};
use nodehost_parameters::CompiledVersion;
use serde_json::{Map, Value};

use crate::declarative::failure;
use crate::item::escape_pointer;
use crate::{ErrorCode, ItemError, Refusal, RequestError, Validation, Warning};

/// The parameters of one node, compiled for its items.
pub(crate) struct Checked {
    pub(crate) node: Arc<CompiledVersion>,
    pub(crate) validation: Validation,
    /// By name, in n8n's order.
    pub(crate) values: Vec<(String, ParameterValue)>,
    /// Whether every value is a constant, so that checking once was enough.
    pub(crate) is_constant: bool,
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
        let is_constant = values.iter().all(|(_, value)| value.as_constant().is_some());
        let checked = Self { node, validation, values, is_constant };
        if validation == Validation::Off {
            return Ok((checked, Vec::new()));
        }
        let mut errors = checked.issues(complete)?;
        let mut warnings = Vec::new();
        if validation == Validation::Strict {
            let (dropped, unknown) = unknown(&checked.node, given, complete);
            warnings = dropped;
            errors.extend(unknown);
        }
        if errors.is_empty() { Ok((checked, warnings)) } else { Err(Refusal::of(errors[0].code, errors)) }
    }

    /// What a caller should know of parameters that are dropped or unknown.
    pub(crate) fn notes(
        node: &Arc<CompiledVersion>,
        given: &Map<String, Value>,
        complete: &Map<String, Value>,
    ) -> Vec<Warning> {
        let (mut warnings, errors) = unknown(node, given, complete);
        warnings.extend(errors.into_iter().map(|RequestError { pointer, code, message }| Warning {
            pointer,
            code,
            message,
        }));
        warnings
    }

    /// n8n's issues with the parameters as they are written.
    fn issues(&self, values: &Map<String, Value>) -> Result<Vec<RequestError>, Refusal> {
        let issues = self
            .node
            .issues(values)
            .map_err(|error| Refusal::at("/node/parameters", ErrorCode::N8nError, error.to_string()))?;
        let issues = issues.map(|issues| issues.parameters).unwrap_or_default();
        let told = issues.into_iter().flat_map(|(name, messages)| {
            let pointer = format!("/node/parameters/{}", escape_pointer(&name));
            messages.into_iter().map(move |message| {
                RequestError::new(pointer.clone(), ErrorCode::InvalidParameter, format!("{name}: {message}"))
            })
        });
        Ok(told.collect())
    }

    /// Resolves all parameters for an item, and checks what could not be checked before.
    pub(crate) fn resolve(
        &self,
        scope: &Scope,
        evaluator: Option<&mut Evaluator>,
    ) -> Result<Vec<Option<Value>>, ItemError> {
        let mut evaluator = evaluator;
        let mut resolved = Vec::with_capacity(self.values.len());
        for (name, value) in &self.values {
            let value = match (value.as_constant(), &mut evaluator) {
                (Some(constant), _) => Some(constant.clone()),
                (None, Some(evaluator)) => {
                    let evaluated = evaluator.evaluate(value, scope);
                    evaluated.map_err(|error| failure::expression(&error).with_parameter(name.clone()))?.value
                }
                (None, None) => unreachable!("parameters with expressions are resolved on an engine thread"),
            };
            resolved.push(value);
        }
        if !self.is_constant && self.validation != Validation::Off {
            self.check(&resolved)?;
        }
        Ok(resolved)
    }

    /// The resolved parameters by name.
    pub(crate) fn named(&self, resolved: &[Option<Value>]) -> Map<String, Value> {
        let named = self.values.iter().zip(resolved);
        named.filter_map(|((name, _), value)| Some((name.clone(), value.clone()?))).collect()
    }

    fn check(&self, resolved: &[Option<Value>]) -> Result<(), ItemError> {
        let values = self.named(resolved);
        let issues = self.node.issues(&values).map_err(|error| invalid(error.to_string()))?;
        let Some(issues) = issues else { return Ok(()) };
        let first = issues.parameters.into_iter().find_map(|(name, mut messages)| {
            let message = (!messages.is_empty()).then(|| messages.swap_remove(0))?;
            Some((name, message))
        });
        match first {
            Some((name, message)) => Err(invalid(format!("{name}: {message}")).with_parameter(name)),
            None => Ok(()),
        }
    }
}

/// Warnings of parameters that are not shown, errors of those the node does not have.
fn unknown(
    node: &CompiledVersion,
    given: &Map<String, Value>,
    complete: &Map<String, Value>,
) -> (Vec<Warning>, Vec<RequestError>) {
    let (mut warnings, mut errors) = (Vec::new(), Vec::new());
    for name in given.keys().filter(|name| !complete.contains_key(*name)) {
        let pointer = format!("/node/parameters/{}", escape_pointer(name));
        if node.descriptor().properties.iter().any(|property| property.name == *name) {
            let message = format!("{name} is not shown with these parameters; its value was dropped");
            warnings.push(Warning { pointer, code: ErrorCode::HiddenParameter, message });
        } else {
            let message = format!("{} has no parameter {name}", node.descriptor().display_name);
            errors.push(RequestError::new(pointer, ErrorCode::UnknownParameter, message));
        }
    }
    (warnings, errors)
}

fn invalid(message: impl Into<String>) -> ItemError {
    ItemError::operation(ErrorCode::InvalidParameter, message)
}
