//! What a host says about its nodes, credential types and parameters.

use std::collections::BTreeMap;

use nodehost_parameters::Issues;
use serde::Serialize;
use serde_json::{Map, Value};

use super::Host;
use crate::credentials::TestOutcome;
use crate::parameters::notes;
use crate::request::Fields;
use crate::{CredentialRef, ErrorCode, Refusal, Warning};

/// `POST /v1/nodes/{type}/parameters`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ParametersRequest {
    /// The version of the type; default: the descriptor's own.
    pub type_version: Option<f64>,
    /// The parameters, as saved in a workflow.
    pub parameters: Map<String, Value>,
    /// The credentials by type.
    pub credentials: BTreeMap<String, CredentialRef>,
    /// Whether defaults are filled in.
    pub defaults: bool,
    /// Whether parameters that are not shown are kept.
    pub hidden: bool,
}

/// The answer: n8n's own results.
#[derive(Debug, Clone, Serialize)]
pub struct ParametersAnswer {
    /// getNodeParameters in the form asked for.
    pub parameters: Map<String, Value>,
    /// getNodeParametersIssues after defaults; null if there are none.
    pub issues: Option<Issues>,
    /// The indexes of the top-level properties shown.
    pub displayed: Vec<usize>,
    /// What the caller should know.
    pub warnings: Vec<Warning>,
}

impl ParametersRequest {
    /// Reads the request.
    pub fn from_value(value: Value) -> Result<Self, Refusal> {
        let mut errors = Vec::new();
        let mut fields = Fields::new(value, "", &mut errors);
        let request = Self {
            type_version: fields.read("typeVersion", "a number", |value| value.as_f64()),
            parameters: fields.object("parameters").unwrap_or_default(),
            credentials: fields.nested_map("credentials", CredentialRef::read),
            defaults: fields.boolean("defaults").unwrap_or(true),
            hidden: fields.boolean("hidden").unwrap_or_default(),
        };
        fields.finish();
        if errors.is_empty() { Ok(request) } else { Err(Refusal::of(ErrorCode::Malformed, errors)) }
    }
}

impl Host {
    /// The full type of a node that may be named without its package.
    pub fn node_type(&self, name: &str) -> Result<&str, Refusal> {
        Ok(self.inner.registry.find(name, None)?.node_type)
    }

    /// The descriptor of a node as it was loaded and assembled: JSON text.
    pub fn descriptor(&self, node_type: &str, version: Option<f64>) -> Result<&str, Refusal> {
        Ok(self.inner.registry.find(node_type, version).map_err(Refusal::of_address)?.entry.source.text())
    }

    /// The descriptor of a credential type: as it was loaded, or with what it extends merged in.
    pub fn credential_type(&self, name: &str, resolved: bool) -> Result<String, Refusal> {
        let types = self.inner.credentials.types();
        let unknown = || Refusal::new(ErrorCode::UnknownCredentialType, format!("There is no credential type {name}"));
        let source = types.source(name).ok_or_else(unknown)?;
        if !resolved {
            return Ok(source.text().to_owned());
        }
        let json = types.resolved_json(name);
        json.map(|json| json.to_string())
            .map_err(|error| Refusal::new(ErrorCode::InvalidCredentials, error.to_string()))
    }

    /// Tells whether a credential works, by its type's `test` request. `request` is `{data}` or `{id}`.
    pub async fn test_credential(&self, type_name: &str, request: Value) -> Result<TestOutcome, Refusal> {
        let mut errors = Vec::new();
        let reference = CredentialRef::read(Fields::new(request, "", &mut errors));
        let reference = reference.filter(|_| errors.is_empty());
        let reference = reference.ok_or_else(|| Refusal::of(ErrorCode::Malformed, errors))?;
        let source = self.inner.credentials.types().source(type_name).ok_or_else(|| {
            let message = format!("There is no credential type {type_name}");
            Refusal::new(ErrorCode::UnknownCredentialType, message)
        })?;
        // A name without its package means what it means to a node: the host's own type first.
        let package = source.package().filter(|_| type_name != source.name());
        let credential = super::start::resolve(self, (package, source.name()), &reference, "").await?;
        Ok(self.inner.credentials.test(&credential).await)
    }

    /// What n8n makes of a node's parameters.
    pub fn parameters(&self, node_type: &str, request: &ParametersRequest) -> Result<ParametersAnswer, Refusal> {
        let found = self.inner.registry.find(node_type, request.type_version).map_err(Refusal::in_node)?;
        let node = found.entry.compiled()?.version(found.version);
        let thrown = |error: nodehost_parameters::ParameterError| {
            Refusal::at("/parameters", ErrorCode::N8nError, error.to_string())
        };
        let parameters =
            node.get_node_parameters(&request.parameters, request.defaults, request.hidden).map_err(thrown)?;
        let complete = node.get_node_parameters(&request.parameters, true, false).map_err(thrown)?;
        let issues = node.issues(&complete).map_err(thrown)?;
        let displayed = node.displayed(&complete).map_err(thrown)?;
        let warnings = notes(&node, &request.parameters, &complete);
        Ok(ParametersAnswer { parameters, issues, displayed, warnings })
    }
}
