//! What an expression can see.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Map, Value};

/// Everything one evaluation can see. Cheap to clone: the large parts are shared.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The workflow, its run data and the execution.
    pub workflow: Arc<WorkflowContext>,
    /// The node whose parameters are resolved.
    pub node: Arc<NodeContext>,
    /// The node's input.
    pub items: Items,
    /// Which item of the input the evaluation is for.
    pub item_index: usize,
    /// Which run of the node this is.
    pub run_index: usize,
    /// Further names: `$value`, `$response`, `$credentials`, ...
    pub extra: Arc<Vec<(Cow<'static, str>, Arc<Value>)>>,
    /// When the caller stops waiting.
    pub deadline: Option<Instant>,
}

impl Scope {
    /// A scope without run index, further names and deadline.
    #[must_use]
    pub fn new(workflow: Arc<WorkflowContext>, node: Arc<NodeContext>, items: Items, item_index: usize) -> Self {
        Self { workflow, node, items, item_index, run_index: 0, extra: Arc::new(Vec::new()), deadline: None }
    }

    /// The same scope with a further name, which shadows an earlier one.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: Arc<Value>) -> Self {
        let name = name.into();
        let extra = Arc::make_mut(&mut self.extra);
        extra.retain(|(known, _)| *known != name);
        extra.push((name, value));
        self
    }

    /// The same scope for another item.
    #[must_use]
    pub fn at(&self, item_index: usize) -> Self {
        Self { item_index, ..self.clone() }
    }

    /// A further name's value.
    pub(crate) fn extra(&self, name: &str) -> Option<&Arc<Value>> {
        self.extra.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The current item's data.
    pub(crate) fn json(&self) -> Option<&Value> {
        self.items.get(self.item_index)?.get("json")
    }
}

/// A node's input as expressions see it: n8n's INodeExecutionData as JSON objects, `{json, binary?, pairedItem?}`.
#[derive(Debug, Clone)]
pub enum Items {
    /// The whole batch.
    Batch(Arc<[Arc<Value>]>),
    /// A streamed batch: the current item only. Asking for others fails with `batch_scope_in_stream`.
    Current(Arc<Value>),
}

impl Items {
    /// The item at an index; a streamed batch answers its one item whatever the index.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&Arc<Value>> {
        match self {
            Self::Batch(items) => items.get(index),
            Self::Current(item) => Some(item),
        }
    }

    /// The whole batch, if it is there.
    #[must_use]
    pub fn all(&self) -> Option<&Arc<[Arc<Value>]>> {
        match self {
            Self::Batch(items) => Some(items),
            Self::Current(_) => None,
        }
    }
}

/// The workflow and the execution that an expression belongs to.
#[derive(Debug, Clone)]
pub struct WorkflowContext {
    /// `$workflow.id`; a workflow that was never saved has none.
    pub id: Option<String>,
    /// `$workflow.name`.
    pub name: Option<String>,
    /// `$workflow.active`.
    pub active: bool,
    /// The nodes, the active one included.
    pub nodes: Vec<Arc<NodeContext>>,
    /// n8n's connections by source node.
    pub connections: Value,
    /// The workflow's settings (`timezone`, `binaryMode`).
    pub settings: Map<String, Value>,
    /// The data of the nodes that ran before; none if there is no execution.
    pub run_data: Option<RunData>,
    /// Where the input comes from.
    pub input: Option<Source>,
    /// `$mode`: `manual`, `trigger`, ...
    pub mode: String,
    /// `$execution.id`.
    pub execution_id: Option<String>,
    /// `$vars`.
    pub vars: Arc<Value>,
    /// The clock's time in milliseconds since 1970 if it stands still.
    pub now: Option<f64>,
    /// The default time zone: an IANA name.
    pub timezone: String,
    /// `$execution.resumeUrl`.
    pub resume_url: Option<String>,
    /// `$execution.resumeFormUrl`.
    pub resume_form_url: Option<String>,
    /// `$execution.customData`, as it is when the node starts.
    pub custom_data: Map<String, Value>,
}

impl Default for WorkflowContext {
    fn default() -> Self {
        Self {
            id: None,
            name: None,
            active: false,
            nodes: Vec::new(),
            connections: Value::Object(Map::new()),
            settings: Map::new(),
            run_data: None,
            input: None,
            mode: "manual".to_owned(),
            execution_id: None,
            vars: Arc::new(Value::Object(Map::new())),
            now: None,
            timezone: "UTC".to_owned(),
            resume_url: None,
            resume_form_url: None,
            custom_data: Map::new(),
        }
    }
}

impl WorkflowContext {
    /// The node of a name.
    #[must_use]
    pub fn node(&self, name: &str) -> Option<&Arc<NodeContext>> {
        self.nodes.iter().find(|node| node.name == name)
    }

    /// Whether items are shown without their binary data (`settings.binaryMode` is `combined`).
    #[must_use]
    pub fn is_binary_combined(&self) -> bool {
        self.settings.get("binaryMode").and_then(Value::as_str) == Some("combined")
    }
}

/// A node of the workflow.
#[derive(Debug, Clone)]
pub struct NodeContext {
    /// The node's name.
    pub name: String,
    /// Its type.
    pub node_type: String,
    /// `$nodeVersion`.
    pub type_version: f64,
    /// `$nodeId`.
    pub id: Option<String>,
    /// `$webhookId`.
    pub webhook_id: Option<String>,
    /// The parameters as they are written, expressions unresolved.
    pub parameters: Arc<Value>,
    /// Whether the node runs for the first item only.
    pub execute_once: bool,
}

impl Default for NodeContext {
    fn default() -> Self {
        Self {
            name: String::new(),
            node_type: String::new(),
            type_version: 1.0,
            id: None,
            webhook_id: None,
            parameters: Arc::new(Value::Object(Map::new())),
            execute_once: false,
        }
    }
}

/// What the nodes of the workflow have put out, by node name. A node that is not in it has not run.
#[derive(Debug, Clone, Default)]
pub struct RunData {
    nodes: Vec<(String, Vec<TaskRun>)>,
}

impl RunData {
    /// Adds a run of a node.
    pub fn push(&mut self, node: impl Into<String>, run: TaskRun) {
        let node = node.into();
        match self.nodes.iter_mut().find(|(name, _)| *name == node) {
            Some((_, runs)) => runs.push(run),
            None => self.nodes.push((node, vec![run])),
        }
    }

    /// The runs of a node; none if it has not run.
    #[must_use]
    pub fn runs(&self, node: &str) -> Option<&[TaskRun]> {
        self.nodes.iter().find(|(name, _)| name == node).map(|(_, runs)| runs.as_slice())
    }
}

/// One run of a node.
#[derive(Debug, Clone, Default)]
pub struct TaskRun {
    /// The items of each output; an output that was not reached has none.
    pub outputs: Vec<Option<Arc<[Arc<Value>]>>>,
    /// Where the run's inputs came from.
    pub source: Vec<Option<Source>>,
}

/// Where an input comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The node.
    pub previous_node: String,
    /// Which of its outputs; the first if it is not said.
    pub previous_node_output: Option<usize>,
    /// Which of its runs; the first if it is not said.
    pub previous_node_run: Option<usize>,
}
