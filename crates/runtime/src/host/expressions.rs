//! `POST /v1/expressions`: one expression in a context.

use std::sync::Arc;

use nodehost_expression::{Items, NodeContext, ParameterValue, TaskRun};
use serde::Serialize;
use serde_json::Value;

use super::Host;
use crate::request::Fields;
use crate::scopes::{self, ScopeMaker};
use crate::{Context, ErrorCode, Refusal};

/// An expression and what it sees.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpressionRequest {
    /// A parameter value: text, list or object.
    pub expression: Value,
    /// The item it is evaluated for.
    pub item_index: usize,
    /// What it sees.
    pub context: Context,
    /// The input's items as they are, in place of those of the run data.
    pub items: Option<Vec<Value>>,
}

/// The value of an expression, or why it has none.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum ExpressionAnswer {
    /// It has a value.
    Value {
        /// As JSON.stringify writes it; null for undefined.
        value: Value,
        /// Its JavaScript kind.
        #[serde(rename = "type")]
        kind: String,
    },
    /// It failed.
    Error {
        /// How.
        error: ExpressionFailure,
    },
}

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExpressionFailure {
    /// The class of the error.
    pub name: String,
    /// The message.
    pub message: String,
    /// The code.
    pub code: ErrorCode,
}

impl ExpressionRequest {
    /// Reads the request.
    pub fn from_value(value: Value) -> Result<Self, Refusal> {
        let mut errors = Vec::new();
        let mut fields = Fields::new(value, "", &mut errors);
        let expression = fields.take_even_null("expression");
        let expression = fields.require("expression", expression).unwrap_or_default();
        let index = fields.integer("itemIndex", 0..=u64::from(u32::MAX)).unwrap_or_default();
        let context = fields.nested("context", |mut fields| {
            let context = Context::read_known(&mut fields);
            let items = fields.list("items");
            fields.finish();
            (context, items)
        });
        let (context, items) = context.unwrap_or_default();
        fields.finish();
        if !errors.is_empty() {
            return Err(Refusal::of(ErrorCode::Malformed, errors));
        }
        Ok(Self { expression, item_index: usize::try_from(index).unwrap_or(usize::MAX), context, items })
    }
}

impl Host {
    /// Evaluates an expression.
    pub async fn expressions(&self, request: ExpressionRequest) -> Result<ExpressionAnswer, Refusal> {
        let ExpressionRequest { expression, item_index, context, items } = request;
        let node = Arc::new(active_node(&context));
        let execution_id = context.execution_id.clone();
        let mut workflow = scopes::workflow(&context, &node, &self.inner.timezone, execution_id)?;
        let items = match items {
            Some(items) => items.into_iter().map(Arc::new).collect(),
            None => input_items(&workflow),
        };
        // In a workflow of the caller's own a node has the source that the caller names, or none.
        if context.workflow.is_some() && context.input.is_none() {
            workflow.input = None;
        }
        let maker = ScopeMaker::new(Arc::new(workflow), node, context.run_index, None, None);
        let scope = maker.user(Items::Batch(items), item_index);
        let evaluated = self
            .inner
            .engine
            .run(move |evaluator| evaluator.evaluate(&ParameterValue::compile(&expression), &scope))
            .await;
        match evaluated {
            Ok(Ok(evaluated)) => Ok(ExpressionAnswer::Value {
                value: evaluated.value.unwrap_or(Value::Null),
                kind: evaluated.kind.as_str().to_owned(),
            }),
            Ok(Err(error)) => Ok(ExpressionAnswer::Error {
                error: ExpressionFailure {
                    name: error.name.clone().into_owned(),
                    message: error.message.clone(),
                    code: crate::declarative::failure::expression_code(error.code),
                },
            }),
            Err(error) => Err(Refusal::new(ErrorCode::Internal, error.to_string())),
        }
    }
}

/// The node an expression belongs to: as it stands in the workflow.
fn active_node(context: &Context) -> NodeContext {
    let name = context.active_node.clone().unwrap_or_else(|| "Node".to_owned());
    let nodes = context.workflow.iter().flat_map(|workflow| &workflow.nodes);
    let node = nodes.map(scopes::read_node).find(|node| node.name == name);
    node.unwrap_or(NodeContext { name, ..NodeContext::default() })
}

/// The output the node's input comes from, paired with itself as n8n pairs it.
fn input_items(workflow: &nodehost_expression::WorkflowContext) -> Arc<[Arc<Value>]> {
    let Some(input) = &workflow.input else { return Arc::from([]) };
    let run = workflow
        .run_data
        .as_ref()
        .and_then(|data| data.runs(&input.previous_node))
        .and_then(|runs| runs.get(input.previous_node_run.unwrap_or(0)));
    let items = run.and_then(|run: &TaskRun| run.outputs.get(input.previous_node_output.unwrap_or(0))?.clone());
    let items = items.unwrap_or_else(|| Arc::from([]));
    let paired = items.iter().enumerate().map(|(index, item)| {
        let mut item = (**item).clone();
        if let Value::Object(map) = &mut item {
            map.insert("pairedItem".to_owned(), serde_json::json!({"item": index}));
        }
        Arc::new(item)
    });
    paired.collect()
}
