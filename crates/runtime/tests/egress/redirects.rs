//! Redirects are followed by hand.

use http::{Method, header};
use nodehost_runtime::egress::{EgressErrorKind, Grant, HostSet, Redirects, SecretTexts};

use serde_json::json;

use crate::credentials::{credentials, inline};
use crate::server::{Reply, Server};
use crate::{egress, get, post};

async fn redirecting(status: u16, target: String) -> Server {
    Server::start(move |request| match request.target.as_str() {
        "/end" => Reply::ok(format!("{} {}", request.method, request.text())),
        _ => Reply::status(status, "").with("location", target.clone()),
    })
    .await
}

#[tokio::test]
async fn methods_and_bodies_change_as_in_browsers() {
    for (status, expected) in [(301, "GET "), (302, "GET "), (303, "GET "), (307, "POST x"), (308, "POST x")] {
        let server = redirecting(status, "/end".to_owned()).await;
        let response = egress().send(post(server.url("/"), "x")).await.unwrap();
        assert_eq!(response.body, expected, "{status}");
        assert_eq!(response.url.path(), "/end");
    }
    let server = redirecting(302, "/end".to_owned()).await;
    let mut request = post(server.url("/"), "x");
    request.method = Method::PUT;
    assert_eq!(egress().send(request).await.unwrap().body, "PUT x");
}

#[tokio::test]
async fn redirects_may_be_returned_and_are_counted() {
    let server = Server::start(|_| Reply::status(302, "").with("location", "/again")).await;
    let mut request = get(server.url("/"));
    request.redirects = Redirects::Return;
    assert_eq!(egress().send(request).await.unwrap().status, 302);
    let mut request = get(server.url("/"));
    request.redirects = Redirects::Follow(3);
    let error = egress().send(request).await.unwrap_err();
    assert_eq!(error.kind, EgressErrorKind::TooManyRedirects(3));
    assert_eq!(server.requests().len(), 1 + 4);
}

#[tokio::test]
async fn a_post_that_a_redirect_has_answered_is_not_sent_again() {
    for (status, posts) in [(301, 1), (302, 1), (303, 1), (307, 3)] {
        let server = Server::start(move |request| match request.target.as_str() {
            "/" => Reply::status(status, "").with("location", "/busy"),
            _ => Reply::status(429, "").with("retry-after", "0"),
        })
        .await;
        let mut request = post(server.url("/"), "x");
        request.transport_retries = 2;
        let response = egress().send(request).await.unwrap();
        assert_eq!((response.status.as_u16(), response.attempts), (429, posts), "{status}");
        let sent = server.requests().iter().filter(|request| request.target == "/").count();
        assert_eq!(sent, posts as usize, "{status}");
    }
    let server = redirecting(303, "http://10.0.0.1/".to_owned()).await;
    let error = egress().send(post(server.url("/"), "x")).await.unwrap_err();
    assert!(error.possibly_processed(), "only what follows was not sent: {error:?}");
    let error = egress().send(get(server.url("/"))).await.unwrap_err();
    assert!(!error.possibly_processed(), "a GET may be sent again: {error:?}");
}

#[tokio::test]
async fn credentials_stay_behind_when_the_host_changes() {
    let other = Server::start(|_| Reply::ok("")).await;
    let target = other.url("/end").to_string();
    for (target, stays) in [("/end".to_owned(), true), (target, false)] {
        let server = redirecting(302, target).await;
        let mut request = get(server.url("/"));
        request.headers.insert(header::AUTHORIZATION, "Bearer canary".parse().unwrap());
        request.headers.insert(header::COOKIE, "canary=1".parse().unwrap());
        request.headers.insert("x-api-key", "canary".parse().unwrap());
        request.headers.insert("x-plain", "kept".parse().unwrap());
        let headers = vec!["x-api-key".parse().unwrap()];
        request.grant = Some(Grant { hosts: HostSet::any().into(), headers, ..Grant::default() });
        egress().send(request).await.unwrap();
        let last = if stays { server.requests() } else { other.requests() }.pop().unwrap();
        for name in ["authorization", "cookie", "x-api-key"] {
            assert_eq!(last.header(name).is_some(), stays, "{name}");
        }
        assert_eq!(last.header("x-plain"), Some("kept"));
    }
}

