//! Logs, on stderr, since standard output is for results; and traces, to an OpenTelemetry collector where one is set.

mod collector;
mod export;

use std::io;

use anyhow::{Context, Result, anyhow};
use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::settings::{ConfigFile, LogFormat, TelemetrySettings};

pub(crate) use export::add_trace_context;

/// What has been started; [`Telemetry::end`] sends what is left.
pub(crate) struct Telemetry(Option<export::Export>);

impl TelemetrySettings {
    /// Starts logging and tracing, in a tokio runtime; `default` is the level where none was asked for.
    pub(crate) fn start(self, file: Option<&ConfigFile>, default: &str) -> Result<Telemetry> {
        let settings = match file {
            Some(file) => self.with_file(file)?,
            None => self,
        };
        let filter = settings.log.as_deref().unwrap_or(default);
        let filter = EnvFilter::try_new(filter).with_context(|| format!("log: `{filter}` is no filter"))?;
        let logs = tracing_subscriber::fmt::layer().with_writer(io::stderr);
        let logs = match settings.log_format.unwrap_or_default() {
            LogFormat::Text => logs.with_ansi(io::IsTerminal::is_terminal(&io::stderr())).boxed(),
            LogFormat::Json => logs.json().boxed(),
        };
        let export = settings.otlp_endpoint.as_deref().map(export::Export::to).transpose()?;
        let started = tracing_subscriber::registry()
            .with(logs.with_filter(filter))
            .with(export.as_ref().map(export::Export::layer))
            .try_init();
        started.map_err(|error| anyhow!("cannot start logging: {error}"))?;
        Ok(Telemetry(export))
    }
}

impl Telemetry {
    /// Sends the traces that wait, for a few seconds at most. Blocks; the tokio runtime must still be there.
    pub(crate) fn end(self) {
        if let Some(export) = self.0 {
            export.end();
        }
    }
}
