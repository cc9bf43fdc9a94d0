//! The runner's own credentials: encrypted, reloaded, kept to those who may use them, readable by nobody.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use nodehost_runtime::credentials::{
    CredentialError, CredentialProvider, CredentialStore, ProvidedCredential, SendError, StoreError, StoreKey,
};
use nodehost_runtime::egress::EgressErrorKind;
use serde_json::{Map, Value, json};

use crate::credentials::{credentials_with, data};
use crate::get;
use crate::server::{Reply, Server};

fn write(folder: &Path, id: &str, entry: &Value) {
    fs::write(folder.join(format!("{id}.json")), entry.to_string()).unwrap();
}

fn read(folder: &Path, id: &str) -> Value {
    serde_json::from_slice(&fs::read(folder.join(format!("{id}.json"))).unwrap()).unwrap()
}

fn store(folder: &Path, key: &StoreKey) -> CredentialStore {
    CredentialStore::new(Some(folder.to_owned()), Some(key.clone()), []).unwrap()
}

fn header_entry(value: &str) -> Value {
    json!({ "type": "httpHeaderAuth", "data": { "name": "x-key", "value": value, "allowedHttpRequestDomains": "all" } })
}

#[tokio::test]
async fn files_are_encrypted_when_first_read_and_read_again_when_they_change() {
    let folder = tempfile::tempdir().unwrap();
    let key = StoreKey::generate();
    write(folder.path(), "one", &header_entry("canary-one"));
    let credentials = credentials_with(&[], store(folder.path(), &key));
    let resolved = credentials.resolve_stored("httpHeaderAuth", "one", None).await.unwrap();
    assert_eq!(resolved.data().text("value"), Some("canary-one"));
    let sealed = read(folder.path(), "one");
    assert!(sealed.get("data").is_none() && !sealed.to_string().contains("canary"), "{sealed}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left behind");

    let again = credentials_with(&[], store(folder.path(), &key));
    let resolved = again.resolve_stored("httpHeaderAuth", "one", None).await.unwrap();
    assert_eq!(resolved.data().text("value"), Some("canary-one"), "read from its encrypted form");
    write(folder.path(), "one", &header_entry("canary-changed"));
    let resolved = again.resolve_stored("httpHeaderAuth", "one", None).await.unwrap();
    assert_eq!(resolved.data().text("value"), Some("canary-changed"));
}

#[tokio::test]
async fn encrypted_credentials_cannot_be_moved_or_read_with_another_key() {
    let folder = tempfile::tempdir().unwrap();
    let key = StoreKey::generate();
    write(folder.path(), "one", &header_entry("canary-one"));
    let credentials = credentials_with(&[], store(folder.path(), &key));
    credentials.resolve_stored("httpHeaderAuth", "one", None).await.unwrap();
    let mut moved = read(folder.path(), "one");
    write(folder.path(), "two", &moved);
    moved["type"] = json!("httpBearerAuth");
    write(folder.path(), "three", &moved);
    let other = credentials_with(&[], store(folder.path(), &StoreKey::generate()));
    for (credentials, type_name, id) in [
        (&credentials, "httpHeaderAuth", "two"),
        (&credentials, "httpBearerAuth", "three"),
        (&other, "httpHeaderAuth", "one"),
    ] {
        let error = credentials.resolve_stored(type_name, id, None).await.unwrap_err();
        assert!(matches!(error, CredentialError::Store(StoreError::Broken { .. })), "{id}: {error}");
    }
    let keyless = CredentialStore::new(Some(folder.path().to_owned()), None, []).unwrap();
    let error = credentials_with(&[], keyless).resolve_stored("httpHeaderAuth", "one", None).await.unwrap_err();
    assert!(error.to_string().contains("no store key"), "{error}");
}

#[tokio::test]
async fn credentials_are_for_their_type_and_for_the_keys_that_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut entry = header_entry("canary-one");
    entry["allowedKeys"] = json!(["billing"]);
    write(folder.path(), "one", &entry);
    let variable = json!({ "type": "httpBearerAuth", "data": { "token": "canary-two" } }).to_string();
    let variables = [("NODEHOST_CREDENTIAL_TWO".to_owned(), variable), ("PATH".to_owned(), "/bin".to_owned())];
    let store = CredentialStore::new(Some(folder.path().to_owned()), Some(StoreKey::generate()), variables).unwrap();
    let credentials = credentials_with(&[], store);
    assert!(credentials.resolve_stored("httpHeaderAuth", "one", Some("billing")).await.is_ok());
    assert!(credentials.resolve_stored("httpBearerAuth", "two", None).await.is_ok());
    let unknown = credentials.resolve_stored("httpHeaderAuth", "none", None).await.unwrap_err().to_string();
    for caller in [None, Some("sales")] {
        let error = credentials.resolve_stored("httpHeaderAuth", "one", caller).await.unwrap_err();
        assert_eq!(
            error.to_string().replace("one", "none"),
            unknown,
            "it is not told apart from one that is not there"
        );
    }
    let error = credentials.resolve_stored("httpQueryAuth", "two", None).await.unwrap_err();
    assert!(matches!(error, CredentialError::Store(StoreError::WrongType { .. })), "{error}");
    for id in ["../one", "one/../one", ".", "", "one.json/", "a\0b"] {
        let error = credentials.resolve_stored("httpHeaderAuth", id, Some("billing")).await.unwrap_err();
        assert!(matches!(error, CredentialError::Store(StoreError::Unknown(_))), "{id:?}: {error}");
    }
}

