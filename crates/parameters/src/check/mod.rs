//! What is wrong with a descriptor, told before it is used, and what of it runs here.

mod conditions;
mod hooks;
mod names;
mod operations;
mod types;
mod values;

use std::path::PathBuf;

use nodehost_descriptor::{CredentialSource, DescriptorError, NodeDescriptor, NodeSource, schema};
use serde::Serialize;
use serde_json::Value;

pub use operations::{Operation, Verdict};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// The descriptor does not do what it says.
    Error,
    /// It probably does not do what was meant.
    Warning,
}

/// Something wrong with a descriptor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// JSON pointer into the descriptor.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

/// What was found in one descriptor entry.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeReport {
    /// The file it came from, if it came from one.
    pub file: Option<PathBuf>,
    /// The node's full type.
    #[serde(rename = "type")]
    pub node_type: String,
    /// The versions the entry serves.
    pub versions: Vec<f64>,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What of it runs here.
    pub operations: Vec<Operation>,
}

/// What was found in one credential type.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CredentialReport {
    /// The file it came from, if it came from one.
    pub file: Option<PathBuf>,
    /// The type's name.
    pub name: String,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// What the host has that descriptors refer to.
pub struct Host<'h> {
    /// Whether a hook of this name is registered.
    pub has_hook: &'h dyn Fn(&str) -> bool,
    /// Whether the node type is implemented in Rust.
    pub is_native: &'h dyn Fn(&str) -> bool,
}

/// Checks one node.
pub fn check_node(source: &NodeSource, host: &Host<'_>) -> NodeReport {
    let mut report = NodeReport {
        file: source.file().map(Into::into),
        node_type: source.type_name().to_owned(),
        versions: source.summary().versions.clone(),
        findings: Vec::new(),
        operations: Vec::new(),
    };
    let Ok(value) = serde_json::from_str::<Value>(source.text()) else { return report };
    if let Err(errors) = schema::check_node(&value) {
        report.findings.extend(errors.into_iter().map(Finding::from));
    }
    match source.descriptor() {
        Ok(descriptor) => {
            model(source.type_name(), &descriptor, host, &mut report.findings);
            report.operations = operations::list(source.type_name(), &descriptor, host);
        }
        Err(error) if report.findings.is_empty() => report.findings.push(error.into()),
        Err(_) => {}
    }
    report
}

/// Checks one credential type.
pub fn check_credential(source: &CredentialSource) -> CredentialReport {
    let mut findings = Vec::new();
    if let Ok(value) = serde_json::from_str::<Value>(source.text())
        && let Err(errors) = schema::check_credential(&value)
    {
        findings.extend(errors.into_iter().map(Finding::from));
    }
    match source.descriptor() {
        Ok(descriptor) => {
            names::check(&descriptor.properties, "/properties", &mut findings);
            types::check(&descriptor.properties, "/properties", &mut findings);
            conditions::check_fields(&descriptor.properties, !descriptor.extends.is_empty(), &mut findings);
        }
        Err(error) if findings.is_empty() => findings.push(error.into()),
        Err(_) => {}
    }
    CredentialReport { file: source.file().map(Into::into), name: source.name().to_owned(), findings }
}

impl From<DescriptorError> for Finding {
    fn from(error: DescriptorError) -> Self {
        let DescriptorError { file: _, pointer, message, remedy } = error;
        Self { severity: Severity::Error, pointer, message, remedy }
    }
}

fn model(node_type: &str, descriptor: &NodeDescriptor, host: &Host<'_>, found: &mut Vec<Finding>) {
    names::check(&descriptor.properties, "/properties", found);
    types::check(&descriptor.properties, "/properties", found);
    conditions::check(descriptor, found);
    hooks::check(node_type, descriptor, host, found);
}

fn error(pointer: String, message: String, remedy: &str) -> Finding {
    Finding { severity: Severity::Error, pointer, message, remedy: remedy.to_owned() }
}

fn warning(pointer: String, message: String, remedy: &str) -> Finding {
    Finding { severity: Severity::Warning, pointer, message, remedy: remedy.to_owned() }
}
