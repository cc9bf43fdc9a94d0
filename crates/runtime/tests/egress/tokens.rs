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
                return Reply::json(&json!({ "access_token": format!("canary-token-{number}"), "token_type": "Bearer", "expires_in": lifetime }));
            }
            let number = request.header("authorization").and_then(|value| value.strip_prefix("Bearer canary-token-"));
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

/// A request for a token is sent again as often as the request that needs it may be.
#[tokio::test]
async fn token_requests_are_sent_again_as_often_as_the_request() {
    for (retries, asked) in [(0, 1), (1, 2), (2, 3)] {
        let server = Server::start(|request| match request.target.as_str() {
            "/token" => Reply::status(503, "").with("retry-after", "0"),
            _ => Reply::ok("never"),
        });
        let server = server.await;
        let credentials = start();
        let value = json!({ "baseUrl": server.url("/").as_str(), "clientId": "me", "clientSecret": "canary-secret" });
        let credential = inline(&credentials, "serviceOAuth2Api", value).await.unwrap();
        let mut request = get(server.url("/data"));
        request.transport_retries = retries;
        let failed = credentials.send(Some(&credential), request).await;
        assert!(matches!(failed, Err(SendError::Credential(_))), "{failed:?}");
        assert_eq!(server.requests().len(), asked);
    }
}

#[tokio::test]
async fn a_thousand_requests_share_one_token() {
    let service = Service::start(401, Some(3600)).await;
    let credentials = start();
    let tally = Arc::new(Tally::default());
    let credential = service.credential(&credentials, "canary-secret").await;
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
    assert_eq!(tokens[0].text(), "grant_type=client_credentials&scope=all&client_id=me&client_secret=canary-secret");
    assert_eq!(tally.requests(), 1001);
    // The same data in another execution is the same token.
    let again = service.credential(&credentials, "canary-secret").await;
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
        let credential = service.credential(&credentials, "canary-secret").await;
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
    let credential = service.credential(&credentials, "canary-secret").await;
    for _ in 0..20 {
        let response = credentials.send(Some(&credential), get(service.server.url("/api"))).await.unwrap();
        assert_eq!(response.status, 401);
    }
    assert!(service.requests_to("/token").len() <= 4, "{}", service.requests_to("/token").len());
}

#[tokio::test]
async fn a_refusal_after_a_redirect_does_not_repeat_the_post_before_it() {
    let other =
        Server::start(|_| Reply::status(401, "").with("www-authenticate", r#"Digest realm="r", nonce="n""#)).await;
    let target = other.url("/created/1").to_string();
    let server = Server::start(move |request| match request.target.as_str() {
        "/token" => Reply::json(&json!({ "access_token": "canary-token-1" })),
        _ => Reply::status(303, "").with("location", target.clone()),
    })
    .await;
    let credentials = start();
    let token = json!({ "baseUrl": server.url("/").as_str(), "clientId": "me", "clientSecret": "canary-secret" });
    let digest = json!({ "user": "ann", "password": "canary-secret" });
    for (name, value) in [("serviceOAuth2Api", token), ("httpDigestAuth", digest)] {
        let credential = inline(&credentials, name, value).await.unwrap();
        let response = credentials.send(Some(&credential), post(server.url("/create"), "x")).await.unwrap();
        assert_eq!(response.status, 401, "{name}");
    }
    let posts = server.requests().iter().filter(|request| request.target == "/create").count();
    assert_eq!(posts, 2, "one for each credential");
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
    let service = Service::start(401, Some(3600)).await;
    let credentials = start();
    let credential = service.credential(&credentials, "canary-secret").await;
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
        _ if request.header("authorization") == Some("Bearer canary-new-token") => Reply::ok("in"),
        _ => Reply::status(401, ""),
    })
    .await
}

fn signed_in(server: &Server, header_auth: bool) -> Value {
    json!({
        "grantType": "authorizationCode", "accessTokenUrl": server.url("/token").as_str(), "authUrl": "https://sign-in.example/",
        "clientId": "me", "clientSecret": "canary-secret", "authentication": if header_auth { "header" } else { "body" },
        "oauthTokenData": { "access_token": "canary-old-token", "refresh_token": "canary-refresh-token", "token_type": "Bearer" }
    })
}

