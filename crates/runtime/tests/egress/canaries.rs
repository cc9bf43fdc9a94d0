//! Recognisable secrets in credentials of every kind: none may be found in traces or errors, whatever servers echo.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};

use nodehost_runtime::credentials::CredentialStore;
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::credentials::{credentials, inline};
use crate::native::{aws_type, certificate, google_type};
use crate::server::{Reply, Server};
use crate::{get, post};

/// Writes down everything that is traced, at every level.
#[derive(Clone, Default)]
struct Everything(Arc<Mutex<String>>);

impl Visit for Everything {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        writeln!(self.0.lock().unwrap(), "{field}={value:?}").unwrap();
    }
}

impl Subscriber for Everything {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut self.clone());
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn no_secret_is_traced_or_told() {
    let traces = Everything::default();
    let guard = tracing::subscriber::set_default(traces.clone());
    let server = Server::start(|request| match request.target.as_str() {
        "/good-token" => Reply::json(&json!({ "access_token": "canary-secret", "refresh_token": "canary-secret-2" })),
        "/token" => {
            let form = request.text().to_owned();
            Reply::status(
                401,
                json!({ "error": "invalid_client", "error_description": format!("refused: {form}") }).to_string(),
            )
        }
        target if target.starts_with("/drop") => Reply::Drop,
        target if target.starts_with("/redirect") => {
            Reply::status(302, "").with("location", "http://10.0.0.1/canary-secret")
        }
        _ => Reply::Raw(b"canary-secret is not HTTP\r\n\r\n".to_vec()),
    })
    .await;
    let credentials = credentials(&[aws_type(), google_type()]);
    let good_token = server.url("/good-token");
    let (certificate, key) = certificate();
    let custom = json!({ "headers": { "x-a": "canary-secret" }, "qs": { "b": "canary-secret" }, "body": { "c": "canary-secret" } });
    let token_url = server.url("/token");
    let mut told = String::new();
    for (name, value) in [
        ("httpHeaderAuth", json!({ "name": "x-key", "value": "canary-secret" })),
        ("httpQueryAuth", json!({ "name": "key", "value": "canary-secret" })),
        ("httpBearerAuth", json!({ "token": "canary-secret" })),
        ("httpBasicAuth", json!({ "user": "ann", "password": "canary-secret" })),
        ("httpDigestAuth", json!({ "user": "ann", "password": "canary-secret" })),
        ("httpCustomAuth", json!({ "json": custom.to_string() })),
        (
            "oAuth2Api",
            json!({
                "grantType": "clientCredentials", "accessTokenUrl": token_url.as_str(), "clientId": "me",
                "clientSecret": "canary-secret", "authentication": "body"
            }),
        ),
        (
            "oAuth2Api",
            json!({
                "accessTokenUrl": token_url.as_str(), "clientId": "me", "clientSecret": "canary-secret",
                "oauthTokenData": { "access_token": "canary-secret", "refresh_token": "canary-secret" }
            }),
        ),
        (
            "oAuth2Api",
            json!({
                "grantType": "clientCredentials", "accessTokenUrl": good_token.as_str(), "clientId": "me", "clientSecret": "canary-secret"
            }),
        ),
        (
            "oAuth2Api",
            json!({
                "grantType": "clientCredentials", "accessTokenUrl": token_url.as_str(), "clientId": "me",
                "clientCredentialType": "certificate", "privateKey": key, "certificate": certificate
            }),
        ),
        (
            "googleApi",
            json!({ "email": "robot@project.example", "privateKey": key, "scopes": "one", "accessTokenUrl": token_url.as_str() }),
        ),
        (
            "aws",
            json!({
                "region": "eu-west-1", "accessKeyId": "AKIDEXAMPLE", "secretAccessKey": "canary-secret", "temporaryCredentials": true,
                "sessionToken": "canary-secret"
            }),
        ),
    ] {
        let credential = inline(&credentials, name, value).await.unwrap();
        for request in [get(server.url("/drop")), post(server.url("/garbled"), "{}"), get(server.url("/redirect"))] {
            let error = credentials.send(Some(&credential), request).await.unwrap_err();
            // What a server says that is not HTTP is not repeated either.
            writeln!(told, "{error} {error:?} {credential:?}").unwrap();
        }
        writeln!(told, "{:?}", credentials.test(&credential).await).unwrap();
    }
    let store = CredentialStore::default();
    writeln!(told, "{store:?}").unwrap();
    drop(guard);
    let traced = traces.0.lock().unwrap().clone();
    assert!(traced.contains("fate="), "requests are traced: {traced}");
    for text in [&traced, &told] {
        let of_key = key.lines().filter(|line| !line.starts_with('-'));
        for secret in ["canary-secret", "Y2FuYXJ5LXNlY3JldA", "YW5uOmNhbmFyeS1zZWNyZXQ"].into_iter().chain(of_key) {
            assert!(!text.contains(secret), "{text}");
        }
    }
}
