//! The native functions that the engine's own JavaScript closes over. Expressions never see them.

use std::rc::Rc;
use std::sync::Arc;

use rquickjs::function::IntoJsFunc;
use rquickjs::{Array, Ctx, Error, Function, IntoJs, Object, Result, Value};
use serde_json::Value as Json;

use super::Host;
use super::lazy::{self, Shared};
use crate::error::{Code, ExpressionError};
use crate::graph::{Follow, Graph};
use crate::scope::{Items, Scope, Source, TaskRun};

/// All of them, as properties of one object.
pub(super) fn functions<'js>(ctx: &Ctx<'js>, host: &Rc<Host>) -> Result<Object<'js>> {
    let natives = Natives { object: Object::new(ctx.clone())?, host: Rc::clone(host) };
    natives.of_the_evaluation()?;
    natives.of_the_input()?;
    natives.of_the_workflow()?;
    natives.of_the_run_data()?;
    Ok(natives.object)
}

struct Natives<'js> {
    object: Object<'js>,
    host: Rc<Host>,
}

impl<'js> Natives<'js> {
    fn put<P>(&self, name: &str, function: impl IntoJsFunc<'js, P> + 'js) -> Result<()> {
        self.object.set(name, Function::new(self.object.ctx().clone(), function)?)
    }

    fn of_the_evaluation(&self) -> Result<()> {
        let host = Rc::clone(&self.host);
        self.put("json", move |ctx: Ctx<'js>| host.json(&ctx))?;
        let host = Rc::clone(&self.host);
        self.put("touch", move || host.touch())?;
        let host = Rc::clone(&self.host);
        self.put("spent", move |limit: String| host.spent(&limit))?;
        let host = Rc::clone(&self.host);
        self.put("now", move || host.now_ms())?;
        let host = Rc::clone(&self.host);
        self.put("evaluate", move |ctx: Ctx<'js>, text: String| host.evaluate(&ctx, &text))?;
        let host = Rc::clone(&self.host);
        self.put("extra", move |ctx: Ctx<'js>, name: String| extra(&ctx, &host, &name))?;
        let host = Rc::clone(&self.host);
        self.put("self", move |ctx: Ctx<'js>| extra(&ctx, &host, "$self"))?;
        let host = Rc::clone(&self.host);
        self.put("siblings", move |ctx: Ctx<'js>| {
            host.siblings().map_or_else(|| undefined(&ctx), |siblings| lazy::to_js(&ctx, &Shared::of(siblings)))
        })?;
        let host = Rc::clone(&self.host);
        self.put("fact", move |ctx: Ctx<'js>, name: String| {
            host.scope().map_or_else(|| undefined(&ctx), |scope| fact(&ctx, &scope, &name))
        })
    }

    fn of_the_input(&self) -> Result<()> {
        let host = Rc::clone(&self.host);
        self.put("item", move |ctx: Ctx<'js>, index: f64| {
            host.scope().map_or_else(|| undefined(&ctx), |scope| item(&ctx, &host, &scope, index))
        })?;
        let host = Rc::clone(&self.host);
        self.put("items", move |ctx: Ctx<'js>| match host.scope().map(|scope| scope.items) {
            Some(Items::Batch(items)) => lazy::array_of(&ctx, &items),
            Some(Items::Current(_)) => Err(stream_error(&ctx, &host)),
            None => undefined(&ctx),
        })
    }

