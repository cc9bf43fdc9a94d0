//! Authentication that is code in n8n: digest, the signed JWT of a Google service account, certificates of clients, AWS.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nodehost_runtime::credentials::{CredentialError, CredentialStore};
use serde_json::{Value, json};

use crate::credentials::{credentials, credentials_with, data, inline};
use crate::server::{Reply, Server};
use crate::{get, post};

/// A key made for this test; it opens nothing.
const KEY: &str = include_str!("service-account.pem");

#[tokio::test]
async fn digest_answers_what_the_server_asks_and_later_at_once() {
    let server = Server::start(|request| match request.header("authorization") {
        Some(value) if value.starts_with("Digest ") && value.contains("username=\"Mufasa\"") => Reply::ok(value),
        _ => Reply::status(401, "").with(
            "www-authenticate",
            r#"Digest realm="http-auth@example.org", qop="auth", algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe""#,
        ),
    })
    .await;
    let credentials = credentials(&[]);
    let value = json!({ "user": "Mufasa", "password": "Circle of Life" });
    let credential = inline(&credentials, "httpDigestAuth", value).await.unwrap();
    let first = credentials.send(Some(&credential), post(server.url("/dir?a=b"), "x")).await.unwrap();
    let text = String::from_utf8(first.body.to_vec()).unwrap();
    assert_eq!(first.status, 200);
    assert!(text.contains(r#"uri="/dir?a=b""#) && text.contains("nc=00000001") && !text.contains("Circle"), "{text}");
    let second = credentials.send(Some(&credential), get(server.url("/dir"))).await.unwrap();
    assert!(String::from_utf8_lossy(&second.body).contains("nc=00000002"));
    assert_eq!(server.requests().len(), 3);
}

pub(crate) fn google_type() -> Value {
    let text = |name: &str| json!({ "displayName": name, "name": name, "type": "string", "default": "" });
    let names = ["email", "privateKey", "delegatedEmail", "scopes", "accessTokenUrl"];
    json!({ "name": "googleApi", "displayName": "Google", "properties": names.map(text) })
}

#[tokio::test]
async fn service_accounts_sign_for_their_tokens() {
    let server = Server::start(|request| match request.target.as_str() {
        "/token" => Reply::json(&json!({ "access_token": "canary-google-token", "expires_in": 3600 })),
        _ => Reply::ok(request.header("authorization").unwrap_or_default()),
    })
    .await;
    let credentials = credentials(&[google_type()]);
    let value = json!({
        "email": " robot@project.example ", "privateKey": KEY.replace('\n', "\\n"), "scopes": "one, two\nthree",
        "accessTokenUrl": server.url("/token").as_str()
    });
    let credential = inline(&credentials, "googleApi", value).await.unwrap();
    for _ in 0..3 {
        let response = credentials.send(Some(&credential), get(server.url("/"))).await.unwrap();
        assert_eq!(response.body, "Bearer canary-google-token");
    }
    let tokens: Vec<_> = server.requests().into_iter().filter(|request| request.target == "/token").collect();
    assert_eq!(tokens.len(), 1);
    let form: Vec<(String, String)> = url::form_urlencoded::parse(&tokens[0].body).into_owned().collect();
    assert_eq!(form[0].1, "urn:ietf:params:oauth:grant-type:jwt-bearer");
    let (message, signature) = form[1].1.rsplit_once('.').unwrap();
    let claims = URL_SAFE_NO_PAD.decode(message.split_once('.').unwrap().1).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!((&claims["iss"], &claims["scope"]), (&json!("robot@project.example"), &json!("one two three")));
    assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 3600);
    assert!(is_signed(message, &URL_SAFE_NO_PAD.decode(signature).unwrap()));
}

fn is_signed(message: &str, signature: &[u8]) -> bool {
    use ring::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
    let der: String = KEY.lines().filter(|line| !line.starts_with('-')).collect();
    let der = base64::engine::general_purpose::STANDARD.decode(der).unwrap();
    let pair = RsaKeyPair::from_pkcs8(&der).unwrap();
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref());
    public.verify(message.as_bytes(), signature).is_ok()
}

#[tokio::test]
async fn a_service_account_without_a_usable_key_is_refused_at_once() {
    let credentials = credentials(&[google_type()]);
    let value = json!({ "email": "robot@project.example", "privateKey": "canary-key", "scopes": "one" });
    let error = inline(&credentials, "googleApi", value).await.unwrap_err();
    assert!(matches!(&error, CredentialError::InvalidField { field, .. } if field == "privateKey"), "{error}");
    assert!(!error.to_string().contains("canary"));
}

/// As in n8n's bundle: what signs requests is code there, and is not in it.
pub(crate) fn aws_type() -> Value {
    let text = |name: &str, password: bool| json!({ "displayName": name, "name": name, "type": "string", "default": "", "typeOptions": { "password": password } });
    let temporary =
        json!({ "displayName": "Temporary", "name": "temporaryCredentials", "type": "boolean", "default": false });
    let custom = json!({ "displayName": "Custom", "name": "customEndpoints", "type": "boolean", "default": false });
    json!({ "name": "aws", "displayName": "AWS", "properties": [
        text("region", false), text("accessKeyId", false), text("secretAccessKey", true), temporary, text("sessionToken", true),
        custom, text("bedrockEndpoint", false)
    ] })
}

fn access_key() -> Value {
    json!({
        "region": "eu-west-1", "accessKeyId": "AKIDEXAMPLE", "secretAccessKey": "canary-secret-key", "temporaryCredentials": true,
        "sessionToken": "canary-session-token"
    })
}

