//! The host's validation: what is refused before any request is made.
//!
//! A batch's parameters are looked at once. What constants decide is known then
//! ([`Validator::constants`]); what an expression decides is looked at for each item, on its
//! resolved values ([`Validator::item`]).

mod constraints;
mod limits;
mod names;
mod shape;
mod trail;
mod walk;

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::{CompiledVersion, issues};

pub(crate) use constraints::Constraint;
pub use names::nearest;

/// How strictly parameters are looked at (`settings.validation`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// n8n's issues, limits, option lists, constraints; unknown parameters are refused, those of
    /// hidden properties dropped with a warning.
    #[default]
    Strict,
    /// n8n's issues, and the constraints the node itself insists on (`always`).
    N8n,
    /// Nothing is looked at but the constraints the node itself insists on (`always`).
    Off,
}

/// What kind of refusal or warning it is; the names are those of the contract's error codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// A parameter breaks a rule.
    InvalidParameter,
    /// No parameter has this name.
    UnknownParameter,
    /// A value of a parameter that is not shown is dropped.
    HiddenParameter,
    /// n8n itself throws on these parameters.
    N8nError,
}

impl Code {
    /// The code's name in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidParameter => "invalid_parameter",
            Self::UnknownParameter => "unknown_parameter",
            Self::HiddenParameter => "hidden_parameter",
            Self::N8nError => "n8n_error",
        }
    }
}

/// A parameter that is refused, or warned about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// JSON pointer into the parameters.
    pub pointer: String,
    /// What kind it is.
    pub code: Code,
    /// What is wrong and what to do, for people; names the parameter and the rule.
    pub message: String,
}

impl Violation {
    fn invalid(pointer: &str, message: String) -> Self {
        Self { pointer: pointer.to_owned(), code: Code::InvalidParameter, message }
    }
}

/// What was found in a batch's parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validation {
    /// What is refused.
    pub violations: Vec<Violation>,
    /// What is used otherwise than given.
    pub warnings: Vec<Violation>,
}

/// A batch's parameters, looked at once; answers for each item what its resolved values break.
#[derive(Debug)]
pub struct Validator {
    version: Arc<CompiledVersion>,
    mode: Mode,
    given: Map<String, Value>,
    constants: Validation,
    depends_on_items: bool,
}

impl Validator {
    /// Looks at the parameters as given, expressions unresolved.
    pub fn new(version: Arc<CompiledVersion>, given: &Map<String, Value>, mode: Mode) -> Self {
        let mut constants = Validation::default();
        // What the node itself refuses is an item's outcome, as it is in n8n.
        let mut depends_on_items = mode != Mode::Strict && version.constraints.iter().any(|rule| rule.always);
        match (mode, version.get_node_parameters(given, true, false)) {
            (Mode::Off, _) => {}
            (_, Err(error)) => constants.violations.push(Violation {
                pointer: String::new(),
                code: Code::N8nError,
                message: format!("These parameters cannot be used: {error}."),
            }),
            (mode, Ok(effective)) => {
                issues(&version, &effective, &mut constants.violations);
                if mode == Mode::Strict {
                    depends_on_items = effective.values().any(has_expression);
                    names::check(&version.root, given, &effective, &mut constants);
                    let walk = walk::Walk { constants_only: true, found: &mut constants.violations };
                    walk.node(&version.root, given, &effective);
                    constraints::check(&version, effective, true, &mut constants.violations);
                }
            }
        }
        Self { given: given.clone(), version, mode, constants, depends_on_items }
    }

    /// What constants, and they alone, decide: violations refuse the batch.
    pub fn constants(&self) -> &Validation {
        &self.constants
    }

    /// Whether items have to be looked at one by one.
    pub fn depends_on_items(&self) -> bool {
        self.depends_on_items
    }

    /// What one item's values break: `resolved` are the effective parameters with every expression
    /// replaced by its value.
    pub fn item(&self, resolved: Map<String, Value>) -> Vec<Violation> {
        let mut found = Vec::new();
        if !self.depends_on_items {
            return found;
        }
        if self.mode != Mode::Strict {
            constraints::check_always(&self.version, resolved, &mut found);
            return found;
        }
        issues(&self.version, &resolved, &mut found);
        let walk = walk::Walk { constants_only: false, found: &mut found };
        walk.node(&self.version.root, &self.given, &resolved);
        constraints::check(&self.version, resolved, false, &mut found);
        found
    }
}

/// What of the parameters given is not used: unknown names, values that do not apply to the others, and collections
/// that are no objects. `effective` are the parameters completed with their defaults.
pub fn unused(version: &CompiledVersion, given: &Map<String, Value>, effective: &Map<String, Value>) -> Vec<Violation> {
    let mut found = Validation::default();
    names::check(&version.root, given, effective, &mut found);
    found.violations.append(&mut found.warnings);
    found.violations
}

/// n8n's own issues, each with the place of its parameter.
fn issues(version: &CompiledVersion, values: &Map<String, Value>, found: &mut Vec<Violation>) {
    match issues::node_findings(&version.root, values) {
        Ok(findings) => {
            found.extend(findings.into_iter().map(|(pointer, message)| Violation::invalid(&pointer, message)));
        }
        Err(error) => found.push(Violation {
            pointer: String::new(),
            code: Code::N8nError,
            message: format!("These parameters cannot be used: {error}."),
        }),
    }
}

/// Whether the value is an expression or holds one.
fn has_expression(value: &Value) -> bool {
    match value {
        Value::String(text) => text.starts_with('='),
        Value::Array(list) => list.iter().any(has_expression),
        Value::Object(map) => map.values().any(has_expression),
        _ => false,
    }
}

/// `token` as one step of a JSON pointer.
fn token(name: &str) -> String {
    if name.contains(['~', '/']) { name.replace('~', "~0").replace('/', "~1") } else { name.to_owned() }
}

/// A value in a message, shortened.
fn shown(value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}
