//! Logs, on stderr, since standard output is for results; and traces, to an OpenTelemetry collector where one is set.

mod collector;
mod export;

use std::io;

use anyhow::{Context, Result, anyhow};
use clap::{Args, ValueEnum};
use serde::Deserialize;
use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::settings::ConfigFile;

pub(crate) use export::add_trace_context;

/// What is logged and traced, and how.
#[derive(Debug, Clone, Default, PartialEq, Args, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
#[command(next_help_heading = "Logs and traces")]
pub(crate) struct TelemetrySettings {
    /// What to log: a level (error, warn, info, debug, trace), or levels by module, as in `info,nodehost_runtime=debug`
    #[arg(long, env = "NODEHOST_LOG", value_name = "FILTER", global = true)]
    pub(crate) log: Option<String>,

    /// How to write logs: text, for people, or json, one object a line [default: text]
    #[arg(long, env = "NODEHOST_LOG_FORMAT", value_name = "FORMAT", global = true, hide_possible_values = true)]
    pub(crate) log_format: Option<LogFormat>,

    /// Send traces to the OpenTelemetry collector at this address (http://localhost:4318), by OTLP over HTTP. Further
    /// settings are OpenTelemetry's own variables: OTEL_EXPORTER_OTLP_HEADERS, OTEL_TRACES_SAMPLER, OTEL_SERVICE_NAME
    #[arg(long, env = "NODEHOST_OTLP_ENDPOINT", value_name = "URL", global = true)]
    pub(crate) otlp_endpoint: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people
    #[default]
    Text,
    /// One JSON object a line
    Json,
}

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
