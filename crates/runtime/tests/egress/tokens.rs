//! OAuth2: one token for all, renewed when it has to be, never lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures::future::join_all;
use nodehost_runtime::credentials::{Credential, CredentialError, Credentials, SendError};
use nodehost_runtime::egress::Tally;
use serde_json::{Value, json};

use crate::credentials::{credentials, inline};
use crate::server::{Received, Reply, Server};
use crate::{get, post};

/// A service with its token endpoint: tokens are numbered, and `valid` says how many have been taken back.
struct Service {
    server: Server,
    revoked: Arc<AtomicUsize>,
    down: Arc<AtomicBool>,
}

impl Service {
    async fn start(expired_status: u16, lifetime: Option<u64>) -> Self {
        let (revoked, down, issued) =
            (Arc::<AtomicUsize>::default(), Arc::<AtomicBool>::default(), AtomicUsize::new(0));
        let (taken_back, is_down) = (Arc::clone(&revoked), Arc::clone(&down));
        let server = Server::start(move |request| {
            if request.target == "/token" {
                if is_down.load(Ordering::SeqCst) {
                    return Reply::status(500, "out of order");
                }
                if request.text().contains("wrong") {
                    return Reply::status(401, r#"{"error":"invalid_client","error_description":"unknown client"}"#);
                }
                let number = issued.fetch_add(1, Ordering::SeqCst) + 1;
                return Reply::json(&json!({ "access_token": format!("token-number-{number}"), "token_type": "Bearer", "expires_in": lifetime }));
            }
            let number = request.header("authorization").and_then(|value| value.strip_prefix("Bearer token-number-"));
            match number.and_then(|number| number.parse::<usize>().ok()) {
                Some(number) if number > taken_back.load(Ordering::SeqCst) => Reply::ok(request.body.clone()),
                Some(_) => Reply::status(expired_status, r#"{"error_description":"The token is Expired."}"#),
                None => Reply::status(401, ""),
            }
        })
        .await;
        Self { server, revoked, down }
    }

    async fn credential(&self, credentials: &Credentials, secret: &str) -> Credential {
        let value = json!({ "baseUrl": self.server.url("/").as_str(), "clientId": "me", "clientSecret": secret });
        inline(credentials, "serviceOAuth2Api", value).await.unwrap()
    }

    fn requests_to(&self, path: &str) -> Vec<Received> {
        self.server.requests().into_iter().filter(|request| request.target == path).collect()
    }
}

fn service_type() -> Value {
    json!({
        "name": "serviceOAuth2Api", "displayName": "Service", "extends": ["oAuth2Api"],
        "tokenRejected": [{ "status": 400, "body": "expired" }],
        "properties": [
            { "displayName": "Base URL", "name": "baseUrl", "type": "string", "default": "", "required": true },
            { "displayName": "Grant", "name": "grantType", "type": "hidden", "default": "clientCredentials" },
            { "displayName": "Token URL", "name": "accessTokenUrl", "type": "hidden", "default": "={{ $self.baseUrl }}token" },
            { "displayName": "Authentication", "name": "authentication", "type": "hidden", "default": "body" },
            { "displayName": "Scope", "name": "scope", "type": "string", "default": "all" }
        ]
    })
}

fn start() -> Credentials {
    credentials(&[service_type()])
}

#[tokio::test]
async fn a_thousand_requests_share_one_token() {
    let service = Service::start(401, Some(3600)).await;
    let credentials = start();
    let tally = Arc::new(Tally::default());
    let credential = service.credential(&credentials, "secret").await;
    let requests = (0..1000).map(|number| {
        let mut request = post(service.server.url("/api"), &number.to_string());
        request.tally = Some(Arc::clone(&tally));
        credentials.send(Some(&credential), request)
    });
    for (number, response) in join_all(requests).await.into_iter().enumerate() {
        assert_eq!(response.unwrap().body, number.to_string());
    }
    let tokens = service.requests_to("/token");
    assert_eq!(tokens.len(), 1);
    assert_eq!(tokens[0].text(), "grant_type=client_credentials&client_id=me&client_secret=secret&scope=all");
    assert_eq!(tally.requests(), 1001);
    // The same data in another execution is the same token.
    let again = service.credential(&credentials, "secret").await;
    credentials.send(Some(&again), get(service.server.url("/api"))).await.unwrap();
    assert_eq!(service.requests_to("/token").len(), 1);
    let other = service.credential(&credentials, "another secret").await;
    credentials.send(Some(&other), get(service.server.url("/api"))).await.unwrap();
    assert_eq!(service.requests_to("/token").len(), 2);
}

#[tokio::test]
async fn a_token_that_expires_in_mid_batch_is_replaced_once() {
    for status in [401, 400] {
        let service = Service::start(status, Some(3600)).await;
        let credentials = start();
        let credential = service.credential(&credentials, "secret").await;
        credentials.send(Some(&credential), get(service.server.url("/api"))).await.unwrap();
        service.revoked.store(1, Ordering::SeqCst);
        let requests = (0..100)
            .map(|number| credentials.send(Some(&credential), post(service.server.url("/api"), &number.to_string())));
        for (number, response) in join_all(requests).await.into_iter().enumerate() {
            let response = response.unwrap();
            assert_eq!((response.status.as_u16(), response.body), (200, number.to_string().into()));
        }
        assert_eq!(service.requests_to("/token").len(), 2, "{status}");
    }
}

#[tokio::test]
async fn a_refusal_that_is_not_about_the_token_stays_a_refusal() {
    let service = Service::start(401, Some(3600)).await;
    service.revoked.store(usize::MAX, Ordering::SeqCst);
    let credentials = start();
    let credential = service.credential(&credentials, "secret").await;
    for _ in 0..20 {
        let response = credentials.send(Some(&credential), get(service.server.url("/api"))).await.unwrap();
        assert_eq!(response.status, 401);
    }
    assert!(service.requests_to("/token").len() <= 4, "{}", service.requests_to("/token").len());
}

#[tokio::test]
async fn a_wrong_secret_is_told_and_not_tried_over_and_over() {
    let service = Service::start(401, None).await;
    let credentials = start();
    let credential = service.credential(&credentials, "wrong").await;
    let requests = (0..50).map(|_| credentials.send(Some(&credential), get(service.server.url("/api"))));
    for result in join_all(requests).await {
        let Err(SendError::Credential(error @ CredentialError::Rejected { .. })) = result else { panic!("{result:?}") };
        assert!(error.to_string().contains("unknown client"), "{error}");
    }
    assert_eq!((service.requests_to("/token").len(), service.requests_to("/api").len()), (1, 0));
}

#[tokio::test]
async fn an_endpoint_that_fails_for_a_while_costs_no_good_token() {
    let service = Service::start(401, Some(1)).await;
    let credentials = start();
    let credential = service.credential(&credentials, "secret").await;
    credentials.send(Some(&credential), get(service.server.url("/api"))).await.unwrap();
    service.down.store(true, Ordering::SeqCst);
    // Refused, and no new token to be had: an error, and the old token stays.
    service.revoked.store(1, Ordering::SeqCst);
    let error = credentials.send(Some(&credential), get(service.server.url("/api"))).await.unwrap_err();
    assert!(matches!(&error, SendError::Credential(CredentialError::TokenEndpoint { status: 500, .. })), "{error:?}");
    service.revoked.store(0, Ordering::SeqCst);
    let response = credentials.send(Some(&credential), get(service.server.url("/api"))).await.unwrap();
    assert_eq!(response.status, 200);
    service.down.store(false, Ordering::SeqCst);
    service.revoked.store(1, Ordering::SeqCst);
    let response = credentials.send(Some(&credential), get(service.server.url("/api"))).await.unwrap();
    assert_eq!(response.status, 200);
}

/// A service whose token endpoint answers refresh requests with `answer`.
async fn refreshing(answer: Value) -> Server {
    Server::start(move |request| match request.target.as_str() {
        "/token" => Reply::json(&answer),
        _ if request.header("authorization") == Some("Bearer new-token") => Reply::ok("in"),
        _ => Reply::status(401, ""),
    })
    .await
}

fn signed_in(server: &Server, header_auth: bool) -> Value {
    json!({
        "grantType": "authorizationCode", "accessTokenUrl": server.url("/token").as_str(), "authUrl": "https://sign-in.example/",
        "clientId": "me", "clientSecret": "secret", "authentication": if header_auth { "header" } else { "body" },
        "oauthTokenData": { "access_token": "old-token", "refresh_token": "refresh-token", "token_type": "Bearer" }
    })
}

#[tokio::test]
async fn refresh_tokens_renew_access_tokens() {
    let server = refreshing(json!({ "access_token": "new-token", "expires_in": "3600" })).await;
    let credentials = start();
    let credential = inline(&credentials, "oAuth2Api", signed_in(&server, true)).await.unwrap();
    assert_eq!(credentials.send(Some(&credential), get(server.url("/"))).await.unwrap().body, "in");
    let renewal = server.requests().into_iter().find(|request| request.target == "/token").unwrap();
    assert_eq!(renewal.text(), "grant_type=refresh_token&refresh_token=refresh-token");
    assert_eq!(renewal.header("authorization"), Some("Basic bWU6c2VjcmV0"));
    assert_eq!(credential.redactor().redact("new-token refresh-token"), "*** ***");
}

#[tokio::test]
async fn a_rotated_refresh_token_that_cannot_be_saved_is_refused() {
    let server = refreshing(json!({ "access_token": "new-token", "refresh_token": "rotated-token" })).await;
    let credentials = start();
    let credential = inline(&credentials, "oAuth2Api", signed_in(&server, false)).await.unwrap();
    let error = credentials.send(Some(&credential), get(server.url("/"))).await.unwrap_err();
    assert!(matches!(error, SendError::Credential(CredentialError::RotatedRefreshToken { .. })), "{error:?}");
}

#[tokio::test]
async fn answers_of_token_endpoints_that_are_no_tokens_are_errors() {
    for (answer, expected) in [("<html>", "not JSON"), ("{}", "access_token"), ("[]", "not JSON")] {
        let server = Server::start(move |_| Reply::ok(answer)).await;
        let credentials = start();
        let value = json!({ "baseUrl": server.url("/").as_str(), "clientId": "me", "clientSecret": "secret" });
        let credential = inline(&credentials, "serviceOAuth2Api", value).await.unwrap();
        let error = credentials.send(Some(&credential), get(server.url("/api"))).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{answer}: {error}");
    }
}

#[tokio::test]
async fn incomplete_credentials_are_refused_before_anything_is_sent() {
    let credentials = start();
    for (value, field) in [
        (json!({ "clientId": "a", "clientSecret": "b" }), "Base URL"),
        (json!({ "baseUrl": "https://a.example/", "clientSecret": "b" }), "Client ID"),
        (json!({ "baseUrl": "https://a.example/", "clientId": "a" }), "Client Secret"),
        (json!({ "baseUrl": "ftp://a.example/", "clientId": "a", "clientSecret": "b" }), "Base URL is not"),
    ] {
        let error = inline(&credentials, "serviceOAuth2Api", value).await.unwrap_err();
        assert!(error.to_string().contains(field), "{field}: {error}");
    }
    let error = inline(&credentials, "oAuth2Api", json!({ "accessTokenUrl": "https://a.example/", "clientId": "a" }))
        .await
        .unwrap_err();
    assert!(matches!(error, CredentialError::NotConnected(_)), "{error}");
}
