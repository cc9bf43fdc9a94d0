//! Sends requests with credentials: only where they belong, authenticated, and once more where that is called for.

use std::sync::Arc;

use tokio::time::{Instant, timeout_at};
use url::Url;

use super::additions::set_query;
use super::aws;
use super::credential::{Credential, Origin, Plan};
use super::digest::Digest;
use super::error::{CredentialError, SendError};
use super::oauth2::{GrantType, Sending, Slot, Token, TokenConfig, fetch, initial_token};
use super::rejection::is_rejection;
use super::service::Credentials;
use super::store::{CredentialStore, SaveError};
use crate::egress::{EgressError, EgressErrorKind, Fate, IncomingResponse, OutgoingRequest, Tally};

impl Credentials {
    /// Sends a request, with a credential if one is given: authenticated, and once more with a new token if the token
    /// was no longer accepted. Every status is a response.
    ///
    /// Where the answer repeats secrets of a stored credential, they are taken out of it: whoever may use the credential
    /// must not be able to read it. An answer in which they could not be found is an error.
    pub fn send(
        &self,
        credential: Option<&Credential>,
        request: impl Into<Box<OutgoingRequest>>,
    ) -> impl Future<Output = Result<IncomingResponse, SendError>> + Send {
        self.deliver(credential, request.into())
    }

    async fn deliver(
        &self,
        credential: Option<&Credential>,
        request: Box<OutgoingRequest>,
    ) -> Result<IncomingResponse, SendError> {
        let Some(credential) = credential else { return Ok(self.egress().send(request).await?) };
        let mut response = self.send_authenticated(credential, request).await?;
        credential.withhold(&mut response)?;
        Ok(response)
    }

    async fn send_authenticated(
        &self,
        credential: &Credential,
        mut request: Box<OutgoingRequest>,
    ) -> Result<IncomingResponse, SendError> {
        if !credential.hosts().contains(&request.url) {
            let host = request.url.host_str().unwrap_or_default();
            return Err(EgressError::new(EgressErrorKind::ForeignHost, host, Fate::NotSent).into());
        }
        if let Some(host) = foreign_name(credential, &request) {
            return Err(EgressError::new(EgressErrorKind::ForeignHost, host, Fate::NotSent).into());
        }
        if let Some(reason) = exposes(credential, &request) {
            let host = request.url.host_str().unwrap_or_default();
            return Err(EgressError::new(EgressErrorKind::Proxy(reason.to_owned()), host, Fate::NotSent).into());
        }
        match &credential.inner.plan {
            Plan::Nothing => {
                request.grant = Some(credential.grant(Vec::new(), false));
                Ok(self.egress().send(request).await?)
            }
            Plan::Additions(additions) => {
                additions.apply(&mut request);
                let headers = additions.headers.iter().map(|(name, _)| name.clone()).collect();
                request.grant = Some(credential.grant(headers, !additions.body.is_empty()));
                Ok(self.egress().send(request).await?)
            }
            Plan::Digest(digest) => {
                request.grant = Some(credential.grant(vec![http::header::AUTHORIZATION], false));
                Box::pin(self.send_with_digest(digest, request)).await
            }
            Plan::Aws(signer) => {
                signer.sign(&mut request)?;
                request.grant = Some(credential.grant(aws::HEADERS.to_vec(), false));
                Ok(self.egress().send(request).await?)
            }
            Plan::OAuth2 { config, slot } => Box::pin(self.send_with_token(credential, config, slot, request)).await,
        }
    }

    async fn send_with_digest(
        &self,
        digest: &Digest,
        mut request: Box<OutgoingRequest>,
    ) -> Result<IncomingResponse, SendError> {
        let again = request.try_clone();
        digest.sign(&mut request);
        let response = self.egress().send(request).await?;
        let Some(mut again) = again.filter(|_| !response.done && digest.is_asked(&response)) else {
            return Ok(response);
        };
        digest.sign(&mut again);
        let mut second = self.egress().send(again).await?;
        second.attempts += response.attempts;
        Ok(second)
    }

