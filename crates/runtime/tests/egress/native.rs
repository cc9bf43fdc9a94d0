//! Authentication that is code in n8n: digest, and the signed JWT of a Google service account.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nodehost_runtime::credentials::CredentialError;
use serde_json::{Value, json};

use crate::credentials::{credentials, inline};
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

fn google_type() -> Value {
    let text = |name: &str| json!({ "displayName": name, "name": name, "type": "string", "default": "" });
    let names = ["email", "privateKey", "delegatedEmail", "scopes", "accessTokenUrl"];
    json!({ "name": "googleApi", "displayName": "Google", "properties": names.map(text) })
}

#[tokio::test]
async fn service_accounts_sign_for_their_tokens() {
    let server = Server::start(|request| match request.target.as_str() {
        "/token" => Reply::json(&json!({ "access_token": "google-token", "expires_in": 3600 })),
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
        assert_eq!(response.body, "Bearer google-token");
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
