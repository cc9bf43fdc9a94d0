//! From a credential's data to what expressions and authentication see: defaults, `$self`, required fields.

use std::sync::Arc;

use nodehost_descriptor::Property;
use nodehost_expression::{
    Engine, Evaluated, ExpressionError, Items, NodeContext, ParameterValue, Scope, WorkflowContext, data,
};
use nodehost_parameters::is_displayed;
use serde_json::{Map, Value};

use super::blame;
use super::error::CredentialError;
use super::secret::CredentialData;
use super::types::CredentialType;

/// Fields that every credential may carry although no descriptor declares them.
const ALWAYS_KEPT: [&str; 3] = ["oauthTokenData", "allowedHttpRequestDomains", "allowedDomains"];

/// Fills in defaults and evaluates those that are expressions on `$self`.
///
/// Expressions count in defaults only, the descriptor's own: a secret that begins with `=` is a secret.
pub(crate) async fn resolve(
    engine: &Engine,
    credential_type: &CredentialType,
    given: &CredentialData,
) -> Result<CredentialData, CredentialError> {
    let (mut fields, expressions) = with_defaults(credential_type, given.expose())?;
    if !expressions.is_empty() {
        let this = Arc::new(Value::Object(fields.clone()));
        let values = match evaluate_all(engine, &credential_type.name, expressions, "$self", this).await {
            Ok(values) => values,
            Err(error) => {
                // What people have filled in is looked at before what is made of it.
                check_required(credential_type, &fields)?;
                return Err(blame::not_text(credential_type, &fields).unwrap_or(error));
            }
        };
        for (name, value) in values {
            match value {
                Some(value) => drop(fields.insert(name, value)),
                None => drop(fields.shift_remove(&name)),
            }
        }
    }
    for name in ALWAYS_KEPT {
        if let (false, Some(value)) = (fields.contains_key(name), given.expose().get(name)) {
            fields.insert(name.to_owned(), data::normalize(value.clone()));
        }
    }
    check_required(credential_type, &fields)?;
    Ok(CredentialData::new(fields))
}

/// Evaluates named values with `$credentials` or `$self` in sight: nothing else is.
pub(crate) async fn evaluate_all(
    engine: &Engine,
    type_name: &str,
    values: Vec<(String, Value)>,
    scope_name: &'static str,
    scope_value: Arc<Value>,
) -> Result<Vec<(String, Option<Value>)>, CredentialError> {
    let items = Items::Batch(Arc::from([Arc::new(serde_json::json!({ "json": {} }))]));
    let node = Arc::new(NodeContext::default());
    let scope = Scope::new(Arc::new(WorkflowContext::default()), node, items, 0).with(scope_name, scope_value);
    let (names, values): (Vec<_>, Vec<_>) =
        values.into_iter().map(|(name, value)| (name, ParameterValue::compile(&value))).unzip();
    let invalid = |reason: String| CredentialError::InvalidType { type_name: type_name.to_owned(), reason };
    let evaluated = engine.evaluate(values, scope).await;
    let evaluated = evaluated.map_err(|error| invalid(format!("its expressions cannot be evaluated: {error}")))?;
    let named = |(name, evaluated): (String, Result<Evaluated, ExpressionError>)| match evaluated {
        Ok(evaluated) => Ok((name, evaluated.value)),
        // The message could quote the data; the field and the kind of failure have to do.
        Err(error) => Err(invalid(format!("the expression of {name} fails ({})", error.code.as_str()))),
    };
    names.into_iter().zip(evaluated).map(named).collect()
}

/// n8n's `resolveValue`: text as it is, expressions as text, and nothing for what is falsy.
pub(crate) fn js_text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null | Value::Bool(false)) => String::new(),
        Some(Value::Number(number)) if number.as_f64() == Some(0.0) => String::new(),
        Some(value) => data::to_js_string(value),
    }
}

/// Whether a value of a descriptor is an expression.
pub(crate) fn is_expression(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.starts_with('='))
}

/// The fields, and those of them that are to be evaluated.
type Filled = (Map<String, Value>, Vec<(String, Value)>);

/// n8n's `getNodeParameters` over the type's properties, and which of the values are to be evaluated.
fn with_defaults(credential_type: &CredentialType, given: &Map<String, Value>) -> Result<Filled, CredentialError> {
    let fields = credential_type.compiled.get_node_parameters(given, true, false).map_err(|error| {
        CredentialError::InvalidType { type_name: credential_type.name.clone(), reason: error.to_string() }
    })?;
    // Saved credentials carry hidden fields with their default's text: what equals the default is the descriptor's.
    let is_default = |name: &str, value: &Value| {
        credential_type
            .properties
            .iter()
            .any(|property| property.name == name && property.default.as_ref() == Some(value))
    };
    let expressions = fields
        .iter()
        .filter(|(name, value)| is_expression(value) && is_default(name, value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    // A store may have read it from anywhere: JavaScript's rules hold from here on.
    let fields = fields.into_iter().map(|(name, value)| (name, data::normalize(value))).collect();
    Ok((fields, expressions))
}

fn check_required(credential_type: &CredentialType, fields: &Map<String, Value>) -> Result<(), CredentialError> {
    let is_empty = |property: &Property| match fields.get(&property.name) {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.trim().is_empty(),
        Some(_) => false,
    };
    // A property of whose display rules nothing can be told is not insisted on.
    let is_shown =
        |property: &Property| is_displayed(property.display_options.as_ref(), fields, fields, None).unwrap_or(false);
    let missing: Vec<String> = credential_type
        .properties
        .iter()
        .filter(|property| property.required && is_empty(property) && is_shown(property))
        .map(|property| property.display_name.clone())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(CredentialError::Incomplete { type_name: credential_type.name.clone(), fields: missing })
}
