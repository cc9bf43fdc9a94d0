//! The runner's own credentials, which requests name by `id`: files, encrypted at rest, and environment variables.
//!
//! A credential is a file `ID.json` in the store's folder:
//!
//! ```json
//! { "type": "haloPSAApi", "data": { "baseUrl": "https://halo.example", "clientId": "...", "clientSecret": "..." },
//!   "allowedKeys": ["billing"], "rateLimit": { "requests": 100, "perSeconds": 60 } }
//! ```
//!
//! The first time it is read, `data` is replaced in the file by `sealed`, its encrypted form. A file that changes is read
//! again with the next execution. `allowedKeys` names the API keys whose holders may use the credential; without it all may.
//! A credential serves nodes that take its type, and no other.

mod seal;

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use seal::{InvalidStoreKey, StoreKey};

use super::provider::{CredentialProvider, ProvidedCredential};
use super::secret::CredentialData;
use crate::egress::RateLimit;

/// Environment variables with this prefix hold a credential each, as JSON; the rest of the name, in lower case, is its id.
pub const ENVIRONMENT_PREFIX: &str = "NODEHOST_CREDENTIAL_";

/// The runner's own credentials. Cheap to clone; clones are the same store.
#[derive(Clone, Default)]
pub struct CredentialStore {
    inner: Arc<Inner>,
    /// Asked for what is not here.
    pub(super) provider: Option<Arc<dyn CredentialProvider>>,
}

#[derive(Default)]
struct Inner {
    folder: Option<PathBuf>,
    key: Option<StoreKey>,
    /// From the environment, or given by the program.
    fixed: HashMap<String, Arc<Stored>>,
    /// From files, as they were last read.
    files: Mutex<HashMap<String, Cached>>,
}

struct Cached {
    stamp: Stamp,
    stored: Arc<Stored>,
}

/// What changes with a file's content.
type Stamp = (Option<SystemTime>, u64);

/// A stored credential.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) type_name: String,
    pub(crate) data: CredentialData,
    pub(crate) rate_limit: Option<RateLimit>,
    allowed_keys: Option<Vec<String>>,
    /// Counts changes from outside: tokens that the host itself saves are none.
    pub(crate) revision: u64,
}

/// A credential as it stands in a file or variable.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Entry {
    #[serde(rename = "type")]
    type_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data: Option<Map<String, Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    allowed_keys: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rate_limit: Option<EntryLimit>,
}

#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct EntryLimit {
    requests: u32,
    per_seconds: f64,
}

