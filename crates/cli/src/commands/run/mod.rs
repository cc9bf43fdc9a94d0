mod input;
mod output;

use std::io::{self, IsTerminal, Write};

use anyhow::Result;
use clap::Args;
use nodehost_runtime::{Ended, ExecutionRequest, OutcomeStream, Refusal, Status};

use crate::exit::Exit;
use crate::settings::{ConfigFile, HostSettings};
use output::Output;

/// Below this many items there is no progress to be shown.
const LONG_BATCH: usize = 50;

/// Run one execution without a server, and print its result
#[derive(Args)]
#[command(after_help = "\
Examples:
  nodehost run request.json
  nodehost run --allow-host 127.0.0.1 < request.json
  nodehost run --node haloPsa --parameters @parameters.json --credentials @halo.json --items webhooks.csv --output table")]
pub(crate) struct Run {
    #[command(flatten)]
    input: input::Input,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    output: Output,
    #[command(flatten)]
    pub(super) file: ConfigFile,
    #[command(flatten)]
    host: HostSettings,
}

impl Run {
    pub(crate) async fn run(self) -> Result<Exit> {
        let request = match self.input.request()? {
            Ok(request) => request,
            Err(refusal) => return Ok(refused(&refusal)),
        };
        let host = crate::host::build(&self.host.with_file(&self.file)?)?;
        let progress = Progress::of(&request);
        let outcomes = match host.execute_stream(request).await {
            Ok(outcomes) => outcomes,
            Err(refusal) => return Ok(refused(&refusal)),
        };
        end_on_signal(&outcomes)?;
        let result = output::print(outcomes, self.output, progress).await?;
        Ok(result)
    }
}

/// Tells why nothing ran, each reason with its place in the request.
pub(super) fn refused(refusal: &Refusal) -> Exit {
    eprintln!("refused ({}): {}", refusal.code, refusal.message);
    for error in &refusal.errors {
        eprintln!("  {} {}: {}", error.pointer, error.code, error.message);
    }
    Exit::Refused
}

/// The exit code that tells what became of the items.
fn exit(status: Status, failed: u64) -> Exit {
    match status {
        Status::Canceled => Exit::Canceled,
        Status::Error => Exit::ItemsFailed,
        Status::Success if failed > 0 => Exit::ItemsFailed,
        Status::Success => Exit::Success,
    }
}

/// Ends the execution in order on SIGINT and SIGTERM, so that what was done is still printed.
fn end_on_signal(outcomes: &OutcomeStream) -> Result<()> {
    let (cancel, signal) = (outcomes.cancel(), super::serve::shutdown_signal()?);
    tokio::spawn(async move {
        signal.cancelled().await;
        cancel.end(Ended::Canceled);
    });
    Ok(())
}

/// A line on a terminal that tells how far a long batch has come.
struct Progress {
    total: usize,
    done: usize,
    shown: bool,
}

impl Progress {
    fn of(request: &ExecutionRequest) -> Self {
        let total = request.items.len();
        Self { total, done: 0, shown: total > LONG_BATCH && io::stderr().is_terminal() }
    }

    fn advance(&mut self) {
        self.done += 1;
        if self.shown {
            let filled = 30 * self.done / self.total.max(1);
            let _ = write!(io::stderr(), "\r[{:30}] {} of {}", "#".repeat(filled.min(30)), self.done, self.total);
        }
    }

    fn finish(&self) {
        if self.shown {
            let _ = writeln!(io::stderr());
        }
    }
}
