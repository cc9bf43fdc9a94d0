//! The request: a file or standard input whole, or put together from its parts.

use std::io::{IsTerminal, stdin};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use nodehost_runtime::{ExecutionRequest, Refusal};
use serde_json::{Value, json};

use super::items::{self, Format};
use crate::commands::input::{json_or_file, parse, read};

/// What to run.
#[derive(Debug, Args)]
pub(super) struct Input {
    /// A file with the body of POST /v1/executions; `-`, or none of it and no --node, reads standard input
    #[arg(value_name = "FILE", conflicts_with_all = ["node", "parameters", "credentials"])]
    request: Option<PathBuf>,

    /// A node type, in place of a request file
    #[arg(long, value_name = "TYPE")]
    node: Option<String>,

    /// The version of the node type; default: the node's own
    #[arg(long, value_name = "VERSION", requires = "node")]
    type_version: Option<f64>,

    /// The node's parameters: JSON, or @FILE
    #[arg(long, value_name = "JSON|@FILE", requires = "node")]
    parameters: Option<String>,

    /// The data of the node's credentials by type, `{"haloPSAApi": {"baseUrl": ...}}`: JSON, or @FILE
    #[arg(long, value_name = "JSON|@FILE", requires = "node")]
    credentials: Option<String>,

    /// The items: a file of JSON, NDJSON or CSV, or `-` for standard input; replaces those of a request file. Values of
    /// CSV are text, under the names of the header
    #[arg(long, value_name = "FILE")]
    items: Option<PathBuf>,

    /// How the items are written; by default the file's ending tells, and standard input is NDJSON
    #[arg(long, value_name = "FORMAT", requires = "items")]
    items_format: Option<Format>,
}

impl Input {
    /// Reads the request; inside, why it is none.
    pub(super) fn request(&self) -> Result<Result<ExecutionRequest, Refusal>> {
        let mut request = match &self.node {
            Some(node) => self.of_parts(node)?,
            None => {
                let path = self.request.as_deref().unwrap_or(Path::new("-"));
                if path == Path::new("-") && self.items.as_deref() == Some(path) {
                    bail!("standard input holds the request or the items, not both: give one of them as a file");
                }
                if path == Path::new("-") && stdin().is_terminal() {
                    eprintln!(
                        "Reading the request from the terminal; end it with Ctrl-D. `nodehost run --help` shows other ways."
                    );
                }
                parse(&read(path)?, &path.display().to_string())?
            }
        };
        if let (Some(path), Some(request)) = (&self.items, request.as_object_mut()) {
            request.insert("items".to_owned(), Value::Array(self.read_items(path)?));
        }
        Ok(ExecutionRequest::from_value(request))
    }

    fn of_parts(&self, node: &str) -> Result<Value> {
        let parameters = match &self.parameters {
            Some(parameters) => json_or_file("--parameters", parameters)?,
            None => json!({}),
        };
        let mut node = json!({ "type": node, "parameters": parameters });
        if let Some(version) = self.type_version {
            node["typeVersion"] = json!(version);
        }
        if let Some(credentials) = &self.credentials {
            let Value::Object(data) = json_or_file("--credentials", credentials)? else {
                bail!("--credentials is an object by credential type");
            };
            node["credentials"] = data.into_iter().map(|(name, data)| (name, json!({ "data": data }))).collect();
        }
        Ok(json!({ "node": node, "items": [{}] }))
    }

    fn read_items(&self, path: &Path) -> Result<Vec<Value>> {
        let name = path.display().to_string();
        items::read(&read(path)?, self.items_format.unwrap_or_else(|| Format::of(&name)), &name)
    }
}