    async fn send_with_token(
        &self,
        credential: &Credential,
        config: &TokenConfig,
        slot: &Arc<Slot>,
        mut request: Box<OutgoingRequest>,
    ) -> Result<IncomingResponse, SendError> {
        let (deadline, tally) = (request.end_of_waits(), request.tally.clone());
        let start = || initial_token(credential.data());
        let retries = request.transport_retries;
        let get = |previous| self.fetch(credential, config, previous, (retries, tally.clone()));
        let token = in_time(deadline, slot.token(start, get)).await??;
        let renews = config.renewable && !request.takes_rejection;
        let again = request.try_clone();
        request.grant = Some(credential.grant_with_token(&token));
        sign(&mut request, &token);
        let response = self.egress().send(request).await?;
        let credential_type = &credential.inner.credential_type;
        // Who answers after a redirect may ask for a token of its own: the request is done all the same.
        let renews = renews && !response.done;
        if !renews || !is_rejection(&response, &credential_type.rejections, config.expired_statuses.as_deref()) {
            return Ok(response);
        }
        let renewed = in_time(deadline, slot.renewed(&token, get)).await??;
        let (Some(mut again), Some(token)) = (again, renewed) else { return Ok(response) };
        if let Some(tally) = &again.tally {
            tally.count_retry();
        }
        again.grant = Some(credential.grant_with_token(&token));
        sign(&mut again, &token);
        let mut second = self.egress().send(again).await?;
        slot.note_replay(!is_rejection(&second, &credential_type.rejections, config.expired_statuses.as_deref()));
        second.attempts += response.attempts;
        Ok(second)
    }

    fn fetch(
        &self,
        credential: &Credential,
        config: &TokenConfig,
        previous: Option<Arc<Token>>,
        (transport_retries, tally): (u32, Option<Arc<Tally>>),
    ) -> impl Future<Output = Result<Token, CredentialError>> + Send + 'static {
        let (egress, store) = (self.egress().clone(), self.store().clone());
        let (config, credential) = (config.clone(), credential.clone());
        async move {
            let previous = previous.as_deref();
            let grant = credential.token_grant(&config.token_url);
            let sending = Sending { grant, transport_retries, tally };
            let fetched = fetch(&egress, credential.type_name(), &config, previous, sending).await;
            egress.metrics().token(fetched.is_ok());
            let token = fetched?;
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

    /// The access token of a credential that takes one, obtained if there is none.
    pub(crate) async fn token(&self, credential: &Credential) -> Result<Option<Arc<Token>>, CredentialError> {
        let Plan::OAuth2 { config, slot } = &credential.inner.plan else { return Ok(None) };
        let get = |previous| self.fetch(credential, config, previous, (TRANSPORT_RETRIES, None));
        slot.token(|| initial_token(credential.data()), get).await.map(Some)
    }
}

/// How often a request for a token alone is sent again.
const TRANSPORT_RETRIES: u32 = 2;

/// Saves a refresh token that took the place of another: without it the credential would be lost.
async fn save(store: &CredentialStore, credential: &Credential, token: &Token) -> Result<(), CredentialError> {
    let reason = match credential.origin() {
        Origin::Inline => "the credential came with the request. Put it into the runner's store".to_owned(),
        Origin::Stored { id } => match store.save(id, token.data_to_save()).await {
            Ok(()) => return Ok(()),
            Err(SaveError::Nowhere(reason)) => reason,
            // The old token is spent: without the new one the credential would be lost.
            Err(SaveError::Failed(reason)) => {
                tracing::warn!(
                    credential = id,
                    reason,
                    "a new refresh token could not be saved; it is kept in memory only"
                );
                return Ok(());
            }
        },
    };
    Err(CredentialError::RotatedRefreshToken { type_name: credential.type_name().to_owned(), reason })
}

/// A proxy is named in parameters, by whoever may run the node: a stored credential must not pass it in the clear.
fn exposes(credential: &Credential, request: &OutgoingRequest) -> Option<&'static str> {
    let stored = matches!(credential.origin(), Origin::Stored { .. });
    let readable = request.url.scheme() != "https" || !request.verify_tls;
    (stored && request.proxy.is_some() && readable)
        .then_some("a stored credential passes a proxy over verified TLS only")
}

/// A host named in the header `Host` in place of the URL's. Machines that serve many hosts go by it, and so a stored
/// credential must belong to it, too.
fn foreign_name(credential: &Credential, request: &OutgoingRequest) -> Option<String> {
    let named = request.headers.get(http::header::HOST)?;
    let name = String::from_utf8_lossy(named.as_bytes()).into_owned();
    let url = Url::parse(&format!("{}://{name}/", request.url.scheme()));
    let belongs = url.is_ok_and(|url| credential.hosts().contains(&url));
    (*credential.origin() != Origin::Inline && !belongs).then_some(name)
}

fn sign(request: &mut OutgoingRequest, token: &Token) {
    if token.is_bearer() {
        if request.own_authorization {
            return;
        }
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
