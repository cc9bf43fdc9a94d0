//! A runner on a free port of loopback, stopped when it goes out of scope.

use std::net::SocketAddr;

use http::Method;
use nodehost_runtime::egress::{EgressConfig, Policy};
use nodehost_runtime::{Host, HostBuilder};
use nodehost_server::{CancellationToken, ServerConfig};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::http::{Answer, Call};

/// A host with the HaloPSA node, allowed to reach loopback.
pub fn host() -> Host {
    builder().build().expect("the host is sound")
}

/// The same, for more to be added.
pub fn builder() -> HostBuilder {
    let loopback = "127.0.0.1".parse().expect("an address");
    let egress = EgressConfig { policy: Policy::new(vec![loopback]), ..EgressConfig::default() };
    nodehost_halopsa::register(Host::builder()).expect("the node is sound").egress(egress)
}

/// A server that runs in this process.
#[derive(Debug)]
pub struct Runner {
    /// Where it listens.
    pub address: SocketAddr,
    shutdown: CancellationToken,
    served: JoinHandle<()>,
}

impl Runner {
    /// Starts a server.
    pub async fn start(config: ServerConfig) -> Self {
        Self::start_host(host(), config).await
    }

    /// Starts a server over a host of one's own.
    pub async fn start_host(host: Host, config: ServerConfig) -> Self {
        nodehost_watch::watch();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shutdown = CancellationToken::new();
        let served = tokio::spawn(nodehost_server::serve(listener, host, config, shutdown.clone()));
        Self { address, shutdown, served }
    }

    /// A request to this server.
    pub fn call(&self, method: Method, path: &str) -> Call {
        Call::new(method, self.address, path)
    }

    /// GETs a path.
    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path).send().await
    }

    /// POSTs JSON to a path.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::POST, path).json(body).send().await
    }

    /// Asks the server to shut down; [`Runner::stopped`] waits for it.
    pub fn shut_down(&self) {
        self.shutdown.cancel();
    }

    /// Shuts the server down and waits for its end.
    pub async fn stopped(mut self) {
        self.shutdown.cancel();
        (&mut self.served).await.expect("the server does not panic");
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}
