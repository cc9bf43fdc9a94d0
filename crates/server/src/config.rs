use std::time::Duration;

use http::HeaderValue;

use crate::guard::keys::ApiKey;
use crate::tls::Tls;

/// How the HTTP interface behaves. [`Default`] suits a runner on loopback.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Names and addresses, other than loopback's, under which clients may call the runner. A request with another
    /// `Host` is answered 421, so that a web page cannot reach the runner by rebinding its own name to it.
    pub host_names: Vec<String>,
    /// Keys that open the interface. With none, no key is asked for.
    pub api_keys: Vec<ApiKey>,
    /// Origins (`https://app.example`) whose pages may call the runner from a browser.
    pub cors_origins: Vec<HeaderValue>,
    /// The certificate of an HTTPS server; without one the server speaks plain HTTP.
    pub tls: Option<Tls>,
    /// The largest request body, in bytes.
    pub max_body_bytes: usize,
    /// The most bytes of bodies that are held at the same time; requests beyond it are answered 429. A body is held until
    /// its request is answered, a line of one that is streamed until it is complete.
    pub max_held_bytes: usize,
    /// How long a client may take to send its headers, a body that is read whole, or a line of one that is streamed.
    pub body_timeout: Duration,
    /// The most items of one batch, unless items and outcomes are both streamed, without `bufferItems`.
    pub max_items: usize,
    /// The most executions that run at the same time; more are answered 429.
    pub max_executions: usize,
    /// The longest an execution may take, whatever its request says.
    pub max_execution_time: Duration,
    /// How long a client may leave a streamed answer unread before its execution is ended.
    pub stall_timeout: Duration,
    /// How long running executions may go on once the server shuts down.
    pub shutdown_timeout: Duration,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            host_names: Vec::new(),
            api_keys: Vec::new(),
            cors_origins: Vec::new(),
            tls: None,
            max_body_bytes: 64 * 1024 * 1024,
            max_held_bytes: 512 * 1024 * 1024,
            body_timeout: Duration::from_secs(30),
            max_items: 100_000,
            max_executions: 256,
            max_execution_time: Duration::from_secs(24 * 3600),
            stall_timeout: Duration::from_secs(30),
            shutdown_timeout: Duration::from_secs(30),
        }
    }
}
