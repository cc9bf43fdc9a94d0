use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result, bail};
use clap::Args;
use http::HeaderValue;
use nodehost_server::{CancellationToken, ServerConfig, Tls};
use tokio::net::TcpListener;

use crate::exit::Exit;
use crate::out::say;
use crate::settings::{ConfigFile, DEFAULT_LISTEN, HostSettings, ServerSettings};

/// Serve the HTTP interface
#[derive(Args)]
#[command(after_help = "\
Examples:
  nodehost serve
  nodehost serve --nodes ./my-nodes --allow-host halo.intranet.example
  NODEHOST_API_KEY=... nodehost serve --listen 0.0.0.0:7420 --host-name runner.example

A setting comes from its flag, else from the environment (NODEHOST_MAX_ITEMS for --max-items), else from the config file
(max-items = 500), else from its default.")]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(super) file: ConfigFile,
    #[command(flatten)]
    host: HostSettings,
    #[command(flatten)]
    server: ServerSettings,
}

impl Serve {
    pub(crate) async fn run(self) -> Result<Exit> {
        let settings = self.server.with_file(&self.file)?;
        let address = settings.listen.unwrap_or_else(|| DEFAULT_LISTEN.parse().expect("the default is an address"));
        let config = server_config(&settings)?;
        check_exposure(address, &config)?;
        let host = crate::host::build(&self.host.with_file(&self.file)?)?;
        let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
        let shutdown = shutdown_signal()?;
        let scheme = if config.tls.is_some() { "https" } else { "http" };
        // A service manager may have closed standard output.
        drop(say!("nodehost {} listens on {scheme}://{}", env!("CARGO_PKG_VERSION"), listener.local_addr()?));
        nodehost_server::serve(listener, host, config, shutdown).await;
        Ok(Exit::Success)
    }
}

/// The settings as the server takes them.
pub(crate) fn server_config(settings: &ServerSettings) -> Result<ServerConfig> {
    let default = ServerConfig::default();
    Ok(ServerConfig {
        host_names: settings.host_name.clone().unwrap_or_default(),
        api_keys: crate::keys::api_keys(settings)?,
        tls: tls(settings)?,
        cors_origins: cors_origins(settings)?,
        max_body_bytes: settings.max_body_bytes.unwrap_or(default.max_body_bytes),
        max_held_bytes: settings.max_held_bytes.unwrap_or(default.max_held_bytes),
        max_items: settings.max_items.unwrap_or(default.max_items),
        max_executions: settings.max_executions.unwrap_or(default.max_executions),
        max_execution_time: settings.max_execution_time.unwrap_or(default.max_execution_time),
        body_timeout: settings.body_timeout.unwrap_or(default.body_timeout),
        stall_timeout: settings.stall_timeout.unwrap_or(default.stall_timeout),
        shutdown_timeout: settings.shutdown_timeout.unwrap_or(default.shutdown_timeout),
    })
}

fn tls(settings: &ServerSettings) -> Result<Option<Tls>> {
    let (cert, key) = match (&settings.tls_cert, &settings.tls_key) {
        (None, None) => return Ok(None),
        (Some(cert), Some(key)) => (cert, key),
        _ => bail!("HTTPS needs both tls-cert and tls-key"),
    };
    let read = |path: &Path| std::fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    Ok(Some(Tls::from_pem(&read(cert)?, &read(key)?)?))
}

fn cors_origins(settings: &ServerSettings) -> Result<Vec<HeaderValue>> {
    let parse = |origin: &String| {
        let is_origin = origin.starts_with("https://") || origin.starts_with("http://");
        let value = HeaderValue::from_str(origin).ok().filter(|_| is_origin && !origin.ends_with('/'));
        value.with_context(|| format!("cors-origin `{origin}` is no origin; one looks like https://app.example"))
    };
    settings.cors_origin.iter().flatten().map(parse).collect()
}

/// Whoever reaches an open runner can send requests from it.
fn check_exposure(address: SocketAddr, config: &ServerConfig) -> Result<()> {
    if !address.ip().is_loopback() && config.api_keys.is_empty() {
        bail!(
            "{address} can be reached from other machines, and no API key is set: set one with --api-key-file or \
             NODEHOST_API_KEY, or listen on {DEFAULT_LISTEN}"
        );
    }
    Ok(())
}

/// Cancelled by SIGINT or SIGTERM, from now on.
pub(crate) fn shutdown_signal() -> Result<CancellationToken> {
    let token = CancellationToken::new();
    let shutdown = token.clone();
    let asked = signals().context("signals cannot be listened to")?;
    tokio::spawn(async move {
        asked.await;
        shutdown.cancel();
    });
    Ok(token)
}

/// Listens to the signals at once: one that comes before somebody listens ends the process on the spot.
#[cfg(unix)]
fn signals() -> std::io::Result<impl Future<Output = ()> + Send> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn signals() -> std::io::Result<impl Future<Output = ()> + Send> {
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}