#[test]
fn broken_variables_are_told_without_their_content() {
    let variables =
        [("NODEHOST_CREDENTIAL_A".to_owned(), r#"{"type": "canary-type", "canary": "canary-secret"}"#.to_owned())];
    let error = CredentialStore::new(None, None, variables).unwrap_err().to_string();
    assert!(error.contains('a') && !error.contains("canary"), "{error}");
}

/// A service that takes a refresh token once and gives another in return.
async fn rotating() -> Server {
    Server::start(|request| match (request.target.as_str(), request.text()) {
        ("/token", text) if text.contains("refresh_token=canary-first") => Reply::json(
            &json!({ "access_token": "canary-new-token", "refresh_token": "canary-second", "token_type": "bearer", "expires_in": 3600 }),
        ),
        ("/token", _) => Reply::status(400, r#"{"error":"invalid_grant"}"#),
        _ if request.header("authorization") == Some("Bearer canary-new-token") => Reply::ok("in"),
        _ => Reply::status(401, ""),
    })
    .await
}

fn rotating_entry(server: &Server) -> Value {
    json!({ "type": "oAuth2Api", "data": {
        "grantType": "authorizationCode", "accessTokenUrl": server.url("/token").as_str(), "clientId": "me", "clientSecret": "canary-secret",
        "allowedHttpRequestDomains": "domains", "allowedDomains": "127.0.0.1",
        "oauthTokenData": { "access_token": "canary-old-token", "refresh_token": "canary-first" }
    } })
}

#[tokio::test]
async fn rotated_refresh_tokens_are_saved() {
    let server = rotating().await;
    let folder = tempfile::tempdir().unwrap();
    let key = StoreKey::generate();
    let entry = rotating_entry(&server);
    write(folder.path(), "one", &entry);
    let credentials = credentials_with(&[], store(folder.path(), &key));
    for _ in 0..2 {
        let credential = credentials.resolve_stored("oAuth2Api", "one", None).await.unwrap();
        assert_eq!(credentials.send(Some(&credential), get(server.url("/"))).await.unwrap().body, "in");
    }
    assert!(!read(folder.path(), "one").to_string().contains("canary"), "what is saved is encrypted");
    // Another process reads what was saved: the tokens of the rotation.
    let after = credentials_with(&[], store(folder.path(), &key));
    let credential = after.resolve_stored("oAuth2Api", "one", None).await.unwrap();
    assert_eq!(after.send(Some(&credential), get(server.url("/"))).await.unwrap().body, "in");
    let renewals = server.requests().iter().filter(|request| request.target == "/token").count();
    assert_eq!(renewals, 1);
}

#[tokio::test]
async fn a_stored_credential_does_not_pass_a_proxy_in_the_clear() {
    let proxy = Server::start(|_| Reply::ok("")).await;
    let value = data(&json!({ "token": "canary-token", "allowedHttpRequestDomains": "all" }));
    let store = CredentialStore::default().with("one", "httpBearerAuth", value);
    let credentials = credentials_with(&[], store);
    let credential = credentials.resolve_stored("httpBearerAuth", "one", None).await.unwrap();
    for (url, verify_tls) in [("http://1.1.1.1/", true), ("https://1.1.1.1/", false)] {
        let mut request = get(url.parse().unwrap());
        request.proxy = Some(proxy.url("/"));
        request.verify_tls = verify_tls;
        let error = credentials.send(Some(&credential), request).await.unwrap_err();
        assert!(
            matches!(&error, SendError::Egress(error) if matches!(error.kind, EgressErrorKind::Proxy(_))),
            "{error:?}"
        );
    }
    assert_eq!(proxy.connections(), 0);
}

/// A vault with one credential for one caller, whose tokens change.
struct Vault {
    data: Mutex<Value>,
    asked: AtomicUsize,
}

impl CredentialProvider for Vault {
    fn get<'a>(
        &'a self,
        id: &'a str,
        _type_name: &'a str,
        caller: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Option<ProvidedCredential>, String>> {
        Box::pin(async move {
            self.asked.fetch_add(1, Ordering::SeqCst);
            let given = || data(&self.data.lock().unwrap());
            match id {
                "sealed" => Err("the vault is sealed".to_owned()),
                "one" if caller == Some("billing") => {
                    Ok(Some(ProvidedCredential { type_name: "oAuth2Api".to_owned(), data: given(), rate_limit: None }))
                }
                _ => Ok(None),
            }
        })
    }

    fn save_tokens<'a>(&'a self, id: &'a str, tokens: Map<String, Value>) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            assert_eq!(id, "one");
            self.data.lock().unwrap()["oauthTokenData"] = Value::Object(tokens);
            Ok(())
        })
    }
}

