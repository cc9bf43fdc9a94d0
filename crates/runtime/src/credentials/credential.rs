//! A credential ready for use.

use std::sync::{Arc, OnceLock};

use http::HeaderValue;
use serde_json::{Map, Value};
use url::Url;

use super::additions::Additions;
use super::aws::Signer;
use super::digest::Digest;
use super::key::Key;
use super::oauth2::{Slot, Token, TokenConfig};
use super::redact::{Redactor, texts};
use super::secret::{CredentialData, REDACTED};
use super::types::CredentialType;
use crate::egress::{
    EgressError, EgressErrorKind, Fate, Grant, HostSet, IncomingResponse, RateLimit, SecretTexts, unsearchable,
};

/// Where a credential's data comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The request for the execution carried it: who sent it knows its secrets.
    Inline,
    /// The runner's store: nobody outside may learn its secrets.
    Stored {
        /// Its name there.
        id: String,
    },
}

/// A credential ready for use: resolved, its authentication prepared. Cheap to clone.
#[derive(Clone)]
pub struct Credential {
    pub(crate) inner: Arc<Inner>,
    hosts: Arc<HostSet>,
    /// The rate budget that the store sets for it.
    rate_limit: Option<RateLimit>,
    /// What of its data must not leave its hosts, whoever has put it into a request.
    texts: Arc<SecretTexts>,
}

pub(crate) struct Inner {
    pub(crate) credential_type: Arc<CredentialType>,
    pub(crate) data: CredentialData,
    pub(crate) origin: Origin,
    pub(crate) plan: Plan,
    pub(crate) key: Key,
    /// Takes its own texts out of answers; made when it is first needed.
    pub(crate) echoes: OnceLock<Redactor>,
}

/// How requests are authenticated.
pub(crate) enum Plan {
    /// Not at all: the node's own expressions use `$credentials`.
    Nothing,
    /// The same for all requests.
    Additions(Additions),
    /// Answers to what the server asks.
    Digest(Digest),
    /// A signature of each request.
    Aws(Signer),
    /// An access token.
    OAuth2 { config: Box<TokenConfig>, slot: Arc<Slot> },
}

impl Credential {
    pub(crate) fn new(inner: Inner, rate_limit: Option<RateLimit>) -> Self {
        let hosts = Arc::new(own_hosts(&inner));
        let texts = Arc::new(spelled(&secret_texts(&inner)));
        Self { inner: Arc::new(inner), hosts, rate_limit, texts }
    }

    /// The type's name.
    #[must_use]
    pub fn type_name(&self) -> &str {
        &self.inner.credential_type.name
    }

    /// The data with defaults and hidden fields: `$credentials` of the descriptor's own expressions.
    #[must_use]
    pub fn data(&self) -> &CredentialData {
        &self.inner.data
    }

