//! The requests of `POST /v1/expressions`, and the `context` that they share with executions.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Map, Value, json};

use crate::data;
use crate::engine::Engine;
use crate::error::{Code, EngineError, ExpressionError};
use crate::parameter::ParameterValue;
use crate::scope::{Items, NodeContext, RunData, Scope, Source, TaskRun, WorkflowContext};

/// A context that is not of the contract's shape.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {message}")]
pub struct InvalidContext {
    /// JSON pointer into the request.
    pub pointer: String,
    /// What is expected there.
    pub message: String,
}

/// A `context` in n8n's own shapes: the workflow, its run data, the active node, where the input comes from.
#[derive(Debug, Clone)]
pub struct InputContext {
    /// The workflow and the execution.
    pub workflow: Arc<WorkflowContext>,
    /// The active node; one without a name where the workflow does not have it.
    pub node: Arc<NodeContext>,
    /// The node's input: `items`, or what the run data of the previous node holds, paired with their own index.
    pub items: Arc<[Arc<Value>]>,
    /// Which run of the node this is.
    pub run_index: usize,
}

impl InputContext {
    /// Reads a context. `timezone` is the runner's own, used where neither context nor workflow has one.
    ///
    /// # Errors
    /// [`InvalidContext`] with the place and what is expected there.
    pub fn parse(context: &Value, timezone: &str) -> Result<Self, InvalidContext> {
        let reader = Reader { at: "/context".to_owned(), value: context };
        reader.object()?;
        let definition = reader.get("workflow");
        let input = source(&reader.get("input"))?;
        let run_data = match reader.get("runData") {
            Reader { value: Value::Null, .. } => None,
            runs => Some(run_data(&runs)?),
        };
        let items = match (reader.get("items"), &run_data, &input) {
            (Reader { value: Value::Null, .. }, Some(runs), Some(input)) => input_items(runs, input),
            (items, ..) => items.elements()?.iter().map(item).collect(),
        };
        let settings = definition.get("settings").value.as_object().cloned().unwrap_or_default();
        let zone = reader.text("timezone").or_else(|| settings.get("timezone")?.as_str().map(str::to_owned));
        let nodes = definition.get("nodes").elements()?.iter().map(|node| Arc::new(node_context(node))).collect();
        let workflow = WorkflowContext {
            id: definition.text("id"),
            name: definition.text("name"),
            active: definition.get("active").value.as_bool().unwrap_or(false),
            nodes,
            connections: definition.get("connections").value.clone(),
            settings,
            run_data,
            input,
            mode: reader.text("mode").unwrap_or_else(|| "manual".to_owned()),
            execution_id: reader.text("executionId"),
            vars: Arc::new(match reader.get("vars").value {
                Value::Null => json!({}),
                vars => vars.clone(),
            }),
            now: clock(&reader.get("now"))?,
            timezone: zone.unwrap_or_else(|| timezone.to_owned()),
            resume_url: reader.text("resumeUrl"),
            resume_form_url: reader.text("resumeFormUrl"),
            custom_data: Map::new(),
        };
        let active = reader.text("activeNode").unwrap_or_default();
        let node = workflow.node(&active).cloned();
        let node = node.unwrap_or_else(|| Arc::new(NodeContext { name: active, ..NodeContext::default() }));
        let run_index = reader.index("runIndex")?.unwrap_or(0);
        Ok(Self { workflow: Arc::new(workflow), node, items, run_index })
    }

    /// The scope of one of the items.
    #[must_use]
    pub fn scope(&self, item_index: usize) -> Scope {
        let items = Items::Batch(Arc::clone(&self.items));
        let mut scope = Scope::new(Arc::clone(&self.workflow), Arc::clone(&self.node), items, item_index);
        scope.run_index = self.run_index;
        scope
    }
}

/// A request of `POST /v1/expressions`: `{expression, itemIndex, context}`.
#[derive(Debug, Clone)]
pub struct ExpressionRequest {
    expression: ParameterValue,
    scope: Scope,
}

impl ExpressionRequest {
    /// Reads a request. `timezone` is the runner's own.
    ///
    /// # Errors
    /// [`InvalidContext`] with the place and what is expected there.
    pub fn parse(request: &Value, timezone: &str) -> Result<Self, InvalidContext> {
        let reader = Reader { at: String::new(), value: request };
        let Some(expression) = reader.object()?.get("expression") else {
            return Err(reader.get("expression").expected("a parameter value"));
        };
        let item_index = reader.index("itemIndex")?.unwrap_or(0);
        let empty = json!({});
        let context = request.get("context").unwrap_or(&empty);
        let scope = InputContext::parse(context, timezone)?.scope(item_index);
        Ok(Self { expression: ParameterValue::compile(expression), scope })
    }

    /// The answer: `{value, type}`, or `{error: {name, message, code}}`.
    pub async fn answer(self, engine: &Engine, deadline: Option<Instant>) -> Value {
        let Self { expression, mut scope } = self;
        scope.deadline = deadline;
        let job = move |evaluator: &mut crate::Evaluator| evaluator.evaluate(&expression, &scope);
        let result = match deadline {
            Some(deadline) => engine.run_until(deadline, job).await,
            None => engine.run(job).await,
        };
        match result.unwrap_or_else(|error| Err(engine_error(error))) {
            Ok(evaluated) => json!({"value": evaluated.value, "type": evaluated.kind.as_str()}),
            Err(error) => json!({"error": {"name": error.name, "message": error.message, "code": error.code.as_str()}}),
        }
    }
}

