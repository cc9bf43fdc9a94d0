//! Signed JWTs, with which a Google service account gets its tokens (RFC 7523).

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::signed::SigningKey;
use crate::credentials::secret::CredentialData;

/// How long an assertion is good for, in seconds: the most that Google takes.
const LIFETIME: u64 = 3600;

/// A service account, as n8n's `googleApi` has it.
#[derive(Debug, Clone)]
pub(crate) struct ServiceAccount {
    email: String,
    /// On whose behalf.
    subject: String,
    scopes: String,
    key: SigningKey,
}

impl ServiceAccount {
    /// Reads `googleApi`; the field and what is wrong with it, if it cannot be used.
    pub(crate) fn read(data: &CredentialData) -> Result<Self, (&'static str, &'static str)> {
        let email = data.text("email").map(str::trim).ok_or(("email", "is missing"))?;
        let delegated = data
            .text("delegatedEmail")
            .map(str::trim)
            .filter(|_| data.expose().get("inpersonate") == Some(&Value::Bool(true)));
        let key = data.text("privateKey").ok_or(("privateKey", "is missing"))?;
        let scopes = data.text("scopes").unwrap_or_default().replace("\\n", "\n");
        let scopes: Vec<&str> = scopes.split([',', ' ', '\n', '\t', '\r']).filter(|scope| !scope.is_empty()).collect();
        Ok(Self {
            email: email.to_owned(),
            subject: delegated.unwrap_or(email).to_owned(),
            scopes: scopes.join(" "),
            key: SigningKey::read(key).ok_or(("privateKey", "is not an RSA private key in PEM"))?,
        })
    }

    /// A new assertion for the token endpoint.
    pub(crate) fn assertion(&self, audience: &str) -> Option<String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
        let header = json!({ "typ": "JWT", "alg": "RS256" });
        let claims = json!({
            "iss": self.email, "sub": self.subject, "scope": self.scopes, "aud": audience, "iat": now, "exp": now + LIFETIME,
        });
        self.key.token(&header, &claims)
    }
}
