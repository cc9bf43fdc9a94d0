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
pub(super) fn assemble(value: &mut Value, read: &dyn Fn(&str) -> Option<String>) -> Result<(), DescriptorError> {
    expand(value, read, "", 0)
}

fn expand(
    value: &mut Value,
    read: &dyn Fn(&str) -> Option<String>,
    pointer: &str,
    depth: usize,
) -> Result<(), DescriptorError> {
    match value {
        Value::Array(list) => {
            let includes = list.iter().any(|element| include_name(element).is_some());
            let mut expanded = Vec::with_capacity(if includes { list.len() } else { 0 });
            for (index, element) in list.iter_mut().enumerate() {
                let pointer = format!("{pointer}/{index}");
                if let Some(name) = include_name(element) {
                    expanded.extend(included(name, read, &pointer, depth)?);
                    continue;
                }
                expand(element, read, &pointer, depth)?;
                if includes {
                    expanded.push(element.take());
                }
            }
            if includes {
                *list = expanded;
            }
        }
        Value::Object(map) => {
            for (key, value) in map {
                expand(value, read, &format!("{pointer}/{}", pointer_token(key)), depth)?;
            }
        }
        _ => {}
    }
    Ok(())
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
    let mut value = parse(&text).map_err(|mut error| {
        error.message = format!("\"{name}\" is {}", error.message);
        error.below(pointer)
    })?;
    if !value.is_array() {
        value = Value::Array(vec![value]);
    }
    expand(&mut value, read, pointer, depth + 1)?;
    Ok(match value {
        Value::Array(list) => list,
        other => vec![other],
    })
}
