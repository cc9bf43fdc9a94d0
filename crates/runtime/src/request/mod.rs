//! The request of an execution, as the contract has it; keys it does not know are refused with their place.

mod context;
mod fields;
mod settings;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

pub(crate) use fields::Fields;

pub use context::{Context, InputSource, WorkflowInfo};
pub use settings::{Settings, Validation};

use crate::{ErrorCode, Item, Refusal, RequestError};

/// A batch of items for one node.
#[derive(Debug, Clone, PartialEq)]
pub struct ExecutionRequest {
    /// The node and its parameters.
    pub node: NodeCall,
    /// The items; empty in the head of a stream.
    pub items: Vec<Item>,
    /// What the expressions see besides the items.
    pub context: Context,
    /// How to run it.
    pub settings: Settings,
}

/// The node of a workflow: its type, its parameters and its own settings.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeCall {
    /// The full type, or the name alone where that is unique.
    pub node_type: String,
    /// The version of the type.
    pub type_version: Option<f64>,
    /// The parameters, as saved in a workflow.
    pub parameters: Map<String, Value>,
    /// The node's name in the workflow; default: the descriptor's `defaults.name`.
    pub name: Option<String>,
    /// What to do about items that fail.
    pub on_error: OnError,
    /// Whether failed items are tried again.
    pub retry_on_fail: bool,
    /// How often at most, the first try included: 2 to 5, default 3.
    pub max_tries: Option<u32>,
    /// Milliseconds between tries: up to 5000, default 1000.
    pub wait_between_tries: Option<u64>,
    /// Whether only the first item is run.
    pub execute_once: bool,
    /// Whether an empty item stands for an output without any.
    pub always_output_data: bool,
    /// The credentials by type.
    pub credentials: BTreeMap<String, CredentialRef>,
}

/// n8n's error policies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnError {
    /// The first failure ends the execution.
    #[default]
    StopWorkflow,
    /// An error item takes the place of the result.
    ContinueRegularOutput,
    /// Error items go to an output of their own, the last.
    ContinueErrorOutput,
}

/// A credential of a request.
#[derive(Clone, PartialEq)]
pub enum CredentialRef {
    /// Decrypted data, inline.
    Data(Map<String, Value>),
    /// One from the runner's store.
    Id(String),
}

impl std::fmt::Debug for CredentialRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Data(_) => f.write_str("Data(redacted)"),
            Self::Id(id) => f.debug_tuple("Id").field(id).finish(),
        }
    }
}

impl ExecutionRequest {
    /// Reads the request of a batch.
    pub fn from_value(value: Value) -> Result<Self, Refusal> {
        Self::read(value, true)
    }

    /// Reads the head of a stream, which has no items.
    pub fn from_head(value: Value) -> Result<Self, Refusal> {
        Self::read(value, false)
    }

    fn read(value: Value, with_items: bool) -> Result<Self, Refusal> {
        let mut errors = Vec::new();
        let mut fields = Fields::new(value, "", &mut errors);
        let node = fields.nested("node", NodeCall::read);
        let node = fields.require("node", node).flatten();
        let list = if with_items {
            let list = fields.list("items");
            fields.require("items", list).unwrap_or_default()
        } else {
            Vec::new()
        };
        let context = fields.nested("context", Context::read).unwrap_or_default();
        let settings = fields.nested("settings", Settings::read).unwrap_or_default();
        fields.finish();
        let mut items = Vec::with_capacity(list.len());
        for (index, item) in list.into_iter().enumerate() {
            match Item::from_value(item, || format!("/items/{index}")) {
                Ok(item) => items.push(item),
                Err(error) => errors.push(error),
            }
        }
        match node {
            Some(node) if errors.is_empty() => Ok(Self { node, items, context, settings }),
            _ => Err(Refusal::of(ErrorCode::Malformed, errors)),
        }
    }
}

impl NodeCall {
    /// A call with n8n's defaults.
    pub fn new(node_type: impl Into<String>, type_version: Option<f64>, parameters: Map<String, Value>) -> Self {
        Self {
            node_type: node_type.into(),
            type_version,
            parameters,
            name: None,
            on_error: OnError::default(),
            retry_on_fail: false,
            max_tries: None,
            wait_between_tries: None,
            execute_once: false,
            always_output_data: false,
            credentials: BTreeMap::new(),
        }
    }

