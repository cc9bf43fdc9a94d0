//! Case files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use nodehost_descriptor::DescriptorError;
use nodehost_descriptor::schema::Schema;
use nodehost_expression::data;
use nodehost_runtime::ExecutionRequest;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::new(crate::SCHEMA));

/// What a node is given, what it sends, what is replied, and what it puts out.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The file it stands in.
    pub file: PathBuf,
    /// What it shows, where the file says so.
    pub description: Option<String>,
    /// The execution.
    pub request: ExecutionRequest,
    /// The requests the node sends, each with its reply.
    pub requests: Vec<Exchange>,
    /// Requests that are replied to whenever they are sent, and not compared.
    pub always: Vec<Exchange>,
    /// What comes of the execution.
    pub expected: Expected,
}

/// What comes of an execution; what is not named is not compared, save that an error nobody expects is one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Expected {
    /// The items of each output.
    pub output: Option<Value>,
    /// The error that ends the execution.
    pub error: Option<Value>,
    /// The errors for which the request is refused.
    pub refused: Option<Value>,
}

/// A request, and what is replied to it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Exchange {
    /// The method, in capitals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The URL without its query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The query by name: a text, or a list of texts.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub query: Map<String, Value>,
    /// Headers by name, in lower case; null for one that must not be there.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub headers: Map<String, Value>,
    /// A JSON body.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "even_null")]
    pub body: Option<Value>,
    /// A body that is not JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The reply; without it, 200 and an empty object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<Reply>,
}

/// A reply.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reply {
    /// The status; 200 unless set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Its headers; the content type follows the body unless set.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// A JSON body.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "even_null")]
    pub body: Option<Value>,
    /// A body that is not JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// What the cases of a folder share: its `cases.json`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shared {
    node: Option<Value>,
    credentials: Map<String, Value>,
    context: Option<Value>,
    settings: Option<Value>,
    always: Vec<Exchange>,
}

/// Files that are no cases: everything that is wrong with them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct CaseErrors(pub Vec<DescriptorError>);

/// A case file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct Written {
    #[serde(rename = "$schema")]
    _schema: Option<String>,
    description: Option<String>,
    node: Option<Value>,
    parameters: Option<Map<String, Value>>,
    credentials: Map<String, Value>,
    items: Option<Vec<Value>>,
    context: Option<Value>,
    settings: Option<Value>,
    requests: Vec<Exchange>,
    output: Option<Value>,
    error: Option<Value>,
    refused: Option<Value>,
    always: Vec<Exchange>,
}

impl Shared {
    /// Reads a `cases.json`.
    ///
    /// # Errors
    /// Everything that is wrong with the file, with its place and a remedy.
    pub fn parse(text: &[u8], file: &Path) -> Result<Self, CaseErrors> {
        let (value, written) = read(text, file)?;
        let foreign = value.keys().filter(|key| {
            !["$schema", "description", "node", "credentials", "context", "settings", "always"].contains(&key.as_str())
        });
        let foreign = foreign.map(|key| {
            error(file, &format!("/{key}"), format!("cases do not share \"{key}\""), "Put it into each case.".into())
        });
        let errors: Vec<_> = foreign.collect();
        if !errors.is_empty() {
            return Err(CaseErrors(errors));
        }
        let Written { node, credentials, context, settings, always, .. } = written;
        Ok(Self { node, credentials, context, settings, always })
    }
}

impl Case {
    /// Reads a case file.
    ///
    /// # Errors
    /// Everything that is wrong with the file, with its place and a remedy.
    pub fn parse(text: &[u8], file: &Path, shared: &Shared) -> Result<Self, CaseErrors> {
        let (value, written) = read(text, file)?;
        let one = |pointer: &str, message: &str, remedy: &str| {
            Err(CaseErrors(vec![error(file, pointer, message.to_owned(), remedy.to_owned())]))
        };
        if value.contains_key("always") {
            return one("/always", "\"always\" is for what cases share", "Move it into cases.json.");
        }
        let ends = ["output", "error", "refused"];
        if !ends.iter().any(|key| value.contains_key(*key)) {
            return one("", "the case expects nothing", "Add \"output\", \"error\" or \"refused\".");
        }
        let expected = Expected { output: written.output, error: written.error, refused: written.refused };
        if expected.refused.is_some() && (expected.output.is_some() || !written.requests.is_empty()) {
            return one(
                "/refused",
                "a refused request sends and puts out nothing",
                "Remove \"requests\" and \"output\".",
            );
        }
        let Some(node) = written.node.or_else(|| shared.node.clone()) else {
            return one("", "\"node\" is missing", "Add \"node\" here, or in cases.json beside the cases.");
        };
        let mut node = if let Value::String(name) = node { json!({ "type": name }) } else { node };
        node["parameters"] = Value::Object(written.parameters.unwrap_or_default());
        let mut credentials = shared.credentials.clone();
        credentials.extend(written.credentials);
        let inline = |(name, data): (String, Value)| (name, json!({ "data": data }));
        node["credentials"] = Value::Object(credentials.into_iter().map(inline).collect());
        let request = json!({
            "node": node,
            "items": written.items.unwrap_or_else(|| vec![json!({})]),
            "context": written.context.or_else(|| shared.context.clone()),
            "settings": written.settings.or_else(|| shared.settings.clone()),
        });
        let request = ExecutionRequest::from_value(request).map_err(|refusal| {
            let told = refusal.errors.into_iter().map(|wrong| {
                let remedy = "Write it as in a request of POST /v1/executions.".to_owned();
                error(file, &place_in_case(&wrong.pointer), wrong.message, remedy)
            });
            CaseErrors(told.collect())
        })?;
        let (requests, always) = (written.requests, shared.always.clone());
        Ok(Self { file: file.to_owned(), description: written.description, request, requests, always, expected })
    }

    /// What the case is called in reports: its description, or the name of its file.
    #[must_use]
    pub fn name(&self) -> String {
        let stem = || self.file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        self.description.clone().unwrap_or_else(stem)
    }
}

/// Where in a case stands what stands at this place of an execution request.
fn place_in_case(pointer: &str) -> String {
    for part in ["/parameters", "/credentials"] {
        if let Some(rest) = pointer.strip_prefix("/node").filter(|rest| rest.starts_with(part)) {
            return rest.to_owned();
        }
    }
    pointer.to_owned()
}

fn read(text: &[u8], file: &Path) -> Result<(Map<String, Value>, Written), CaseErrors> {
    let one = |message: String, remedy: &str| CaseErrors(vec![error(file, "", message, remedy.to_owned())]);
    let value = data::parse(text).map_err(|wrong| one(wrong.to_string(), "Mend the JSON at that place."))?;
    SCHEMA.check(&value).map_err(|errors| CaseErrors(errors.into_iter().map(|error| error.in_file(file)).collect()))?;
    let Value::Object(map) = &value else { return Err(one("no object".to_owned(), "Write an object.")) };
    let map = map.clone();
    let written = serde_json::from_value(value).map_err(|wrong| one(wrong.to_string(), "See docs/descriptors.md."))?;
    Ok((map, written))
}

pub(crate) fn error(file: &Path, pointer: &str, message: String, remedy: String) -> DescriptorError {
    DescriptorError::new(pointer, message, remedy).in_file(file)
}

fn even_null<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}
