//! The use of credentials: resolving them, and sending requests with them.

use std::sync::Arc;

use serde_json::{Map, Value};
use tokio::time::{Instant, timeout_at};

use super::additions::{Additions, set_query};
use super::credential::{Credential, Inner, Origin, Plan};
use super::error::{CredentialError, SendError};
use super::key::Hasher;
use super::native::Native;
use super::oauth2::{GrantType, Slot, Token, TokenCache, TokenConfig, fetch};
use super::rejection::is_rejection;
use super::resolve::{evaluate_all, is_expression, js_text, resolve};
use super::secret::CredentialData;
use super::types::{CredentialType, CredentialTypes};
use crate::egress::{Egress, EgressError, EgressErrorKind, Fate, IncomingResponse, OutgoingRequest, Tally};
use nodehost_expression::Engine;

/// The use of credentials. One for the process: its tokens serve all executions. Cheap to clone.
#[derive(Clone)]
pub struct Credentials {
    inner: Arc<Service>,
}

struct Service {
    types: Arc<CredentialTypes>,
    egress: Egress,
    engine: Engine,
    tokens: TokenCache,
    hasher: Hasher,
}

impl Credentials {
    /// Credentials of these types, their requests sent through `egress`.
    #[must_use]
    pub fn new(types: Arc<CredentialTypes>, egress: Egress, engine: Engine) -> Self {
        let service = Service { types, egress, engine, tokens: TokenCache::default(), hasher: Hasher::random() };
        Self { inner: Arc::new(service) }
    }

    /// The types there are.
    #[must_use]
    pub fn types(&self) -> &Arc<CredentialTypes> {
        &self.inner.types
    }

    /// The egress that requests go through.
    #[must_use]
    pub fn egress(&self) -> &Egress {
        &self.inner.egress
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    /// The access token of a credential that takes one, obtained if there is none.
    pub(crate) async fn token(&self, credential: &Credential) -> Result<Option<Arc<Token>>, CredentialError> {
        let Plan::OAuth2 { config, slot } = &credential.inner.plan else { return Ok(None) };
        let get = |previous| self.fetch(credential, config, previous, None);
        slot.token(|| initial_token(credential.data()), get).await.map(Some)
    }

    /// Prepares a credential: fills in defaults and hidden fields, checks that it is complete. Sends nothing.
    pub async fn resolve(
        &self,
        type_name: &str,
        given: CredentialData,
        origin: Origin,
    ) -> Result<Credential, CredentialError> {
        let service = &self.inner;
        let credential_type = service.types.get(type_name)?;
        let data = resolve(&service.engine, &credential_type, &given).await?;
        let key = service.hasher.credential(type_name, data.expose());
        let plan = match credential_type.native {
            Some(Native::OAuth2) => {
                let has_token = initial_token(&data).is_some();
                let config = TokenConfig::read(type_name, &data, has_token)?;
                if config.grant == GrantType::Refresh && !has_token {
                    return Err(CredentialError::NotConnected(type_name.to_owned()));
                }
                Plan::OAuth2 { config: Box::new(config), slot: service.tokens.slot(key) }
            }
            Some(Native::Custom) => Plan::Additions(custom(type_name, &data)?),
            None => self.generic(&credential_type, &data).await?,
        };
        Ok(Credential::new(Inner { credential_type, data, origin, plan, key, rate_limit: None }))
    }

    /// Sends a request, with a credential if one is given: authenticated, and once more with a new token if the token
    /// was no longer accepted. Every status is a response.
    pub async fn send(
        &self,
        credential: Option<&Credential>,
        mut request: OutgoingRequest,
    ) -> Result<IncomingResponse, SendError> {
        let Some(credential) = credential else { return Ok(self.inner.egress.send(request).await?) };
        if !credential.hosts().contains(&request.url) {
            let host = request.url.host_str().unwrap_or_default();
            return Err(EgressError::new(EgressErrorKind::ForeignHost, host, Fate::NotSent).into());
        }
        match &credential.inner.plan {
            Plan::Nothing => {
                request.grant = Some(credential.grant(Vec::new(), false));
                Ok(self.inner.egress.send(request).await?)
            }
            Plan::Additions(additions) => {
                additions.apply(&mut request);
                let headers = additions.headers.iter().map(|(name, _)| name.clone()).collect();
                request.grant = Some(credential.grant(headers, !additions.body.is_empty()));
                Ok(self.inner.egress.send(request).await?)
            }
            Plan::OAuth2 { config, slot } => self.send_with_token(credential, config, slot, request).await,
        }
    }

    async fn send_with_token(
        &self,
        credential: &Credential,
        config: &TokenConfig,
        slot: &Arc<Slot>,
        mut request: OutgoingRequest,
    ) -> Result<IncomingResponse, SendError> {
        let (deadline, tally) = (request.deadline, request.tally.clone());
        let start = || initial_token(credential.data());
        let get = |previous| self.fetch(credential, config, previous, tally.clone());
        let token = in_time(deadline, slot.token(start, get)).await??;
        request.grant = Some(credential.grant(vec![http::header::AUTHORIZATION], false));
        let again = request.try_clone();
        sign(&mut request, &token);
        let response = self.inner.egress.send(request).await?;
        let credential_type = &credential.inner.credential_type;
        if !config.renewable || !is_rejection(&response, &credential_type.rejections, config.expired_status) {
            return Ok(response);
        }
        let renewed = in_time(deadline, slot.renewed(&token, get)).await??;
        let (Some(mut again), Some(token)) = (again, renewed) else { return Ok(response) };
        if let Some(tally) = &again.tally {
            tally.count_retry();
        }
        sign(&mut again, &token);
        let mut second = self.inner.egress.send(again).await?;
        slot.note_replay(!is_rejection(&second, &credential_type.rejections, config.expired_status));
        second.attempts += response.attempts;
        Ok(second)
    }

    fn fetch(
        &self,
        credential: &Credential,
        config: &TokenConfig,
        previous: Option<Arc<Token>>,
        tally: Option<Arc<Tally>>,
    ) -> impl Future<Output = Result<Token, CredentialError>> + Send + 'static {
        let egress = self.inner.egress.clone();
        let (config, credential) = (config.clone(), credential.clone());
        async move {
            let previous = previous.as_deref();
            let token = fetch(&egress, credential.type_name(), &config, previous, tally).await?;
            let rotated = match (previous.and_then(|old| old.refresh.as_ref()), &token.refresh) {
                (Some(old), Some(new)) => old != new,
                _ => false,
            };
            if rotated && config.grant == GrantType::Refresh && *credential.origin() == Origin::Inline {
                return Err(CredentialError::RotatedRefreshToken(credential.type_name().to_owned()));
            }
            Ok(token)
        }
    }

