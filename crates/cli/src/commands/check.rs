use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use nodehost_descriptor::load;

use crate::exit::Exit;

/// Check node and credential definitions, and tell what is wrong with them and how to mend it
#[derive(Args)]
#[command(after_help = "Examples:\n  nodehost check ./my-nodes\n  nodehost check node.json service.credentials.json")]
pub(crate) struct Check {
    /// Folders, definitions, or n8n bundles
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
}

impl Check {
    #[expect(clippy::unnecessary_wraps, reason = "every command ends this way")]
    pub(crate) fn run(&self) -> Result<Exit> {
        let mut sound = true;
        for path in &self.paths {
            let errors = match load::path(path, None) {
                Ok(loaded) => {
                    let nodes = loaded.nodes.iter().filter_map(|node| node.descriptor().err());
                    let types = loaded.credentials.iter().filter_map(|credential| credential.descriptor().err());
                    let errors: Vec<_> = nodes.chain(types).collect();
                    let (nodes, types) = (loaded.nodes.len(), loaded.credentials.len());
                    println!("{}: nodes: {nodes}, credential types: {types}, errors: {}", path.display(), errors.len());
                    errors
                }
                Err(errors) => errors,
            };
            sound &= errors.is_empty();
            for error in errors {
                eprintln!("{error}");
            }
        }
        Ok(if sound { Exit::Success } else { Exit::Refused })
    }
}
