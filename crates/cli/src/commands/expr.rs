use anyhow::Result;
use clap::Args;
use nodehost_runtime::{ExpressionAnswer, ExpressionRequest};
use serde_json::{Value, json};

use super::input::json_or_file;
use crate::exit::Exit;
use crate::out::say;
use crate::settings::{ConfigFile, HostSettings};

/// Evaluate an expression on sample data
#[derive(Args)]
#[command(after_help = "\
Examples:
  nodehost expr '={{ $json.name.toUpperCase() }}' --item '{\"name\": \"ann\"}'
  nodehost expr '{{ $now.plus({ days: 1 }).toISODate() }}'
  nodehost expr '={{ $input.all().length }}' --item '{}' --item '{}'")]
pub(crate) struct Expr {
    /// The expression; the leading = may be left out
    #[arg(value_name = "EXPRESSION")]
    expression: String,
    /// The json of an item, JSON or @FILE; several make a batch
    #[arg(long, value_name = "JSON|@FILE")]
    item: Vec<String>,
    /// The item it is evaluated for
    #[arg(long, value_name = "INDEX", default_value_t = 0)]
    index: usize,
    #[command(flatten)]
    pub(super) file: ConfigFile,
    #[command(flatten)]
    host: HostSettings,
}

impl Expr {
    pub(crate) async fn run(self) -> Result<Exit> {
        let host = crate::host::build(&self.host.with_file(&self.file)?)?;
        let mut items = self.item.iter().map(|item| json_or_file("--item", item)).collect::<Result<Vec<_>>>()?;
        if items.is_empty() {
            items.push(json!({}));
        }
        let items: Vec<Value> = items.into_iter().map(|json| json!({ "json": json })).collect();
        let expression =
            if self.expression.starts_with('=') { self.expression } else { format!("={}", self.expression) };
        let request = json!({ "expression": expression, "itemIndex": self.index, "context": { "items": items } });
        let answer = match ExpressionRequest::from_value(request) {
            Ok(request) => host.expressions(request).await,
            Err(refusal) => Err(refusal),
        };
        Ok(match answer {
            Ok(ExpressionAnswer::Value { value, kind }) => {
                say!("{}", serde_json::to_string_pretty(&value)?)?;
                eprintln!("({kind})");
                Exit::Success
            }
            Ok(ExpressionAnswer::Error { error }) => {
                eprintln!("{} ({}): {}", error.name, error.code, error.message);
                Exit::ItemsFailed
            }
            Err(refusal) => super::run::refused(&refusal),
        })
    }
}
