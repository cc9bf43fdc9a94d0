//! The values a property may have.

use nodehost_descriptor::{Options, Property, PropertyType};
use serde_json::{Value, json};

/// Values of the property, enough of them to tell whether any fulfils the condition; none where the descriptor does not
/// limit them.
///
/// A list stands for its elements, since conditions look at each. Besides what the type allows there is the default.
pub(super) fn possible(property: &Property, condition: &Value) -> Option<Vec<Value>> {
    let mut values = match (&property.kind, &property.options) {
        (PropertyType::Boolean, _) => vec![json!(true), json!(false)],
        (PropertyType::Number, _) => numbers(property, condition),
        (PropertyType::Options | PropertyType::MultiOptions, Options::Choices(choices))
            if !choices.is_empty() && !is_open(property) =>
        {
            choices.iter().filter_map(|choice| choice.value.clone()).collect()
        }
        _ => return None,
    };
    match &property.default {
        Some(Value::Array(list)) => values.extend(list.iter().cloned()),
        default => values.extend(default.clone()),
    }
    Some(values)
}

/// Whether values other than those of the descriptor are offered or taken.
fn is_open(property: &Property) -> bool {
    let loads = ["loadOptionsMethod", "loadOptions"].iter().any(|name| property.type_options.get(name).is_some());
    loads || property.extra.get("allowArbitraryValues") == Some(&Value::Bool(true))
}

/// Every condition on numbers holds for a range: if it holds within the limits, then at one of them, at one of its own
/// numbers, or beside that.
fn numbers(property: &Property, condition: &Value) -> Vec<Value> {
    let (least, most) = (property.type_options.number("minValue"), property.type_options.number("maxValue"));
    let mut found: Vec<f64> = least.into_iter().chain(most).collect();
    let own = operands(condition).into_iter().filter_map(Value::as_f64);
    found.extend(own.flat_map(|number| [number - 1.0, number, number + 1.0]));
    found.push(0.0);
    found.retain(|number| least.is_none_or(|least| *number >= least) && most.is_none_or(|most| *number <= most));
    found.into_iter().map(Value::from).collect()
}

/// What a condition compares with.
fn operands(condition: &Value) -> Vec<&Value> {
    let Some(inner) = condition.get("_cnd").and_then(Value::as_object) else { return vec![condition] };
    inner.values().flat_map(|target| [target.get("from"), target.get("to"), Some(target)]).flatten().collect()
}
