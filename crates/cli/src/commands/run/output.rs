//! How results are printed.

use std::io::{self, Write};

use anyhow::Result;
use clap::ValueEnum;
use futures::StreamExt;
use nodehost_expression::data;
use nodehost_runtime::{End, Outcome, OutcomeEvent, OutcomeStream};
use serde::Serialize;

use super::exit;
use super::progress::Progress;
use crate::exit::Exit;
use crate::table::table;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Output {
    /// The answer of POST /v1/executions
    Json,
    /// A line for each item as soon as it is done, and a closing one
    Ndjson,
    /// A table for people
    Table,
}

/// Prints an execution while it runs, or when it is over.
pub(super) async fn print(mut outcomes: OutcomeStream, output: Output, progress: Progress) -> Result<Exit> {
    let mut out = io::stdout();
    if output == Output::Json {
        let result = outcomes.collect_result_with(|_| progress.advance()).await;
        progress.finish();
        out.write_all(&pretty(&result)?)?;
        return Ok(exit(result.status, result.stats.failed));
    }
    let mut table = table(["item", "tries", "outcome"]);
    while let Some(event) = outcomes.next().await {
        if matches!(event, OutcomeEvent::Outcome(_)) {
            progress.advance();
        }
        if output == Output::Ndjson {
            let line = line(&event)?;
            progress.beside(|| out.write_all(&line).and_then(|()| out.flush()))?;
        }
        match event {
            OutcomeEvent::Outcome(outcome) if output == Output::Table => drop(table.add_row(row(&outcome))),
            OutcomeEvent::Outcome(_) => {}
            OutcomeEvent::End(end) => {
                progress.finish();
                if output == Output::Table {
                    writeln!(out, "{table}\n{}", closing(&end))?;
                }
                return Ok(exit(end.status, end.stats.failed));
            }
        }
    }
    anyhow::bail!("the execution ended without an end")
}

fn pretty(value: &impl Serialize) -> Result<Vec<u8>> {
    let value = serde_json::to_value(value)?;
    let mut text = serde_json::to_vec_pretty(&value)?;
    text.push(b'\n');
    Ok(text)
}

fn line(value: &impl Serialize) -> Result<Vec<u8>> {
    let mut text = data::to_json(value)?;
    text.push(b'\n');
    Ok(text)
}

fn row(outcome: &Outcome) -> [String; 3] {
    let told = match &outcome.error {
        Some(error) => format!("failed ({}): {}", error.code, error.message),
        None => outcome
            .outputs
            .iter()
            .flat_map(|outputs| outputs.values().flatten())
            .map(json)
            .collect::<Vec<_>>()
            .join("\n"),
    };
    [outcome.item_index.to_string(), outcome.attempts.to_string(), told]
}

fn json(item: &nodehost_runtime::Item) -> String {
    const MOST: usize = 200;
    let text = item.json.as_ref().map(ToString::to_string).unwrap_or_default();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn closing(end: &End) -> String {
    let stats = &end.stats;
    let mut text = format!(
        "{} of {} items succeeded, {} failed, {} not run; {} requests",
        stats.succeeded, stats.items, stats.failed, stats.not_run, stats.requests
    );
    for warning in &end.warnings {
        text.push_str(&format!("\nwarning: {}: {}", warning.pointer, warning.message));
    }
    text
}
