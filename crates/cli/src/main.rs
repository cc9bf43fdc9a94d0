//! The `nodehost` command.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command's results belong on standard output")]

mod commands;
mod exit;
mod host;
mod keys;
mod logging;
mod settings;
mod table;

use std::process::ExitCode;

use clap::Parser;

use exit::Exit;

/// Runs n8n-style workflow nodes outside n8n
#[derive(Parser)]
#[command(version, after_help = exit::HELP, max_term_width = 120)]
struct Cli {
    #[command(subcommand)]
    command: commands::Command,
    #[command(flatten)]
    logs: logging::LogSettings,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let ended = cli.logs.start(cli.command.default_log_level()).and_then(|()| {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(cli.command.run())
    });
    ended.map_or_else(
        |error| {
            eprintln!("error: {error:#}");
            Exit::Failure.into()
        },
        ExitCode::from,
    )
}
