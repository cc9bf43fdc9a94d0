//! Signed JWTs, with which a Google service account gets its tokens (RFC 7523).

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls::SignatureScheme;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};

use crate::credentials::secret::{CredentialData, Secret};

/// How long an assertion is good for, in seconds: the most that Google takes.
const LIFETIME: u64 = 3600;

/// A service account, as n8n's `googleApi` has it.
#[derive(Debug, Clone)]
pub(crate) struct ServiceAccount {
    email: String,
    /// On whose behalf.
    subject: String,
    scopes: String,
    key: Secret,
}

impl ServiceAccount {
    /// Reads `googleApi`; the field and what is wrong with it, if it cannot be used.
    pub(crate) fn read(data: &CredentialData) -> Result<Self, (&'static str, &'static str)> {
        let email = data.text("email").map(str::trim).ok_or(("email", "is missing"))?;
        let delegated = data
            .text("delegatedEmail")
            .map(str::trim)
            .filter(|_| data.expose().get("inpersonate") == Some(&Value::Bool(true)));
        // Keys are pasted with their line breaks written out.
        let key = data.text("privateKey").ok_or(("privateKey", "is missing"))?.replace("\\n", "\n");
        let scopes = data.text("scopes").unwrap_or_default().replace("\\n", "\n");
        let scopes: Vec<&str> = scopes.split([',', ' ', '\n', '\t', '\r']).filter(|scope| !scope.is_empty()).collect();
        let account = Self {
            email: email.to_owned(),
            subject: delegated.unwrap_or(email).to_owned(),
            scopes: scopes.join(" "),
            key: key.trim().into(),
        };
        // A key that cannot sign is told now, not when the first item needs a token.
        account.sign("").ok_or(("privateKey", "is not an RSA private key in PEM"))?;
        Ok(account)
    }

    /// A new assertion for the token endpoint.
    pub(crate) fn assertion(&self, audience: &str) -> Option<String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
        let header = json!({ "typ": "JWT", "alg": "RS256" });
        let claims = json!({
            "iss": self.email, "sub": self.subject, "scope": self.scopes, "aud": audience, "iat": now, "exp": now + LIFETIME,
        });
        let encode = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", encode(header), encode(claims));
        let signature = self.sign(&message)?;
        Some(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    fn sign(&self, message: &str) -> Option<Vec<u8>> {
        let key = PrivateKeyDer::from_pem_slice(self.key.expose().as_bytes()).ok()?;
        let key = any_supported_type(&key).ok()?;
        key.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256])?.sign(message.as_bytes()).ok()
    }
}
