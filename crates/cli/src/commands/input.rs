//! JSON from arguments and files, by JavaScript's rules.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
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
    std::fs::read(path).with_context(|| match path.is_dir() {
        true => format!("{} is a folder; give a file", path.display()),
        false => format!("cannot read {}", path.display()),
    })
}

/// JSON of this name.
pub(crate) fn parse(text: &[u8], name: &str) -> Result<Value> {
    let name = if name == "-" { "standard input" } else { name };
    if text.trim_ascii().is_empty() {
        bail!("{name} is empty; JSON is expected there");
    }
    data::parse(text).map_err(|wrong| anyhow!("{name} is {wrong}"))
}
