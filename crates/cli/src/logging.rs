//! Logs, on stderr: standard output is for results.

use std::io;

use anyhow::{Result, anyhow};
use clap::{Args, ValueEnum};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::Subscriber;

/// What is logged, and how.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Logs")]
pub(crate) struct LogSettings {
    /// What to log: a level (error, warn, info, debug, trace), or levels by module, as in `info,nodehost_runtime=debug`
    #[arg(long, env = "NODEHOST_LOG", value_name = "FILTER", global = true)]
    log: Option<String>,

    /// How to write logs
    #[arg(long, env = "NODEHOST_LOG_FORMAT", value_name = "FORMAT", default_value = "text", global = true)]
    log_format: LogFormat,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

impl LogSettings {
    /// Starts logging; `default` is the level where none was asked for.
    pub(crate) fn start(&self, default: &str) -> Result<()> {
        let filter = EnvFilter::try_new(self.log.as_deref().unwrap_or(default))?;
        let builder = Subscriber::builder().with_env_filter(filter).with_writer(io::stderr);
        let started = match self.log_format {
            LogFormat::Text => builder.with_ansi(io::IsTerminal::is_terminal(&io::stderr())).try_init(),
            LogFormat::Json => builder.json().try_init(),
        };
        started.map_err(|error| anyhow!("cannot start logging: {error}"))
    }
}
