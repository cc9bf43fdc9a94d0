//! `POST /auth/token`, and the check of bearer tokens.

use std::time::Instant;

use hyper::StatusCode;
use serde_json::{Value, json};

use crate::state::State;

/// Answers a token request with the form fields and query parameters it came with.
pub(crate) fn issue(state: &mut State, form: &[(String, String)], query: &[(String, String)]) -> (StatusCode, Value) {
    state.token_requests += 1;
    let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    if field("grant_type") != Some("client_credentials") {
        return refusal(StatusCode::BAD_REQUEST, "unsupported_grant_type", "Only client_credentials is simulated.");
    }
    let in_query = query.iter().find(|(key, _)| key == "tenant").map(|(_, value)| value.as_str());
    let tenant = in_query.or_else(|| field("tenant"));
    if tenant != state.config.tenant.as_deref() {
        return refusal(StatusCode::BAD_REQUEST, "invalid_request", "The tenant is missing, wrong or not used here.");
    }
    let id_fits = field("client_id") == Some(&state.config.client_id);
    if !id_fits || field("client_secret") != Some(&state.config.client_secret) {
        return refusal(StatusCode::UNAUTHORIZED, "invalid_client", "The specified client credentials are invalid.");
    }
    let token = format!("simulated-token-{:06}", state.token_requests);
    let lifetime = state.config.token_lifetime;
    state.tokens.insert(token.clone(), Instant::now() + lifetime);
    let answer = json!({
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": lifetime.as_secs(),
        "scope": field("scope").unwrap_or("all"),
    });
    (StatusCode::OK, answer)
}

/// Checks the authorization header of an API request.
pub(crate) fn check(state: &State, authorization: Option<&str>) -> Result<(), (StatusCode, Value)> {
    let Some(token) = authorization.and_then(|header| header.strip_prefix("Bearer ")) else {
        return Err(refusal(StatusCode::UNAUTHORIZED, "invalid_token", "A bearer token is missing."));
    };
    if state.config.api_key.as_deref() == Some(token) {
        return Ok(());
    }
    match state.tokens.get(token) {
        Some(valid_until) if Instant::now() < *valid_until => Ok(()),
        Some(_) => {
            let status = StatusCode::from_u16(state.config.expired_token_status).unwrap_or(StatusCode::UNAUTHORIZED);
            Err(refusal(status, "invalid_token", "The token is expired."))
        }
        None => Err(refusal(StatusCode::UNAUTHORIZED, "invalid_token", "The token is not known.")),
    }
}

fn refusal(status: StatusCode, error: &str, description: &str) -> (StatusCode, Value) {
    (status, json!({ "error": error, "error_description": description }))
}