#[tokio::test]
async fn refresh_tokens_renew_access_tokens() {
    let server = refreshing(json!({ "access_token": "canary-new-token", "expires_in": "3600" })).await;
    let credentials = start();
    let credential = inline(&credentials, "oAuth2Api", signed_in(&server, true)).await.unwrap();
    assert_eq!(credentials.send(Some(&credential), get(server.url("/"))).await.unwrap().body, "in");
    let renewal = server.requests().into_iter().find(|request| request.target == "/token").unwrap();
    assert_eq!(renewal.text(), "grant_type=refresh_token&refresh_token=canary-refresh-token");
    assert_eq!(renewal.header("authorization"), Some("Basic bWU6Y2FuYXJ5LXNlY3JldA=="));
    assert_eq!(credential.redactor().redact("canary-new-token canary-refresh-token"), "*** ***");
}

#[tokio::test]
async fn a_refresh_token_that_is_no_longer_accepted_asks_for_a_new_connection() {
    let server = Server::start(|request| match request.target.as_str() {
        "/token" => Reply::status(
            400,
            r#"{"error":"invalid_grant","error_description":"The canary-refresh-token is revoked."}"#,
        ),
        _ => Reply::status(401, ""),
    })
    .await;
    let credentials = start();
    let credential = inline(&credentials, "oAuth2Api", signed_in(&server, false)).await.unwrap();
    let error = credentials.send(Some(&credential), get(server.url("/"))).await.unwrap_err().to_string();
    assert_eq!(error, "127.0.0.1 did not accept the credential: The *** is revoked. Connect the credential anew");
}

