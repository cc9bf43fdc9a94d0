use std::io;

use anyhow::Result;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::exit::Exit;

/// Print a completion script for a shell
#[derive(Args)]
#[command(after_help = "Example:\n  nodehost completions bash > ~/.local/share/bash-completion/completions/nodehost")]
pub(crate) struct Completions {
    /// The shell to complete in
    shell: Shell,
}

impl Completions {
    #[expect(clippy::unnecessary_wraps, reason = "every command ends this way")]
    pub(crate) fn run(&self) -> Result<Exit> {
        let mut command = crate::Cli::command();
        clap_complete::generate(self.shell, &mut command, "nodehost", &mut io::stdout());
        Ok(Exit::Success)
    }
}