    /// Evaluates a generic `authenticate` once for all requests: it sees the credential and nothing else.
    async fn generic(&self, credential_type: &CredentialType, data: &CredentialData) -> Result<Plan, CredentialError> {
        let Some(authenticate) = &credential_type.authenticate else { return Ok(Plan::Nothing) };
        let mut additions = Additions::default();
        let mut auth = (String::new(), String::new());
        let mut has_auth = false;
        for (place, name, value) in self.evaluated(credential_type, authenticate, data).await? {
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
        &self,
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
        let results =
            evaluate_all(&self.inner.engine, &credential_type.name, expressions, "$credentials", scope).await?;
        let mut results = results.into_iter();
        let mut text = |part: Value| match part {
            Value::String(plain) if !plain.starts_with('=') => plain,
            part if is_expression(&part) => js_text(results.next().and_then(|(_, value)| value).as_ref()),
            part => js_text(Some(&part)),
        };
        Ok(entries.into_iter().map(|(place, name, value)| (place, text(name), text(value))).collect())
    }
}

/// The token that the data came with, in n8n's `oauthTokenData`.
fn initial_token(data: &CredentialData) -> Option<Token> {
    let tokens = data.expose().get("oauthTokenData")?.as_object()?;
    Token::read(tokens.clone(), Instant::now())
}

fn sign(request: &mut OutgoingRequest, token: &Token) {
    if token.token_type == "bearer" {
        request.headers.insert(http::header::AUTHORIZATION, token.bearer.clone());
    } else {
        // As n8n does with every other type of token.
        set_query(request, "access_token", token.access.expose());
        request.headers.insert(http::header::PRAGMA, http::HeaderValue::from_static("no-store"));
        request.headers.insert(http::header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
    }
}

async fn in_time<T>(deadline: Option<Instant>, work: impl Future<Output = T>) -> Result<T, CredentialError> {
    match deadline {
        Some(deadline) => timeout_at(deadline, work).await.map_err(|_| CredentialError::Deadline),
        None => Ok(work.await),
    }
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
