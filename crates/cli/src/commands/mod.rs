//! The commands, one file each.

mod completions;
mod settings;

use anyhow::Result;
use clap::Subcommand;

use crate::exit::Exit;

#[derive(Subcommand)]
pub(crate) enum Command {
    Settings(settings::Settings),
    Completions(completions::Completions),
}

impl Command {
    pub(crate) async fn run(self) -> Result<Exit> {
        match self {
            Self::Settings(command) => command.run(),
            Self::Completions(command) => command.run(),
        }
    }

    /// What is logged unless the operator says otherwise: a server tells of its work, a command of trouble.
    pub(crate) fn default_log_level(&self) -> &'static str {
        match self {
            Self::Settings(_) | Self::Completions(_) => "warn",
        }
    }
}
