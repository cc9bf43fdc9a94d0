//! Constraints: the descriptor's own rules between parameters, as JSON Schema.

use std::collections::BTreeSet;

use jsonschema::{PatternOptions, Validator};
use serde_json::{Map, Value};

use super::{Violation, has_expression, token};
use crate::CompiledVersion;
use crate::compile::{DisplayTable, Level, NodeFacts, Scope, Shown};
use crate::js::path;

/// One rule of a descriptor's `constraints`, compiled.
#[derive(Debug)]
pub(crate) struct Constraint {
    /// When it applies; none where it always does.
    when: Option<(DisplayTable, Shown)>,
    schema: Result<Validator, String>,
    /// The names the rule looks at: while one of them is an expression, constants do not decide it.
    names: BTreeSet<String>,
    /// Where the error is shown; none to show it where the schema finds it.
    pointer: Option<String>,
    message: String,
    /// The node itself refuses what breaks the rule, whatever the mode.
    pub(super) always: bool,
}

impl Constraint {
    pub(crate) fn compile(rule: &Value, facts: &NodeFacts) -> Self {
        let when = rule.get("when").filter(|when| when.is_object());
        let schema = rule.get("schema").unwrap_or(&Value::Bool(true));
        let mut names = BTreeSet::new();
        collect_names(schema, &mut names);
        names.extend(
            when.and_then(Value::as_object).into_iter().flat_map(|when| when.keys().map(|name| last_step(name))),
        );
        let compiled = jsonschema::options().with_pattern_options(PatternOptions::regex()).build(schema);
        Self {
            when: when.map(|when| {
                let show = Map::from_iter([("show".to_owned(), when.clone())]);
                DisplayTable::of_one(&nodehost_descriptor::DisplayOptions::from_rules(show), facts)
            }),
            schema: compiled.map_err(|error| error.to_string()),
            names,
            pointer: rule.get("parameter").and_then(Value::as_str).map(pointer),
            message: rule.get("errorMessage").and_then(Value::as_str).unwrap_or("A rule is broken.").to_owned(),
            always: rule.get("always") == Some(&Value::Bool(true)),
        }
    }

    /// Why the rule's schema cannot be used.
    pub(crate) fn broken(&self) -> Option<&str> {
        self.schema.as_ref().err().map(String::as_str)
    }

    fn check(&self, values: &Value, constants_only: bool) -> Option<Violation> {
        let map = values.as_object()?;
        if constants_only && self.names.iter().any(|name| depends(values, name)) {
            return None;
        }
        let level = Level::Map(map);
        if let Some((table, when)) = &self.when
            && !table.is_shown(*when, Scope { level, root: level }).unwrap_or(false)
        {
            return None;
        }
        match &self.schema {
            Ok(schema) => {
                let error = schema.iter_errors(values).next()?;
                let pointer = self.pointer.clone().unwrap_or_else(|| error.instance_path().to_string());
                Some(Violation::invalid(&pointer, self.message.clone()))
            }
            Err(reason) => {
                let message = format!("A constraint of the node's descriptor is no JSON Schema: {reason}.");
                Some(Violation::invalid(self.pointer.as_deref().unwrap_or(""), message))
            }
        }
    }
}

/// Checks every constraint; with `constants_only`, those that depend on an expression are left out. What is wrong with a
/// parameter is told once: a constraint says nothing where another finding stands.
pub(super) fn check(
    version: &CompiledVersion,
    values: Map<String, Value>,
    constants_only: bool,
    found: &mut Vec<Violation>,
) {
    if !version.constraints.is_empty() {
        let values = Value::Object(values);
        for broken in version.constraints.iter().filter_map(|rule| rule.check(&values, constants_only)) {
            if found.iter().all(|other| other.pointer != broken.pointer) {
                found.push(broken);
            }
        }
    }
}

/// Checks the constraints the node itself insists on.
pub(super) fn check_always(version: &CompiledVersion, values: Map<String, Value>, found: &mut Vec<Violation>) {
    let values = Value::Object(values);
    let always = version.constraints.iter().filter(|rule| rule.always);
    found.extend(always.filter_map(|rule| rule.check(&values, false)));
}

/// Whether a value under `name`, at any depth, is an expression or holds one; an expression above
/// could bring the name.
fn depends(value: &Value, name: &str) -> bool {
    match value {
        Value::Object(map) => map.iter().any(|(key, value)| match value {
            _ if key == name => has_expression(value),
            Value::Object(_) | Value::Array(_) => depends(value, name),
            _ => false,
        }),
        Value::Array(list) => list.iter().any(|value| depends(value, name)),
        Value::String(text) => text.starts_with('='),
        _ => false,
    }
}

/// The parameters a schema speaks of: the keys under `properties`, and those in `required`.
fn collect_names(schema: &Value, names: &mut BTreeSet<String>) {
    match schema {
        Value::Object(map) => {
            for (key, value) in map {
                match (key.as_str(), value) {
                    ("properties", Value::Object(properties)) => names.extend(properties.keys().cloned()),
                    ("required", Value::Array(list)) => {
                        names.extend(list.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    _ => {}
                }
                collect_names(value, names);
            }
        }
        Value::Array(list) => list.iter().for_each(|schema| collect_names(schema, names)),
        _ => {}
    }
}

fn last_step(name: &str) -> String {
    let steps = path::steps(name.trim_start_matches('/'));
    steps.last().map_or_else(String::new, |step| step.to_string())
}

/// `additionalFields.url` as `/additionalFields/url`.
fn pointer(path: &str) -> String {
    path::steps(path).iter().map(|step| format!("/{}", token(step))).collect()
}
