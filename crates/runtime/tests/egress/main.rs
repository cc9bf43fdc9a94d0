//! The egress and credentials against servers that misbehave.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, as tests do")]

mod budgets;
mod canaries;
mod credentials;
mod faults;
mod native;
mod policy;
mod redirects;
mod secure;
mod server;
mod store;
mod tokens;

use nodehost_runtime::egress::{Egress, EgressConfig, OutgoingRequest, Policy};

/// An egress that may go to loopback.
fn egress() -> Egress {
    egress_with(&["127.0.0.1"], |_| {})
}

fn egress_with(allowed: &[&str], change: impl FnOnce(&mut EgressConfig)) -> Egress {
    nodehost_watch::watch();
    let mut config = EgressConfig {
        policy: Policy::new(allowed.iter().map(|entry| entry.parse().unwrap()).collect()),
        ..EgressConfig::default()
    };
    change(&mut config);
    Egress::new(config).unwrap()
}

fn get(url: url::Url) -> OutgoingRequest {
    OutgoingRequest::new(http::Method::GET, url)
}

fn post(url: url::Url, body: &str) -> OutgoingRequest {
    let mut request = OutgoingRequest::new(http::Method::POST, url);
    request.body = body.to_owned().into();
    request
}
