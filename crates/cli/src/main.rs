//! The `nodehost` command.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command's results belong on standard output")]

mod commands;
mod exit;
mod host;
mod keys;
mod out;
mod settings;
mod table;
mod telemetry;

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
    telemetry: settings::TelemetrySettings,
}

fn main() -> ExitCode {
    nodehost_allocator::settle();
    let cli = Cli::parse();
    run(cli).map_or_else(
        |error| {
            if !out::is_unread(&error) {
                eprintln!("error: {error:#}");
            }
            Exit::Failure.into()
        },
        ExitCode::from,
    )
}

fn run(cli: Cli) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let in_runtime = runtime.enter();
    let telemetry = cli.telemetry.start(cli.command.config_file(), cli.command.default_log_level())?;
    drop(in_runtime);
    let ended = runtime.block_on(cli.command.run());
    telemetry.end();
    ended
}
