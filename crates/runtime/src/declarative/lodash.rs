//! lodash's `get`, `set` and `merge` over JSON, since n8n builds its requests with them.

use serde_json::{Map, Value};

/// What stands in a list for a hole that [`set`] left, or for undefined. Requests keep it until they are complete, since
/// merging and query strings pass over holes and not over nulls.
const HOLE: &str = "\u{fdd0}hole\u{fdd1}";

fn hole() -> Value {
    Value::from(HOLE)
}

fn is_hole(value: &Value) -> bool {
    value.as_str() == Some(HOLE)
}

/// What takes the place of holes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Holes {
    /// null, as JSON writes them.
    Null,
    /// Nothing: the list is shorter.
    Gone,
    /// The list becomes an object with the indexes as keys, which a query string writes the same.
    Keys,
}

/// Takes the holes out of a value.
pub(crate) fn fill(value: &mut Value, holes: Holes) {
    match value {
        Value::Array(list) => {
            list.iter_mut().for_each(|value| {
                if !is_hole(value) {
                    fill(value, holes);
                }
            });
            if !list.iter().any(is_hole) {
                return;
            }
            match holes {
                Holes::Null => list.iter_mut().filter(|value| is_hole(value)).for_each(|hole| *hole = Value::Null),
                Holes::Gone => list.retain(|value| !is_hole(value)),
                Holes::Keys => {
                    let kept = std::mem::take(list).into_iter().enumerate().filter(|(_, value)| !is_hole(value));
                    *value = Value::Object(kept.map(|(index, value)| (index.to_string(), value)).collect());
                }
            }
        }
        Value::Object(map) => map.values_mut().for_each(|value| fill(value, holes)),
        _ => {}
    }
}

/// The segments of a path such as `a.b[0].c` or `a["b c"]`; an empty one for `[]`, or between two dots.
pub(crate) fn to_path(text: &str) -> Vec<String> {
    let mut path = Vec::new();
    if text.starts_with('.') {
        path.push(String::new());
    }
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if !matches!(first, '.' | '[' | ']') {
            let end = rest.find(['.', '[', ']']).unwrap_or(rest.len());
            path.push(rest[..end].to_owned());
            rest = &rest[end..];
        } else if let Some((segment, after)) = bracket(rest) {
            path.push(segment);
            rest = after;
        } else {
            let after = rest.strip_prefix("[]").or_else(|| rest.strip_prefix('.'));
            if after.is_some_and(|after| after.is_empty() || after.starts_with('.') || after.starts_with("[]")) {
                path.push(String::new());
            }
            rest = &rest[1..];
        }
    }
    path
}

/// A segment in brackets: an index, or a quoted key.
fn bracket(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('[')?;
    if let Some(quote) = inner.chars().next().filter(|quote| matches!(quote, '"' | '\'')) {
        let mut segment = String::new();
        let mut chars = inner[1..].char_indices();
        while let Some((at, char)) = chars.next() {
            match char {
                '\\' => segment.push(chars.next()?.1),
                _ if char == quote => return Some((segment, inner[1 + at + 1..].strip_prefix(']')?)),
                _ => segment.push(char),
            }
        }
        return None;
    }
    let end = inner.find(']')?;
    let index = &inner[..end];
    let digits = index.strip_prefix('-').unwrap_or(index);
    let numeric = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    numeric.then(|| (index.to_owned(), &inner[end + 1..]))
}

/// Whether lodash takes the text as one key.
fn is_key(text: &str, object: &Value) -> bool {
    !is_deep(text) || object.get(text).is_some()
}

/// Whether a key could reach a prototype: lodash sets none such.
pub(crate) fn is_of_prototype(key: &str) -> bool {
    matches!(key, "__proto__" | "constructor" | "prototype")
}

/// Whether there is a dot, or something in brackets.
pub(crate) fn is_deep(text: &str) -> bool {
    let bracketed = |(at, _): (usize, &str)| {
        text[at + 1..].find(['[', ']']).is_some_and(|end| text[at + 1 + end..].starts_with(']'))
    };
    text.contains('.') || text.match_indices('[').any(bracketed)
}

/// The value at a path.
pub(crate) fn get<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    if is_key(path, value) {
        return child(value, path);
    }
    to_path(path).iter().try_fold(value, |value, key| child(value, key))
}

/// The value at a path already split.
pub(crate) fn get_in<'v>(value: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, key| child(value, key))
}

fn child<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    match value {
        Value::Object(map) => map.get(key),
        Value::Array(list) => list.get(index(key)?),
        _ => None,
    }
}

/// Whether a key is an index of a list.
pub(crate) fn is_index(key: &str) -> bool {
    index(key).is_some()
}

fn index(key: &str) -> Option<usize> {
    let canonical = key == "0" || (!key.starts_with('0') && key.bytes().all(|byte| byte.is_ascii_digit()));
    // A far index would have to be filled up to; lodash's sparse arrays are no JSON.
    canonical.then(|| key.parse().ok()).flatten().filter(|index| *index < 10_000)
}

/// Sets the value at a path, making objects and lists on the way. A value of `None` (undefined) makes the way only.
pub(crate) fn set(object: &mut Value, path: &str, value: Option<Value>) {
    if is_key(path, object) {
        set_in(object, std::slice::from_ref(&path.to_owned()), value);
    } else {
        set_in(object, &to_path(path), value);
    }
}

