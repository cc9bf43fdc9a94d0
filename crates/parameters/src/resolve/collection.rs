//! Collections: optional properties, chosen one by one.

use serde_json::json;

use super::{Form, Parent, Resolved, resolve};
use crate::ParameterError;
use crate::compile::{Compiled, Level, List, Multiple};
use crate::js::{Js, deep_copy};

pub(super) fn set(
    property: &Compiled,
    inner: Option<&List>,
    value: Js<'_>,
    form: Form,
    root: Level<'_, '_>,
    out: &mut Resolved,
) -> Result<(), ParameterError> {
    if property.multiple == Multiple::Yes {
        // A list of entries is taken as it is.
        if !value.is_undefined() {
            out.set(&property.name, value.deep_copy());
        } else if form.defaults {
            let default = property.default.as_ref().filter(|default| default.is_array());
            out.set(&property.name, Some(default.map_or(json!([]), deep_copy)));
        }
        return Ok(());
    }
    if value.is_undefined() {
        if form.defaults {
            out.set(&property.name, property.default.as_ref().map(deep_copy));
        }
        return Ok(());
    }
    let Some(inner) = inner else {
        return Err(ParameterError::NoProperties { parameter: property.name.clone() });
    };
    let resolved = resolve(inner, value, form, Parent::Collection, Some(root))?;
    out.set(&property.name, Some(resolved.into_value()));
    Ok(())
}
