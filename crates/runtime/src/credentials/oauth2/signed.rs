//! Signed JWTs (RFC 7515, RS256), and the keys that sign them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rustls::SignatureScheme;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::credentials::secret::Secret;

/// A private RSA key, in PEM.
#[derive(Debug, Clone)]
pub(super) struct SigningKey(Secret);

impl SigningKey {
    /// Reads a key, however it was pasted; `None` if it is no RSA key that can sign.
    pub(super) fn read(text: &str) -> Option<Self> {
        let key = Self(unfold(text)?.as_str().into());
        // A key that cannot sign is told now, not when the first item needs a token.
        key.sign(b"")?;
        Some(key)
    }

    /// A token of header and claims.
    pub(super) fn token(&self, header: &Value, claims: &Value) -> Option<String> {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", encode(header), encode(claims));
        let signature = self.sign(message.as_bytes())?;
        Some(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let key = PrivateKeyDer::from_pem_slice(self.0.expose().as_bytes()).ok()?;
        let key = any_supported_type(&key).ok()?;
        key.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256])?.sign(message).ok()
    }
}

/// The first block of a text in PEM with its line breaks where they belong. Forms and environment variables turn them
/// into blanks, or write them as `\n`.
pub(super) fn unfold(text: &str) -> Option<Zeroizing<String>> {
    const DASHES: &str = "-----";
    let text = Zeroizing::new(text.replace("\\n", "\n"));
    let (_, rest) = text.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once(DASHES)?;
    let (body, _) = rest.split_once("-----END ")?;
    let body = Zeroizing::new(body.split_whitespace().collect::<String>());
    STANDARD.decode(body.as_str()).ok().map(Zeroizing::new)?;
    let lines = body.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line)).collect::<Vec<_>>().join("\n");
    Some(Zeroizing::new(format!("-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n")))
}