#[tokio::test]
async fn requests_to_aws_are_signed_and_tell_no_secret() {
    let server = Server::start(|request| match request.target.as_str() {
        "/moved" => Reply::status(307, "").with("location", "http://127.0.0.1:1/"),
        _ => Reply::ok(request.header("authorization").unwrap_or_default()),
    })
    .await;
    let credentials = credentials(&[aws_type()]);
    let credential = inline(&credentials, "aws", access_key()).await.unwrap();
    let response = credentials.send(Some(&credential), post(server.url("/a%20b?x=1&y"), "{}")).await.unwrap();
    let text = String::from_utf8(response.body.to_vec()).unwrap();
    assert!(text.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/") && text.contains("/eu-west-1/127/"), "{text}");
    let received = server.requests().pop().unwrap();
    assert_eq!(received.header("x-amz-security-token"), Some("canary-session-token"));
    assert_eq!((received.target.as_str(), received.header("content-length")), ("/a%20b?x=1&y", Some("2")));
    let signed = text.split("SignedHeaders=").nth(1).unwrap().split(',').next().unwrap().to_owned();
    for name in signed.split(';') {
        assert!(received.header(name).is_some(), "{name} is signed and was not sent");
    }
    let all = format!("{:?}", server.requests());
    assert!(!all.contains("canary-secret-key"));
    let error = credentials.send(Some(&credential), get(server.url("/moved"))).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
    assert_eq!(credential.redactor().redact("canary-secret-key canary-session-token"), "*** ***");
}

#[tokio::test]
async fn a_stored_access_key_goes_to_aws_and_to_its_own_endpoints() {
    let mut value = access_key();
    value["customEndpoints"] = json!(true);
    value["bedrockEndpoint"] = json!("https://vpce-1.{region}.internal.example");
    let store = CredentialStore::default().with("one", "aws", data(&value));
    let credentials = credentials_with(&[aws_type()], store);
    let credential = credentials.resolve_stored("aws", "one", None).await.unwrap();
    for (url, belongs) in [
        ("https://sqs.us-east-1.amazonaws.com/", true),
        ("https://s3.cn-north-1.amazonaws.com.cn/", true),
        ("https://vpce-1.eu-west-1.internal.example/x", true),
        ("https://amazonaws.com.example/", false),
        ("https://example.com/", false),
    ] {
        assert_eq!(credential.hosts().contains(&url.parse().unwrap()), belongs, "{url}");
    }
    let keyless = inline(&credentials, "aws", json!({ "accessKeyId": "a" })).await.unwrap_err();
    assert!(keyless.to_string().contains("secretAccessKey must be filled in"), "{keyless}");
}

/// A certificate and its key made for this test, which open nothing.
pub(crate) fn certificate() -> (String, String) {
    let key = rcgen::KeyPair::from_pem(KEY).unwrap();
    let made = rcgen::CertificateParams::new(vec!["client.example".to_owned()]).unwrap().self_signed(&key).unwrap();
    (made.pem(), KEY.to_owned())
}

#[tokio::test]
async fn clients_may_authenticate_by_a_certificate() {
    let server = Server::start(|request| match request.target.as_str() {
        "/token" => Reply::json(&json!({ "access_token": "canary-certified-token", "expires_in": 3600 })),
        _ => Reply::ok(request.header("authorization").unwrap_or_default()),
    })
    .await;
    let (certificate, key) = certificate();
    let value = json!({
        "grantType": "clientCredentials", "accessTokenUrl": server.url("/token").as_str(), "clientId": "me",
        "clientCredentialType": "certificate", "clientSecret": "not used", "scope": "one  two",
        // Forms turn line breaks into blanks.
        "privateKey": key.replace('\n', " "), "certificate": certificate.replace('\n', "\\n")
    });
    let credentials = credentials(&[]);
    let credential = inline(&credentials, "oAuth2Api", value.clone()).await.unwrap();
    assert_eq!(
        credentials.send(Some(&credential), get(server.url("/"))).await.unwrap().body,
        "Bearer canary-certified-token"
    );
    let token = server.requests().into_iter().find(|request| request.target == "/token").unwrap();
    assert_eq!(token.header("authorization"), None);
    let form: Value = Value::Object(
        url::form_urlencoded::parse(&token.body).map(|(name, value)| (name.into_owned(), json!(value))).collect(),
    );
    assert_eq!((&form["client_id"], &form["scope"]), (&json!("me"), &json!("one two")));
    assert_eq!(form["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    assert!(form.get("client_secret").is_none());
    let (message, signature) = form["client_assertion"].as_str().unwrap().rsplit_once('.').unwrap();
    assert!(is_signed(message, &URL_SAFE_NO_PAD.decode(signature).unwrap()));
    let part = |at: usize| -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(message.split('.').nth(at).unwrap()).unwrap()).unwrap()
    };
    let (header, claims) = (part(0), part(1));
    let der = base64::engine::general_purpose::STANDARD
        .decode(certificate.lines().filter(|line| !line.starts_with('-')).collect::<String>())
        .unwrap();
    let print = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, &der);
    assert_eq!((&header["alg"], &header["x5t"]), (&json!("RS256"), &json!(URL_SAFE_NO_PAD.encode(print))));
    assert_eq!((&claims["aud"], &claims["iss"]), (&json!(server.url("/token").as_str()), &json!("me")));
    assert_eq!(claims["exp"].as_u64().unwrap() - claims["nbf"].as_u64().unwrap(), 300);

    for (field, text) in
        [("privateKey", "canary-key"), ("certificate", "canary"), ("privateKey", ""), ("certificate", "")]
    {
        let mut broken = value.clone();
        broken[field] = json!(text);
        let error = inline(&credentials, "oAuth2Api", broken).await.unwrap_err().to_string();
        assert!(error.contains(field) && !error.contains("canary"), "{error}");
    }
}
