use std::io::{self, Write};

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
    pub(crate) fn run(&self) -> Result<Exit> {
        let mut command = crate::Cli::command();
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "nodehost", &mut script);
        io::stdout().write_all(&script)?;
        Ok(Exit::Success)
    }
}
