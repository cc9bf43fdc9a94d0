//! Access tokens, and the requests that get them.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use base64::Engine as _;
use bytes::Bytes;
use http::{HeaderValue, Method, header};
use serde_json::{Map, Value};
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::config::{GrantType, TokenConfig};
use crate::credentials::error::CredentialError;
use crate::credentials::redact::Redactor;
use crate::credentials::secret::{CredentialData, Secret};
use crate::egress::{Egress, Grant, IncomingResponse, OutgoingRequest, Tally};

/// How long a token request may take.
const TIMEOUT: Duration = Duration::from_secs(60);
/// A token is renewed this long before it expires, or when a tenth of its life is left.
const MARGIN: Duration = Duration::from_secs(60);

/// An access token.
pub(crate) struct Token {
    pub(crate) access: Secret,
    /// `Authorization` of requests with this token.
    pub(crate) bearer: HeaderValue,
    token_type: String,
    pub(crate) refresh: Option<Secret>,
    /// When it is no longer accepted, as far as is known.
    expires: Option<Instant>,
    /// When to get another one.
    renew: Option<Instant>,
    /// The endpoint's whole answer, on top of what was known before: what a store saves.
    pub(crate) data: Map<String, Value>,
    echoes: OnceLock<Redactor>,
}

impl Token {
    /// Reads a token answer, or `oauthTokenData` in n8n's shape. `since` is when it was asked for: measured on this
    /// machine's monotonic clock, the lifetime holds whatever the clocks of both sides say.
    pub(crate) fn read(data: Map<String, Value>, since: Instant) -> Option<Self> {
        let text = |field: &str| data.get(field).and_then(Value::as_str).filter(|text| !text.is_empty());
        let lifetime = remaining(&data);
        // The names in camel case are those of old credentials.
        let access = text("access_token").or_else(|| text("accessToken"))?;
        let mut bearer = HeaderValue::try_from(format!("Bearer {access}")).ok()?;
        bearer.set_sensitive(true);
        Some(Self {
            access: access.into(),
            bearer,
            token_type: text("token_type").or_else(|| text("tokenType")).unwrap_or("bearer").to_ascii_lowercase(),
            refresh: text("refresh_token").or_else(|| text("refreshToken")).map(Secret::from),
            expires: lifetime.and_then(|life| since.checked_add(life)),
            renew: lifetime.and_then(|life| since.checked_add(life.saturating_sub(MARGIN.min(life / 10)))),
            data,
            echoes: OnceLock::new(),
        })
    }

    /// Whether it goes into `Authorization`; n8n puts every other type of token into the query.
    pub(crate) fn is_bearer(&self) -> bool {
        self.token_type == "bearer"
    }

    /// The texts that must not be seen.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        [Some(&self.access), self.refresh.as_ref()].into_iter().flatten().map(Secret::expose)
    }

    /// Takes them out of answers.
    pub(crate) fn echoes(&self) -> &Redactor {
        self.echoes.get_or_init(|| Redactor::new(self.texts()))
    }

    /// The data as n8n saves it: the answer, and the moment of expiry.
    pub(crate) fn data_to_save(&self) -> Map<String, Value> {
        let mut data = self.data.clone();
        let left = self.expires.map(|expires| expires.saturating_duration_since(Instant::now()));
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        if let (Some(left), Ok(now)) = (left, now) {
            data.insert("n8n_expires_at".to_owned(), Value::String((now + left).as_millis().to_string()));
        }
        data
    }

    /// Whether it is time to get another one.
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        self.renew.is_some_and(|renew| now >= renew)
    }

    /// Whether it may still be accepted.
    pub(crate) fn is_alive(&self, now: Instant) -> bool {
        self.expires.is_none_or(|expires| now < expires)
    }
}

