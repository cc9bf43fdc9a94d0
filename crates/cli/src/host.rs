//! The host a command works with: its nodes, and what they may reach.

use std::path::Path;

use anyhow::{Context, Result};
use nodehost_runtime::egress::{AllowedHost, EgressConfig, Policy};
use nodehost_runtime::{Host, HostBuilder};

use crate::settings::HostSettings;

/// Builds the host of these settings: HaloPSA Complete is built in, what `nodes` names is loaded.
pub(crate) fn build(settings: &HostSettings) -> Result<Host> {
    let mut builder = nodehost_halopsa::register(Host::builder()).context("the built-in HaloPSA node")?;
    for source in settings.nodes.iter().flatten() {
        builder = load(builder, source)?;
    }
    builder = builder.egress(egress(settings)?);
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

fn egress(settings: &HostSettings) -> Result<EgressConfig> {
    let allowed = settings.allow_host.iter().flatten().map(|entry| Ok(entry.parse::<AllowedHost>()?));
    let gateway = settings.egress_gateway.as_deref().map(str::parse).transpose();
    Ok(EgressConfig {
        policy: Policy::new(allowed.collect::<Result<_>>()?),
        gateway: gateway.context("egress-gateway is not a URL")?,
        ..EgressConfig::default()
    })
}
