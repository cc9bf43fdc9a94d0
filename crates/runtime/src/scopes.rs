//! What the expressions of an execution see: n8n's workflow around the node, made up where the request has none.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use nodehost_expression::{
    Engine, EngineError, Evaluator, Items, NodeContext, RunData, Scope, Source, TaskRun, WorkflowContext, data,
};
use serde_json::{Map, Value};

use crate::execution::{Ended, Job};
use crate::{Context, ErrorCode, Item, ItemError, Refusal, RequestError};

type Names = Arc<Vec<(Cow<'static, str>, Arc<Value>)>>;

/// What an item's expressions see: those of the user, and those of the descriptor, which see the credential, too.
#[derive(Debug, Clone)]
pub(crate) struct Scopes {
    pub(crate) user: Scope,
    /// With `$version`.
    pub(crate) version_only: Scope,
    /// With `$version` and `$credentials`.
    pub(crate) descriptor: Scope,
    pub(crate) credentials: Option<Arc<Value>>,
}

/// Makes the scopes of an execution's items.
#[derive(Debug)]
pub(crate) struct ScopeMaker {
    pub(crate) workflow: Arc<WorkflowContext>,
    pub(crate) node: Arc<NodeContext>,
    pub(crate) run_index: usize,
    pub(crate) deadline: Option<Instant>,
    credentials: Option<Arc<Value>>,
    version_only: Names,
    descriptor: Names,
}

impl ScopeMaker {
    pub(crate) fn new(
        workflow: Arc<WorkflowContext>,
        node: Arc<NodeContext>,
        run_index: usize,
        deadline: Option<Instant>,
        credentials: Option<Arc<Value>>,
    ) -> Self {
        let version = vec![(Cow::Borrowed("$version"), Arc::new(data::number_value(node.type_version)))];
        let mut all = version.clone();
        if let Some(credentials) = &credentials {
            all.push((Cow::Borrowed("$credentials"), Arc::clone(credentials)));
        }
        let (version_only, descriptor) = (Arc::new(version), Arc::new(all));
        Self { workflow, node, run_index, deadline, credentials, version_only, descriptor }
    }

    /// Runs a job on an engine thread, and waits for one no longer than the execution may take.
    pub(crate) async fn run<R: Send + 'static>(
        &self,
        engine: &Engine,
        job: impl FnOnce(&mut Evaluator) -> R + Send + 'static,
    ) -> Result<R, ItemError> {
        let done = match self.deadline {
            Some(deadline) => engine.run_until(deadline, job).await,
            None => engine.run(job).await,
        };
        done.map_err(|error| match error {
            EngineError::DeadlineExceeded => Ended::Deadline.error(),
            error => ItemError::operation(ErrorCode::Internal, error.to_string()),
        })
    }

    /// The scopes of an item.
    pub(crate) fn of(&self, job: &Job) -> Scopes {
        let user = self.user(job.items.clone(), job.index);
        let version_only = Scope { extra: Arc::clone(&self.version_only), ..user.clone() };
        let descriptor = Scope { extra: Arc::clone(&self.descriptor), ..user.clone() };
        Scopes { user, version_only, descriptor, credentials: self.credentials.clone() }
    }

    /// The scope of the user's own expressions.
    pub(crate) fn user(&self, items: Items, index: usize) -> Scope {
        let mut scope = Scope::new(Arc::clone(&self.workflow), Arc::clone(&self.node), items, index);
        scope.run_index = self.run_index;
        scope.deadline = self.deadline;
        scope
    }
}

/// The workflow of a context. `node` stands for the entry of its name, and is added where there is none.
pub(crate) fn workflow(
    context: &Context,
    node: &Arc<NodeContext>,
    default_zone: &str,
    execution_id: Option<String>,
) -> Result<WorkflowContext, Refusal> {
    let info = context.workflow.clone().unwrap_or_default();
    let input = context.input.clone().unwrap_or_default();
    let mut nodes: Vec<Arc<NodeContext>> = info.nodes.iter().map(|node| Arc::new(read_node(node))).collect();
    match nodes.iter_mut().find(|known| known.name == node.name) {
        Some(known) => *known = Arc::clone(node),
        None => nodes.push(Arc::clone(node)),
    }
    let mut connections = Value::Object(info.connections);
    if context.workflow.is_none() {
        nodes.insert(0, Arc::new(NodeContext { name: input.previous_node.clone(), ..NodeContext::default() }));
        let target = serde_json::json!({"node": node.name, "type": "main", "index": 0});
        connections = serde_json::json!({ &input.previous_node: {"main": [[target]]} });
    }
    let zone = context.timezone.clone().or_else(|| Some(info.settings.get("timezone")?.as_str()?.to_owned()));
    let timezone = zone.filter(|zone| zone != "DEFAULT").unwrap_or_else(|| default_zone.to_owned());
    Ok(WorkflowContext {
        id: info.id,
        name: info.name,
        active: info.active,
        nodes,
        connections,
        settings: info.settings,
        run_data: context.run_data.clone().map(read_run_data).transpose()?,
        input: Some(Source {
            previous_node: input.previous_node,
            previous_node_output: Some(input.previous_node_output),
            previous_node_run: Some(input.previous_node_run),
        }),
        mode: context.mode.clone().unwrap_or_else(|| "trigger".to_owned()),
        execution_id,
        vars: Arc::new(Value::Object(context.vars.clone())),
        now: context.now.as_deref().map(read_time).transpose()?,
        timezone,
        resume_url: context.resume_url.clone(),
        resume_form_url: context.resume_form_url.clone(),
        ..WorkflowContext::default()
    })
}

