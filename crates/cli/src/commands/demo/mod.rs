mod client;
mod report;
mod sample;

use std::net::SocketAddr;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;
use nodehost_halopsa_simulator::{Simulator, SimulatorConfig};
use nodehost_server::{CancellationToken, ServerConfig};
use tokio::net::TcpListener;

use super::serve::shutdown_signal;
use crate::exit::Exit;
use crate::out::say;
use crate::settings::HostSettings;

/// Create webhooks in a simulated HaloPSA, through a runner on this machine: no account, no network
#[derive(Args)]
pub(crate) struct Demo {
    /// Leave the runner and the simulator running, and print a curl line to try
    #[arg(long)]
    keep: bool,
}

impl Demo {
    pub(crate) async fn run(self) -> Result<Exit> {
        let shutdown = if self.keep { shutdown_signal()? } else { CancellationToken::new() };
        let halo = Simulator::start(SimulatorConfig::default()).await.context("cannot start the simulator")?;
        let settings = HostSettings { allow_host: Some(vec!["127.0.0.1".to_owned()]), ..HostSettings::default() };
        let host = crate::host::build(&settings)?;
        let listener = TcpListener::bind("127.0.0.1:0").await.context("cannot listen on a port of loopback")?;
        let runner = listener.local_addr()?;
        let served = tokio::spawn(nodehost_server::serve(listener, host, ServerConfig::default(), shutdown.clone()));

        let exit = show(runner, &halo).await?;
        if self.keep {
            say!("{}", report::try_it(runner, &halo))?;
        } else {
            say!("{}", report::where_next())?;
            shutdown.cancel();
        }
        served.await?;
        Ok(exit)
    }
}

/// Sends the sample and prints what became of it.
async fn show(runner: SocketAddr, halo: &Simulator) -> Result<Exit> {
    let request = sample::request(&halo.base_url());
    say!("{}", report::introduction(runner, halo, &request)?)?;
    let started = Instant::now();
    let (status, answer) = client::post(runner, "/v1/executions", &request).await?;
    say!("{}", report::answer(status, &answer, started.elapsed(), halo)?)?;
    say!("{}", report::outcomes(&request, &answer))?;
    say!("{}", report::holdings(halo))?;
    Ok(if status.is_success() { Exit::Success } else { Exit::Failure })
}