/// The token that a credential's data came with, in n8n's `oauthTokenData`.
pub(crate) fn initial_token(data: &CredentialData) -> Option<Token> {
    let tokens = data.expose().get("oauthTokenData")?.as_object()?;
    Token::read(tokens.clone(), Instant::now())
}

/// How long a token lives from when it was asked for. n8n saves the moment of expiry beside the answer.
fn remaining(data: &Map<String, Value>) -> Option<Duration> {
    let number = |field: &str| match data.get(field)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    if let Some(until) = number("n8n_expires_at") {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?;
        return Some(Duration::try_from_secs_f64(until / 1000.0).ok()?.saturating_sub(now));
    }
    number("expires_in").filter(|life| *life > 0.0).and_then(|life| Duration::try_from_secs_f64(life).ok())
}

/// How a request for a token is sent.
pub(crate) struct Sending {
    pub(crate) grant: Grant,
    /// As of the request that needs the token.
    pub(crate) transport_retries: u32,
    pub(crate) tally: Option<Arc<Tally>>,
}

/// Gets a token: with client credentials, or with the refresh token of `previous`.
pub(crate) async fn fetch(
    egress: &Egress,
    type_name: &str,
    config: &TokenConfig,
    previous: Option<&Token>,
    sending: Sending,
) -> Result<Token, CredentialError> {
    let refresh = match config.grant {
        GrantType::ClientCredentials | GrantType::Assertion => None,
        GrantType::Refresh => {
            let token = previous.and_then(|token| token.refresh.as_ref());
            Some(token.ok_or_else(|| CredentialError::Expired(type_name.to_owned()))?)
        }
    };
    let mut request = OutgoingRequest::new(Method::POST, config.token_url.clone());
    request.timeout = Some(TIMEOUT);
    request.verify_tls = config.verify_tls;
    // Asking twice for a token does no harm, except with a refresh token, which the first request may have used up.
    request.idempotent = Some(refresh.is_none());
    request.transport_retries = sending.transport_retries;
    request.tally = sending.tally;
    request.grant = Some(sending.grant);
    request.label = Some("token".into());
    let headers = &mut request.headers;
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json, application/x-www-form-urlencoded"));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    if !config.in_body
        && let (Some(secret), None) = (&config.client_secret, &config.certificate)
    {
        headers.insert(header::AUTHORIZATION, basic(&config.client_id, secret));
    }
    request.body = form(config, refresh).into();
    let host = request.url.host_str().unwrap_or_default().to_owned();
    let asked = Instant::now();
    let response = egress.send(request).await.map_err(|error| CredentialError::TokenRequest(Arc::new(error)))?;
    // Endpoints echo what they refuse.
    let secrets = config.client_secret.iter().chain(refresh).map(Secret::expose);
    let answer = read_answer(&response, &host, refresh.is_some(), &Redactor::new(secrets))?;
    let mut data = previous.map(|token| token.data.clone()).unwrap_or_default();
    data.shift_remove("n8n_expires_at");
    data.extend(answer);
    Token::read(data, asked).ok_or_else(|| endpoint(&response, host, "the answer holds no access_token".to_owned()))
}

