//! Credentials on requests: what is added, and where it may go.

use nodehost_descriptor::load;
use nodehost_expression::{Engine, EngineConfig};
use nodehost_runtime::credentials::{
    Credential, CredentialData, CredentialError, CredentialStore, CredentialTypes, Credentials, SendError,
};
use nodehost_runtime::egress::{EgressErrorKind, OutgoingRequest};
use serde_json::{Value, json};
use std::sync::Arc;

use crate::server::{Received, Reply, Server};
use crate::{egress, get, post};

/// Credentials with further types, over an egress that may go to loopback.
pub(crate) fn credentials(types: &[Value]) -> Credentials {
    credentials_with(types, CredentialStore::default())
}

/// As [`credentials`], with a store.
pub(crate) fn credentials_with(types: &[Value], store: CredentialStore) -> Credentials {
    let sources = types.iter().map(|json| Arc::new(load::credential_from_text(&json.to_string()).unwrap()));
    let types = Arc::new(CredentialTypes::new(sources).unwrap());
    let engine = Engine::new(EngineConfig { threads: 1, ..EngineConfig::default() }).unwrap();
    Credentials::new(types, egress(), engine, store)
}

pub(crate) fn data(value: &Value) -> CredentialData {
    CredentialData::new(value.as_object().unwrap().clone())
}

pub(crate) async fn inline(credentials: &Credentials, name: &str, value: Value) -> Result<Credential, CredentialError> {
    credentials.resolve(name, data(&value)).await
}

/// What arrives of a request that is sent with a credential.
async fn sent(name: &str, value: Value, request: impl FnOnce(&Server) -> OutgoingRequest) -> Received {
    let server = Server::start(|_| Reply::ok("{}")).await;
    let credentials = credentials(&[]);
    let credential = inline(&credentials, name, value).await.unwrap();
    credentials.send(Some(&credential), request(&server)).await.unwrap();
    server.requests().pop().unwrap()
}

#[tokio::test]
async fn base_types_authenticate() {
    let plain = |server: &Server| get(server.url("/x?a=b"));
    let header = sent("httpHeaderAuth", json!({ "name": "X-Key", "value": "canary=1" }), plain).await;
    assert_eq!(header.header("x-key"), Some("canary=1"));
    let bearer = sent("httpBearerAuth", json!({ "token": "canary-abc" }), plain).await;
    assert_eq!(bearer.header("authorization"), Some("Bearer canary-abc"));
    let basic = sent("httpBasicAuth", json!({ "user": "ann", "password": "p:ß" }), plain).await;
    assert_eq!(basic.header("authorization"), Some("Basic YW5uOnA6w58="));
    let query = sent("httpQueryAuth", json!({ "name": "api key", "value": "canary&b c" }), plain).await;
    assert_eq!(query.target, "/x?a=b&api%20key=canary%26b%20c");
    let query = sent("httpQueryAuth", json!({ "name": "a", "value": "c" }), plain).await;
    assert_eq!(query.target, "/x?a=c");
}

