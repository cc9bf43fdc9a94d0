//! Collections: optional properties, chosen one by one.

use serde_json::json;

use super::{Form, Outcome, Parent, resolve};
use crate::ParameterError;
use crate::compile::{Compiled, Level, List, Multiple};
use crate::js::{Js, deep_copy};

pub(super) fn value(
    property: &Compiled,
    inner: Option<&List>,
    value: Js<'_>,
    form: Form,
    root: Level<'_, '_>,
) -> Result<Outcome, ParameterError> {
    if property.multiple == Multiple::Yes {
        // A list of entries is taken as it is.
        return Ok(if !value.is_undefined() {
            Outcome::Value(value.deep_copy())
        } else if form.defaults {
            let default = property.default.as_ref().filter(|default| default.is_array());
            Outcome::Value(Some(default.map_or(json!([]), deep_copy)))
        } else {
            Outcome::Nothing
        });
    }
    if value.is_undefined() {
        let default = || Outcome::Value(property.default.as_ref().map(deep_copy));
        return Ok(if form.defaults { default() } else { Outcome::Nothing });
    }
    let Some(inner) = inner else {
        return Err(ParameterError::NoProperties { parameter: property.name.clone() });
    };
    let resolved = resolve(inner, value, form, Parent::Collection, Some(root))?;
    Ok(Outcome::Value(Some(resolved.into_value())))
}
