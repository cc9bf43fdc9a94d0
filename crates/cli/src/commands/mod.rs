//! The commands, one file each.

mod check;
mod completions;
mod credentials;
mod demo;
mod expr;
mod input;
mod nodes;
mod run;
mod serve;
mod settings;

use anyhow::Result;
use clap::Subcommand;

use crate::exit::Exit;
use crate::settings::ConfigFile;

#[derive(Subcommand)]
pub(crate) enum Command {
    Serve(Box<serve::Serve>),
    Run(Box<run::Run>),
    Nodes(Box<nodes::Nodes>),
    Check(check::Check),
    Credentials(Box<credentials::CredentialsCommand>),
    Expr(Box<expr::Expr>),
    Demo(demo::Demo),
    Settings(settings::Settings),
    Completions(completions::Completions),
}

impl Command {
    pub(crate) async fn run(self) -> Result<Exit> {
        match self {
            Self::Serve(command) => command.run().await,
            Self::Run(command) => command.run().await,
            Self::Nodes(command) => command.run(),
            Self::Check(command) => command.run().await,
            Self::Credentials(command) => command.run().await,
            Self::Expr(command) => command.run().await,
            Self::Demo(command) => command.run().await,
            Self::Settings(command) => command.run(),
            Self::Completions(command) => command.run(),
        }
    }

    /// The config file, for commands that log or trace what they do.
    pub(crate) fn config_file(&self) -> Option<&ConfigFile> {
        match self {
            Self::Serve(command) => Some(&command.file),
            Self::Run(command) => Some(&command.file),
            Self::Expr(command) => Some(&command.file),
            _ => None,
        }
    }

    /// What is logged unless the operator says otherwise: a server tells of its work, a command of trouble.
    pub(crate) fn default_log_level(&self) -> &'static str {
        if matches!(self, Self::Serve(_)) { "info" } else { "warn" }
    }
}