fn set_in(mut target: &mut Value, path: &[String], value: Option<Value>) {
    if path.iter().any(|key| is_of_prototype(key)) {
        return;
    }
    let Some((last, way)) = path.split_last() else { return };
    for (at, key) in way.iter().enumerate() {
        let Some(next) = slot(target, key) else { return };
        if !next.is_object() && !next.is_array() {
            let list = index(&path[at + 1]).is_some();
            *next = if list { Value::Array(Vec::new()) } else { Value::Object(Map::new()) };
        }
        target = next;
    }
    match (value, target) {
        (Some(value), target) => {
            if let Some(slot) = slot(target, last) {
                *slot = value;
            }
        }
        (None, Value::Object(map)) => {
            map.shift_remove(last);
        }
        (None, target) => {
            if let Some(slot) = slot(target, last) {
                *slot = hole();
            }
        }
    }
}

/// The place of a key, made if it is missing; none in what has no places.
fn slot<'v>(target: &'v mut Value, key: &str) -> Option<&'v mut Value> {
    match target {
        Value::Object(map) => Some(map.entry(key).or_insert(Value::Null)),
        Value::Array(list) => {
            let index = index(key)?;
            if index >= list.len() {
                list.resize(index + 1, hole());
            }
            list.get_mut(index)
        }
        _ => None,
    }
}

/// Merges an object into another, objects and lists in depth, lists by index.
pub(crate) fn merge(target: &mut Map<String, Value>, source: Map<String, Value>) {
    for (key, value) in source {
        match target.get_mut(&key) {
            Some(old) => merge_value(old, value),
            None => {
                target.insert(key, value);
            }
        }
    }
}

fn merge_value(old: &mut Value, new: Value) {
    match (&mut *old, new) {
        (Value::Object(old), Value::Object(new)) => merge(old, new),
        (Value::Array(old), Value::Array(new)) => {
            for (index, value) in new.into_iter().enumerate() {
                match old.get_mut(index) {
                    // A null may be an expression's undefined, which lodash's merge passes over as it does holes.
                    Some(_) if is_hole(&value) || value.is_null() => {}
                    Some(place) => merge_value(place, value),
                    None => old.push(value),
                }
            }
        }
        // An object merged into a list sets properties of the list, which JSON does not show.
        (Value::Array(list), Value::Object(new)) => {
            for (key, value) in new {
                if let Some(index) = index(&key) {
                    if index >= list.len() {
                        list.resize(index + 1, hole());
                    }
                    merge_value(&mut list[index], value);
                }
            }
        }
        (_, new) => *old = new,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_are_those_of_lodash() {
        assert_eq!(to_path("a.b[0].c"), ["a", "b", "0", "c"]);
        assert_eq!(to_path("a[\"b.c\"].d"), ["a", "b.c", "d"]);
        assert_eq!(to_path(".a"), ["", "a"]);
        assert_eq!(to_path("a..b"), ["a", "", "b"]);
        assert_eq!(to_path("a[0][1]"), ["a", "0", "1"]);
        assert_eq!(to_path("a[]"), ["a", ""]);
        assert_eq!(to_path("a[][]"), ["a", "", ""]);
        assert_eq!(to_path("a."), ["a", ""]);
        assert!(is_deep("a[x]") && !is_deep("a[x") && !is_deep("a]x["));
    }

    #[test]
    fn set_makes_objects_and_lists() {
        let mut body = json!({});
        set(&mut body, "contacts[0].name.first_name", Some(json!("x")));
        set(&mut body, "contacts[0].name.last_name", None);
        assert_eq!(body, json!({"contacts": [{"name": {"first_name": "x"}}]}));
    }

    #[test]
    fn an_existing_key_with_dots_is_one_key() {
        let mut body = json!({"a.b": 1});
        set(&mut body, "a.b", Some(json!(2)));
        assert_eq!(body, json!({"a.b": 2}));
    }

    #[test]
    fn a_path_never_reaches_a_prototype() {
        let mut body = json!({});
        set(&mut body, "__proto__.polluted", Some(json!(1)));
        assert_eq!(body, json!({}));
    }

    #[test]
    fn holes_of_a_list_take_nothing_away() {
        let (mut first, mut second) = (json!({}), json!({}));
        set(&mut first, "list[1]", Some(json!("a")));
        set(&mut second, "list[3]", Some(json!("b")));
        let (Value::Object(map), Value::Object(source)) = (&mut first, second) else { unreachable!() };
        merge(map, source);
        let mut query = first.clone();
        fill(&mut first, Holes::Null);
        assert_eq!(first, json!({"list": [null, "a", null, "b"]}));
        fill(&mut query, Holes::Keys);
        assert_eq!(query, json!({"list": {"1": "a", "3": "b"}}));
    }

    #[test]
    fn merge_goes_into_depth_and_by_index() {
        let mut target = json!({"a": {"b": 1}, "l": [1, {"x": 1}], "n": {"q": 1}, "body": {}});
        let source = json!({"a": {"c": 2}, "l": [null, {"y": 2}], "n": null, "body": [{"id": 1}]});
        let (Value::Object(map), Value::Object(source)) = (&mut target, source) else { unreachable!() };
        merge(map, source);
        assert_eq!(
            target,
            json!({"a": {"b": 1, "c": 2}, "l": [1, {"x": 1, "y": 2}], "n": null, "body": [{"id": 1}]}),
            "a null in a list takes nothing away (row list-null-merge)"
        );
    }
}
