//! The use of credentials: resolving them, and sending requests with them.

use std::sync::Arc;

use serde_json::{Map, Value};
use tokio::time::{Instant, timeout_at};

use super::additions::{Additions, set_query};
use super::blame;
use super::credential::{Credential, Inner, Origin, Plan};
use super::digest::Digest;
use super::error::{CredentialError, SendError};
use super::key::{Hasher, Key};
use super::native::Native;
use super::oauth2::{GrantType, Slot, Token, TokenCache, TokenConfig, fetch};
use super::rejection::is_rejection;
use super::resolve::{evaluate_all, is_expression, js_text, resolve};
use super::secret::CredentialData;
use super::store::CredentialStore;
use super::types::{CredentialType, CredentialTypes};
use crate::egress::{Egress, EgressError, EgressErrorKind, Fate, IncomingResponse, OutgoingRequest, RateLimit, Tally};
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
    store: CredentialStore,
}

impl Credentials {
    /// Credentials of these types and of the runner's store, their requests sent through `egress`.
    #[must_use]
    pub fn new(types: Arc<CredentialTypes>, egress: Egress, engine: Engine, store: CredentialStore) -> Self {
        let (tokens, hasher) = (TokenCache::default(), Hasher::random());
        let service = Service { types, egress, engine, tokens, hasher, store };
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

    /// Prepares a credential whose data came with the request: fills in defaults and hidden fields, checks that it is
    /// complete. Sends nothing.
    pub async fn resolve(&self, type_name: &str, given: CredentialData) -> Result<Credential, CredentialError> {
        self.resolve_for(None, type_name, given).await
    }

    /// As [`resolve`](Self::resolve), the type being what a package means by that name.
    pub async fn resolve_for(
        &self,
        package: Option<&str>,
        type_name: &str,
        given: CredentialData,
    ) -> Result<Credential, CredentialError> {
        let credential_type = self.inner.types.get_for(package, type_name)?;
        self.prepare(credential_type, given, Origin::Inline, None, "").await
    }

    /// Prepares a credential of the runner's store, for a caller who is known by the name of an API key, or unknown.
    pub async fn resolve_stored(
        &self,
        type_name: &str,
        id: &str,
        caller: Option<&str>,
    ) -> Result<Credential, CredentialError> {
        self.resolve_stored_for(None, type_name, id, caller).await
    }

    /// As [`resolve_stored`](Self::resolve_stored), the type being what a package means by that name.
    pub async fn resolve_stored_for(
        &self,
        package: Option<&str>,
        type_name: &str,
        id: &str,
        caller: Option<&str>,
    ) -> Result<Credential, CredentialError> {
        let stored = self.inner.store.get(id, type_name, caller)?;
        // Tokens that are saved change the data, but not the credential.
        let scope = format!("{id}\0{}", stored.revision);
        let origin = Origin::Stored { id: id.to_owned() };
        let credential_type = self.inner.types.get_for(package, type_name)?;
        self.prepare(credential_type, stored.data.clone(), origin, stored.rate_limit, &scope).await
    }

    async fn prepare(
        &self,
        credential_type: Arc<CredentialType>,
        given: CredentialData,
        origin: Origin,
        rate_limit: Option<RateLimit>,
        scope: &str,
    ) -> Result<Credential, CredentialError> {
        let service = &self.inner;
        // Types of one name in two packages share neither tokens nor budgets.
        let type_name = match &credential_type.package {
            Some(package) => format!("{package}\0{}", credential_type.name),
            None => credential_type.name.clone(),
        };
        let data = resolve(&service.engine, &credential_type, &given).await?;
        let key = if scope.is_empty() {
            service.hasher.credential(scope, &type_name, data.expose())
        } else {
            let mut lasting = data.expose().clone();
            lasting.remove("oauthTokenData");
            service.hasher.credential(scope, &type_name, CredentialData::new(lasting).expose())
        };
        let plan = self.plan(&credential_type, &data, key).await;
        let plan = plan.map_err(|error| blame::visible(&credential_type, data.expose(), error))?;
        Ok(Credential::new(Inner { credential_type, data, origin, plan, key }, rate_limit))
    }

    async fn plan(
        &self,
        credential_type: &CredentialType,
        data: &CredentialData,
        key: Key,
    ) -> Result<Plan, CredentialError> {
        let type_name = &credential_type.name;
        match credential_type.native {
            Some(Native::OAuth2) => {
                let has_token = initial_token(data).is_some();
                let config = TokenConfig::read(type_name, data, has_token)?;
                if config.grant == GrantType::Refresh && !has_token {
                    return Err(CredentialError::NotConnected(type_name.clone()));
                }
                Ok(Plan::OAuth2 { config: Box::new(config), slot: self.inner.tokens.slot(key) })
            }
            Some(Native::ServiceAccount) => Ok(match TokenConfig::service_account(type_name, data)? {
                Some(config) => Plan::OAuth2 { config: Box::new(config), slot: self.inner.tokens.slot(key) },
                None => Plan::Nothing,
            }),
            Some(Native::Digest) => {
                let text = |field| data.text(field).unwrap_or_default();
                Ok(Plan::Digest(Digest::new(text("user"), text("password"))))
            }
            Some(Native::Custom) => Ok(Plan::Additions(custom(type_name, data)?)),
            None => self.generic(credential_type, data).await,
        }
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
        if let Some(reason) = exposes(credential, &request) {
            let host = request.url.host_str().unwrap_or_default();
            return Err(EgressError::new(EgressErrorKind::Proxy(reason.to_owned()), host, Fate::NotSent).into());
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
            Plan::Digest(digest) => {
                request.grant = Some(credential.grant(vec![http::header::AUTHORIZATION], false));
                self.send_with_digest(digest, request).await
            }
            Plan::OAuth2 { config, slot } => self.send_with_token(credential, config, slot, request).await,
        }
    }

    async fn send_with_digest(
        &self,
        digest: &Digest,
        mut request: OutgoingRequest,
    ) -> Result<IncomingResponse, SendError> {
        let again = request.try_clone();
        digest.sign(&mut request);
        let response = self.inner.egress.send(request).await?;
        let Some(mut again) = again.filter(|_| digest.is_asked(&response)) else { return Ok(response) };
        digest.sign(&mut again);
        let mut second = self.inner.egress.send(again).await?;
        second.attempts += response.attempts;
        Ok(second)
    }

    async fn send_with_token(
        &self,
        credential: &Credential,
        config: &TokenConfig,
        slot: &Arc<Slot>,
        mut request: OutgoingRequest,
    ) -> Result<IncomingResponse, SendError> {
        let (deadline, tally) = (request.end_of_waits(), request.tally.clone());
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
        let (egress, store) = (self.inner.egress.clone(), self.inner.store.clone());
        let (config, credential) = (config.clone(), credential.clone());
        async move {
            let previous = previous.as_deref();
            let token = fetch(&egress, credential.type_name(), &config, previous, tally).await?;
            let rotated = match (previous.and_then(|old| old.refresh.as_ref()), &token.refresh) {
                (Some(old), Some(new)) => old != new,
                _ => false,
            };
            if rotated && config.grant == GrantType::Refresh {
                save(&store, &credential, &token).await?;
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

/// Saves a refresh token that took the place of another: without it the credential would be lost.
async fn save(store: &CredentialStore, credential: &Credential, token: &Token) -> Result<(), CredentialError> {
    let saved = match credential.origin() {
        Origin::Inline => Err("the credential came with the request. Put it into the runner's store".to_owned()),
        Origin::Stored { id } => {
            let (store, id, data) = (store.clone(), id.clone(), token.data_to_save());
            let saving = tokio::task::spawn_blocking(move || store.save_tokens(&id, data));
            saving.await.unwrap_or_else(|_| Err("saving was broken off".to_owned()))
        }
    };
    saved
        .map_err(|reason| CredentialError::RotatedRefreshToken { type_name: credential.type_name().to_owned(), reason })
}

/// A proxy is named in parameters, by whoever may run the node: a stored credential must not pass it in the clear.
fn exposes(credential: &Credential, request: &OutgoingRequest) -> Option<&'static str> {
    let stored = matches!(credential.origin(), Origin::Stored { .. });
    let readable = request.url.scheme() != "https" || !request.verify_tls;
    (stored && request.proxy.is_some() && readable)
        .then_some("a stored credential passes a proxy over verified TLS only")
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
