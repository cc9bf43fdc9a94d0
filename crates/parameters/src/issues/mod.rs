//! n8n's `getNodeParametersIssues`: what is missing or malformed.

mod mapper;
mod walk;

use indexmap::IndexMap;
use serde::Serialize;

pub(crate) use walk::{node_findings, node_issues};

/// What is wrong with a node's parameters, by name; n8n's shape, `{parameters: {name: [message]}}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Issues {
    /// Messages by parameter, in the order they were found.
    pub parameters: IndexMap<String, Vec<String>>,
}

impl Issues {
    fn push(&mut self, parameter: &str, message: String) {
        self.parameters.entry(parameter.to_owned()).or_default().push(message);
    }
}
