//! The host a command works with: its nodes, and what they may reach.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use nodehost_expression::EngineConfig;
use nodehost_runtime::credentials::{CredentialStore, StoreKey};
use nodehost_runtime::egress::{AllowedHost, EgressConfig, Policy, TraceContext};
use nodehost_runtime::{Host, HostBuilder};

use crate::settings::HostSettings;
use crate::telemetry::add_trace_context;

/// Builds the host of these settings: HaloPSA Complete is built in, what `nodes` names is loaded.
pub(crate) fn build(settings: &HostSettings) -> Result<Host> {
    let mut builder = nodehost_halopsa::register(Host::builder()).context("the built-in HaloPSA node")?;
    for source in settings.nodes.iter().flatten() {
        builder = load(builder, source)?;
    }
    builder = builder.egress(egress(settings)?).credential_store(credentials(settings)?);
    if let Some(threads) = settings.engine_threads {
        builder = builder.expressions(EngineConfig { threads: threads.max(1), ..EngineConfig::default() });
    }
    if let Some(items) = settings.concurrency {
        builder = builder.concurrency(items);
    }
    if let Some(zone) = &settings.timezone {
        builder = builder.timezone(zone);
    }
    Ok(builder.build()?)
}

/// Loads the nodes of `PATH` or `NAME=PATH`.
fn load(builder: HostBuilder, source: &str) -> Result<HostBuilder> {
    let (prefix, path) = match source.split_once('=') {
        // A path may hold an equals sign, too.
        Some((name, path)) if !Path::new(source).exists() => (Some(name), path),
        _ => (None, source),
    };
    builder.load(Path::new(path), prefix).with_context(|| format!("the nodes of {source} cannot be loaded"))
}

/// The runner's own credentials: of a folder, and of the environment.
fn credentials(settings: &HostSettings) -> Result<CredentialStore> {
    let key = match &settings.store_key_file {
        Some(file) => {
            let text = std::fs::read_to_string(file);
            Some(text.with_context(|| format!("the store key {} cannot be read", file.display()))?)
        }
        None => std::env::var("NODEHOST_STORE_KEY").ok(),
    };
    let key = key.map(|text| StoreKey::from_text(&text)).transpose()?;
    if settings.credentials_dir.is_some() && key.is_none() {
        let new = StoreKey::generate();
        bail!(
            "credentials-dir needs a key that its files are encrypted with: set NODEHOST_STORE_KEY or store-key-file. \
             A new one would be {}",
            new.to_text().as_str()
        );
    }
    Ok(CredentialStore::new(settings.credentials_dir.clone(), key, std::env::vars())?)
}

/// Writes a new file that only its owner may read.
pub(crate) fn write_secret(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

fn egress(settings: &HostSettings) -> Result<EgressConfig> {
    let allowed = settings.allow_host.iter().flatten().map(|entry| Ok(entry.parse::<AllowedHost>()?));
    let gateway = settings.egress_gateway.as_deref().map(str::parse).transpose();
    let proxy = settings.proxy.as_deref().map(str::parse).transpose();
    let roots = settings.ca_file.iter().map(|file| {
        std::fs::read(file).with_context(|| format!("the certificates of {} cannot be read", file.display()))
    });
    Ok(EgressConfig {
        proxy: proxy.context("proxy is not a URL")?,
        roots: roots.collect::<Result<_>>()?,
        policy: Policy::new(allowed.collect::<Result<_>>()?),
        gateway: gateway.context("egress-gateway is not a URL")?,
        trace_context: settings.trace_outgoing.unwrap_or_default().then(|| Arc::new(add_trace_context) as TraceContext),
        body_limit: settings.max_answer_bytes.unwrap_or(EgressConfig::default().body_limit),
        ..EgressConfig::default()
    })
}
