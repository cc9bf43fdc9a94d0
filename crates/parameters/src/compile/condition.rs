//! Conditions of display rules: literal values and `{"_cnd": {...}}`.

use std::cmp::Ordering;

use serde_json::Value;

use super::display::Values;
use crate::js::regexp::Regexp;
use crate::js::{Js, Throws, is_equal};

/// The conditions of one rule, any of which has to hold.
#[derive(Debug)]
pub(crate) enum Conditions {
    /// Texts only, by far the most common.
    Texts(Box<[Box<str>]>),
    Any(Box<[Condition]>),
    /// Not a list: n8n throws.
    Invalid,
}

#[derive(Debug)]
pub(crate) enum Condition {
    Literal(Value),
    /// An object that is no condition equals nothing.
    Never,
    /// A condition on each of the values.
    Each(Test),
    /// A `_cnd` that names nothing: n8n throws.
    Invalid,
}

#[derive(Debug)]
pub(crate) enum Test {
    Equal(Value),
    NotEqual(Value),
    Ordered {
        bound: Value,
        accepts: fn(Ordering) -> bool,
    },
    Between {
        from: Option<Value>,
        to: Option<Value>,
    },
    Includes(String),
    StartsWith(String),
    EndsWith(String),
    Regex(Box<Regexp>),
    Exists,
    /// A kind of condition n8n does not know never holds.
    Unknown,
    /// The condition's own value makes n8n throw once it is compared with text, or with anything.
    ThrowsOnText(String),
    Throws(&'static str),
}

/// Why a condition could not be evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConditionError(pub(crate) String);

impl From<Throws> for ConditionError {
    fn from(_: Throws) -> Self {
        Self("a value cannot be compared".to_owned())
    }
}

impl Conditions {
    pub(crate) fn compile(conditions: Option<&Value>) -> Self {
        let Some(Value::Array(list)) = conditions else { return Self::Invalid };
        let text = |value: &Value| value.as_str().map(Box::from);
        match list.iter().map(text).collect::<Option<Vec<Box<str>>>>() {
            Some(texts) => Self::Texts(texts.into()),
            None => Self::Any(list.iter().map(Condition::compile).collect()),
        }
    }

    pub(crate) fn may_throw(&self) -> bool {
        match self {
            Self::Texts(_) => false,
            Self::Any(list) => list.iter().any(Condition::may_throw),
            Self::Invalid => true,
        }
    }

