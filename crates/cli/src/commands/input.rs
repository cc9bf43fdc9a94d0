//! JSON from arguments and files, by JavaScript's rules.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result};
use nodehost_expression::data;
use serde_json::Value;

/// The JSON given to `flag`, or the content of `@FILE`. What was given is never repeated: it may be a secret.
pub(crate) fn json_or_file(flag: &str, argument: &str) -> Result<Value> {
    match argument.strip_prefix('@') {
        Some(path) => parse(&read(Path::new(path))?, path),
        None => parse(argument.as_bytes(), flag),
    }
}

/// A file's content; that of standard input for `-`.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().read_to_end(&mut text).context("cannot read standard input")?;
        return Ok(text);
    }
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// JSON of this name.
pub(crate) fn parse(text: &[u8], name: &str) -> Result<Value> {
    data::parse(text).with_context(|| format!("{name} is not JSON"))
}
