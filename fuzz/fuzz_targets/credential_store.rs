//! Any text as a stored credential, in a variable and in a file, sealed or not: read or refused, never a panic, and
//! never told in an error.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use nodehost_runtime::Host;
use nodehost_runtime::credentials::{CredentialStore, StoreKey};
use tokio::runtime::{Builder, Runtime};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Builder::new_current_thread().enable_all().build().expect("one"));
static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));
static HOST: LazyLock<Host> = LazyLock::new(|| {
    let key = StoreKey::from_text(&"42".repeat(32)).expect("a key");
    let store = CredentialStore::new(Some(FOLDER.path().to_owned()), Some(key), []).expect("a store");
    Host::builder().credential_store(store).build().expect("a host")
});

fuzz_target!(|text: &str| {
    let variable = ("NODEHOST_CREDENTIAL_A".to_owned(), text.to_owned());
    _ = CredentialStore::new(None, None, [variable]);
    std::fs::write(FOLDER.path().join("a.json"), text).expect("a file");
    let read = HOST.credentials().resolve_stored("httpBasicAuth", "a", None);
    _ = RUNTIME.block_on(read).map_err(|error| error.to_string());
});