#[tokio::test]
async fn a_body_with_a_credential_does_not_leave_the_host() {
    let other = Server::start(|_| Reply::ok("")).await;
    let server = redirecting(307, other.url("/").to_string()).await;
    let mut request = post(server.url("/"), "key=canary");
    request.grant = Some(Grant { hosts: HostSet::any().into(), in_body: true, ..Grant::default() });
    let error = egress().send(request).await.unwrap_err();
    assert!(matches!(error.kind, EgressErrorKind::Redirect(_)), "{error:?}");
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn a_grant_holds_for_its_hosts_only() {
    let server = Server::start(|_| Reply::ok("")).await;
    let mut request = get(server.url("/"));
    let mut hosts = HostSet::none();
    hosts.add_pattern("api.example");
    request.grant = Some(Grant { hosts: hosts.into(), ..Grant::default() });
    let error = egress().send(request).await.unwrap_err();
    assert_eq!(error.kind, EgressErrorKind::ForeignHost);
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn what_the_node_itself_takes_from_a_credential_stays_behind_too() {
    let other = Server::start(|_| Reply::ok("")).await;
    let server = redirecting(307, other.url("/").to_string()).await;
    let grant = || Grant {
        hosts: HostSet::any().into(),
        texts: SecretTexts::new(["canary-secret"]).into(),
        ..Grant::default()
    };
    let mut request = get(server.url("/"));
    request.headers.insert("x-of-the-node", "key=canary-secret;".parse().unwrap());
    request.headers.insert("x-plain", "kept".parse().unwrap());
    request.grant = Some(grant());
    egress().send(request).await.unwrap();
    let received = other.requests().pop().unwrap();
    assert_eq!((received.header("x-of-the-node"), received.header("x-plain")), (None, Some("kept")));

    let mut request = post(server.url("/"), r#"{"key":"canary-secret"}"#);
    request.grant = Some(grant());
    let error = egress().send(request).await.unwrap_err();
    assert!(matches!(error.kind, EgressErrorKind::Redirect(_)), "{error:?}");
    let mut request = post(server.url("/"), r#"{"key":"of the item"}"#);
    request.grant = Some(grant());
    egress().send(request).await.unwrap();
    assert_eq!(other.requests().len(), 2);
    assert!(!format!("{:?}", other.requests()).contains("canary"));
    assert_eq!(server.requests()[0].header("x-of-the-node"), Some("key=canary-secret;"), "its own host gets it");
}

/// Servers that put paths in order often take the query along, and with it a key.
#[tokio::test]
async fn a_query_with_a_credential_does_not_leave_the_host() {
    let other = Server::start(|_| Reply::ok("")).await;
    let target = other.url("/").to_string();
    let server = Server::start(move |request| match request.target.as_str() {
        "/token" => Reply::json(&json!({ "access_token": "canary/token", "token_type": "mac" })),
        path => Reply::status(302, "").with("location", format!("{target}{}", path.trim_start_matches('/'))),
    })
    .await;
    let credentials = credentials(&[]);
    let token_url = server.url("/token");
    for (name, value) in [
        ("httpQueryAuth", json!({ "name": "key", "value": "canary&secret" })),
        (
            "oAuth2Api",
            json!({ "grantType": "clientCredentials", "accessTokenUrl": token_url.as_str(), "clientId": "me", "clientSecret": "canary-secret" }),
        ),
    ] {
        let credential = inline(&credentials, name, value).await.unwrap();
        let error = credentials.send(Some(&credential), get(server.url("/x"))).await.unwrap_err();
        assert!(error.to_string().contains("its URL holds a credential"), "{name}: {error}");
    }
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn secrets_are_held_back_as_they_are_spelled() {
    let other = Server::start(|_| Reply::ok("")).await;
    let server = redirecting(307, other.url("/").to_string()).await;
    let credentials = credentials(&[]);
    let secret = json!({ "name": "x-key", "value": "canary \"secret\"" });
    let credential = inline(&credentials, "httpHeaderAuth", secret).await.unwrap();
    for body in ["key=canary+%22secret%22", r#"{"key":"canary \"secret\""}"#, "bWU6Y2FuYXJ5ICJzZWNyZXQi"] {
        let error = credentials.send(Some(&credential), post(server.url("/"), body)).await.unwrap_err();
        assert!(error.to_string().contains("the body holds a credential"), "{body}: {error}");
    }
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn requests_for_tokens_stay_with_their_endpoint() {
    let other = Server::start(|_| Reply::json(&json!({ "access_token": "canary-token" }))).await;
    let server = redirecting(307, other.url("/").to_string()).await;
    let credentials = credentials(&[]);
    let value = json!({
        "grantType": "clientCredentials", "accessTokenUrl": server.url("/token").as_str(), "clientId": "me",
        "clientSecret": "canary-secret", "authentication": "body"
    });
    let credential = inline(&credentials, "oAuth2Api", value).await.unwrap();
    let error = credentials.send(Some(&credential), get(server.url("/x"))).await.unwrap_err();
    assert!(error.to_string().contains("the body holds a credential"), "{error}");
    assert_eq!(other.connections(), 0);
}
