//! Name resolution under the policy: what is checked is the address that is connected to.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::error::EgressErrorKind;
use super::policy::{Policy, Refusal};

/// Resolves host names. The default asks the system.
pub trait Lookup: Send + Sync + 'static {
    /// The addresses of a host name. Called once per new connection, on the async workers: must not block.
    fn lookup(&self, name: String) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;
}

/// Asks the system's resolver.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup(&self, name: String) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect()) })
    }
}

/// Why a name could not be used. Travels through reqwest as the source of its error.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResolveError {
    #[error("{0}")]
    Refused(Refusal),
    #[error("the host name could not be resolved")]
    NotFound(#[source] Option<io::Error>),
}

impl ResolveError {
    pub(crate) fn kind(&self) -> EgressErrorKind {
        match self {
            Self::Refused(refusal) => EgressErrorKind::Refused(refusal.clone()),
            Self::NotFound(Some(error)) if is_temporary(error) => EgressErrorKind::NameServer,
            Self::NotFound(_) => EgressErrorKind::Dns,
        }
    }
}

/// Whether another try may go better, `EAI_AGAIN`. The standard library keeps only the words for it, which are glibc's, those of
/// the BSDs, or musl's.
fn is_temporary(error: &io::Error) -> bool {
    let text = error.to_string();
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock)
        || ["Temporary failure in name resolution", "Try again"].iter().any(|words| text.ends_with(words))
}

/// The resolver of a client: all addresses, or only those that the policy lets pass.
pub(crate) struct PolicyResolver {
    pub(crate) lookup: Arc<dyn Lookup>,
    /// `None` in the client for hosts that are allowed by name.
    pub(crate) policy: Option<Arc<Policy>>,
}

impl Resolve for PolicyResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let found = self.lookup.lookup(name.as_str().to_owned());
        let policy = self.policy.clone();
        Box::pin(async move {
            let found = found.await.map_err(|error| ResolveError::NotFound(Some(error)))?;
            let allowed = match policy {
                Some(policy) => passing(&policy, found)?,
                None => found,
            };
            if allowed.is_empty() {
                return Err(ResolveError::NotFound(None).into());
            }
            let addresses: Addrs = Box::new(allowed.into_iter().map(|ip| SocketAddr::new(ip, 0)));
            Ok(addresses)
        })
    }
}

/// The addresses that pass; the reason of the first that does not, if none does.
fn passing(policy: &Policy, found: Vec<IpAddr>) -> Result<Vec<IpAddr>, ResolveError> {
    let mut refusal = None;
    let mut allowed = Vec::with_capacity(found.len());
    for address in found {
        match policy.check_address(address) {
            Ok(()) => allowed.push(address),
            Err(reason) => refusal = refusal.or(Some(reason)),
        }
    }
    match refusal {
        Some(reason) if allowed.is_empty() => Err(ResolveError::Refused(reason)),
        _ => Ok(allowed),
    }
}

/// Resolves a name that somebody else, a proxy, will connect to: every one of its addresses must pass.
pub(crate) async fn check_name(lookup: &dyn Lookup, policy: &Policy, name: &str) -> Result<(), ResolveError> {
    let found = lookup.lookup(name.to_owned()).await.map_err(|error| ResolveError::NotFound(Some(error)))?;
    if found.is_empty() {
        return Err(ResolveError::NotFound(None));
    }
    found.into_iter().try_for_each(|address| policy.check_address(address)).map_err(ResolveError::Refused)
}
