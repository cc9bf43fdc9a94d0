//! Keyed hashes of credentials: keys of caches and budgets, from which nothing can be told.

use hmac::{Hmac, Mac};
use serde_json::{Map, Value};
use sha2::Sha256;
use zeroize::Zeroizing;

/// A keyed hash of a credential's type and all its data.
pub(crate) type Key = [u8; 32];

/// Hashes with a key that only this process knows.
pub(crate) struct Hasher {
    key: Zeroizing<[u8; 32]>,
}

impl Hasher {
    /// A hasher with a random key.
    pub(crate) fn random() -> Self {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *key).expect("the system has random numbers");
        Self { key }
    }

    /// The key of a credential: the order of its fields does not count. `scope` sets apart what has the same data.
    pub(crate) fn credential(&self, scope: &str, type_name: &str, data: &Map<String, Value>) -> Key {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.key).expect("HMAC takes keys of any length");
        update_text(&mut mac, scope);
        update_text(&mut mac, type_name);
        update_object(&mut mac, data);
        mac.finalize().into_bytes().into()
    }
}

fn update_object(mac: &mut Hmac<Sha256>, object: &Map<String, Value>) {
    let mut fields: Vec<_> = object.iter().collect();
    fields.sort_unstable_by_key(|(name, _)| *name);
    mac.update(b"{");
    for (name, value) in fields {
        update_text(mac, name);
        update(mac, value);
    }
    mac.update(b"}");
}

fn update(mac: &mut Hmac<Sha256>, value: &Value) {
    match value {
        Value::Object(object) => update_object(mac, object),
        Value::Array(values) => {
            mac.update(b"[");
            values.iter().for_each(|value| update(mac, value));
            mac.update(b"]");
        }
        Value::String(text) => update_text(mac, text),
        other => update_text(mac, &format!("\0{other}")),
    }
}

/// The length before the text: no two different lists of texts look the same.
fn update_text(mac: &mut Hmac<Sha256>, text: &str) {
    mac.update(&(text.len() as u64).to_le_bytes());
    mac.update(text.as_bytes());
}
