//! One engine: evaluates parameter values in a scope.

use std::rc::Rc;
use std::sync::Arc;

use rquickjs::Ctx;
use serde_json::Value;

use crate::error::{Code, ExpressionError};
use crate::figures::Counts;
use crate::limits::{Budget, Limits, Spent};
use crate::parameter::{ParameterValue, Template};
use crate::sandbox::{self, ConvertFailure, Sandbox, SetupError};
use crate::scope::Scope;

/// An engine with its JavaScript context. Lives on one thread; the pool hands it to jobs.
pub struct Evaluator {
    limits: Limits,
    budget: Rc<Budget>,
    sandbox: Option<Sandbox>,
    counts: Arc<Counts>,
}

/// The value of an expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluated {
    /// The value as `JSON.stringify` would write it; none for what it leaves out, as undefined.
    pub value: Option<Value>,
    /// What the value is in JavaScript.
    pub kind: Kind,
}

/// What a value is in JavaScript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A string.
    String,
    /// A number, NaN and the infinities included (their value is null).
    Number,
    /// A boolean.
    Boolean,
    /// A BigInt; its value is its digits in a string.
    BigInt,
    /// null.
    Null,
    /// undefined.
    Undefined,
    /// An array.
    Array,
    /// An object without a class of its own.
    Object,
    /// A function.
    Function,
    /// Luxon's DateTime; its value is ISO 8601 text.
    DateTime,
    /// Luxon's Duration.
    Duration,
    /// Luxon's Interval.
    Interval,
    /// Another class, by the tag of `Object.prototype.toString`: `Date`, `RegExp`, `Set`, ...
    Other(String),
}

impl Kind {
    /// The kind as answers name it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::BigInt => "bigint",
            Self::Null => "null",
            Self::Undefined => "undefined",
            Self::Array => "array",
            Self::Object => "object",
            Self::Function => "function",
            Self::DateTime => "DateTime",
            Self::Duration => "Duration",
            Self::Interval => "Interval",
            Self::Other(tag) => tag,
        }
    }

    pub(crate) fn of_object(class: String) -> Self {
        match class.as_str() {
            "Object" => Self::Object,
            "DateTime" => Self::DateTime,
            "Duration" => Self::Duration,
            "Interval" => Self::Interval,
            _ => Self::Other(class),
        }
    }

    pub(crate) fn of_json(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }
}

impl Evaluator {
    pub(crate) fn new(limits: Limits, counts: Arc<Counts>) -> Self {
        let budget = Rc::new(Budget::new(limits.cpu_time));
        Self { limits, budget, sandbox: None, counts }
    }

    /// The value of a parameter in a scope, n8n's getParameterValue.
    ///
    /// # Errors
    /// What n8n raises, and spent limits. After one of those the next evaluation gets a new context.
    pub fn evaluate(&mut self, parameter: &ParameterValue, scope: &Scope) -> Result<Evaluated, ExpressionError> {
        let evaluated = parameter.0.evaluate(scope, None, &mut |template, siblings: Option<&Arc<Value>>| {
            self.template(template, scope, siblings.cloned())
        });
        evaluated.inspect_err(|error| self.counts.failed(error.code))
    }

    /// Bytes that the engine's JavaScript context holds; none before the first template that needs it.
    #[must_use]
    pub fn memory(&self) -> Option<usize> {
        self.sandbox.as_ref().map(Sandbox::memory)
    }

    fn template(
        &mut self,
        template: &Template,
        scope: &Scope,
        siblings: Option<Arc<Value>>,
    ) -> Result<Evaluated, ExpressionError> {
        let sandbox = match self.sandbox.take() {
            Some(sandbox) => sandbox,
            None => Sandbox::new(&self.limits, &self.budget).map_err(|error| setup_error(&error))?,
        };
        self.budget.start(scope.deadline);
        sandbox.host.begin(scope.clone(), siblings);
        let limit = self.limits.result_bytes;
        let (result, spent, clean) = sandbox.context.with(|ctx| {
            let result = run(&ctx, &sandbox, template, limit);
            let spent = self.budget.spent();
            self.budget.start(None);
            (result, spent, sandbox.host.end(&ctx).is_ok())
        });
        let exhausted = sandbox.is_exhausted().then(memory_error);
        let own = sandbox.host.take_failure().filter(|error| error.code != Code::ExpressionError);
        let stopped = exhausted.or(spent.map(time_error)).or(own);
        // An interrupted evaluation leaves a context as clean as any; one that met its memory limit does not.
        if clean && sandbox.is_clean() {
            self.sandbox = Some(sandbox);
        }
        stopped.map_or(result, Err)
    }
}

/// Runs a template and converts its value; what n8n swallows becomes null.
fn run(ctx: &Ctx<'_>, sandbox: &Sandbox, template: &Template, limit: usize) -> Result<Evaluated, ExpressionError> {
    let host = &sandbox.host;
    let converted = match host.run(ctx, template) {
        Ok(value) => sandbox::convert(ctx, host, value, limit),
        Err(_) => {
            return match host.take_failure() {
                Some(error) => {
                    ctx.catch();
                    Err(error)
                }
                None => thrown(ctx, sandbox),
            };
        }
    };
    match converted {
        Ok(evaluated) => Ok(evaluated),
        Err(ConvertFailure::Refused(error)) => Err(error),
        Err(ConvertFailure::Thrown) => thrown(ctx, sandbox),
    }
}

/// What n8n makes of an error that a template threw.
fn thrown(ctx: &Ctx<'_>, sandbox: &Sandbox) -> Result<Evaluated, ExpressionError> {
    let thrown = ctx.catch();
    match sandbox.host.describe(ctx, &thrown) {
        Some(error) if error.name == "ExpressionError" || error.name == "ExpressionExtensionError" => Err(error),
        Some(error) if error.name == "SyntaxError" => {
            Err(ExpressionError::new("UserError", "invalid syntax", Code::ExpressionError))
        }
        _ => Ok(Evaluated { value: Some(Value::Null), kind: Kind::Null }),
    }
}

fn time_error(spent: Spent) -> ExpressionError {
    match spent {
        Spent::CpuTime => ExpressionError::new("ExpressionError", "Expression timed out", Code::TimeLimit),
        Spent::Deadline => {
            ExpressionError::new("ExpressionError", "The deadline passed during an expression", Code::DeadlineExceeded)
        }
    }
}

fn memory_error() -> ExpressionError {
    ExpressionError::new("ExpressionError", "Expression exceeded memory limit", Code::MemoryLimit)
}

fn setup_error(error: &SetupError) -> ExpressionError {
    let message = format!("The expression engine could not be set up: {}", error.0);
    ExpressionError::new("ExpressionError", message, Code::MemoryLimit)
}
