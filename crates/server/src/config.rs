use std::time::Duration;

use crate::guard::keys::ApiKey;

/// How the HTTP interface behaves. [`Default`] suits a runner on loopback.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Names and addresses, other than loopback's, under which clients may call the runner. A request with another
    /// `Host` is answered 421, so that a web page cannot reach the runner by rebinding its own name to it.
    pub host_names: Vec<String>,
    /// Keys that open the interface. With none, no key is asked for.
    pub api_keys: Vec<ApiKey>,
    /// The largest request body, in bytes.
    pub max_body_bytes: usize,
    /// How long a client may take to send its headers, or a body that is read whole.
    pub body_timeout: Duration,
    /// The most items of one buffered batch.
    pub max_items: usize,
    /// The most executions that run at the same time; more are answered 429.
    pub max_executions: usize,
    /// How long running executions may go on once the server shuts down.
    pub shutdown_timeout: Duration,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            host_names: Vec::new(),
            api_keys: Vec::new(),
            max_body_bytes: 64 * 1024 * 1024,
            body_timeout: Duration::from_secs(30),
            max_items: 100_000,
            max_executions: 256,
            shutdown_timeout: Duration::from_secs(30),
        }
    }
}
