//! Properties whose value is taken as it is.

use nodehost_descriptor::PropertyType;
use serde_json::{Map, Value, json};

use super::{Form, Parent, Resolved, is_from_ai_only, is_shown};
use crate::ParameterError;
use crate::compile::{Compiled, Level, List, Memo, Scope, Slots};
use crate::js::{Js, is_equal};

/// The values conditions look at: what is given, or the default; of properties that share a name,
/// the one shown. Collections have none, as in n8n.
pub(super) fn effective_values<'a>(
    list: &'a List,
    given: &[Js<'a>],
    values: Js<'a>,
    parent: Parent,
    root: Option<Level<'_, '_>>,
    memo: &mut Memo,
) -> Result<Slots<'a>, ParameterError> {
    // Below the node's own list, conditions of this one are all that looks at its values.
    let unused = root.is_some() && list.displays.is_empty();
    if !values.is_truthy() || unused {
        return Ok(Slots::new());
    }
    let mut effective = list.no_values();
    for index in &list.watched_order {
        let property = &list.properties[*index as usize];
        let value = given[property.slot as usize];
        if value.is_undefined() && parent == Parent::Collection {
            continue;
        }
        if property.duplicate {
            let level = Level::Slots(&effective);
            if !is_shown(list, property, memo, Scope { level, root: root.unwrap_or(level) })? {
                continue;
            }
        }
        if let Some(watched) = effective.get_mut(property.slot as usize) {
            *watched = without_prefix(property, or_default(property, value));
            memo.forget(&list.displays, property.slot);
        }
    }
    Ok(effective)
}

/// The value, or the default where none is given. False and 0 are values; null is one for these types only.
fn or_default<'a>(property: &'a Compiled, value: Js<'a>) -> Js<'a> {
    match property.kind {
        PropertyType::Boolean | PropertyType::Number | PropertyType::Options if value.is_undefined() => {
            property.default.as_ref().into()
        }
        PropertyType::Boolean | PropertyType::Number | PropertyType::Options => value,
        PropertyType::ResourceLocator if property.locator_default.is_some() => {
            if value.is_undefined() {
                property.locator_default.as_ref().into()
            } else {
                value
            }
        }
        _ if value.is_nothing() => property.default.as_ref().into(),
        _ => value,
    }
}

/// Sets the property's value in the result.
pub(super) fn set(property: &Compiled, value: Js<'_>, form: Form, parent: Parent, out: &mut Resolved) {
    if form.defaults {
        let value = match (&property.kind, value) {
            (PropertyType::Filter, Js::Array(_) | Js::Object(_)) => return set_filter(property, value, out),
            _ => without_prefix(property, or_default(property, value)),
        };
        let copy = value.deep_copy();
        return out.set(&property.name, copy);
    }
    let default = Js::from(property.default.as_ref());
    let differs = if value.is_typeof_object() { !is_equal(value, default) } else { !is_same(value, default) };
    if differs || parent == Parent::Collection {
        let copy = value.deep_copy();
        if parent == Parent::Collection || !form.copied || !is_equal(copy.as_ref().into(), default) {
            return out.set(&property.name, copy);
        }
    }
    // The value is the default and left out, but a namesake's may be there.
    if property.no_data_expression
        && let Some(Value::String(text)) = out.map.get_mut(&property.name)
        && text.starts_with('=')
        && !is_from_ai_only(text)
    {
        text.remove(0);
    }
}

/// `===`, which objects never are here.
fn is_same(left: Js<'_>, right: Js<'_>) -> bool {
    !matches!(right, Js::Array(_) | Js::Object(_)) && is_equal(left, right)
}

/// Where an expression is not allowed a leading `=` is taken off, unless the text is what an AI
/// tool call fills in.
fn without_prefix<'a>(property: &Compiled, value: Js<'a>) -> Js<'a> {
    match value {
        Js::Text(text) if property.no_data_expression && text.starts_with('=') && !is_from_ai_only(text) => {
            Js::Text(&text[1..])
        }
        other => other,
    }
}

/// A filter may lack its combinator and options; it gets them.
fn set_filter(property: &Compiled, value: Js<'_>, out: &mut Resolved) {
    // On a list, n8n sets them as properties that JSON leaves out.
    let Some(Value::Object(mut filter)) = value.deep_copy() else {
        return out.set(&property.name, value.deep_copy());
    };
    let combinator = filter.entry("combinator").or_insert(Value::Null);
    if combinator.is_null() {
        *combinator = json!("and");
    }
    let mut options = Map::from_iter([
        ("caseSensitive".to_owned(), json!(true)),
        ("leftValue".to_owned(), json!("")),
        ("typeValidation".to_owned(), json!("strict")),
        ("version".to_owned(), json!(1)),
    ]);
    let given = filter.get("options").into();
    options.extend(Js::keys(given).filter_map(|key| Some((key.to_string(), given.get(&key).to_json()?))));
    filter.insert("options".to_owned(), Value::Object(options));
    out.set(&property.name, Some(Value::Object(filter)));
}