fn form(config: &TokenConfig, refresh: Option<&Secret>) -> Bytes {
    let mut form = Form::default();
    if let Some(account) = &config.account {
        let assertion = account.assertion(config.token_url.as_str()).unwrap_or_default();
        form.set("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
        form.set("assertion", &assertion);
        return form.encode();
    }
    match refresh {
        Some(token) => {
            form.set("grant_type", "refresh_token");
            form.set("refresh_token", token.expose());
        }
        None => {
            form.set("grant_type", "client_credentials");
            form.extend(&config.fields);
        }
    }
    if let Some(resource) = &config.resource {
        form.set("resource", resource);
    }
    if let (Some(scope), None) = (&config.scope, refresh) {
        form.set("scope", scope);
    }
    match (&config.certificate, &config.client_secret) {
        (Some(certificate), _) => {
            let assertion = certificate.assertion(&config.client_id, config.token_url.as_str()).unwrap_or_default();
            form.set("client_id", &config.client_id);
            form.set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
            form.set("client_assertion", &assertion);
        }
        (None, Some(secret)) if config.in_body => {
            form.set("client_id", &config.client_id);
            form.set("client_secret", secret.expose());
        }
        (None, Some(_)) => {}
        (None, None) => form.set("client_id", &config.client_id),
    }
    form.encode()
}

/// Fields of a form; of one name there is one, whoever set it last, and lists of the credential's own fields.
#[derive(Default)]
struct Form(Vec<(String, Zeroizing<String>)>);

impl Form {
    fn set(&mut self, name: &str, value: &str) {
        let value = Zeroizing::new(value.to_owned());
        match self.0.iter().position(|(other, _)| other == name) {
            Some(at) => {
                self.0[at].1 = value;
                let mut index = 0;
                self.0.retain(|(other, _)| {
                    index += 1;
                    index <= at + 1 || other != name
                });
            }
            None => self.0.push((name.to_owned(), value)),
        }
    }

    fn extend(&mut self, fields: &[(String, String)]) {
        self.0.retain(|(name, _)| fields.iter().all(|(other, _)| other != name));
        self.0.extend(fields.iter().map(|(name, value)| (name.clone(), Zeroizing::new(value.clone()))));
    }

    fn encode(&self) -> Bytes {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(self.0.iter().map(|(name, value)| (name, value.as_str())));
        form.finish().into()
    }
}

pub(crate) fn basic(user: &str, password: &Secret) -> HeaderValue {
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{}", password.expose()));
    let mut value = HeaderValue::try_from(format!("Basic {pair}")).expect("base64 is a header value");
    value.set_sensitive(true);
    value
}

fn read_answer(
    response: &IncomingResponse,
    host: &str,
    renews: bool,
    redactor: &Redactor,
) -> Result<Map<String, Value>, CredentialError> {
    let host = host.to_owned();
    let form = response.media_type().is_some_and(|kind| kind == "application/x-www-form-urlencoded");
    let answer: Option<Map<String, Value>> = if form {
        let pairs = url::form_urlencoded::parse(&response.body);
        Some(pairs.map(|(name, value)| (name.into_owned(), Value::String(value.into_owned()))).collect())
    } else {
        serde_json::from_slice(&response.body).ok()
    };
    if response.status.is_success() {
        let what = "the answer is not JSON; is the URL that of the token endpoint?";
        return answer.ok_or_else(|| endpoint(response, host, what.to_owned()));
    }
    let said =
        |field: &str| answer.as_ref()?.get(field)?.as_str().map(|text| text.chars().take(300).collect::<String>());
    let code = said("error");
    let reason = said("error_description").or_else(|| code.clone()).map(|text| redactor.redact(&text).into_owned());
    let rejected = match code.as_deref() {
        Some("invalid_client" | "unauthorized_client" | "invalid_grant" | "access_denied") => true,
        Some(_) => false,
        None => matches!(response.status.as_u16(), 400 | 401 | 403),
    };
    let status = response.status.as_u16();
    if rejected || status == 401 {
        // With a refresh token it is that which is no longer accepted: access was taken back, or it has expired.
        let remedy = match code.as_deref() {
            Some("invalid_grant") if renews => "Connect the credential anew",
            _ => "Check client ID and secret",
        };
        return Err(CredentialError::Rejected { host, status, reason, remedy });
    }
    let reason =
        reason.map_or_else(|| format!("it answered {status}"), |reason| format!("it answered {status}: {reason}"));
    Err(endpoint(response, host, reason))
}

fn endpoint(response: &IncomingResponse, host: String, reason: String) -> CredentialError {
    CredentialError::TokenEndpoint {
        host,
        status: response.status.as_u16(),
        reason,
        retry_after: response.retry_after(),
    }
}
