use std::path::Path;
use std::sync::Arc;

use nodehost_descriptor::load::{self, Loaded};
use nodehost_descriptor::{CredentialSource, DescriptorError, NodeSource};
use nodehost_expression::{Engine, EngineConfig};

use super::registry::Registry;
use super::{Host, Inner, LoadOptionsHook};
use crate::credentials::{CredentialError, CredentialStore, CredentialTypes, Credentials};
use crate::declarative::{Hooks, PaginationHook, PostReceiveHook, PreSendHook};
use crate::egress::{Egress, EgressConfig, TlsError};
use crate::node::NativeNode;

/// Puts a host together.
pub struct HostBuilder {
    registry: Registry,
    credential_types: Vec<Arc<CredentialSource>>,
    hooks: Hooks,
    store: CredentialStore,
    egress: EgressConfig,
    engine: EngineConfig,
    timezone: String,
    concurrency: usize,
}

/// Why a host cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Descriptors are wrong.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Descriptors(Vec<DescriptorError>),
    /// A credential type is wrong.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The threads of the expression engine cannot be started.
    #[error("the expression engine cannot be started: {0}")]
    Engine(#[from] std::io::Error),
}

impl Default for HostBuilder {
    fn default() -> Self {
        Self {
            registry: Registry::default(),
            credential_types: Vec::new(),
            hooks: Hooks::default(),
            store: CredentialStore::default(),
            egress: EgressConfig::default(),
            engine: EngineConfig::default(),
            timezone: "UTC".to_owned(),
            concurrency: 8,
        }
    }
}

impl HostBuilder {
    /// Adds the nodes and credential types of a folder or file; `prefix` stands for the package's name.
    pub fn load(mut self, path: &Path, prefix: Option<&str>) -> Result<Self, BuildError> {
        self.add(load::path(path, prefix).map_err(BuildError::Descriptors)?);
        Ok(self)
    }

    fn add(&mut self, loaded: Loaded) {
        for node in loaded.nodes {
            self.registry.add(node);
        }
        self.credential_types.extend(loaded.credentials);
    }

    /// Adds a node.
    #[must_use]
    pub fn node(mut self, node: impl Into<Arc<NodeSource>>) -> Self {
        self.registry.add(node.into());
        self
    }

    /// Adds a credential type.
    #[must_use]
    pub fn credential_type(mut self, credential: impl Into<Arc<CredentialSource>>) -> Self {
        self.credential_types.push(credential.into());
        self
    }

    /// Says how a node that was added before runs.
    #[must_use]
    pub fn native(mut self, node_type: &str, node: NativeNode) -> Self {
        self.registry.set_native(node_type, node);
        self
    }

    /// Registers a hook for `routing.send.preSend`.
    #[must_use]
    pub fn pre_send(mut self, name: impl Into<String>, hook: impl PreSendHook) -> Self {
        self.hooks.pre_send.insert(name.into(), Arc::new(hook));
        self
    }

    /// Registers a hook for `routing.output.postReceive`.
    #[must_use]
    pub fn post_receive(mut self, name: impl Into<String>, hook: impl PostReceiveHook) -> Self {
        self.hooks.post_receive.insert(name.into(), Arc::new(hook));
        self
    }

    /// Registers a hook for `operations.pagination`, of a routing or of `requestOperations`.
    #[must_use]
    pub fn pagination(mut self, name: impl Into<String>, hook: impl PaginationHook) -> Self {
        self.hooks.pagination.insert(name.into(), Arc::new(hook));
        self
    }

    /// Registers a hook for `typeOptions.loadOptionsMethod` and `searchListMethod`.
    #[must_use]
    pub fn load_options(mut self, name: impl Into<String>, hook: impl LoadOptionsHook) -> Self {
        self.hooks.load_options.insert(name.into(), Arc::new(hook));
        self
    }

    /// The runner's own credentials, for requests to name by `id`.
    #[must_use]
    pub fn credential_store(mut self, store: CredentialStore) -> Self {
        self.store = store;
        self
    }

    /// How requests leave: policy, gateway, proxy, limits.
    #[must_use]
    pub fn egress(mut self, config: EgressConfig) -> Self {
        self.egress = config;
        self
    }

    /// The threads and limits of expressions.
    #[must_use]
    pub fn expressions(mut self, config: EngineConfig) -> Self {
        self.engine = config;
        self
    }

    /// The default time zone, an IANA name; default UTC.
    #[must_use]
    pub fn timezone(mut self, zone: impl Into<String>) -> Self {
        self.timezone = zone.into();
        self
    }

    /// Items at once where neither request nor descriptor says; default 8.
    #[must_use]
    pub fn concurrency(mut self, items: usize) -> Self {
        self.concurrency = items.max(1);
        self
    }

    /// Builds the host. Needs no runtime; executions need tokio's.
    pub fn build(self) -> Result<Host, BuildError> {
        let types = Arc::new(CredentialTypes::new(self.credential_types)?);
        let engine = Engine::new(self.engine)?;
        let egress = Egress::new(self.egress)?;
        let credentials = Credentials::new(types, egress, engine.clone(), self.store);
        Ok(Host {
            caller: None,
            inner: Arc::new(Inner {
                registry: self.registry,
                credentials,
                engine,
                hooks: Arc::new(self.hooks),
                timezone: self.timezone,
                concurrency: self.concurrency,
            }),
        })
    }
}