fn read_time(text: &str) -> Result<f64, Refusal> {
    let parsed: Result<jiff::Timestamp, _> = text.parse();
    #[allow(clippy::cast_precision_loss, reason = "milliseconds of our age are exact in a double")]
    match parsed {
        Ok(stamp) => Ok(stamp.as_millisecond() as f64),
        Err(_) => Err(Refusal::at(
            "/context/now",
            ErrorCode::Malformed,
            "\"now\" is a time in ISO 8601, such as 2025-01-02T03:04:05Z",
        )),
    }
}

/// A node of a workflow as n8n saves it.
pub(crate) fn read_node(node: &Value) -> NodeContext {
    let text = |key: &str| node.get(key).and_then(Value::as_str).map(str::to_owned);
    NodeContext {
        name: text("name").unwrap_or_default(),
        node_type: text("type").unwrap_or_default(),
        type_version: node.get("typeVersion").and_then(Value::as_f64).unwrap_or(1.0),
        id: text("id"),
        webhook_id: text("webhookId"),
        parameters: Arc::new(node.get("parameters").cloned().unwrap_or_else(|| Value::Object(Map::new()))),
        execute_once: node.get("executeOnce") == Some(&Value::Bool(true)),
    }
}

/// n8n's run data: `{node: [{data: {main: [[item]]}, source: [...]}]}`.
pub(crate) fn read_run_data(run_data: Map<String, Value>) -> Result<RunData, Refusal> {
    let mut all = RunData::default();
    for (node, runs) in run_data {
        let Value::Array(runs) = runs else {
            let pointer = format!("/context/runData/{}", crate::item::escape_pointer(&node));
            let error =
                RequestError::new(pointer, ErrorCode::Malformed, "The run data of a node is a list of its runs");
            return Err(vec![error].into());
        };
        for run in runs {
            all.push(node.clone(), read_run(run));
        }
    }
    Ok(all)
}

fn read_run(mut run: Value) -> TaskRun {
    let outputs = run.pointer_mut("/data/main").map(Value::take);
    let outputs = match outputs {
        Some(Value::Array(outputs)) => outputs.into_iter().map(read_output).collect(),
        _ => Vec::new(),
    };
    let sources = run.get("source").and_then(Value::as_array).into_iter().flatten();
    TaskRun { outputs, source: sources.map(read_source).collect() }
}

fn read_output(items: Value) -> Option<Arc<[Arc<Value>]>> {
    match items {
        Value::Array(items) => Some(items.into_iter().map(Arc::new).collect()),
        _ => None,
    }
}

fn read_source(source: &Value) -> Option<Source> {
    #[allow(clippy::cast_possible_truncation, reason = "an index")]
    let index = |key: &str| source.get(key).and_then(Value::as_u64).map(|index| index as usize);
    Some(Source {
        previous_node: source.get("previousNode")?.as_str()?.to_owned(),
        previous_node_output: index("previousNodeOutput"),
        previous_node_run: index("previousNodeRun"),
    })
}

/// The items of a batch as the output of the node before: with the lineage they came with.
pub(crate) fn as_output(items: &[Item], seen: &Arc<[Arc<Value>]>) -> Arc<[Arc<Value>]> {
    if items.iter().all(|item| item.paired_item.is_none()) {
        return Arc::clone(seen);
    }
    let with_lineage = items.iter().zip(seen.iter()).map(|(item, seen)| match &item.paired_item {
        None => Arc::clone(seen),
        Some(paired) => {
            let mut value = (**seen).clone();
            value["pairedItem"] = serde_json::to_value(paired).unwrap_or(Value::Null);
            Arc::new(value)
        }
    });
    with_lineage.collect()
}