#[tokio::test]
async fn a_rotated_refresh_token_that_cannot_be_saved_is_refused() {
    let server = refreshing(json!({ "access_token": "canary-new-token", "refresh_token": "rotated-token" })).await;
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
        let value = json!({ "baseUrl": server.url("/").as_str(), "clientId": "me", "clientSecret": "canary-secret" });
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

/// The form of the one token request that these data lead to.
async fn token_form(more: Value) -> Vec<(String, String)> {
    let server =
        Server::start(|_| Reply::json(&json!({ "access_token": "canary-new-token", "expires_in": 3600 }))).await;
    let mut value = json!({
        "grantType": "clientCredentials", "accessTokenUrl": server.url("/token").as_str(), "clientId": "me", "clientSecret": "canary-secret",
        "authentication": "body", "sendAdditionalBodyProperties": true
    });
    value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let credentials = start();
    let credential = inline(&credentials, "oAuth2Api", value).await.unwrap();
    credentials.send(Some(&credential), get(server.url("/token"))).await.unwrap();
    url::form_urlencoded::parse(&server.requests()[0].body).into_owned().collect()
}

#[tokio::test]
async fn scope_audience_and_further_fields_are_sent_once() {
    let pairs = |list: &[(&str, &str)]| -> Vec<(String, String)> {
        list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let more =
        r#"{"scope": "theirs", "tenant": 7, "flag": true, "list": ["a", "b"], "nothing": null, "client_id": "other"}"#;
    let form = token_form(
        json!({ "scope": " one  two ", "audience": "https://api.example", "additionalBodyProperties": more }),
    )
    .await;
    assert_eq!(
        form,
        pairs(&[
            ("grant_type", "client_credentials"),
            ("scope", "one two"),
            ("tenant", "7"),
            ("flag", "true"),
            ("list", "a"),
            ("list", "b"),
            ("nothing", ""),
            ("client_id", "me"),
            ("audience", "https://api.example"),
            ("client_secret", "canary-secret"),
        ])
    );
    let form = token_form(json!({ "oauthTokenData": { "access_token": "", "resource": "https://r.example" } })).await;
    assert!(form.contains(&("resource".to_owned(), "https://r.example".to_owned())), "{form:?}");
    let error = inline(&start(), "oAuth2Api", json!({
        "grantType": "clientCredentials", "accessTokenUrl": "https://a.example/", "clientId": "me", "clientSecret": "canary-secret",
        "authentication": "body", "sendAdditionalBodyProperties": true, "additionalBodyProperties": "{canary"
    }))
    .await
    .unwrap_err()
    .to_string();
    assert!(error.contains("More Fields") && !error.contains("canary"), "{error}");
}

#[tokio::test]
async fn the_statuses_of_expired_tokens_are_set_in_the_data() {
    for (statuses, status, renewed) in [
        (json!(403), 403, true),
        (json!("403"), 403, true),
        (json!([401, 498]), 498, true),
        (json!([401, 498]), 401, true),
        (json!(403), 401, false),
        (json!(401), 403, false),
    ] {
        let service = Service::start(status, Some(3600)).await;
        service.revoked.store(1, Ordering::SeqCst);
        let credentials = start();
        let value = json!({
            "grantType": "clientCredentials", "accessTokenUrl": service.server.url("/token").as_str(), "clientId": "me",
            "clientSecret": "canary-secret", "tokenExpiredStatusCode": statuses
        });
        let credential = inline(&credentials, "oAuth2Api", value).await.unwrap();
        let response = credentials.send(Some(&credential), get(service.server.url("/api"))).await.unwrap();
        assert_eq!(response.status == 200, renewed, "{statuses} {status}");
        assert_eq!(service.requests_to("/token").len(), 1 + usize::from(renewed), "{statuses} {status}");
    }
}

/// Milliseconds since 1970, so far from now.
fn moment(seconds_from_now: i64) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    (i64::try_from(now.as_millis()).unwrap() + seconds_from_now * 1000).to_string()
}

#[tokio::test]
async fn clocks_that_disagree_cost_one_renewal_and_no_request() {
    let day = 86_400;
    // What the saved moment of expiry says, whether the service still takes the token, and whether it is renewed.
    for (expires, taken, renewals) in [(day, true, 0), (day, false, 1), (-day, true, 1), (-day, false, 1)] {
        let server = Server::start(move |request| match request.target.as_str() {
            "/token" => Reply::json(&json!({ "access_token": "canary-new-token", "expires_in": 3600 }))
                .with("date", "Thu, 01 Jan 1970 00:00:00 GMT"),
            _ if request.header("authorization") == Some("Bearer canary-new-token") => Reply::ok("in"),
            _ if taken && request.header("authorization") == Some("Bearer canary-old-token") => Reply::ok("in"),
            _ => Reply::status(401, ""),
        })
        .await;
        let mut value = signed_in(&server, false);
        value["oauthTokenData"]["n8n_expires_at"] = json!(moment(expires));
        let credentials = start();
        let credential = inline(&credentials, "oAuth2Api", value).await.unwrap();
        for _ in 0..3 {
            assert_eq!(credentials.send(Some(&credential), get(server.url("/"))).await.unwrap().body, "in");
        }
        let tokens = server.requests().iter().filter(|request| request.target == "/token").count();
        assert_eq!(tokens, renewals, "{expires} {taken}");
    }
}

#[tokio::test]
async fn tokens_are_used_until_they_expire_and_then_renewed_before_they_are_sent() {
    let down = Arc::new(AtomicBool::new(false));
    let is_down = Arc::clone(&down);
    let server = Server::start(move |request| match request.target.as_str() {
        "/token" if is_down.load(Ordering::SeqCst) => Reply::status(503, ""),
        "/token" => Reply::json(&json!({ "access_token": "canary-new-token", "expires_in": 3600 })),
        _ => Reply::ok(request.header("authorization").unwrap_or_default()),
    })
    .await;
    let mut value = signed_in(&server, false);
    value["oauthTokenData"]["n8n_expires_at"] = json!(moment(3600));
    let credentials = start();
    let credential = inline(&credentials, "oAuth2Api", value.clone()).await.unwrap();
    down.store(true, Ordering::SeqCst);
    assert_eq!(
        credentials.send(Some(&credential), get(server.url("/"))).await.unwrap().body,
        "Bearer canary-old-token"
    );
    down.store(false, Ordering::SeqCst);
    value["clientSecret"] = json!("another");
    value["oauthTokenData"]["n8n_expires_at"] = json!(moment(0));
    let credential = inline(&credentials, "oAuth2Api", value).await.unwrap();
    assert_eq!(
        credentials.send(Some(&credential), get(server.url("/"))).await.unwrap().body,
        "Bearer canary-new-token"
    );
}
