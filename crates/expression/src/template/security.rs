//! What n8n forbids in the source of an expression.
//!
//! The engine is a sandbox whatever the source says (no host object is reachable); these are the refusals that
//! workflows see, with n8n's messages.

use oxc_ast::ast::{Class, Expression, ObjectPattern, PropertyKey};

use super::CompileError;
use crate::extensions::FORBIDDEN_PROPERTIES;

/// Names that an expression may not bind.
const RESERVED_NAMES: [&str; 3] = ["___n8n_data", "___guards", "__sanitize"];

/// Base classes whose static side would be costly to hand out.
const BLOCKED_BASE_CLASSES: [&str; 5] =
    ["Function", "GeneratorFunction", "AsyncFunction", "AsyncGeneratorFunction", "Buffer"];

/// Checks a property name that stands in the source.
pub(super) fn property(name: &str) -> Result<(), CompileError> {
    if FORBIDDEN_PROPERTIES.contains(&name) {
        return Err(CompileError::refused(format!("Cannot access \"{name}\" due to security concerns")));
    }
    Ok(())
}

/// Checks a name that the source binds or assigns.
pub(super) fn bound(name: &str) -> Result<(), CompileError> {
    if RESERVED_NAMES.contains(&name) {
        return Err(CompileError::refused_as(
            "ExpressionReservedVariableError",
            format!("Cannot use \"{name}\" due to security concerns"),
        ));
    }
    Ok(())
}

/// Checks the keys that an object pattern takes out of a value.
pub(super) fn destructured(object: &ObjectPattern<'_>) -> Result<(), CompileError> {
    object.properties.iter().try_for_each(|property| destructured_key(&property.key, property.computed))
}

/// Checks one key of a destructuring pattern.
pub(super) fn destructured_key(key: &PropertyKey<'_>, computed: bool) -> Result<(), CompileError> {
    if computed {
        let message = "Computed property names in destructuring are not allowed due to security concerns";
        return Err(CompileError::refused_as("ExpressionComputedDestructuringError", message));
    }
    match key.static_name() {
        Some(name) if FORBIDDEN_PROPERTIES.contains(&name.as_ref()) => Err(CompileError::refused_as(
            "ExpressionDestructuringError",
            format!("Cannot destructure \"{name}\" due to security concerns"),
        )),
        _ => Ok(()),
    }
}

/// Checks the base class of a class.
pub(super) fn base_class(class: &Class<'_>) -> Result<(), CompileError> {
    match class.heritage.as_ref().map(|heritage| &heritage.expression) {
        None => Ok(()),
        Some(Expression::Identifier(base)) if !BLOCKED_BASE_CLASSES.contains(&base.name.as_str()) => Ok(()),
        Some(Expression::Identifier(base)) => Err(CompileError::refused_as(
            "ExpressionClassExtensionError",
            format!("Cannot extend \"{}\" due to security concerns", base.name),
        )),
        Some(_) => Err(CompileError::refused("Cannot use dynamic class extension due to security concerns")),
    }
}
