//! `$include`: large property lists written as several files.

use serde_json::Value;

use crate::DescriptorError;
use crate::error::pointer_token;
use crate::source::parse;

/// Includes nest at most this deep; deeper means they include each other.
const MAX_DEPTH: usize = 8;

/// Replaces each list element `{"$include": "file.json"}` by what the file holds.
///
/// A file with an array contributes its elements, one with an object itself. `read` answers a
/// file's text; names are relative to the node's folder.
pub(super) fn assemble(value: Value, read: &dyn Fn(&str) -> Option<String>) -> Result<Value, DescriptorError> {
    expand(value, read, "", 0)
}

fn expand(
    value: Value,
    read: &dyn Fn(&str) -> Option<String>,
    pointer: &str,
    depth: usize,
) -> Result<Value, DescriptorError> {
    match value {
        Value::Array(list) => {
            let mut expanded = Vec::with_capacity(list.len());
            for (index, element) in list.into_iter().enumerate() {
                let pointer = format!("{pointer}/{index}");
                match include_name(&element) {
                    Some(name) => expanded.extend(included(name, read, &pointer, depth)?),
                    None => expanded.push(expand(element, read, &pointer, depth)?),
                }
            }
            Ok(Value::Array(expanded))
        }
        Value::Object(map) => {
            let field = |(key, value): (String, Value)| {
                let pointer = format!("{pointer}/{}", pointer_token(&key));
                Ok((key, expand(value, read, &pointer, depth)?))
            };
            map.into_iter().map(field).collect::<Result<_, _>>().map(Value::Object)
        }
        simple => Ok(simple),
    }
}

fn include_name(element: &Value) -> Option<&str> {
    let map = element.as_object().filter(|map| map.len() == 1)?;
    map.get("$include")?.as_str()
}

fn included(
    name: &str,
    read: &dyn Fn(&str) -> Option<String>,
    pointer: &str,
    depth: usize,
) -> Result<Vec<Value>, DescriptorError> {
    let fail = |message: String, remedy: &str| Err(DescriptorError::new(pointer, message, remedy));
    if depth == MAX_DEPTH {
        return fail(format!("\"{name}\" is included {MAX_DEPTH} levels deep"), "Do not let files include each other.");
    }
    if name.starts_with('/') || name.contains('\\') || name.split('/').any(|step| step == "..") {
        return fail(format!("\"{name}\" is outside the node's folder"), "Include files below the node's folder.");
    }
    let Some(text) = read(name) else {
        return fail(format!("\"{name}\" is not there"), "Add the file, or correct the name in \"$include\".");
    };
    let value = parse(&text).map_err(|mut error| {
        error.message = format!("\"{name}\" is {}", error.message);
        error.below(pointer)
    })?;
    let list = if value.is_array() { value } else { Value::Array(vec![value]) };
    match expand(list, read, pointer, depth + 1)? {
        Value::Array(list) => Ok(list),
        other => Ok(vec![other]),
    }
}
