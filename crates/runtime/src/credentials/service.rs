//! The use of credentials: one service for the process, which resolves them. [`Credentials::send`] stands in `send.rs`.

use std::sync::{Arc, OnceLock};

use nodehost_expression::Engine;

use super::blame;
use super::credential::{Credential, Inner, Origin};
use super::error::CredentialError;
use super::key::Hasher;
use super::oauth2::TokenCache;
use super::plan::plan;
use super::resolve::resolve;
use super::secret::CredentialData;
use super::store::CredentialStore;
use super::types::{CredentialType, CredentialTypes};
use crate::egress::{Egress, RateLimit};

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

    pub(super) fn store(&self) -> &CredentialStore {
        &self.inner.store
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
        let stored = self.inner.store.find_or_ask(id, type_name, caller).await?;
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
        let stored = origin != Origin::Inline;
        let plan = plan(&service.engine, &service.tokens, &credential_type, &data, (key, stored)).await;
        let plan = plan.map_err(|error| blame::visible(&credential_type, data.expose(), error))?;
        Ok(Credential::new(Inner { credential_type, data, origin, plan, key, echoes: OnceLock::new() }, rate_limit))
    }
}