    /// How often an item is tried, and the milliseconds between tries, within n8n's bounds.
    pub fn tries(&self) -> (u32, u64) {
        if !self.retry_on_fail {
            return (1, 0);
        }
        let tries = self.max_tries.filter(|tries| *tries > 0).unwrap_or(3).clamp(2, 5);
        (tries, self.wait_between_tries.filter(|wait| *wait > 0).unwrap_or(1000).min(5000))
    }

    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let node_type = fields.string("type");
        let node_type = fields.require("type", node_type);
        let type_version = fields.read("typeVersion", "a number", |value| value.as_f64());
        let parameters = fields.object("parameters").unwrap_or_default();
        let name = fields.string("name");
        let on_error = fields
            .read("onError", "stopWorkflow, continueRegularOutput or continueErrorOutput", |value| {
                OnError::from_name(value.as_str()?)
            })
            .unwrap_or_default();
        let call = Self {
            node_type: node_type.clone().unwrap_or_default(),
            type_version,
            parameters,
            name,
            on_error,
            retry_on_fail: fields.boolean("retryOnFail").unwrap_or_default(),
            max_tries: fields.integer("maxTries", 0..=1000).and_then(|tries| u32::try_from(tries).ok()),
            wait_between_tries: fields.integer("waitBetweenTries", 0..=3_600_000),
            execute_once: fields.boolean("executeOnce").unwrap_or_default(),
            always_output_data: fields.boolean("alwaysOutputData").unwrap_or_default(),
            credentials: fields.nested_map("credentials", CredentialRef::read),
        };
        // Where a node stands in an editor, and what n8n writes beside it, say nothing about running it.
        for key in ["id", "position", "notes", "notesInFlow", "disabled", "webhookId", "continueOnFail", "color"] {
            fields.take(key);
        }
        fields.finish();
        node_type.map(|_| call)
    }
}

impl OnError {
    /// The policy of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "stopWorkflow" => Self::StopWorkflow,
            "continueRegularOutput" => Self::ContinueRegularOutput,
            "continueErrorOutput" => Self::ContinueErrorOutput,
            _ => return None,
        })
    }
}

impl CredentialRef {
    pub(crate) fn read(mut fields: Fields<'_>) -> Option<Self> {
        let data = fields.object("data");
        let id = fields.string("id");
        if data.is_none() {
            // n8n's workflows carry a name beside the id.
            fields.take("name");
        }
        let reference = match (data, id) {
            (Some(data), None) => Some(Self::Data(data)),
            (None, Some(id)) => Some(Self::Id(id)),
            (Some(_), Some(_)) => {
                fields.wrong("id", "A credential has either data or an id");
                None
            }
            (None, None) => {
                fields.wrong("data", "A credential has data, or the id of a stored one");
                None
            }
        };
        fields.finish();
        reference
    }
}

impl Fields<'_> {
    /// Nested objects by name; those that cannot be read are left out, with their errors noted.
    pub(crate) fn nested_map<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(Fields<'_>) -> Option<T>,
    ) -> BTreeMap<String, T> {
        let mut all = BTreeMap::new();
        for (name, value) in self.object(key).unwrap_or_default() {
            let pointer = format!("{}/{}", self.at(key), crate::item::escape_pointer(&name));
            if let Some(one) = self.at_pointer(value, pointer, &read) {
                all.insert(name, one);
            }
        }
        all
    }

    fn at_pointer<T>(&mut self, value: Value, pointer: String, read: impl Fn(Fields<'_>) -> Option<T>) -> Option<T> {
        read(Fields::new(value, pointer, self.errors()))
    }
}

/// The errors of a list of pointers and messages, for callers that check more than shapes.
impl From<Vec<RequestError>> for Refusal {
    fn from(errors: Vec<RequestError>) -> Self {
        let code = errors.first().map_or(ErrorCode::Malformed, |error| error.code);
        Self::of(code, errors)
    }
}

#[cfg(test)]
mod tests;
