mod ask;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use nodehost_runtime::credentials::{StoreKey, TestOutcome};
use serde_json::{Value, json};

use super::input::json_or_file;
use crate::exit::Exit;
use crate::out::say;
use crate::settings::{ConfigFile, HostSettings};
use crate::table::table;

/// Keep the runner's own credentials, which requests name by id
#[derive(Args)]
#[command(after_help = "\
Examples:
  nodehost credentials add halo haloPSAApi --data @halo.json --credentials-dir ./store --store-key-file ./store.key
  nodehost credentials test halo --credentials-dir ./store --store-key-file ./store.key
  nodehost credentials list --credentials-dir ./store --store-key-file ./store.key

A request names the credential as {\"haloPSAApi\": {\"id\": \"halo\"}}.")]
pub(crate) struct CredentialsCommand {
    #[command(subcommand)]
    action: Action,
}

/// Where the store is.
#[derive(Args)]
struct Place {
    #[command(flatten)]
    file: ConfigFile,
    #[command(flatten)]
    host: HostSettings,
}

#[derive(Subcommand)]
enum Action {
    /// Add a credential, and make the key if its file is not there; without --data, asks for each field on the terminal
    Add {
        /// The id that requests name
        id: String,
        /// The credential type
        #[arg(value_name = "TYPE")]
        credential_type: String,
        /// Its data: JSON, or @FILE, or @- for standard input
        #[arg(long, value_name = "JSON|@FILE")]
        data: Option<String>,
        #[command(flatten)]
        place: Place,
    },
    /// List the credentials: their ids and types, never their data
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Tell whether a credential works
    Test {
        /// The id
        id: String,
        #[command(flatten)]
        place: Place,
    },
    /// Remove a credential
    Remove {
        /// The id
        id: String,
        #[command(flatten)]
        place: Place,
    },
}

impl CredentialsCommand {
    pub(crate) async fn run(self) -> Result<Exit> {
        match self.action {
            Action::Add { id, credential_type, data, place } => {
                let (settings, store) = place.settings()?;
                add(&settings, &store, &id, &credential_type, data.as_deref()).await
            }
            Action::List { place } => list(&place.settings()?.1),
            Action::Test { id, place } => {
                let (settings, store) = place.settings()?;
                test(&settings, &store, &id).await
            }
            Action::Remove { id, place } => {
                let path = entry_path(&place.settings()?.1, &id)?;
                known(&path, &id)?;
                std::fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
                say!("removed {id}")?;
                Ok(Exit::Success)
            }
        }
    }
}

impl Place {
    fn settings(self) -> Result<(HostSettings, PathBuf)> {
        let settings = self.host.with_file(&self.file)?;
        match settings.credentials_dir.clone() {
            Some(store) => Ok((settings, store)),
            None => bail!("which store? Name it with --credentials-dir or NODEHOST_CREDENTIALS_DIR"),
        }
    }
}

async fn add(
    settings: &HostSettings,
    store: &Path,
    id: &str,
    credential_type: &str,
    data: Option<&str>,
) -> Result<Exit> {
    let path = entry_path(store, id)?;
    if path.exists() {
        bail!("there is a credential {id} already; remove it first: nodehost credentials remove {id}");
    }
    make_key(settings)?;
    let host = crate::host::build(settings)?;
    let descriptor: Value = match host.credential_type(credential_type, true) {
        Ok(text) => serde_json::from_str(&text)?,
        Err(refusal) => return Ok(super::run::refused(&refusal)),
    };
    let data = match data {
        Some(data) => json_or_file("--data", data)?,
        None => Value::Object(ask::ask(descriptor)?),
    };
    if !data.is_object() {
        bail!("the data of a credential is an object, by field");
    }
    std::fs::create_dir_all(store).with_context(|| format!("cannot make the folder {}", store.display()))?;
    let entry = json!({ "type": credential_type, "data": data });
    crate::host::write_secret(&path, &entry.to_string()).with_context(|| format!("cannot write {}", path.display()))?;
    // The store encrypts an entry when it first reads it.
    if let Err(error) = host.credentials().resolve_stored(credential_type, id, None).await {
        let _ = std::fs::remove_file(&path);
        bail!("the credential cannot be kept: {error}");
    }
    say!("added {id}")?;
    Ok(Exit::Success)
}

/// Makes the key of a new store.
fn make_key(settings: &HostSettings) -> Result<()> {
    let Some(path) = settings.store_key_file.as_deref().filter(|path| !path.exists()) else { return Ok(()) };
    crate::host::write_secret(path, &StoreKey::generate().to_text())
        .with_context(|| format!("cannot write {}", path.display()))
}

fn list(store: &Path) -> Result<Exit> {
    let mut rows = table(["id", "type"]);
    let mut entries: Vec<PathBuf> = match std::fs::read_dir(store) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(error) => {
            return Err(error).with_context(|| {
                format!("cannot read the store {}; `nodehost credentials add` makes one", store.display())
            });
        }
    };
    entries.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    entries.sort();
    for path in entries {
        let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        rows.add_row([id, entry_type(&path)?]);
    }
    say!("{rows}")?;
    Ok(Exit::Success)
}

async fn test(settings: &HostSettings, store: &Path, id: &str) -> Result<Exit> {
    let path = entry_path(store, id)?;
    known(&path, id)?;
    let credential_type = entry_type(&path)?;
    let host = crate::host::build(settings)?;
    let outcome = match host.credentials().resolve_stored(&credential_type, id, None).await {
        Ok(credential) => host.credentials().test(&credential).await,
        Err(error) => TestOutcome::Fails(error.to_string()),
    };
    Ok(match outcome {
        TestOutcome::Works(message) => {
            say!("{message}")?;
            Exit::Success
        }
        TestOutcome::Fails(message) => {
            eprintln!("{message}");
            Exit::ItemsFailed
        }
    })
}

/// Tells an id that the store does not have.
fn known(path: &Path, id: &str) -> Result<()> {
    if path.exists() {
        return Ok(());
    }
    bail!("there is no credential {id} in the store; `nodehost credentials list` lists those there are")
}

fn entry_path(store: &Path, id: &str) -> Result<PathBuf> {
    let fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if id.is_empty() || id.len() > 128 || id.starts_with('.') || !id.chars().all(fit) {
        bail!("an id has up to 128 letters, digits, -, _ and ., and does not start with .");
    }
    Ok(store.join(format!("{id}.json")))
}

fn entry_type(path: &Path) -> Result<String> {
    let text = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let entry: Value = serde_json::from_slice(&text).with_context(|| format!("{} is no credential", path.display()))?;
    Ok(entry["type"].as_str().unwrap_or_default().to_owned())
}
