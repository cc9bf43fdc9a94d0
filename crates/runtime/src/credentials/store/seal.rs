//! Encryption of stored credentials: ChaCha20-Poly1305, the key from outside.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

/// The key of a store: 32 bytes.
#[derive(Clone)]
pub struct StoreKey(Zeroizing<[u8; 32]>);

/// A text that is no key.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("a store key is 32 bytes, in base64 (44 characters) or hexadecimal (64 characters)")]
pub struct InvalidStoreKey;

impl StoreKey {
    /// Reads a key, in base64 or hexadecimal; blanks around it do not count.
    pub fn from_text(text: &str) -> Result<Self, InvalidStoreKey> {
        let text = text.trim();
        let bytes = match text.len() {
            64 => (0..32).map(|at| u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()).collect(),
            _ => STANDARD.decode(text).ok(),
        };
        let bytes: Zeroizing<Vec<u8>> = Zeroizing::new(bytes.ok_or(InvalidStoreKey)?);
        Ok(Self(Zeroizing::new(bytes.as_slice().try_into().map_err(|_| InvalidStoreKey)?)))
    }

    /// A new key.
    #[must_use]
    pub fn generate() -> Self {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *key).expect("the system has random numbers");
        Self(key)
    }

    /// The key as text, for whoever keeps it.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(*self.0))
    }

    /// Encrypts; `context` must be the same when it is decrypted, so that entries cannot trade places.
    pub(crate) fn seal(&self, plain: &[u8], context: &str) -> String {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).expect("the system has random numbers");
        let mut sealed = plain.to_vec();
        self.cipher()
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), &mut sealed)
            .expect("a credential is shorter than what the cipher takes");
        STANDARD.encode([nonce.as_slice(), &sealed].concat())
    }

    /// Decrypts; `None` if the text was not sealed with this key and context.
    pub(crate) fn open(&self, sealed: &str, context: &str) -> Option<Zeroizing<Vec<u8>>> {
        let mut bytes = Zeroizing::new(STANDARD.decode(sealed.trim()).ok()?);
        let nonce = Nonce::try_assume_unique_for_key(bytes.get(..NONCE_LEN)?).ok()?;
        let length = self.cipher().open_within(nonce, Aad::from(context), &mut bytes, NONCE_LEN..).ok()?.len();
        bytes.truncate(length);
        Some(bytes)
    }

    fn cipher(&self) -> LessSafeKey {
        LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &*self.0).expect("the key is 32 bytes"))
    }
}

impl std::fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoreKey(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_the_same_key_and_context_only() {
        let key = StoreKey::generate();
        let sealed = key.seal(b"canary", "one");
        assert_eq!(key.open(&sealed, "one").unwrap().as_slice(), b"canary");
        assert_ne!(sealed, key.seal(b"canary", "one"));
        assert!(key.open(&sealed, "two").is_none());
        assert!(StoreKey::generate().open(&sealed, "one").is_none());
        assert!(key.open("", "one").is_none() && key.open("AAAA", "one").is_none());
        let again = StoreKey::from_text(&key.to_text()).unwrap();
        assert!(again.open(&sealed, "one").is_some());
        assert!(StoreKey::from_text(&"0f".repeat(32)).is_ok());
        assert!(StoreKey::from_text("short").is_err() && StoreKey::from_text(&"é".repeat(32)).is_err());
    }
}