    fn of_the_workflow(&self) -> Result<()> {
        let host = Rc::clone(&self.host);
        self.put("isNode", move |name: String| host.read(|scope| scope.workflow.node(&name).is_some()))?;
        let host = Rc::clone(&self.host);
        self.put("parameters", move |ctx: Ctx<'js>, node: String| {
            parameters(&host, &node).map_or_else(|| undefined(&ctx), |known| lazy::to_js(&ctx, &Shared::of(known)))
        })?;
        let host = Rc::clone(&self.host);
        self.put("executesOnce", move |name: String| {
            host.read(|scope| scope.workflow.node(&name).is_some_and(|node| node.execute_once))
        })?;
        let host = Rc::clone(&self.host);
        self.put("isBefore", move |name: String, node: String| host.read(|scope| is_before(scope, &name, &node)))?;
        let host = Rc::clone(&self.host);
        self.put("outputTo", move |ctx: Ctx<'js>, node: String, parent: String| {
            let output = host.read(|scope| Graph(&scope.workflow.connections).source_output(&node, &parent));
            output.map_or_else(|| undefined(&ctx), |output| output.into_js(&ctx))
        })
    }

    fn of_the_run_data(&self) -> Result<()> {
        let host = Rc::clone(&self.host);
        self.put("runs", move |node: String| {
            host.read(|scope| match runs(scope, &node) {
                Some(runs) => i32::try_from(runs.len()).unwrap_or(i32::MAX),
                None if is_streamed(scope, &node) => 1,
                None => -1,
            })
        })?;
        let host = Rc::clone(&self.host);
        self.put("outputs", move |node: String, run: usize| {
            host.read(|scope| match run_of(scope, &node, run) {
                Some(run) => i32::try_from(run.outputs.len()).unwrap_or(-1),
                None if is_streamed(scope, &node) => i32::MAX,
                None => -1,
            })
        })?;
        let host = Rc::clone(&self.host);
        self.put("count", move |node: String, run: usize, output: usize| {
            host.read(|scope| match output_of(scope, &node, run, output) {
                Some(items) => i32::try_from(items.len()).unwrap_or(-1),
                None if is_streamed(scope, &node) => i32::MAX,
                None => -1,
            })
        })?;
        let host = Rc::clone(&self.host);
        self.put("runItems", move |ctx: Ctx<'js>, node: String, run: usize, output: usize| {
            if host.read(|scope| is_streamed(scope, &node)) {
                return Err(stream_error(&ctx, &host));
            }
            let items = host.read(|scope| output_of(scope, &node, run, output).cloned());
            items.map_or_else(|| undefined(&ctx), |items| lazy::array_of(&ctx, &items))
        })?;
        let host = Rc::clone(&self.host);
        self.put("runItem", move |ctx: Ctx<'js>, node: String, run: usize, output: usize, index: usize| {
            #[allow(clippy::cast_precision_loss, reason = "an index")]
            if let Some(scope) = host.scope().filter(|scope| is_streamed(scope, &node)) {
                return item(&ctx, &host, &scope, index as f64);
            }
            let item = host.read(|scope| output_of(scope, &node, run, output)?.get(index).cloned());
            item.map_or_else(|| undefined(&ctx), |item| lazy::to_js(&ctx, &Shared::of(item)))
        })?;
        let host = Rc::clone(&self.host);
        self.put("sources", move |ctx: Ctx<'js>, node: String, run: usize| {
            let sources =
                host.read(|scope| run_of(scope, &node, run).map(|run| run.source.clone())).unwrap_or_default();
            let array = Array::new(ctx.clone())?;
            for (index, source) in sources.iter().enumerate() {
                array.set(index, source_value(&ctx, source.as_ref())?)?;
            }
            Ok::<_, Error>(array)
        })
    }
}

fn undefined<'js>(ctx: &Ctx<'js>) -> Result<Value<'js>> {
    Ok(Value::new_undefined(ctx.clone()))
}

/// A name that the caller added to the scope.
fn extra<'js>(ctx: &Ctx<'js>, host: &Host, name: &str) -> Result<Value<'js>> {
    let value = host.read(|scope| scope.extra(name).cloned());
    value.map_or_else(|| undefined(ctx), |value| lazy::to_js(ctx, &Shared::of(value)))
}

