//! Credentials that a platform keeps itself: a vault, a database.

use std::sync::Arc;

use futures::future::BoxFuture;
use serde_json::{Map, Value};

use super::secret::CredentialData;
use super::store::{CredentialStore, SaveError, StoreError, Stored};
use crate::egress::RateLimit;

/// Gives the credentials that requests name by id, decrypted.
///
/// It is asked once for each execution, option list or test that names a credential which the store itself does not have,
/// before anything is sent; it may take its time, and may be asked for many at once. Tokens are kept as long as the data stays the same.
pub trait CredentialProvider: Send + Sync + 'static {
    /// The credential of this id, `None` if there is none that the caller may use. `type_name` is the type that the node
    /// takes, `caller` what [`Host::for_caller`](crate::Host::for_caller) was told.
    ///
    /// # Errors
    /// Why it cannot be told, for people; it reaches the caller, so it must hold no secret.
    fn get<'a>(
        &'a self,
        id: &'a str,
        type_name: &'a str,
        caller: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Option<ProvidedCredential>, String>>;

    /// Saves the `oauthTokenData` of a credential whose service replaced its refresh token; the next
    /// [`get`](Self::get) gives it as part of the data. Called before the new token is used.
    ///
    /// # Errors
    /// Why it cannot be saved: the credential is then refused, since the next use would fail. So it is by default.
    fn save_tokens<'a>(&'a self, id: &'a str, tokens: Map<String, Value>) -> BoxFuture<'a, Result<(), String>> {
        let _ = (id, tokens);
        Box::pin(async { Err("its provider saves no tokens".to_owned()) })
    }
}

/// A credential of a [`CredentialProvider`].
#[derive(Debug, Clone)]
pub struct ProvidedCredential {
    /// Its type.
    pub type_name: String,
    /// Its data, by field.
    pub data: CredentialData,
    /// Its own rate budget.
    pub rate_limit: Option<RateLimit>,
}

impl CredentialStore {
    /// The same store, which asks `provider` for the credentials it does not have.
    #[must_use]
    pub fn with_provider(mut self, provider: Arc<dyn CredentialProvider>) -> Self {
        self.provider = Some(provider);
        self
    }

    /// As [`get`](Self::get), the provider asked, too.
    pub(crate) async fn find_or_ask(
        &self,
        id: &str,
        type_name: &str,
        caller: Option<&str>,
    ) -> Result<Arc<Stored>, StoreError> {
        let (unknown, provider) = match (self.get(id, type_name, caller), &self.provider) {
            (Err(unknown @ StoreError::Unknown(_)), Some(provider)) if !self.has(id) => (unknown, provider),
            (known, _) => return known,
        };
        let asked = provider.get(id, type_name, caller).await;
        let given = asked.map_err(|reason| StoreError::Broken { id: id.to_owned(), reason })?.ok_or(unknown)?;
        if given.type_name != type_name {
            let (is, wanted) = (given.type_name, type_name.to_owned());
            return Err(StoreError::WrongType { id: id.to_owned(), is, wanted });
        }
        Ok(Arc::new(Stored::provided(given)))
    }

    /// Saves new tokens where the credential came from.
    pub(crate) async fn save(&self, id: &str, tokens: Map<String, Value>) -> Result<(), SaveError> {
        if let Some(provider) = self.provider.as_ref().filter(|_| !self.has(id)) {
            return provider.save_tokens(id, tokens).await.map_err(SaveError::Nowhere);
        }
        let (store, id) = (self.clone(), id.to_owned());
        let saving = tokio::task::spawn_blocking(move || store.save_tokens(&id, tokens));
        saving.await.unwrap_or_else(|_| Err(SaveError::Failed("saving was broken off".to_owned())))
    }
}