    /// Where it comes from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.inner.origin
    }

    /// The hosts it may be sent to.
    #[must_use]
    pub fn hosts(&self) -> &HostSet {
        &self.hosts
    }

    /// The same credential, allowed to go to the node's own URLs, too: those of its descriptor (`requestDefaults.baseURL`,
    /// absolute `routing.request.url`), resolved without the node's parameters.
    #[must_use]
    pub fn with_node_urls<'a>(&self, urls: impl IntoIterator<Item = &'a Url>) -> Self {
        let mut urls = urls.into_iter().peekable();
        if urls.peek().is_none() {
            return self.clone();
        }
        // A credential that named no host went anywhere; from now on it belongs to the node's.
        let open = self.hosts.is_any() && restriction(&self.inner.data) != Some("all");
        let mut hosts = if open { HostSet::none() } else { (*self.hosts).clone() };
        urls.for_each(|url| hosts.add_url(url));
        Self { hosts: Arc::new(hosts), ..self.clone() }
    }

    /// Takes this credential's secrets, tokens included, out of texts.
    #[must_use]
    pub fn redactor(&self) -> Redactor {
        match &self.inner.plan {
            Plan::OAuth2 { slot, .. } => self.redactor_of(&slot.known()),
            _ => self.redactor_of(&[]),
        }
    }

    fn redactor_of(&self, tokens: &[Arc<Token>]) -> Redactor {
        let inner = &self.inner;
        let mut values = secret_texts(inner);
        match &inner.plan {
            Plan::Nothing | Plan::Digest(_) | Plan::Aws(_) | Plan::OAuth2 { .. } => {}
            Plan::Additions(additions) => {
                let header = |value: &HeaderValue| value.to_str().map(str::to_owned).ok();
                values.extend(additions.headers.iter().filter_map(|(_, value)| header(value)));
                // `Basic` and `Bearer` in front: the credentials themselves are what is echoed.
                let bare: Vec<String> =
                    values.iter().filter_map(|value| Some(value.split_once(' ')?.1.to_owned())).collect();
                values.extend(bare);
                values.extend(additions.query.iter().map(|(_, value)| value.clone()));
                let mut body = Vec::new();
                additions.body.values().for_each(|value| texts(value, &mut body));
                values.extend(body.into_iter().map(str::to_owned));
            }
        }
        values.extend(tokens.iter().flat_map(|token| token.texts()).map(str::to_owned));
        Redactor::new(values.iter().map(String::as_str))
    }

    /// Takes the secrets of a stored credential out of an answer that repeats them; an answer in which they cannot be
    /// found is an error.
    pub(crate) fn withhold(&self, response: &mut IncomingResponse) -> Result<(), EgressError> {
        if self.inner.origin == Origin::Inline {
            return Ok(());
        }
        if let Some(reason) = unsearchable(response) {
            let kind = EgressErrorKind::InvalidResponse(format!("{reason}, so that secrets could not be found in it"));
            let error = EgressError::new(kind, response.url.host_str().unwrap_or_default(), Fate::Answered);
            return Err(EgressError { attempts: response.attempts, ..error });
        }
        let tokens = match &self.inner.plan {
            Plan::OAuth2 { slot, .. } => slot.known(),
            _ => Vec::new(),
        };
        // A token's own texts change with it; the credential's do not.
        let own = self.inner.echoes.get_or_init(|| Redactor::new(secret_texts(&self.inner).iter().map(String::as_str)));
        for redactor in std::iter::once(own).chain(tokens.iter().map(|token| token.echoes())) {
            if let Some(body) = redactor.redact_bytes(&response.body) {
                response.body = body.into();
            }
            for value in response.headers.values_mut() {
                if let Some(redacted) = redactor.redact_bytes(value.as_bytes()) {
                    *value = HeaderValue::from_bytes(&redacted).unwrap_or(HeaderValue::from_static(REDACTED));
                }
            }
        }
        Ok(())
    }

    pub(crate) fn grant(&self, headers: Vec<http::HeaderName>, in_body: bool) -> Grant {
        let budget = u64::from_le_bytes(self.inner.key[..8].try_into().expect("eight of 32 bytes"));
        Grant {
            hosts: Arc::clone(&self.hosts),
            headers,
            in_body,
            texts: Arc::clone(&self.texts),
            budget: Some(budget),
            rate_limit: self.rate_limit,
        }
    }
}

impl Credential {
    /// As [`grant`](Self::grant), for a request with an access token.
    pub(crate) fn grant_with_token(&self, token: &Token) -> Grant {
        let mut grant = self.grant(vec![http::header::AUTHORIZATION], false);
        // In a header it stays behind by its name; in the query it goes wherever a redirect takes the query.
        if !token.is_bearer() {
            let mut texts = secret_texts(&self.inner);
            texts.extend(token.texts().map(str::to_owned));
            grant.texts = Arc::new(spelled(&texts));
        }
        grant
    }

    /// For requests for tokens, which hold the credential's secrets. Their budget is the credential's own, and apart from
    /// that of its other requests.
    pub(crate) fn token_grant(&self, token_url: &Url) -> Grant {
        let mut hosts = HostSet::none();
        hosts.add_url(token_url);
        let budget = u64::from_le_bytes(self.inner.key[8..16].try_into().expect("eight of 32 bytes"));
        Grant { hosts: Arc::new(hosts), budget: Some(budget), rate_limit: None, ..self.grant(Vec::new(), true) }
    }
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential")
            .field("type", &self.type_name())
            .field("origin", &self.inner.origin)
            .finish_non_exhaustive()
    }
}

