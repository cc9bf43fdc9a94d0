use std::path::Path;
use std::sync::Arc;

use nodehost_descriptor::load::{self, Loaded};
use nodehost_descriptor::{CredentialSource, DescriptorError, NodeSource};
use nodehost_expression::{Engine, EngineConfig};

use super::registry::Registry;
use super::{Host, Inner, LoadOptionsHook};
use crate::credentials::{CredentialError, CredentialProvider, CredentialStore, CredentialTypes, Credentials};
use crate::declarative::{Hooks, PaginationHook, PostReceiveHook, PreSendHook};
use crate::egress::{Egress, EgressConfig, TlsError};
use crate::node::NativeNode;

/// Puts a host together.
pub struct HostBuilder {
    registry: Registry,
    natives: Vec<(String, NativeNode)>,
    credential_types: Vec<Arc<CredentialSource>>,
    hooks: Hooks,
    store: CredentialStore,
    provider: Option<Arc<dyn CredentialProvider>>,
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
    /// A native node has no descriptor.
    #[error(
        "there is no descriptor of the native node {0}: add it with `node` or `load`; the type is its package and its name"
    )]
    NoDescriptor(String),
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
            natives: Vec::new(),
            credential_types: Vec::new(),
            hooks: Hooks::default(),
            store: CredentialStore::default(),
            provider: None,
            egress: EgressConfig::default(),
            engine: EngineConfig::default(),
            timezone: "UTC".to_owned(),
            concurrency: 8,
        }
    }
}

impl HostBuilder {
    /// Adds the nodes and credential types of a folder, a file or an n8n bundle; `prefix` is the package's name where it is not
    /// to be that of the nearest `package.json`. A node of the same type and versions takes the place of an earlier one.
    ///
    /// # Errors
    /// [`BuildError::Descriptors`]: everything that is wrong with the files, each with its place and a remedy.
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

    /// Says how the node of a full type (`package.name`) runs; its descriptor is added with [`node`](Self::node) or
    /// [`load`](Self::load), before or after.
    #[must_use]
    pub fn native(mut self, node_type: &str, node: NativeNode) -> Self {
        self.natives.push((node_type.to_owned(), node));
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

    /// Asked for credentials that requests name by `id` and the store does not have: those that a platform keeps itself.
    #[must_use]
    pub fn credential_provider(mut self, provider: impl CredentialProvider) -> Self {
        self.provider = Some(Arc::new(provider));
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
    ///
    /// # Errors
    /// [`BuildError`]: native nodes without a descriptor, wrong credential types, TLS or threads that cannot be had.
    pub fn build(mut self) -> Result<Host, BuildError> {
        for (node_type, node) in self.natives {
            if !self.registry.set_native(&node_type, node) {
                return Err(BuildError::NoDescriptor(node_type));
            }
        }
        let types = Arc::new(CredentialTypes::new(self.credential_types)?);
        let engine = Engine::new(self.engine)?;
        let egress = Egress::new(self.egress)?;
        let store = match self.provider {
            Some(provider) => self.store.with_provider(provider),
            None => self.store,
        };
        let credentials = Credentials::new(types, egress, engine.clone(), store);
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
