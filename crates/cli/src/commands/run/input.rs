//! The request: a file or standard input whole, or put together from its parts.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use nodehost_runtime::{ExecutionRequest, Refusal};
use serde_json::{Map, Value, json};

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

    /// The items: a file of JSON, NDJSON or CSV, by its ending, or `-` for NDJSON on standard input; replaces those of
    /// a request file
    #[arg(long, value_name = "FILE")]
    items: Option<PathBuf>,
}

impl Input {
    /// Reads the request; inside, why it is none.
    pub(super) fn request(&self) -> Result<Result<ExecutionRequest, Refusal>> {
        let mut request = match &self.node {
            Some(node) => self.of_parts(node)?,
            None => {
                let path = self.request.as_deref().unwrap_or(Path::new("-"));
                parse(&read(path)?, &path.display().to_string())?
            }
        };
        if let (Some(path), Some(request)) = (&self.items, request.as_object_mut()) {
            request.insert("items".to_owned(), Value::Array(items(path)?));
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
}

fn items(path: &Path) -> Result<Vec<Value>> {
    let text = read(path)?;
    let name = path.display().to_string();
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("csv") => csv_items(&text).with_context(|| format!("{name} is not CSV with a header line")),
        Some("json") => match parse(&text, &name)? {
            Value::Array(items) => Ok(items),
            item => Ok(vec![item]),
        },
        _ => lines(&text, &name),
    }
}

fn lines(text: &[u8], name: &str) -> Result<Vec<Value>> {
    let lines = text.split(|byte| *byte == b'\n').enumerate();
    lines
        .filter(|(_, line)| !line.trim_ascii().is_empty())
        .map(|(index, line)| parse(line, &format!("line {} of {name}", index + 1)))
        .collect()
}

/// A row is an item, its values text under the names of the header.
fn csv_items(text: &[u8]) -> Result<Vec<Value>> {
    let mut reader = csv::Reader::from_reader(text);
    let header = reader.headers()?.clone();
    let mut items = Vec::new();
    for row in reader.records() {
        let row = row?;
        let fields = header.iter().zip(&row).map(|(name, value)| (name.to_owned(), Value::from(value)));
        items.push(json!({ "json": fields.collect::<Map<_, _>>() }));
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_csv_become_items() {
        let items = csv_items(b"name,url\nA,https://a\n\"B, b\",\n").unwrap();
        assert_eq!(
            items,
            [json!({"json": {"name": "A", "url": "https://a"}}), json!({"json": {"name": "B, b", "url": ""}})]
        );
        assert!(csv_items(b"a,b\n1\n").is_err());
    }

    #[test]
    fn lines_tell_where_they_are_wrong() {
        assert_eq!(lines(b"{\"a\":1}\n\n2", "x").unwrap(), [json!({"a": 1}), json!(2)]);
        assert!(format!("{:#}", lines(b"1\n\n{", "x").unwrap_err()).starts_with("line 3 of x is not JSON"));
    }
}