/// Texts as requests may hold them.
fn spelled(texts: &[String]) -> SecretTexts {
    let spellings = Redactor::new(texts.iter().map(String::as_str)).into_needles();
    SecretTexts::new(texts.iter().cloned().chain(spellings))
}

/// The texts of secret fields, those of tokens included; of a field that holds JSON those in it, too.
fn secret_texts(inner: &Inner) -> Vec<String> {
    let data = inner.data.expose();
    let fields = inner.credential_type.secret_fields.iter().map(String::as_str).chain(["oauthTokenData"]);
    let mut found = Vec::new();
    for value in fields.filter_map(|name| data.get(name)) {
        let mut of_field = Vec::new();
        texts(value, &mut of_field);
        found.extend(of_field.into_iter().map(str::to_owned));
        let parsed =
            value.as_str().filter(|text| text.trim_start().starts_with('{')).map(serde_json::from_str::<Value>);
        if let Some(Ok(parsed)) = parsed {
            leaves(&parsed, &mut found);
        }
    }
    found
}

/// The texts in JSON, but for those under names that never hold a secret: taken for one, they would be found everywhere.
fn leaves(value: &Value, found: &mut Vec<String>) {
    const PLAIN: [&str; 5] = ["accept", "accept-language", "content-type", "user-agent", "grant_type"];
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| leaves(value, found)),
        Value::Object(fields) => {
            let secret = |name: &str| !PLAIN.contains(&name.to_ascii_lowercase().as_str());
            fields.iter().filter(|(name, _)| secret(name)).for_each(|(_, value)| leaves(value, found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn restriction(data: &CredentialData) -> Option<&str> {
    data.text("allowedHttpRequestDomains")
}

/// The hosts that a credential's own data names.
fn own_hosts(inner: &Inner) -> HostSet {
    let mut hosts = HostSet::none();
    named_hosts(inner.data.expose(), &mut hosts);
    match restriction(&inner.data) {
        Some("all") => return HostSet::any(),
        Some("domains") => hosts.add_list(inner.data.text("allowedDomains").unwrap_or_default()),
        // Who sends a secret along and names no host for it has a URL in mind that stands elsewhere in the request.
        None if hosts.is_empty() && inner.origin == Origin::Inline => return HostSet::any(),
        Some(_) | None => {}
    }
    if let (Plan::Aws(signer), None) = (&inner.plan, restriction(&inner.data)) {
        signer.add_hosts(&inner.data, &mut hosts);
    }
    hosts
}

/// Parts of the names of fields whose URLs are those of the sign-in, or mere names of what a token is for.
const NO_SERVICE: [&str; 7] = ["token", "auth", "jwks", "callback", "redirect", "scope", "audience"];

/// Fields that hold the address of a service: URLs, except those of the sign-in, and hosts by their name.
fn named_hosts(data: &Map<String, Value>, hosts: &mut HostSet) {
    for (name, value) in data {
        let Some(text) = value.as_str().map(str::trim) else { continue };
        let name = name.to_ascii_lowercase();
        if NO_SERVICE.iter().any(|part| name.contains(part)) {
            continue;
        }
        if text.starts_with("http://") || text.starts_with("https://") {
            if let Ok(url) = Url::parse(text) {
                hosts.add_url(&url);
            }
        } else if ["host", "domain", "server", "url", "instance"].iter().any(|part| name.contains(part))
            && name != "alloweddomains"
            && is_host(text)
        {
            hosts.add_pattern(text.split('/').next().unwrap_or(text));
        }
    }
}

fn is_host(text: &str) -> bool {
    let name = text.split('/').next().unwrap_or(text);
    name.contains('.')
        && !name.starts_with("*.")
        && !name.contains(['@', ' ', ','])
        && url::Host::parse(name.rsplit_once(':').map_or(name, |(host, _)| host)).is_ok()
}
