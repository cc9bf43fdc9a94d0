//! How what was found differs from what was expected.

use std::fmt;

use serde_json::Value;

/// The most text of a value that is shown.
const SHOWN: usize = 160;

/// One place where a case went another way.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The place in the case, a JSON pointer.
    pub pointer: String,
    /// What the case has there.
    pub expected: Option<Value>,
    /// What was found.
    pub found: Option<Value>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.expected, &self.found) {
            (Some(expected), Some(found)) => {
                write!(f, "{}: expected {}, found {}", self.pointer, short(expected), short(found))
            }
            (Some(expected), None) => write!(f, "{}: expected {}, found nothing", self.pointer, short(expected)),
            (None, Some(found)) => write!(f, "{}: found {}, which is not expected", self.pointer, short(found)),
            (None, None) => write!(f, "{}", self.pointer),
        }
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The differences, the innermost places.
pub(crate) fn differences(pointer: &str, expected: Option<&Value>, found: Option<&Value>, out: &mut Vec<Difference>) {
    match (expected, found) {
        // The order of keys does not count.
        (expected, found) if expected == found => {}
        (Some(Value::Object(expected)), Some(Value::Object(found))) => {
            let added = found.keys().filter(|key| !expected.contains_key(*key));
            for key in expected.keys().chain(added) {
                let token = key.replace('~', "~0").replace('/', "~1");
                differences(&format!("{pointer}/{token}"), expected.get(key), found.get(key), out);
            }
        }
        (Some(Value::Array(expected)), Some(Value::Array(found))) => {
            for index in 0..expected.len().max(found.len()) {
                differences(&format!("{pointer}/{index}"), expected.get(index), found.get(index), out);
            }
        }
        (expected, found) => {
            out.push(Difference { pointer: pointer.to_owned(), expected: expected.cloned(), found: found.cloned() });
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(expected: &Value, found: &Value) -> Vec<String> {
        let mut out = Vec::new();
        differences("", Some(expected), Some(found), &mut out);
        out.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_innermost_places_are_told() {
        let expected = json!({ "a": { "b/c": [1, 2] }, "gone": true, "same": { "x": 1, "y": 2 } });
        let found = json!({ "same": { "y": 2, "x": 1 }, "a": { "b/c": [1, 3, 4] }, "new": null });
        assert_eq!(
            told(&expected, &found),
            [
                "/a/b~1c/1: expected 2, found 3",
                "/a/b~1c/2: found 4, which is not expected",
                "/gone: expected true, found nothing",
                "/new: found null, which is not expected",
            ]
        );
    }

    #[test]
    fn what_is_equal_differs_nowhere() {
        assert_eq!(told(&json!([{ "a": 1, "b": 2 }]), &json!([{ "b": 2, "a": 1 }])), [""; 0]);
    }
}