/// Why the store gives no credential.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is none of that id, or the caller may not use it: whoever may not use it does not learn that it is there.
    #[error("The runner's store has no credential {0:?} that may be used here")]
    Unknown(String),
    /// It is of another type.
    #[error("The stored credential {id:?} is of the type {is}, not {wanted}")]
    WrongType {
        /// The credential.
        id: String,
        /// Its type.
        is: String,
        /// The type asked for.
        wanted: String,
    },
    /// Its file cannot be used.
    #[error("The stored credential {id:?} cannot be read: {reason}")]
    Broken {
        /// The credential.
        id: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// Why new tokens are not saved.
#[derive(Debug)]
pub(crate) enum SaveError {
    /// There is nowhere to save them, and will be nowhere.
    Nowhere(String),
    /// The file cannot be read or written just now.
    Failed(String),
}

impl From<String> for SaveError {
    fn from(reason: String) -> Self {
        Self::Failed(reason)
    }
}

impl CredentialStore {
    /// A store of the files in `folder`, encrypted with `key`, and of the credentials in the environment's variables.
    /// Files are read when they are first asked for.
    pub fn new(
        folder: Option<PathBuf>,
        key: Option<StoreKey>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, StoreError> {
        let mut fixed = HashMap::new();
        for (name, text) in variables {
            let Some(id) = name.strip_prefix(ENVIRONMENT_PREFIX).map(str::to_ascii_lowercase) else { continue };
            let broken = |reason: &str| StoreError::Broken { id: id.clone(), reason: reason.to_owned() };
            // What serde says of the text could quote it.
            let entry: Entry =
                serde_json::from_str(&text).map_err(|_| broken("the variable holds no credential in JSON"))?;
            let data = entry.data.clone().ok_or_else(|| broken("the variable has no data"))?;
            fixed.insert(id.clone(), Arc::new(entry.into_stored(data, 0).map_err(|reason| broken(&reason))?));
        }
        Ok(Self { inner: Arc::new(Inner { folder, key, fixed, files: Mutex::default() }), provider: None })
    }

    /// A store of one more credential, given by the program itself.
    #[must_use]
    pub fn with(self, id: impl Into<String>, type_name: impl Into<String>, data: CredentialData) -> Self {
        let stored = Stored { type_name: type_name.into(), data, rate_limit: None, allowed_keys: None, revision: 0 };
        let inner = Arc::try_unwrap(self.inner).unwrap_or_else(|shared| Inner {
            folder: shared.folder.clone(),
            key: shared.key.clone(),
            fixed: shared.fixed.clone(),
            files: Mutex::default(),
        });
        let mut fixed = inner.fixed;
        fixed.insert(id.into(), Arc::new(stored));
        Self { inner: Arc::new(Inner { fixed, ..inner }), provider: self.provider }
    }

    /// The credential of that id, if it is of that type and the caller, the name of an API key, may use it.
    pub(crate) fn get(&self, id: &str, type_name: &str, caller: Option<&str>) -> Result<Arc<Stored>, StoreError> {
        let stored = self.find(id)?.ok_or_else(|| StoreError::Unknown(id.to_owned()))?;
        let allowed = |keys: &Vec<String>| caller.is_some_and(|caller| keys.iter().any(|key| key == caller));
        if !stored.allowed_keys.as_ref().is_none_or(allowed) {
            return Err(StoreError::Unknown(id.to_owned()));
        }
        if stored.type_name != type_name {
            let (is, wanted) = (stored.type_name.clone(), type_name.to_owned());
            return Err(StoreError::WrongType { id: id.to_owned(), is, wanted });
        }
        Ok(stored)
    }

    /// Whether there is a credential of that id here, whoever may use it.
    pub(super) fn has(&self, id: &str) -> bool {
        self.inner.fixed.contains_key(id) || self.path(id).is_some_and(|path| path.exists())
    }

    /// Saves new tokens.
    pub(crate) fn save_tokens(&self, id: &str, tokens: Map<String, Value>) -> Result<(), SaveError> {
        let no_file = || SaveError::Nowhere("it does not come from a file".to_owned());
        let path = self.path(id).ok_or_else(no_file)?;
        let mut files = self.inner.files.lock().unwrap_or_else(PoisonError::into_inner);
        let cached = files.get_mut(id).ok_or_else(no_file)?;
        let mut entry = read_entry(&path)?;
        // Somebody has put in another credential meanwhile: the tokens are not its own.
        if entry.data.is_some() {
            return Ok(());
        }
        let mut data = self.unseal(id, &entry)?;
        data.insert("oauthTokenData".to_owned(), Value::Object(tokens));
        self.write(&path, id, &mut entry, &data)?;
        let revision = cached.stored.revision;
        cached.stored = Arc::new(entry.into_stored(data, revision)?);
        cached.stamp = stamp(&path).map_err(|error| error.to_string())?;
        Ok(())
    }

    fn unseal(&self, id: &str, entry: &Entry) -> Result<Map<String, Value>, String> {
        let key = self.inner.key.as_ref().ok_or("the runner has no store key; set one")?;
        let sealed = entry.sealed.as_ref().ok_or("it has neither data nor sealed")?;
        let plain = key.open(sealed, &context(id, &entry.type_name));
        let plain = plain.ok_or("it was encrypted with another key, or its id or type was changed")?;
        Ok(serde_json::from_slice(&plain).map_err(|_| "what is encrypted is not an object")?)
    }

    fn find(&self, id: &str) -> Result<Option<Arc<Stored>>, StoreError> {
        if let Some(stored) = self.inner.fixed.get(id) {
            return Ok(Some(Arc::clone(stored)));
        }
        let Some(path) = self.path(id) else { return Ok(None) };
        let Ok(stamp) = stamp(&path) else { return Ok(None) };
        let mut files = self.inner.files.lock().unwrap_or_else(PoisonError::into_inner);
        let revision = match files.get(id) {
            Some(cached) if cached.stamp == stamp => return Ok(Some(Arc::clone(&cached.stored))),
            Some(cached) => cached.stored.revision + 1,
            None => 0,
        };
        let (stored, stamp) =
            self.load(&path, id, revision).map_err(|reason| StoreError::Broken { id: id.to_owned(), reason })?;
        let stored = Arc::new(stored);
        files.insert(id.to_owned(), Cached { stamp, stored: Arc::clone(&stored) });
        Ok(Some(stored))
    }

    fn load(&self, path: &Path, id: &str, revision: u64) -> Result<(Stored, Stamp), String> {
        let stamped = || stamp(path).map_err(|error| error.to_string());
        // Taken before the file is read: what changes after that is a change.
        let before = stamped()?;
        let mut entry = read_entry(path)?;
        let (data, stamp) = match entry.data.take() {
            Some(data) => {
                self.write(path, id, &mut entry, &data)?;
                (data, stamped()?)
            }
            None => (self.unseal(id, &entry)?, before),
        };
        Ok((entry.into_stored(data, revision)?, stamp))
    }

    /// Writes an entry with its data encrypted: to a new file that then takes the old one's place.
    fn write(&self, path: &Path, id: &str, entry: &mut Entry, data: &Map<String, Value>) -> Result<(), String> {
        let key = self.inner.key.as_ref().ok_or("the runner has no store key; set one")?;
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(data).map_err(|error| error.to_string())?);
        entry.data = None;
        entry.sealed = Some(key.seal(&plain, &context(id, &entry.type_name)));
        let text = serde_json::to_string_pretty(entry).map_err(|error| error.to_string())?;
        replace(path, &text).map_err(|error| format!("its data cannot be encrypted in place: {error}"))
    }

    /// The file of an id; ids that are no plain file names have none.
    fn path(&self, id: &str) -> Option<PathBuf> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let valid = !id.is_empty() && id.len() <= 128 && !id.starts_with('.') && id.bytes().all(plain);
        Some(self.inner.folder.as_ref().filter(|_| valid)?.join(format!("{id}.json")))
    }
}

