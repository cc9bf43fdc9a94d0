//! What is wrong with a descriptor, told before it is used, and what of it runs here.

mod conditions;
mod hooks;
mod names;
mod operations;
mod types;

use nodehost_descriptor::{NodeDescriptor, NodeSource, schema};
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
        node_type: source.type_name().to_owned(),
        versions: source.summary().versions.clone(),
        findings: Vec::new(),
        operations: Vec::new(),
    };
    let Ok(value) = serde_json::from_str::<Value>(source.text()) else { return report };
    if let Err(errors) = schema::check_node(&value) {
        let finding = |error: nodehost_descriptor::DescriptorError| Finding {
            severity: Severity::Error,
            pointer: error.pointer,
            message: error.message,
            remedy: error.remedy,
        };
        report.findings.extend(errors.into_iter().map(finding));
    }
    match source.descriptor() {
        Ok(descriptor) => {
            model(source.type_name(), &descriptor, host, &mut report.findings);
            report.operations = operations::list(source.type_name(), &descriptor, host);
        }
        Err(error) if report.findings.is_empty() => report.findings.push(Finding {
            severity: Severity::Error,
            pointer: error.pointer,
            message: error.message,
            remedy: error.remedy,
        }),
        Err(_) => {}
    }
    report
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