#[tokio::test]
async fn custom_auth_adds_headers_query_and_body() {
    let json = json!({ "headers": { "X-One": "1" }, "qs": { "two": 2 }, "body": { "three": [3] } });
    let custom = json!({ "json": json.to_string() });
    let received = sent("httpCustomAuth", custom.clone(), |server| {
        let mut request = post(server.url("/"), r#"{"own":true}"#);
        request.headers.insert("content-type", "application/json".parse().unwrap());
        request
    })
    .await;
    assert_eq!((received.header("x-one"), received.target.as_str()), (Some("1"), "/?two=2"));
    assert_eq!(received.text(), r#"{"own":true,"three":[3]}"#);
    let error = inline(&credentials(&[]), "httpCustomAuth", json!({ "json": "{" })).await.unwrap_err();
    assert!(matches!(error, CredentialError::InvalidField { .. }), "{error}");
}

fn service_type() -> Value {
    json!({
        "name": "serviceApi", "displayName": "Service",
        "properties": [
            { "displayName": "URL", "name": "url", "type": "string", "default": "https://api.service.example", "required": true },
            { "displayName": "Key", "name": "key", "type": "string", "default": "", "required": true, "typeOptions": { "password": true } },
            { "displayName": "Login", "name": "login", "type": "hidden", "default": "={{ $self.url }}/login" }
        ],
        "authenticate": { "type": "generic", "properties": { "headers": { "X-Key": "={{ $credentials.key }}", "X-Login": "={{ $credentials.login }}" } } }
    })
}

#[tokio::test]
async fn defaults_and_hidden_expressions_are_filled_in() {
    let credentials = credentials(&[service_type()]);
    let credential = inline(&credentials, "serviceApi", json!({ "key": "={{ 1 + 1 }}", "unknown": 1 })).await.unwrap();
    let expected = json!({ "url": "https://api.service.example", "key": "={{ 1 + 1 }}", "login": "https://api.service.example/login" });
    assert_eq!(Value::Object(credential.data().expose().clone()), expected, "a secret is never evaluated");
    let saved = json!({ "url": "https://other.example", "key": "k", "login": "={{ $self.url }}/login" });
    let credential = inline(&credentials, "serviceApi", saved).await.unwrap();
    assert_eq!(credential.data().text("login"), Some("https://other.example/login"));
    let error = inline(&credentials, "serviceApi", json!({ "url": " " })).await.unwrap_err();
    assert!(error.to_string().contains("URL, Key must be filled in"), "{error}");
    let error = inline(&credentials, "nope", json!({})).await.unwrap_err();
    assert!(matches!(error, CredentialError::UnknownType(_)), "{error}");
}

#[tokio::test]
async fn a_credential_goes_to_its_own_hosts_only() {
    let server = Server::start(|_| Reply::ok("")).await;
    let other = Server::start(|_| Reply::ok("")).await;
    let credentials = credentials(&[service_type()]);
    let value = json!({ "url": server.url("/api").as_str(), "key": "canary-canary" });
    let credential = inline(&credentials, "serviceApi", value.clone()).await.unwrap();
    credentials.send(Some(&credential), get(server.url("/other"))).await.unwrap();
    let error = credentials.send(Some(&credential), get(other.url("/"))).await.unwrap_err();
    assert!(matches!(&error, SendError::Egress(error) if error.kind == EgressErrorKind::ForeignHost), "{error:?}");
    assert_eq!(other.connections(), 0);

    let with_node = credential.with_node_urls([&other.url("/base")]);
    credentials.send(Some(&with_node), get(other.url("/"))).await.unwrap();

    let mut allowed = value;
    allowed["allowedHttpRequestDomains"] = json!("domains");
    allowed["allowedDomains"] = json!("api.example, 127.0.0.1");
    let credential = inline(&credentials, "serviceApi", allowed).await.unwrap();
    credentials.send(Some(&credential), get(other.url("/"))).await.unwrap();
}

#[tokio::test]
async fn a_stored_credential_without_hosts_goes_nowhere() {
    let server = Server::start(|_| Reply::ok("")).await;
    let value = data(&json!({ "name": "x-key", "value": "canary-canary" }));
    let store = CredentialStore::default().with("one", "httpHeaderAuth", value);
    let credentials = credentials_with(&[], store);
    let credential = credentials.resolve_stored("httpHeaderAuth", "one", None).await.unwrap();
    credentials.send(Some(&credential), get(server.url("/"))).await.unwrap_err();
    assert_eq!(server.connections(), 0);
    let bound = credential.with_node_urls([&server.url("/")]);
    credentials.send(Some(&bound), get(server.url("/"))).await.unwrap();
}

#[tokio::test]
async fn secrets_are_taken_out_of_texts() {
    let credentials = credentials(&[service_type()]);
    let credential = inline(&credentials, "serviceApi", json!({ "key": "canary-canary" })).await.unwrap();
    let redactor = credential.redactor();
    assert_eq!(
        redactor.redact("bad key canary-canary at https://api.service.example"),
        "bad key *** at https://api.service.example"
    );
    let basic =
        inline(&credentials, "httpBasicAuth", json!({ "user": "ann", "password": "canary-canary" })).await.unwrap();
    assert_eq!(basic.redactor().redact("Basic YW5uOmNhbmFyeS1jYW5hcnk= canary-canary"), "*** ***");
    assert!(!format!("{credential:?} {:?}", credential.data()).contains("canary"));
}

#[tokio::test]
async fn secrets_that_cannot_stand_in_a_header_are_refused_at_once() {
    let error =
        inline(&credentials(&[]), "httpBearerAuth", json!({ "token": "line\nbreak-canary" })).await.unwrap_err();
    assert!(error.to_string().contains("Authorization") && !error.to_string().contains("canary"), "{error}");
}

#[test]
fn types_inherit_properties() {
    let child = json!({
        "name": "childApi", "displayName": "Child", "extends": ["oAuth2Api"],
        "properties": [{ "displayName": "Grant", "name": "grantType", "type": "hidden", "default": "clientCredentials" }]
    });
    let looped = json!({ "name": "loopApi", "displayName": "Loop", "extends": ["loopApi"], "properties": [] });
    let credentials = credentials(&[child, looped]);
    let types = credentials.types();
    let resolved = types.resolved_json("childApi").unwrap();
    let names: Vec<&str> =
        resolved["properties"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert_eq!(names[0], "grantType");
    assert_eq!(resolved["properties"][0]["type"], "hidden");
    assert!(names.contains(&"accessTokenUrl") && !names.contains(&"ignoreSSLIssues"), "{names:?}");
    assert!(resolved.get("extends").is_none());
    assert!(types.get("loopApi").is_err());
}

#[tokio::test]
async fn tests_tell_whether_a_credential_works() {
    let server = Server::start(|request| match (request.target.as_str(), request.header("x-key")) {
        ("/api/me?full=true", Some("good-good-good")) => Reply::json(&json!({ "ok": true })),
        ("/api/me?full=true", Some("soft")) => Reply::json(&json!({ "error": { "code": "nope" } })),
        ("/api/me?full=true", Some("teapot")) => Reply::status(418, ""),
        _ => Reply::status(401, ""),
    })
    .await;
    let mut tested = service_type();
    tested["test"] = json!({
        "request": { "baseURL": "={{ $credentials.url }}/", "url": "/me", "qs": { "full": true } },
        "rules": [
            { "type": "responseSuccessBody", "properties": { "key": "error.code", "value": "nope", "message": "The key is not known" } },
            { "type": "responseCode", "properties": { "value": 418, "message": "A teapot" } }
        ]
    });
    let credentials = credentials(&[tested]);
    for (key, expected) in [
        ("good-good-good", json!({ "status": "OK", "message": "Connection successful!" })),
        ("soft", json!({ "status": "Error", "message": "The key is not known" })),
        ("teapot", json!({ "status": "Error", "message": "A teapot" })),
        ("wrong", json!({ "status": "Error", "message": "Unauthorized (401)" })),
    ] {
        let value = json!({ "url": server.url("/api").as_str(), "key": key });
        let credential = inline(&credentials, "serviceApi", value).await.unwrap();
        assert_eq!(serde_json::to_value(credentials.test(&credential).await).unwrap(), expected, "{key}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_by_the_field_people_see() {
    let of_halo = json!({
        "name": "siteApi", "displayName": "Site", "extends": ["oAuth2Api"],
        "properties": [
            { "displayName": "Grant", "name": "grantType", "type": "hidden", "default": "clientCredentials" },
            { "displayName": "Site URL", "name": "siteUrl", "type": "string", "default": "", "required": true },
            { "displayName": "Access Token URL", "name": "accessTokenUrl", "type": "hidden",
              "default": "={{ $self.siteUrl.replace(/x$/, '') + '/token' }}" }
        ]
    });
    let credentials = credentials(&[of_halo]);
    for (site, told) in [
        (json!("nonsense"), "Site URL is not an http or https URL"),
        (json!(17), "Site URL is not text"),
        (json!(null), "Site URL must be filled in"),
        (json!("ftp://files.example"), "Site URL is not an http or https URL"),
    ] {
        let data = json!({ "siteUrl": site, "clientId": "id", "clientSecret": "canary-secret" });
        let error = inline(&credentials, "siteApi", data).await.unwrap_err().to_string();
        assert!(error.contains(told) && !error.contains("accessTokenUrl"), "{error}");
    }
    let data = json!({ "siteUrl": "https://site.example", "clientId": "id" });
    let error = inline(&credentials, "siteApi", data).await.unwrap_err().to_string();
    assert!(error.contains("Client Secret must be filled in"), "{error}");
    let rejected = CredentialError::Rejected {
        host: "a".into(),
        status: 400,
        reason: Some("They are invalid.".into()),
        remedy: "Check client ID and secret",
    };
    assert_eq!(rejected.to_string(), "a did not accept the credential: They are invalid. Check client ID and secret");
}
