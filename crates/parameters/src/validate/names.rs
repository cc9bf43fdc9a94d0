//! Names: parameters no property has, and values of properties that are not shown or cannot be read.

use serde_json::{Map, Value};

use super::walk::{Place, is_shown};
use super::{Code, Validation, Violation, shape, token};
use crate::compile::{Compiled, List, Nested};

/// Compares what is given with what is in use.
pub(super) fn check(list: &List, given: &Map<String, Value>, effective: &Map<String, Value>, out: &mut Validation) {
    level(Place { list, values: effective, root: effective }, given, "", out);
}

fn level(place: Place<'_>, given: &Map<String, Value>, base: &str, out: &mut Validation) {
    let Place { list, values: effective, root } = place;
    for (name, value) in given {
        let pointer = format!("{base}/{}", token(name));
        let mut namesakes = list.properties.iter().filter(|property| property.name == *name).peekable();
        if namesakes.peek().is_none() {
            out.violations.push(unknown(&pointer, name, list.properties.iter().map(|property| property.name.as_str())));
            continue;
        }
        match effective.get(name) {
            Some(effective) => {
                // Of several properties with this name, the one that is shown takes the value.
                for property in namesakes.filter(|property| is_shown(place, property)) {
                    shape::check(property, value, &pointer, &mut out.violations);
                    below(property, root, value, effective, &pointer, out);
                }
            }
            None if value.is_null() => {}
            None => out.warnings.push(hidden(&pointer, name)),
        }
    }
}

fn below(
    property: &Compiled,
    root: &Map<String, Value>,
    given: &Value,
    effective: &Value,
    pointer: &str,
    out: &mut Validation,
) {
    match &property.nested {
        Nested::Simple | Nested::Collection(None) | Nested::Groups(None) => {}
        Nested::Collection(Some(inner)) => entries(inner, root, given, effective, pointer, out),
        Nested::Groups(Some(groups)) => {
            let (Value::Object(given), Value::Object(effective)) = (given, effective) else { return };
            for (name, value) in given {
                let pointer = format!("{pointer}/{}", token(name));
                let Some(group) = groups.iter().find(|group| group.name == *name) else {
                    out.violations.push(unknown(&pointer, name, groups.iter().map(|group| group.name.as_str())));
                    continue;
                };
                if let (Some(list), Some(effective)) = (&group.values, effective.get(name)) {
                    entries(list, root, value, effective, &pointer, out);
                }
            }
        }
    }
}

/// One entry, or a list of them.
fn entries(
    list: &List,
    root: &Map<String, Value>,
    given: &Value,
    effective: &Value,
    pointer: &str,
    out: &mut Validation,
) {
    match (given, effective) {
        (Value::Object(given), Value::Object(values)) => level(Place { list, values, root }, given, pointer, out),
        (Value::Array(given), Value::Array(effective)) => {
            for (index, (given, effective)) in given.iter().zip(effective).enumerate() {
                if let (Value::Object(given), Value::Object(values)) = (given, effective) {
                    level(Place { list, values, root }, given, &format!("{pointer}/{index}"), out);
                }
            }
        }
        _ => {}
    }
}

fn unknown<'a>(pointer: &str, name: &str, known: impl Iterator<Item = &'a str>) -> Violation {
    let hint = match nearest(name, known) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => "remove it, or correct its name.".to_owned(),
    };
    Violation {
        pointer: pointer.to_owned(),
        code: Code::UnknownParameter,
        message: format!("There is no parameter \"{name}\" here; {hint}"),
    }
}

fn hidden(pointer: &str, name: &str) -> Violation {
    Violation {
        pointer: pointer.to_owned(),
        code: Code::HiddenParameter,
        message: format!("Parameter \"{name}\" does not apply to the other parameters' values; its value is not used."),
    }
}

/// The known name that differs least, if it is close: what somebody may have meant.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let close = (name.chars().count() / 3).max(1);
    let near = known.map(|known| (distance(name, known, close), known)).filter(|(distance, _)| *distance <= close);
    near.min_by_key(|(distance, _)| *distance).map(|(_, known)| known)
}

/// How many letters have to change, at least `limit + 1` where it is more than `limit`.
fn distance(left: &str, right: &str, limit: usize) -> usize {
    let (left, right): (Vec<char>, Vec<char>) =
        (left.to_lowercase().chars().collect(), right.to_lowercase().chars().collect());
    if left.len().abs_diff(right.len()) > limit || left.len() > 100 {
        return limit + 1;
    }
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let next = (diagonal + usize::from(a != b)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], next);
        }
    }
    row[right.len()]
}