/// A single fact of the scope, by name.
fn fact<'js>(ctx: &Ctx<'js>, scope: &Scope, name: &str) -> Result<Value<'js>> {
    let (workflow, node) = (&scope.workflow, &scope.node);
    match name {
        "itemIndex" => scope.item_index.into_js(ctx),
        "runIndex" => scope.run_index.into_js(ctx),
        "mode" => workflow.mode.as_str().into_js(ctx),
        "nodeName" => node.name.as_str().into_js(ctx),
        "nodeVersion" => node.type_version.into_js(ctx),
        "nodeId" => node.id.as_deref().into_js(ctx),
        "webhookId" => node.webhook_id.as_deref().into_js(ctx),
        "workflowId" => workflow.id.as_deref().into_js(ctx),
        "workflowName" => workflow.name.as_deref().into_js(ctx),
        "workflowActive" => workflow.active.into_js(ctx),
        "executionId" => workflow.execution_id.as_deref().into_js(ctx),
        "resumeUrl" => workflow.resume_url.as_deref().into_js(ctx),
        "resumeFormUrl" => workflow.resume_form_url.as_deref().into_js(ctx),
        "customData" => lazy::to_js(ctx, &Shared::of(Arc::new(Json::Object(workflow.custom_data.clone())))),
        "combined" => workflow.is_binary_combined().into_js(ctx),
        "hasRunData" => workflow.run_data.is_some().into_js(ctx),
        "itemCount" => match &scope.items {
            Items::Batch(items) => items.len().into_js(ctx),
            Items::Current(_) => f64::INFINITY.into_js(ctx),
        },
        "vars" => lazy::to_js(ctx, &Shared::of(Arc::clone(&workflow.vars))),
        "source" => source_value(ctx, workflow.input.as_ref()),
        _ => undefined(ctx),
    }
}

/// An item of the input, undefined where there is none.
fn item<'js>(ctx: &Ctx<'js>, host: &Host, scope: &Scope, index: f64) -> Result<Value<'js>> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
    let position = if index >= 0.0 && index.fract() == 0.0 { index as usize } else { usize::MAX };
    if matches!(scope.items, Items::Current(_)) && position != scope.item_index {
        return Err(stream_error(ctx, host));
    }
    match scope.items.get(position) {
        Some(item) => lazy::to_js(ctx, &Shared::of(Arc::clone(item))),
        None => undefined(ctx),
    }
}

fn stream_error(ctx: &Ctx<'_>, host: &Host) -> Error {
    let message =
        "A streamed batch shows expressions its current item only; set settings.bufferItems to see the others";
    host.fail(ctx, ExpressionError::new("ExpressionError", message, Code::BatchScopeInStream))
}

/// A node's parameters as they are written.
fn parameters(host: &Host, node: &str) -> Option<Arc<Json>> {
    host.read(|scope| {
        let known = if scope.node.name == node { Some(&scope.node) } else { scope.workflow.node(node) };
        known.map(|node| Arc::clone(&node.parameters))
    })
}

/// Whether `node` comes before the active node `name`, or before the nodes that it serves as a tool, a model, ...
fn is_before(scope: &Scope, name: &str, node: &str) -> bool {
    let graph = Graph(&scope.workflow.connections);
    let served = graph.children(name, Follow::AllButMain);
    if served.is_empty() {
        return graph.parents(name, Follow::Main).contains(node);
    }
    served.iter().any(|child| graph.parents(child, Follow::All).contains(node))
}

fn runs<'s>(scope: &'s Scope, node: &str) -> Option<&'s [TaskRun]> {
    scope.workflow.run_data.as_ref()?.runs(node)
}

/// Whether a node's output is the batch that is streamed, of which the current item alone is there.
fn is_streamed(scope: &Scope, node: &str) -> bool {
    let is_input = scope.workflow.input.as_ref().is_some_and(|input| input.previous_node == node);
    matches!(scope.items, Items::Current(_)) && is_input && runs(scope, node).is_none()
}

fn run_of<'s>(scope: &'s Scope, node: &str, run: usize) -> Option<&'s TaskRun> {
    runs(scope, node)?.get(run)
}

fn output_of<'s>(scope: &'s Scope, node: &str, run: usize, output: usize) -> Option<&'s Arc<[Arc<Json>]>> {
    run_of(scope, node, run)?.outputs.get(output)?.as_ref()
}

fn source_value<'js>(ctx: &Ctx<'js>, source: Option<&Source>) -> Result<Value<'js>> {
    let Some(source) = source else { return Ok(Value::new_null(ctx.clone())) };
    let object = Object::new(ctx.clone())?;
    object.set("previousNode", source.previous_node.as_str())?;
    object.set("previousNodeOutput", source.previous_node_output.unwrap_or(0))?;
    object.set("previousNodeRun", source.previous_node_run.unwrap_or(0))?;
    Ok(object.into_value())
}