#[tokio::test]
async fn a_provider_gives_credentials_and_saves_their_tokens() {
    let server = Server::start(|request| match (request.target.as_str(), request.text()) {
        ("/token", text) if text.contains("refresh_token=canary-first") => Reply::json(
            &json!({ "access_token": "canary-new-token", "refresh_token": "canary-second", "token_type": "bearer", "expires_in": 3600 }),
        ),
        ("/token", _) => Reply::status(400, r#"{"error":"invalid_grant"}"#),
        _ if request.header("authorization") == Some("Bearer canary-new-token") => Reply::ok("in"),
        _ => Reply::status(401, ""),
    })
    .await;
    let kept = json!({
        "grantType": "authorizationCode", "accessTokenUrl": server.url("/token").as_str(), "clientId": "me", "clientSecret": "canary-secret",
        "allowedHttpRequestDomains": "domains", "allowedDomains": "127.0.0.1",
        "oauthTokenData": { "access_token": "canary-old-token", "refresh_token": "canary-first" }
    });
    let vault = Arc::new(Vault { data: Mutex::new(kept), asked: AtomicUsize::new(0) });
    let own = CredentialStore::default().with("own", "httpBearerAuth", data(&json!({ "token": "a-canary-token" })));
    let credentials = credentials_with(&[], own.with_provider(vault.clone()));
    for _ in 0..2 {
        let credential = credentials.resolve_stored("oAuth2Api", "one", Some("billing")).await.unwrap();
        assert_eq!(credentials.send(Some(&credential), get(server.url("/"))).await.unwrap().body, "in");
    }
    assert_eq!(vault.data.lock().unwrap()["oauthTokenData"]["refresh_token"], "canary-second");

    let store_error =
        async |type_name: &str, id: &str, caller| match credentials.resolve_stored(type_name, id, caller).await {
            Err(CredentialError::Store(error)) => error.to_string(),
            other => panic!("{other:?}"),
        };
    let unknown = store_error("oAuth2Api", "one", None).await;
    assert!(unknown.contains("no credential \"one\""), "{unknown}");
    assert!(store_error("oAuth2Api", "sealed", None).await.contains("the vault is sealed"));
    assert!(store_error("httpBearerAuth", "one", Some("billing")).await.contains("is of the type oAuth2Api"));
    // What the store has is its own business.
    let asked = vault.asked.load(Ordering::SeqCst);
    assert!(credentials.resolve_stored("httpBearerAuth", "own", None).await.is_ok());
    assert_eq!(vault.asked.load(Ordering::SeqCst), asked);
}

#[tokio::test]
async fn a_stored_credential_belongs_to_the_host_in_the_header_too() {
    let server = Server::start(|_| Reply::ok("")).await;
    let own = format!("127.0.0.1:{}", server.port());
    let domains = format!("{own}, service.example");
    let value =
        data(&json!({ "token": "canary-token", "allowedHttpRequestDomains": "domains", "allowedDomains": domains }));
    let store = CredentialStore::default().with("one", "httpBearerAuth", value);
    let credentials = credentials_with(&[], store);
    let credential = credentials.resolve_stored("httpBearerAuth", "one", None).await.unwrap();
    for (name, goes) in [(own.as_str(), true), ("service.example", true), ("elsewhere.example", false), ("a b", false)]
    {
        let mut request = get(server.url("/"));
        request.headers.insert("host", name.parse().unwrap());
        let result = credentials.send(Some(&credential), request).await;
        let foreign = matches!(&result, Err(SendError::Egress(error)) if error.kind == EgressErrorKind::ForeignHost);
        assert_eq!((result.is_ok(), foreign), (goes, !goes), "{name}: {result:?}");
    }
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn tokens_are_neither_lost_nor_put_over_what_somebody_has_written() {
    let folder = tempfile::tempdir().unwrap();
    let key = StoreKey::generate();
    for change in [true, false] {
        let server = rotating().await;
        let mut entry = rotating_entry(&server);
        write(folder.path(), "one", &entry);
        let credentials = credentials_with(&[], store(folder.path(), &key));
        let credential = credentials.resolve_stored("oAuth2Api", "one", None).await.unwrap();
        if change {
            entry["data"]["clientSecret"] = json!("changed");
            write(folder.path(), "one", &entry);
        } else {
            fs::remove_file(folder.path().join("one.json")).unwrap();
        }
        for _ in 0..2 {
            assert_eq!(credentials.send(Some(&credential), get(server.url("/"))).await.unwrap().body, "in");
        }
        if change {
            let credential = credentials.resolve_stored("oAuth2Api", "one", None).await.unwrap();
            assert_eq!(credential.data().text("clientSecret"), Some("changed"));
        } else {
            assert!(!folder.path().join("one.json").exists(), "what was removed stays so");
        }
    }
}