    /// n8n's `checkConditions(conditions, values)`.
    pub(crate) fn hold(&self, values: Values<'_>) -> Result<bool, ConditionError> {
        match self {
            Self::Texts(texts) => Ok(values.iter().any(|value| match value {
                Js::Text(text) => texts.iter().any(|wanted| **wanted == *text),
                _ => false,
            })),
            Self::Any(list) => {
                for condition in list {
                    if condition.holds(values)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::Invalid => Err(ConditionError("the values of a rule are no list".to_owned())),
        }
    }
}

impl Condition {
    fn compile(condition: &Value) -> Self {
        let Value::Object(map) = condition else {
            return if condition.is_array() { Self::Never } else { Self::Literal(condition.clone()) };
        };
        let Some(inner) = map.get("_cnd").filter(|inner| map.len() == 1 && Js::from(*inner).is_truthy()) else {
            return Self::Never;
        };
        match inner {
            Value::Object(inner) => match inner.iter().next() {
                Some((kind, target)) => Self::Each(Test::compile(kind, target)),
                None => Self::Invalid,
            },
            Value::String(_) => Self::Each(Test::Unknown),
            Value::Array(list) if !list.is_empty() => Self::Each(Test::Unknown),
            _ => Self::Invalid,
        }
    }

    fn may_throw(&self) -> bool {
        match self {
            Self::Literal(_) | Self::Never => false,
            Self::Invalid => true,
            Self::Each(test) => match test {
                Test::Regex(regexp) => matches!(**regexp, Regexp::Bounded(_)),
                Test::Ordered { .. } | Test::Between { .. } | Test::Throws(_) | Test::ThrowsOnText(_) => true,
                _ => false,
            },
        }
    }

    fn holds(&self, values: Values<'_>) -> Result<bool, ConditionError> {
        match self {
            Self::Literal(wanted) => Ok(values.iter().any(|value| is_same(value, wanted.into()))),
            Self::Never => Ok(false),
            Self::Invalid => Err(ConditionError("a condition says nothing".to_owned())),
            // A parameter that is an empty list has no value to look at.
            Self::Each(test) if values.is_empty() => Ok(matches!(test, Test::NotEqual(_))),
            Self::Each(test) => {
                for value in values.iter() {
                    if !test.holds(value)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
        }
    }
}

/// `includes` compares primitives by value and never finds an object.
fn is_same(value: Js<'_>, wanted: Js<'_>) -> bool {
    !matches!(value, Js::Array(_) | Js::Object(_)) && is_equal(value, wanted)
}

impl Test {
    fn compile(kind: &str, target: &Value) -> Self {
        match kind {
            "eq" => Self::Equal(target.clone()),
            "not" => Self::NotEqual(target.clone()),
            "gte" => Self::Ordered { bound: target.clone(), accepts: Ordering::is_ge },
            "lte" => Self::Ordered { bound: target.clone(), accepts: Ordering::is_le },
            "gt" => Self::Ordered { bound: target.clone(), accepts: Ordering::is_gt },
            "lt" => Self::Ordered { bound: target.clone(), accepts: Ordering::is_lt },
            "between" if target.is_null() => Self::Throws("\"between\" has no bounds"),
            "between" => Self::Between { from: target.get("from").cloned(), to: target.get("to").cloned() },
            "includes" => Self::of_text(target, Self::Includes),
            "startsWith" => Self::of_text(target, Self::StartsWith),
            "endsWith" => Self::of_text(target, Self::EndsWith),
            "regex" => Self::regex(target),
            "exists" => Self::Exists,
            _ => Self::Unknown,
        }
    }

    fn of_text(target: &Value, test: fn(String) -> Self) -> Self {
        match Js::from(target).to_text() {
            Ok(text) => test(text),
            Err(_) => Self::ThrowsOnText("the condition's value is no text".to_owned()),
        }
    }

    fn regex(target: &Value) -> Self {
        let pattern = Js::from(target).to_text().unwrap_or_default();
        match Regexp::new(&pattern) {
            Ok(regexp) => Self::Regex(Box::new(regexp)),
            Err(error) => Self::ThrowsOnText(error.to_string()),
        }
    }

    fn holds(&self, value: Js<'_>) -> Result<bool, ConditionError> {
        let Js::Text(text) = value else { return self.holds_for_other(value) };
        match self {
            Self::Includes(part) => Ok(text.contains(part)),
            Self::StartsWith(part) => Ok(text.starts_with(part)),
            Self::EndsWith(part) => Ok(text.ends_with(part)),
            Self::Regex(regexp) => regexp.test(text).map_err(|error| ConditionError(error.to_string())),
            Self::ThrowsOnText(reason) => Err(ConditionError(reason.clone())),
            _ => self.holds_for_other(value),
        }
    }

    fn holds_for_other(&self, value: Js<'_>) -> Result<bool, ConditionError> {
        Ok(match self {
            Self::Equal(target) => is_equal(value, target.into()),
            Self::NotEqual(target) => !is_equal(value, target.into()),
            Self::Ordered { bound, accepts } => value.compare(bound.into())?.is_some_and(accepts),
            Self::Between { from, to } => {
                value.compare(from.as_ref().into())?.is_some_and(Ordering::is_ge)
                    && value.compare(to.as_ref().into())?.is_some_and(Ordering::is_le)
            }
            Self::Exists => !value.is_nothing() && !matches!(value, Js::Text("")),
            Self::Throws(reason) => return Err(ConditionError((*reason).to_owned())),
            _ => false,
        })
    }
}
