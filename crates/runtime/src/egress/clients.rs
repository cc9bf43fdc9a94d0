//! The pooled clients: one per proxy, TLS mode and kind of host.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustls::RootCertStore;
use url::Url;

use super::config::EgressConfig;
use super::policy::Policy;
use super::resolver::{Lookup, PolicyResolver};
use super::tls::{TlsError, client_config, root_store};

/// Proxies come from parameters: more than these are not kept.
const MAX_PROXY_CLIENTS: usize = 32;

/// Which client a request needs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Mode {
    /// Whether certificates are verified.
    pub(crate) verify_tls: bool,
    /// Whether the host, or the proxy if there is one, is allowed by name, so that its addresses are not checked.
    /// A client of its own: a connection made without the check is never used for a host that needs it.
    pub(crate) listed: bool,
}

/// Builds clients when they are first needed and keeps them.
pub(crate) struct Clients {
    config: Arc<EgressConfig>,
    lookup: Arc<dyn Lookup>,
    policy: Arc<Policy>,
    roots: Arc<RootCertStore>,
    direct: [OnceLock<reqwest::Client>; 4],
    proxied: Mutex<HashMap<(String, Mode), reqwest::Client>>,
}

impl Clients {
    pub(crate) fn new(config: Arc<EgressConfig>, lookup: Arc<dyn Lookup>) -> Result<Self, TlsError> {
        Ok(Self {
            lookup,
            policy: Arc::new(config.policy.clone()),
            roots: Arc::new(root_store(&config.roots)?),
            direct: Default::default(),
            proxied: Mutex::default(),
            config,
        })
    }

    pub(crate) fn direct(&self, mode: &Mode) -> Result<&reqwest::Client, TlsError> {
        let slot = &self.direct[usize::from(mode.verify_tls) * 2 + usize::from(mode.listed)];
        if let Some(client) = slot.get() {
            return Ok(client);
        }
        let client = self.build(mode, None)?;
        Ok(slot.get_or_init(|| client))
    }

    pub(crate) fn proxied(&self, mode: &Mode, proxy: &Url) -> Result<reqwest::Client, TlsError> {
        let key = (proxy.as_str().to_owned(), mode.clone());
        let mut clients = self.proxied.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&key) {
            return Ok(client.clone());
        }
        let client = self.build(mode, Some(proxy))?;
        if clients.len() >= MAX_PROXY_CLIENTS {
            clients.clear();
        }
        clients.insert(key, client.clone());
        Ok(client)
    }

    #[expect(clippy::disallowed_methods, reason = "this is the egress")]
    fn build(&self, mode: &Mode, proxy: Option<&Url>) -> Result<reqwest::Client, TlsError> {
        let resolver = PolicyResolver {
            lookup: Arc::clone(&self.lookup),
            policy: (!mode.listed).then(|| Arc::clone(&self.policy)),
        };
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(client_config(&self.roots, mode.verify_tls)?)
            .dns_resolver(Arc::new(resolver))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(self.config.connect_timeout)
            .pool_idle_timeout(self.config.idle_timeout)
            .user_agent(&self.config.user_agent)
            .no_proxy();
        if let Some(url) = proxy {
            let proxy =
                reqwest::Proxy::all(url.as_str()).map_err(|error| TlsError::Setup(error.without_url().to_string()))?;
            builder = builder.proxy(proxy);
        }
        builder.build().map_err(|error| TlsError::Setup(error.without_url().to_string()))
    }
}
