use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::config::{RateLimit, SimulatorConfig};
use crate::fault::Fault;
use crate::log::LoggedRequest;
use crate::resource::{self, Resource};
use crate::serve::{self, Shared, lock};
use crate::state::State;

/// A running simulator on a loopback port of its own; dropping it closes the port and all connections.
#[derive(Debug)]
pub struct Simulator {
    state: Shared,
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl Simulator {
    /// Starts one on 127.0.0.1, on a port that is free.
    ///
    /// # Errors
    /// If no port can be bound.
    pub async fn start(config: SimulatorConfig) -> std::io::Result<Self> {
        Self::start_on((Ipv4Addr::LOCALHOST, 0).into(), config).await
    }

    /// Starts one on an address of the caller's choice.
    ///
    /// # Errors
    /// If the address cannot be bound.
    pub async fn start_on(address: SocketAddr, config: SimulatorConfig) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let state: Shared = Arc::new(Mutex::new(State::new(config)));
        let server = tokio::spawn(serve::run(listener, Arc::clone(&state)));
        Ok(Self { state, address, server })
    }

    /// Its address as the credential's `baseUrl`, without a slash at the end.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All requests so far, in the order they were answered; those for tokens included.
    pub fn log(&self) -> Vec<LoggedRequest> {
        lock(&self.state).log.clone()
    }

    /// The requests so far that were for the API.
    pub fn api_log(&self) -> Vec<LoggedRequest> {
        self.log().into_iter().filter(|request| request.path.starts_with("/api/")).collect()
    }

    /// Forgets the log and the count of token requests; records, tokens and faults stay.
    pub fn clear_log(&self) {
        let mut state = lock(&self.state);
        state.log.clear();
        state.token_requests = 0;
    }

    /// The records of a resource (`Webhook`, `Tickets`, or the node's names for them), oldest first; empty for an
    /// unknown name.
    pub fn records(&self, resource: &str) -> Vec<Value> {
        let Some(resource) = resource::find(resource) else { return Vec::new() };
        lock(&self.state).records(resource).all().cloned().collect()
    }

    /// Adds records to a resource, unchecked; those without an id get one. Returns them as stored. Records that
    /// are not objects, and all for an unknown name, are left out.
    pub fn seed(&self, resource: &str, records: impl IntoIterator<Item = Value>) -> Vec<Value> {
        let Some(resource) = resource::find(resource) else { return Vec::new() };
        let mut state = lock(&self.state);
        let fields = |record| if let Value::Object(fields) = record { Some(fields) } else { None };
        let store = |fields: serde_json::Map<String, Value>| match fields.get("id") {
            Some(id) if !id.is_null() => {
                let id = id.clone();
                state.records(resource).insert_as(id, fields)
            }
            _ => state.records(resource).insert(resource.id, fields),
        };
        records.into_iter().filter_map(fields).map(store).collect()
    }

    /// How many requests for a token arrived.
    pub fn token_requests(&self) -> usize {
        lock(&self.state).token_requests
    }

    /// Arms a fault; several may be due, the oldest that matches goes first.
    pub fn fault(&self, fault: Fault) {
        lock(&self.state).faults.push(fault);
    }

    /// How long tokens issued from now on are valid.
    pub fn set_token_lifetime(&self, lifetime: Duration) {
        lock(&self.state).config.token_lifetime = lifetime;
    }

    /// Makes all tokens issued so far expired ones.
    pub fn expire_tokens(&self) {
        let now = Instant::now();
        lock(&self.state).tokens.values_mut().for_each(|valid_until| *valid_until = now);
    }

    /// Switches the rate limit on or off, and starts a new window.
    pub fn set_rate_limit(&self, limit: Option<RateLimit>) {
        let mut state = lock(&self.state);
        state.config.rate_limit = limit;
        state.window = (Instant::now(), 0);
    }

    /// The names of all resources, as the node has them.
    pub fn resources() -> impl Iterator<Item = &'static str> {
        resource::all().iter().map(|Resource { resource, .. }| resource.as_str())
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.server.abort();
    }
}