impl Stored {
    /// One that a provider gave.
    pub(super) fn provided(given: ProvidedCredential) -> Self {
        let ProvidedCredential { type_name, data, rate_limit } = given;
        Self { type_name, data, rate_limit, allowed_keys: None, revision: 0 }
    }
}

impl Entry {
    fn into_stored(self, data: Map<String, Value>, revision: u64) -> Result<Stored, String> {
        let limit = |limit: EntryLimit| {
            let per = Duration::try_from_secs_f64(limit.per_seconds).map_err(|_| "rateLimit.perSeconds is no time")?;
            Ok::<_, &str>(RateLimit { requests: limit.requests, per })
        };
        Ok(Stored {
            type_name: self.type_name,
            data: CredentialData::new(data),
            rate_limit: self.rate_limit.map(limit).transpose()?,
            allowed_keys: self.allowed_keys,
            revision,
        })
    }
}

impl std::fmt::Debug for CredentialStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CredentialStore").field("folder", &self.inner.folder).finish_non_exhaustive()
    }
}

fn context(id: &str, type_name: &str) -> String {
    format!("nodehost credential 1\0{id}\0{type_name}")
}

fn read_entry(path: &Path) -> Result<Entry, String> {
    let text = zeroize::Zeroizing::new(fs::read_to_string(path).map_err(|error| error.to_string())?);
    serde_json::from_str(&text)
        .map_err(|error| format!("line {}, column {}: not a credential", error.line(), error.column()))
}

fn stamp(path: &Path) -> io::Result<Stamp> {
    let metadata = fs::metadata(path)?;
    Ok((metadata.modified().ok(), metadata.len()))
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let beside = path.with_extension(format!("json.{}", std::process::id()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    let written =
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // The attempt failed and says why; what it left behind is of no use.
        let _ = fs::remove_file(&beside);
    }
    written
}
