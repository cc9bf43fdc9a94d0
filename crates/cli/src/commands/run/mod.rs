mod input;
mod items;
mod output;
mod progress;

use anyhow::Result;
use clap::Args;
use nodehost_parameters::nearest;
use nodehost_runtime::{Ended, ErrorCode, Host, OutcomeStream, Refusal, Status};

use crate::exit::Exit;
use crate::settings::{ConfigFile, HostSettings};
use output::Output;
use progress::Progress;

/// Run one execution without a server, and print its result
#[derive(Args)]
#[command(after_help = "\
Examples:
  nodehost run request.json
  nodehost run request.json --items webhooks.ndjson --output ndjson | jq .error
  nodehost run --allow-host 127.0.0.1 < request.json
  nodehost run --node haloPsa --parameters @parameters.json --credentials @halo.json --items webhooks.csv --output table

The exit code tells what became of the items; nodehost --help explains it.")]
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
        let node_type = request.node.node_type.clone();
        let host = crate::host::build(&self.host.with_file(&self.file)?)?;
        let progress = Progress::of(request.items.len());
        let outcomes = match host.execute_stream(request).await {
            Ok(outcomes) => outcomes,
            Err(refusal) => return Ok(refused_of(&host, &node_type, &refusal)),
        };
        end_on_signal(&outcomes)?;
        let result = output::print(outcomes, self.output, progress).await?;
        Ok(result)
    }
}

/// Tells why nothing ran, each reason with its place in the request.
pub(super) fn refused(refusal: &Refusal) -> Exit {
    if let [one] = refusal.errors.as_slice() {
        let place = if one.pointer.is_empty() { String::new() } else { format!(" at {}", one.pointer) };
        eprintln!("refused ({}){place}: {}", one.code, one.message);
        return Exit::Refused;
    }
    eprintln!("refused ({}): {}", refusal.code, refusal.message);
    for error in &refusal.errors {
        eprintln!("  {} {}: {}", error.pointer, error.code, error.message);
    }
    Exit::Refused
}

/// As [`refused`], with the name somebody may have meant where there is no such node.
pub(super) fn refused_of(host: &Host, node: &str, refusal: &Refusal) -> Exit {
    let exit = refused(refusal);
    if refusal.code == ErrorCode::UnknownNode {
        eprintln!("{}", meant(host, node));
    }
    exit
}

fn meant(host: &Host, node: &str) -> String {
    let types: Vec<String> = host.nodes().into_iter().map(|listing| listing.node_type).collect();
    let bare = types.iter().map(|name| name.rsplit_once('.').map_or(name.as_str(), |(_, bare)| bare));
    match nearest(node, types.iter().map(String::as_str).chain(bare)) {
        Some(name) => format!("Did you mean {name}? `nodehost nodes list` lists all."),
        None => "`nodehost nodes list` lists the nodes there are; --nodes loads others.".to_owned(),
    }
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
