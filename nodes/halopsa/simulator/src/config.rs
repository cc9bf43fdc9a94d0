use std::time::Duration;

/// How a simulated Halo behaves. The default asks for the client credentials `demo-client` and
/// `demo-secret` and behaves well.
#[derive(Debug, Clone)]
pub struct SimulatorConfig {
    /// The client ID that gets tokens.
    pub client_id: String,
    /// The secret that belongs to it.
    pub client_secret: String,
    /// An API key that is accepted as a bearer token as it is.
    pub api_key: Option<String>,
    /// A hosted instance wants its tenant as a query parameter of token requests; an instance
    /// without one refuses the parameter.
    pub tenant: Option<String>,
    /// Where tokens are issued.
    pub token_path: String,
    /// How long a token is valid.
    pub token_lifetime: Duration,
    /// The status that answers an expired token: Halo uses 400 and 401.
    pub expired_token_status: u16,
    /// The most records a paged list answers at once, whatever the request asks for.
    pub page_cap: usize,
    /// Off by default; Halo's is reported as 300 requests in 5 minutes.
    pub rate_limit: Option<RateLimit>,
}

/// At most `requests` API requests in each `window`; beyond them the answer is 429.
#[derive(Debug, Clone, Copy)]
pub struct RateLimit {
    /// Requests a window allows.
    pub requests: usize,
    /// The length of a window.
    pub window: Duration,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self { requests: 300, window: Duration::from_secs(300) }
    }
}

impl Default for SimulatorConfig {
    fn default() -> Self {
        Self {
            client_id: "demo-client".into(),
            client_secret: "demo-secret".into(),
            api_key: None,
            tenant: None,
            token_path: "/auth/token".into(),
            token_lifetime: Duration::from_secs(3600),
            expired_token_status: 401,
            page_cap: 100,
            rate_limit: None,
        }
    }
}
