//! A client that authenticates at the token endpoint by a certificate: an assertion signed with its key (RFC 7523), as
//! n8n's Microsoft credentials have it.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde_json::json;

use super::signed::{SigningKey, unfold};
use crate::credentials::secret::CredentialData;

/// How long an assertion is good for, in seconds.
const LIFETIME: u64 = 300;

/// A key, and the certificate by which the endpoint knows it.
#[derive(Debug, Clone)]
pub(crate) struct ClientCertificate {
    key: SigningKey,
    /// SHA-1 of the certificate: no secret, and what endpoints look it up by.
    thumbprint: String,
}

impl ClientCertificate {
    /// Reads `privateKey` and `certificate`; the field and what is wrong with it, if they cannot be used.
    pub(crate) fn read(data: &CredentialData) -> Result<Self, (&'static str, &'static str)> {
        let key = data.text("privateKey").ok_or(("privateKey", "is missing"))?;
        let certificate = data.text("certificate").ok_or(("certificate", "is missing"))?;
        let no_certificate = ("certificate", "is not a certificate in PEM (-----BEGIN CERTIFICATE-----)");
        let pem = unfold(certificate).ok_or(no_certificate)?;
        let der = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| no_certificate)?;
        Ok(Self {
            key: SigningKey::read(key)
                .ok_or(("privateKey", "is not an RSA private key in PEM (-----BEGIN PRIVATE KEY-----)"))?,
            thumbprint: URL_SAFE_NO_PAD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, &der)),
        })
    }

    /// A new assertion for the token endpoint.
    pub(crate) fn assertion(&self, client_id: &str, token_url: &str) -> Option<String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
        let header = json!({ "alg": "RS256", "typ": "JWT", "x5t": self.thumbprint });
        let claims = json!({
            "aud": token_url, "iss": client_id, "sub": client_id, "jti": uuid::Uuid::now_v7().to_string(),
            "iat": now, "nbf": now, "exp": now + LIFETIME,
        });
        self.key.token(&header, &claims)
    }
}