fn engine_error(error: EngineError) -> ExpressionError {
    let code = if error == EngineError::DeadlineExceeded { Code::DeadlineExceeded } else { Code::ExpressionError };
    ExpressionError::new("ExpressionError", error.to_string(), code)
}

/// A place in the request.
struct Reader<'v> {
    at: String,
    value: &'v Value,
}

impl<'v> Reader<'v> {
    fn get(&self, key: &str) -> Self {
        Self { at: format!("{}/{key}", self.at), value: self.value.get(key).unwrap_or(&Value::Null) }
    }

    fn expected(&self, what: &str) -> InvalidContext {
        InvalidContext { pointer: self.at.clone(), message: format!("expected {what}") }
    }

    fn object(&self) -> Result<&'v Map<String, Value>, InvalidContext> {
        self.value.as_object().ok_or_else(|| self.expected("an object"))
    }

    fn elements(&self) -> Result<&'v [Value], InvalidContext> {
        match self.value {
            Value::Null => Ok(&[]),
            Value::Array(items) => Ok(items),
            _ => Err(self.expected("an array")),
        }
    }

    fn text(&self, key: &str) -> Option<String> {
        match self.value.get(key)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    fn index(&self, key: &str) -> Result<Option<usize>, InvalidContext> {
        let place = self.get(key);
        match place.value {
            Value::Null => Ok(None),
            value => {
                let index = value.as_u64().and_then(|index| usize::try_from(index).ok());
                index.map(Some).ok_or_else(|| place.expected("an index, 0 or more"))
            }
        }
    }
}

/// An item; a bare object is taken as its json.
fn item(value: &Value) -> Arc<Value> {
    let value = data::normalize(value.clone());
    let is_item = value.as_object().is_some_and(|map| map.contains_key("json"));
    Arc::new(if is_item { value } else { json!({"json": value}) })
}

/// The items that the previous node put out, each paired with its own index, as n8n pairs them before it runs a node.
fn input_items(runs: &RunData, input: &Source) -> Arc<[Arc<Value>]> {
    let run = runs.runs(&input.previous_node).and_then(|runs| runs.get(input.previous_node_run.unwrap_or(0)));
    let output = run.and_then(|run| run.outputs.get(input.previous_node_output.unwrap_or(0))?.as_ref());
    let paired = |(index, item): (usize, &Arc<Value>)| {
        let mut item = Value::clone(item);
        if let Value::Object(map) = &mut item {
            map.insert("pairedItem".to_owned(), json!({"item": index}));
        }
        Arc::new(item)
    };
    output.map(|items| items.iter().enumerate().map(paired).collect()).unwrap_or_default()
}

fn source(reader: &Reader<'_>) -> Result<Option<Source>, InvalidContext> {
    let Some(previous_node) = reader.text("previousNode") else { return Ok(None) };
    Ok(Some(Source {
        previous_node,
        previous_node_output: reader.index("previousNodeOutput")?,
        previous_node_run: reader.index("previousNodeRun")?,
    }))
}

fn run_data(reader: &Reader<'_>) -> Result<RunData, InvalidContext> {
    let mut data = RunData::default();
    for name in reader.object()?.keys() {
        let runs = reader.get(name);
        for (index, run) in runs.elements()?.iter().enumerate() {
            let run = Reader { at: format!("{}/{index}", runs.at), value: run };
            let outputs = run.get("data").get("main").elements()?.iter();
            let outputs = outputs.map(|items| items.as_array().map(|items| items.iter().map(item).collect())).collect();
            let sources = run.get("source");
            let source = sources
                .elements()?
                .iter()
                .map(|value| source(&Reader { at: sources.at.clone(), value }))
                .collect::<Result<_, _>>()?;
            data.push(name, TaskRun { outputs, source });
        }
    }
    Ok(data)
}

fn node_context(node: &Value) -> NodeContext {
    let reader = Reader { at: String::new(), value: node };
    NodeContext {
        name: reader.text("name").unwrap_or_default(),
        node_type: reader.text("type").unwrap_or_default(),
        type_version: reader.get("typeVersion").value.as_f64().unwrap_or(1.0),
        id: reader.text("id"),
        webhook_id: reader.text("webhookId"),
        parameters: Arc::new(match reader.get("parameters").value {
            Value::Null => json!({}),
            parameters => parameters.clone(),
        }),
        execute_once: reader.get("executeOnce").value.as_bool().unwrap_or(false),
    }
}

/// The stopped clock: ISO 8601 text, or milliseconds since 1970.
fn clock(reader: &Reader<'_>) -> Result<Option<f64>, InvalidContext> {
    match reader.value {
        Value::Null => Ok(None),
        Value::Number(number) => Ok(number.as_f64()),
        Value::String(text) => match text.parse::<jiff::Timestamp>() {
            #[allow(clippy::cast_precision_loss, reason = "milliseconds are far below 2^53")]
            Ok(timestamp) => Ok(Some(timestamp.as_millisecond() as f64)),
            Err(_) => Err(reader.expected("an ISO 8601 time with its offset")),
        },
        _ => Err(reader.expected("an ISO 8601 time with its offset")),
    }
}
