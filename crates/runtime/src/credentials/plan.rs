//! How a credential's requests are authenticated, prepared once for all of them.

use std::sync::Arc;

use nodehost_expression::Engine;
use serde_json::{Map, Value};

use super::additions::Additions;
use super::aws::Signer;
use super::credential::Plan;
use super::digest::Digest;
use super::error::CredentialError;
use super::key::Key;
use super::native::Native;
use super::oauth2::{GrantType, TokenCache, TokenConfig, initial_token};
use super::resolve::{evaluate_all, is_expression, js_text};
use super::secret::CredentialData;
use super::types::CredentialType;

/// The plan for a credential's resolved data; `key` is that of its tokens, `stored` whether the
/// runner's store has it.
pub(super) async fn plan(
    engine: &Engine,
    tokens: &TokenCache,
    credential_type: &CredentialType,
    data: &CredentialData,
    (key, stored): (Key, bool),
) -> Result<Plan, CredentialError> {
    let type_name = &credential_type.name;
    match credential_type.native {
        Some(Native::OAuth2) => {
            let has_token = initial_token(data).is_some();
            let config = TokenConfig::read(type_name, data, has_token)?;
            if config.grant == GrantType::Refresh && !has_token {
                return Err(CredentialError::NotConnected(type_name.clone()));
            }
            Ok(Plan::OAuth2 { config: Box::new(config), slot: tokens.slot(key, stored) })
        }
        Some(Native::ServiceAccount) => Ok(match TokenConfig::service_account(type_name, data)? {
            Some(config) => Plan::OAuth2 { config: Box::new(config), slot: tokens.slot(key, stored) },
            None => Plan::Nothing,
        }),
        Some(Native::Digest) => {
            let text = |field| data.text(field).unwrap_or_default();
            Ok(Plan::Digest(Digest::new(text("user"), text("password"))))
        }
        Some(Native::Aws) => Ok(Plan::Aws(Signer::read(type_name, &credential_type.properties, data)?)),
        Some(Native::Custom) => Ok(Plan::Additions(custom(type_name, data)?)),
        None => generic(engine, credential_type, data).await,
    }
}

/// Evaluates a generic `authenticate` once for all requests: it sees the credential and nothing else.
async fn generic(
    engine: &Engine,
    credential_type: &CredentialType,
    data: &CredentialData,
) -> Result<Plan, CredentialError> {
    let Some(authenticate) = &credential_type.authenticate else { return Ok(Plan::Nothing) };
    let mut additions = Additions::default();
    let mut auth = (String::new(), String::new());
    let mut has_auth = false;
    for (place, name, value) in evaluated(engine, credential_type, authenticate, data).await? {
        match place.as_str() {
            "headers" => additions.header(&name, &value).map_err(|reason| CredentialError::InvalidField {
                type_name: credential_type.name.clone(),
                field: format!("the header {name}"),
                reason: reason.to_owned(),
            })?,
            "qs" => additions.query.push((name, value)),
            "body" => drop(additions.body.insert(name, Value::String(value))),
            "auth" => {
                has_auth = true;
                match name.as_str() {
                    "username" => auth.0 = value,
                    "password" => auth.1 = value,
                    _ => {}
                }
            }
            _ => {}
        }
    }
    if has_auth {
        additions.basic(&auth.0, &auth.1);
    }
    Ok(Plan::Additions(additions))
}

/// `authenticate.properties` as (place, name, value), names and values evaluated.
async fn evaluated(
    engine: &Engine,
    credential_type: &CredentialType,
    authenticate: &Value,
    data: &CredentialData,
) -> Result<Vec<(String, String, String)>, CredentialError> {
    let empty = Map::new();
    let places = authenticate.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    let mut entries = Vec::new();
    let mut expressions = Vec::new();
    for (place, fields) in places {
        for (name, value) in fields.as_object().into_iter().flatten() {
            let name = Value::String(name.clone());
            for part in [&name, value] {
                if is_expression(part) {
                    expressions.push((place.clone(), part.clone()));
                }
            }
            entries.push((place.clone(), name, value.clone()));
        }
    }
    let scope = Arc::new(Value::Object(data.expose().clone()));
    let results = evaluate_all(engine, &credential_type.name, expressions, "$credentials", scope).await?;
    let mut results = results.into_iter();
    let mut text = |part: Value| match part {
        Value::String(plain) if !plain.starts_with('=') => plain,
        part if is_expression(&part) => js_text(results.next().and_then(|(_, value)| value).as_ref()),
        part => js_text(Some(&part)),
    };
    Ok(entries.into_iter().map(|(place, name, value)| (place, text(name), text(value))).collect())
}

/// `httpCustomAuth`: an object of headers, qs and body.
fn custom(type_name: &str, data: &CredentialData) -> Result<Additions, CredentialError> {
    let invalid = |reason: &str| CredentialError::InvalidField {
        type_name: type_name.to_owned(),
        field: "json".to_owned(),
        reason: reason.to_owned(),
    };
    let parsed = match data.expose().get("json") {
        Some(Value::String(text)) => serde_json::from_str(text).map_err(|_| invalid("is not JSON"))?,
        Some(value) => value.clone(),
        None => Value::Null,
    };
    let fields = parsed.as_object().ok_or_else(|| invalid("is not a JSON object"))?;
    let part = |name: &str| fields.get(name).and_then(Value::as_object).into_iter().flatten();
    let mut additions = Additions::default();
    for (name, value) in part("headers") {
        additions.header(name, &js_text(Some(value))).map_err(&invalid)?;
    }
    additions.query.extend(part("qs").map(|(name, value)| (name.clone(), js_text(Some(value)))));
    additions.body.extend(part("body").map(|(name, value)| (name.clone(), value.clone())));
    Ok(additions)
}
