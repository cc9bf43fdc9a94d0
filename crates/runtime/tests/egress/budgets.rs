//! Rate budgets: set or learned, for each credential and host apart, and never waited for past the deadline.

use std::time::Duration;

use nodehost_runtime::credentials::CredentialStore;
use nodehost_runtime::egress::{Egress, EgressErrorKind, Fate, HostSet, OutgoingRequest, RateLimit};
use serde_json::json;
use tokio::time::Instant;

use crate::credentials::{credentials_with, inline};
use crate::server::{Reply, Server};
use crate::{egress, egress_with, get, post};

const AN_HOUR: Duration = Duration::from_secs(3600);

fn one_an_hour() -> Egress {
    let limit = RateLimit { requests: 1, per: AN_HOUR };
    egress_with(&["127.0.0.1"], |config| config.rate_limits = vec![(HostSet::any(), limit)])
}

async fn refused(egress: &Egress, request: OutgoingRequest) -> Duration {
    let error = egress.send(request).await.unwrap_err();
    assert_eq!((error.kind.clone(), error.fate, error.attempts), (EgressErrorKind::RateLimited, Fate::NotSent, 0));
    error.retry_after.unwrap()
}

#[tokio::test]
async fn a_budget_without_room_before_the_deadline_is_told_at_once() {
    let server = Server::start(|_| Reply::ok("")).await;
    let egress = one_an_hour();
    egress.send(get(server.url("/"))).await.unwrap();
    for deadline in [None, Some(Instant::now() + Duration::from_secs(20))] {
        let mut request = get(server.url("/"));
        request.waits_until = deadline;
        assert!(refused(&egress, request).await > Duration::from_secs(3000));
    }
    // A clone is the same egress: budgets are those of the process.
    assert!(refused(&egress.clone(), get(server.url("/"))).await > Duration::from_secs(3000));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn hosts_have_budgets_of_their_own() {
    let (one, other) = (Server::start(|_| Reply::ok("")).await, Server::start(|_| Reply::ok("")).await);
    let egress = one_an_hour();
    egress.send(get(one.url("/"))).await.unwrap();
    egress.send(get(other.url("/"))).await.unwrap();
    refused(&egress, get(one.url("/"))).await;
}

#[tokio::test]
async fn the_store_sets_budgets_and_credentials_do_not_share_them() {
    let server = Server::start(|_| Reply::ok("")).await;
    let entry = |value: &str| {
        let data = json!({ "name": "x-key", "value": value, "allowedHttpRequestDomains": "all" });
        json!({ "type": "httpHeaderAuth", "data": data, "rateLimit": { "requests": 1, "perSeconds": 3600 } })
            .to_string()
    };
    let variables =
        [("NODEHOST_CREDENTIAL_A".to_owned(), entry("a")), ("NODEHOST_CREDENTIAL_B".to_owned(), entry("b"))];
    let credentials = credentials_with(&[], CredentialStore::new(None, None, variables).unwrap());
    for id in ["a", "b"] {
        for sent in [true, false] {
            let credential = credentials.resolve_stored("httpHeaderAuth", id, None).await.unwrap();
            let result = credentials.send(Some(&credential), get(server.url("/"))).await;
            assert_eq!(result.is_ok(), sent, "{id}: {result:?}");
        }
    }
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn what_servers_say_is_learned_unless_nothing_is_repeated_as_in_n8n() {
    for header in ["ratelimit-remaining", "x-ratelimit-remaining"] {
        let reset = if header.starts_with('x') { "x-ratelimit-reset" } else { "ratelimit-reset" };
        let server = Server::start(move |_| Reply::ok("").with(header, "1").with(reset, "3600")).await;
        let egress = egress();
        let request = || {
            let mut request = post(server.url("/"), "x");
            request.transport_retries = 1;
            request
        };
        egress.send(request()).await.unwrap();
        egress.send(request()).await.unwrap();
        assert!(refused(&egress, request()).await > Duration::from_secs(3000));
        egress.send(post(server.url("/"), "x")).await.unwrap();
        assert_eq!(server.requests().len(), 3, "{header}");
    }
}

#[tokio::test]
async fn a_token_endpoint_that_asks_one_credential_to_wait_asks_no_other() {
    let server = Server::start(|request| match request.text().contains("busy") {
        true => Reply::status(429, "").with("retry-after", "3600"),
        false => Reply::json(&json!({ "access_token": "canary-token" })),
    })
    .await;
    let credentials = credentials_with(&[], CredentialStore::default());
    let mut sent = Vec::new();
    for id in ["busy", "other"] {
        let value = json!({
            "grantType": "clientCredentials", "accessTokenUrl": server.url("/token").as_str(), "clientId": id,
            "clientSecret": "canary-secret", "authentication": "body"
        });
        let credential = inline(&credentials, "oAuth2Api", value).await.unwrap();
        sent.push(credentials.send(Some(&credential), get(server.url("/"))).await.is_ok());
    }
    assert_eq!(sent, [false, true]);
}
