//! Bare paths, `{{ $json.a.b[0] }}`, `{{ $value }}`: read from the item, or from what the caller added to the scope, without
//! the engine.
//!
//! Only what cannot be told apart from JavaScript's answer is answered here; everything else (a method, a property of a
//! prototype, a missing item) is left to the engine.

use serde_json::Value;

use crate::data::array_index;
use crate::extensions::FORBIDDEN_PROPERTIES;
use crate::scope::Scope;

/// A path into the current item's data, or into a further name of the scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BarePath {
    root: Root,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Root {
    /// `$json`.
    Json,
    /// A name of [`Scope::extra`].
    Extra(&'static str),
}

/// The names that callers add to a scope and that are plain values there, unlike n8n's own, and unlike `$self`.
const EXTRA: [&str; 9] =
    ["$value", "$parent", "$index", "$version", "$credentials", "$response", "$responseItem", "$request", "$pageCount"];

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(u32),
}

/// What a path leads to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Found<'v> {
    Value(&'v Value),
    Length(usize),
    Undefined,
}

/// Members of `Object.prototype`: what a missing key may still find.
const OBJECT_MEMBERS: [&str; 5] =
    ["hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString"];

impl BarePath {
    /// Reads a name, followed by `.name`, `[0]` and `["name"]`.
    pub(crate) fn parse(code: &str) -> Option<Self> {
        let code = code.trim();
        let (name, mut rest) = code.split_at(code.find(['.', '[']).unwrap_or(code.len()));
        let root = match name {
            "$json" => Root::Json,
            name => Root::Extra(EXTRA.into_iter().find(|extra| *extra == name)?),
        };
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let (step, after) = step(rest)?;
            if let Step::Key(key) = &step
                && (FORBIDDEN_PROPERTIES.contains(&key.as_str())
                    || key == "valueOf"
                    || OBJECT_MEMBERS.contains(&key.as_str()))
            {
                return None;
            }
            steps.push(step);
            rest = after;
        }
        Some(Self { root, steps })
    }

    /// Follows the path; none where the engine has to.
    pub(crate) fn follow<'v>(&self, scope: &'v Scope) -> Option<Found<'v>> {
        let mut value = match self.root {
            Root::Json => scope.json()?,
            Root::Extra(name) => scope.extra(name)?,
        };
        for (at, step) in self.steps.iter().enumerate() {
            let next = match (value, step) {
                (Value::Object(map), Step::Key(key)) => map.get(key),
                (Value::Object(map), Step::Index(index)) => map.get(&index.to_string()),
                (Value::Array(items), Step::Index(index)) => items.get(*index as usize),
                (Value::Array(items), Step::Key(key)) if key == "length" && at + 1 == self.steps.len() => {
                    return Some(Found::Length(items.len()));
                }
                // A TypeError, which n8n swallows.
                (Value::Null, _) => None,
                _ => return None,
            };
            match next {
                Some(next) => value = next,
                // undefined, and undefined.x is a TypeError again.
                None => return Some(Found::Undefined),
            }
        }
        Some(Found::Value(value))
    }
}

fn step(text: &str) -> Option<(Step, &str)> {
    if let Some(rest) = text.strip_prefix('.') {
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '$')).unwrap_or(rest.len());
        let name = &rest[..end];
        if name.is_empty() || name == "$" || name.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        return Some((Step::Key(name.to_owned()), &rest[end..]));
    }
    let inside = text.strip_prefix('[')?;
    let (inside, rest) = match inside.chars().next()? {
        quote @ ('"' | '\'') => {
            let end = inside[1..].find(quote)? + 1;
            let (key, rest) = (&inside[1..end], inside[end + 1..].strip_prefix(']')?);
            if key.contains(['\\', '\n', '\r', '{', '}']) {
                return None;
            }
            (key, rest)
        }
        _ => {
            let (digits, rest) = inside.split_once(']')?;
            return array_index(digits).map(|index| (Step::Index(index), rest));
        }
    };
    let step = array_index(inside).map_or_else(|| Step::Key(inside.to_owned()), Step::Index);
    Some((step, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_and_nothing_else() {
        for path in [
            "$json",
            " $json.a ",
            "$json.a.b[0]",
            "$json['a b'].c",
            "$json[\"0\"]",
            "$json.$x._y",
            "$value",
            "$credentials.url",
            "$responseItem['a'].b",
        ] {
            assert!(BarePath::parse(path).is_some(), "{path}");
        }
        for other in [
            "json",
            "$json.",
            "$json.a()",
            "$json.a + 1",
            "$json[01]",
            "$json[a]",
            "$jsonx",
            "$values",
            "$parameter.a",
            "$credentials ['a']",
            "$valu\u{e9}",
            "$json.toString",
            "$json.constructor",
            "$json['a\\'b']",
            "$json?.a",
            "$json .a",
            "$json.é",
            "$json.1a",
        ] {
            assert!(BarePath::parse(other).is_none(), "{other}");
        }
    }
}
