//! Running cases.

use std::fmt::Display;
use std::path::Path;

use nodehost_runtime::egress::EgressConfig;
use nodehost_runtime::{ExecutionResult, Host, Refusal};
use serde_json::{Map, Value};

use crate::compare::differences;
use crate::gateway::{Conversation, Gateway};
use crate::view::{asked, end, written};
use crate::{Case, CaseErrors, CaseReport, Report, load};

/// The variable that makes [`assert_cases`] write what it finds into the cases.
const UPDATE: &str = "UPDATE_CASES";

/// Why cases cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum KitError {
    /// Files are no cases.
    #[error(transparent)]
    Cases(#[from] CaseErrors),
    /// The host cannot be built.
    #[error("the host for the cases cannot be built: {0}")]
    Host(String),
    /// The gateway on loopback cannot be started, or a case cannot be written.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Runs the case of a file, or all cases below a folder, one after the other. Each gets a host of its own, made by `host` with the
/// egress it is given, so that no token and no budget of one case is seen by the next.
///
/// # Errors
/// Files that are no cases, all of them; a host that cannot be built. A case that goes another way is in the report.
pub async fn check<E: Display>(
    path: &Path,
    host: impl Fn(EgressConfig) -> Result<Host, E>,
) -> Result<Report, KitError> {
    let mut report = Report::default();
    for case in load(path)? {
        report.cases.push(run(&case, &host).await?.0);
    }
    Ok(report)
}

/// Runs cases as [`check`] does and writes what was found into those that differ: their requests, and what came of
/// them. Replies stay. The report tells what was changed.
///
/// # Errors
/// As [`check`]; a file that cannot be written.
pub async fn update<E: Display>(
    path: &Path,
    host: impl Fn(EgressConfig) -> Result<Host, E>,
) -> Result<Report, KitError> {
    let mut report = Report::default();
    for case in load(path)? {
        let (told, found) = run(&case, &host).await?;
        if !told.differences.is_empty() {
            rewrite(&case, found)?;
        }
        report.cases.push(told);
    }
    Ok(report)
}

/// Runs cases in a test. With `UPDATE_CASES=1` in the environment, it writes what it finds into them instead.
///
/// # Panics
/// With the report if a case goes another way; with what is wrong if a file is no case.
pub async fn assert_cases<E: Display>(path: &Path, host: impl Fn(EgressConfig) -> Result<Host, E>) {
    let report = match std::env::var_os(UPDATE) {
        Some(_) => return drop(update(path, host).await.unwrap_or_else(|error| panic!("{error}"))),
        None => check(path, host).await.unwrap_or_else(|error| panic!("{error}")),
    };
    assert!(report.passed(), "\n{report}\n(with {UPDATE}=1, what was found is written into the cases)");
}

/// Runs a case: the report, and what was found in the form of case files.
async fn run<E: Display>(
    case: &Case,
    host: impl Fn(EgressConfig) -> Result<Host, E>,
) -> Result<(CaseReport, Map<String, Value>), KitError> {
    let gateway = Gateway::start(case).await?;
    let host = host(gateway.egress()).map_err(|error| KitError::Host(error.to_string()))?;
    let result = host.execute(case.request.clone()).await;
    let found = found(case, &gateway.take(), &result);
    let expected = expected(case);
    let (expected, view) = (Value::Object(expected), Value::Object(found.clone()));
    let mut different = Vec::new();
    differences("", Some(&expected), Some(&view), &mut different);
    let report =
        CaseReport { file: case.file.clone(), name: case.name(), differences: different, expected, found: view };
    Ok((report, found))
}

fn expected(case: &Case) -> Map<String, Value> {
    let mut view = Map::new();
    let requests = case.requests.iter().map(|exchange| written(&asked(exchange)));
    view.insert("requests".to_owned(), requests.collect());
    let crate::Expected { output, error, refused } = &case.expected;
    for (key, value) in [("refused", refused), ("error", error), ("output", output)] {
        if let Some(value) = value {
            view.insert(key.to_owned(), value.clone());
        }
    }
    view
}

fn found(case: &Case, conversation: &Conversation, result: &Result<ExecutionResult, Refusal>) -> Map<String, Value> {
    let expected = case.requests.iter().zip(&conversation.came);
    let came = expected.map(|(expected, came)| came.as_ref().map(|sent| sent.view(Some(expected))).unwrap_or_default());
    let unexpected = conversation.unexpected.iter().map(|sent| sent.view(None));
    let mut requests: Vec<Value> = came.chain(unexpected).collect();
    // Those at the end that were not sent are missing, not null.
    while requests.last().is_some_and(Value::is_null) {
        requests.pop();
    }
    let mut view = Map::from_iter([("requests".to_owned(), Value::Array(requests))]);
    view.extend(end(result, &case.expected));
    view
}

/// Writes what was found into the file of a case.
fn rewrite(case: &Case, mut found: Map<String, Value>) -> Result<(), KitError> {
    let text = std::fs::read(&case.file)?;
    let mut file: Map<String, Value> = serde_json::from_slice(&text).map_err(std::io::Error::other)?;
    if let Some(Value::Array(requests)) = found.get_mut("requests") {
        for (request, exchange) in requests.iter_mut().zip(&case.requests) {
            if let (Value::Object(request), Some(reply)) = (request, &exchange.reply) {
                request.insert("reply".to_owned(), written(reply));
            }
        }
        requests.retain(|request| !request.is_null());
        if requests.is_empty() {
            found.remove("requests");
            file.shift_remove("requests");
        }
    }
    for key in ["output", "error", "refused"] {
        if !found.contains_key(key) {
            file.shift_remove(key);
        }
    }
    file.extend(found);
    let text = serde_json::to_string_pretty(&file).map_err(std::io::Error::other)?;
    std::fs::write(&case.file, text + "\n")?;
    Ok(())
}
