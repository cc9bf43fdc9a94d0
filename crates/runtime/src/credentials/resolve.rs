//! From a credential's data to what expressions and authentication see: defaults, `$self`, required fields.

use std::sync::Arc;

use nodehost_descriptor::Property;
use nodehost_expression::{Engine, Items, NodeContext, ParameterValue, Scope, WorkflowContext, data};
use serde_json::{Map, Value};

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
    let (mut fields, expressions) = with_defaults(&credential_type.properties, given.expose());
    if !expressions.is_empty() {
        let this = Arc::new(Value::Object(fields.clone()));
        let values = evaluate_all(engine, &credential_type.name, expressions, "$self", this).await?;
        for (name, value) in values {
            match value {
                Some(value) => drop(fields.insert(name, value)),
                None => drop(fields.shift_remove(&name)),
            }
        }
    }
    for name in ALWAYS_KEPT {
        if let (false, Some(value)) = (fields.contains_key(name), given.expose().get(name)) {
            fields.insert(name.to_owned(), value.clone());
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
    let job = move |evaluator: &mut nodehost_expression::Evaluator| {
        let items = Items::Batch(Arc::from([Arc::new(serde_json::json!({ "json": {} }))]));
        let node = Arc::new(NodeContext::default());
        let scope = Scope::new(Arc::new(WorkflowContext::default()), node, items, 0).with(scope_name, scope_value);
        let evaluate = |(name, value): (String, Value)| {
            let evaluated = evaluator.evaluate(&ParameterValue::compile(&value), &scope);
            evaluated.map(|evaluated| (name.clone(), evaluated.value)).map_err(|error| (name, error))
        };
        values.into_iter().map(evaluate).collect::<Result<Vec<_>, _>>()
    };
    let invalid = |reason: String| CredentialError::InvalidType { type_name: type_name.to_owned(), reason };
    let evaluated =
        engine.run(job).await.map_err(|error| invalid(format!("its expressions cannot be evaluated: {error}")))?;
    // The message could quote the data; the field and the kind of failure have to do.
    evaluated.map_err(|(name, error)| invalid(format!("the expression of {name} fails ({})", error.code.as_str())))
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

fn with_defaults(properties: &[Property], given: &Map<String, Value>) -> (Map<String, Value>, Vec<(String, Value)>) {
    let mut fields = Map::new();
    let mut expressions = Vec::new();
    for property in properties {
        if fields.contains_key(&property.name) {
            continue;
        }
        let value = match (given.get(&property.name), &property.default) {
            // Saved credentials carry hidden fields with their default's text.
            (Some(value), default) if Some(value) != default.as_ref() || !is_expression(value) => value.clone(),
            (_, Some(default)) => {
                if is_expression(default) {
                    expressions.push((property.name.clone(), default.clone()));
                }
                default.clone()
            }
            (_, None) => continue,
        };
        fields.insert(property.name.clone(), value);
    }
    (fields, expressions)
}

fn check_required(credential_type: &CredentialType, fields: &Map<String, Value>) -> Result<(), CredentialError> {
    let is_missing = |property: &&Property| {
        let empty = match fields.get(&property.name) {
            None | Some(Value::Null) => true,
            Some(Value::String(text)) => text.trim().is_empty(),
            Some(_) => false,
        };
        property.required && property.display_options.is_none() && empty
    };
    let missing: Vec<String> =
        credential_type.properties.iter().filter(is_missing).map(|property| property.display_name.clone()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(CredentialError::Incomplete { type_name: credential_type.name.clone(), fields: missing })
}
