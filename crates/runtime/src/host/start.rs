//! From a request to a running execution: the plan, or a refusal.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures::FutureExt;
use nodehost_descriptor::NodeDescriptor;
use nodehost_expression::{Engine, NodeContext, ParameterValue, TaskRun};
use serde_json::{Map, Value};
use tokio::time::Instant;

use super::Host;
use super::registry::Found;
use crate::caller::Caller;
use crate::credentials::{Credential, CredentialData, CredentialError, StoreError};
use crate::declarative::{Declarative, Hooks, Requests, RoutingPlan, reads_current};
use crate::egress::Tally;
use crate::execution::{BatchItems, Cancel, InputStream, Job, OutcomeStream, Policy, Run, Source, Work, spawn};
use crate::node::{Native, NativeNode};
use crate::notes::Notes;
use crate::parameters::{self, Checked};
use crate::scopes::{self, ScopeMaker};
use crate::{
    CredentialRef, ErrorCode, ExecutionRequest, Item, NodeCall, OnError, Refusal, RequestError, Settings, Warning,
};

/// Items of a stream that are held at most where it is to be buffered.
const MAX_BUFFERED: usize = 1_000_000;
/// How often the transport sends again where the settings do not say.
pub(super) const TRANSPORT_RETRIES: u32 = 2;

pub(super) async fn batch(host: &Host, head: ExecutionRequest, items: BatchItems) -> Result<OutcomeStream, Refusal> {
    start(host, head, Given::Batch(items)).await
}

pub(super) async fn stream(
    host: &Host,
    head: ExecutionRequest,
    mut items: InputStream,
) -> Result<OutcomeStream, Refusal> {
    if !head.settings.buffer_items {
        return start(host, head, Given::Stream(items)).await;
    }
    let mut held = Vec::new();
    while let Some(item) = futures::StreamExt::next(&mut items).await {
        if held.len() == MAX_BUFFERED {
            let message = format!("A stream with bufferItems holds at most {MAX_BUFFERED} items");
            return Err(Refusal::new(ErrorCode::LimitExceeded, message));
        }
        held.push(item?);
    }
    start(host, head, Given::Batch(Box::new(held.into_iter().map(Ok)))).await
}

/// The items as they are given.
enum Given {
    Batch(BatchItems),
    Stream(InputStream),
}

async fn start(host: &Host, request: ExecutionRequest, given: Given) -> Result<OutcomeStream, Refusal> {
    let ExecutionRequest { node: call, context, settings, .. } = request;
    let found = host.inner.registry.find(&call.node_type, call.type_version)?;
    let compiled = found.entry.compiled()?;
    let descriptor = Arc::clone(compiled.descriptor());
    if found.of_type.native.is_none() && !descriptor.is_declarative() {
        let message = format!("{} can be described, but not run: its descriptor makes no requests", found.node_type);
        return Err(Refusal::at("/node/type", ErrorCode::NotExecutable, message));
    }
    let version = compiled.version(found.version);
    let complete = parameters::complete(&version, &call.parameters)?;
    let (checked, warnings) = Checked::new(version, &call.parameters, &complete, settings.validation)?;
    let checked = Arc::new(checked);
    let execution_id = context.execution_id.clone().unwrap_or_else(|| uuid::Uuid::now_v7().to_string());
    let node = node_context(&call, &found, &descriptor, &complete);
    let mut workflow = scopes::workflow(&context, &node, &host.inner.timezone, Some(execution_id.clone()))?;
    let mut plan = match &found.of_type.native {
        Some(_) => None,
        None => Some(routing_plan(host, &found, &checked, &complete)?),
    };
    let looks_around = !complete.values().all(reads_current) || plan.as_ref().is_some_and(|plan| !plan.reads_current());
    let source = source(given, call.execute_once, looks_around, &mut workflow)?;
    let deadline = settings.timeout_ms.map(|ms| Instant::now() + Duration::from_millis(ms));
    let workflow = Arc::new(workflow);
    let std_deadline = deadline.map(Instant::into_std);
    let make_scopes = |credentials| {
        ScopeMaker::new(Arc::clone(&workflow), Arc::clone(&node), context.run_index, std_deadline, credentials)
    };

    let mut credential =
        credential(host, (&descriptor, found.entry.source.package()), &checked, &complete, &call.credentials).await?;
    if let (Some(given), Some(plan)) = (&credential, &mut plan) {
        let scopes = make_scopes(Some(exposed(given)));
        let urls = node_urls(host, plan, &scopes).await;
        credential = Some(given.with_node_urls(&urls));
    }
    let scopes = Arc::new(make_scopes(credential.as_ref().map(exposed)));
    let caller = Arc::new(caller(host, &found, credential, &settings, deadline));
    let course = Course { execution_id, warnings, ..Course::new(host, &call, &descriptor, settings, &caller) };
    let parts = Parts { checked, scopes, engine: host.inner.engine.clone(), caller, on_error: call.on_error };
    match (&found.of_type.native, plan) {
        (Some(node), _) => parts.run_native(node, course, source).await,
        (None, Some(plan)) => {
            let hooks = Arc::clone(&host.inner.hooks);
            course.spawn(parts.declarative(plan, hooks), source).await
        }
        (None, None) => Err(Refusal::new(ErrorCode::Internal, "The node has neither a plan nor an implementation")),
    }
}

/// The node as expressions see it.
fn node_context(
    call: &NodeCall,
    found: &Found<'_>,
    descriptor: &NodeDescriptor,
    complete: &Map<String, Value>,
) -> Arc<NodeContext> {
    Arc::new(NodeContext {
        name: call.name.clone().unwrap_or_else(|| default_name(found, &descriptor.extra)),
        node_type: found.node_type.to_owned(),
        type_version: found.version,
        parameters: Arc::new(Value::Object(complete.clone())),
        execute_once: call.execute_once,
        ..NodeContext::default()
    })
}

/// What sends the execution's requests.
fn caller(
    host: &Host,
    found: &Found<'_>,
    credential: Option<Credential>,
    settings: &Settings,
    deadline: Option<Instant>,
) -> Caller {
    Caller {
        credentials: host.inner.credentials.clone(),
        credential,
        transport_retries: settings.transport_retries.unwrap_or(TRANSPORT_RETRIES),
        deadline,
        tally: Arc::new(Tally::default()),
        label: Arc::from(found.node_type),
        notes: Arc::new(Notes::default()),
    }
}

/// The plan of a declarative node, whose hooks the host has.
fn routing_plan(
    host: &Host,
    found: &Found<'_>,
    checked: &Checked,
    complete: &Map<String, Value>,
) -> Result<RoutingPlan, Refusal> {
    let plan = RoutingPlan::compile(checked, complete)?;
    match plan.hooks().iter().find(|name| !host.inner.hooks.has(name)) {
        None => Ok(plan),
        Some(missing) => {
            let message = format!("{} needs the hook \"{missing}\", which this host does not have", found.node_type);
            Err(Refusal::at("/node/parameters", ErrorCode::NotExecutable, message))
        }
    }
}

/// What every kind of node needs for its items.
struct Parts {
    checked: Arc<Checked>,
    scopes: Arc<ScopeMaker>,
    engine: Engine,
    caller: Arc<Caller>,
    on_error: OnError,
}

impl Parts {
    fn declarative(self, plan: RoutingPlan, hooks: Arc<Hooks>) -> Declarative {
        let Self { checked, scopes, engine, caller, on_error } = self;
        let requests = Arc::new(Requests::new(plan, checked, &scopes.of(&Job::bare())));
        Declarative { requests, scopes, engine, caller, hooks, stops: on_error == OnError::StopWorkflow }
    }

    async fn run_native(self, node: &NativeNode, course: Course, source: Source) -> Result<OutcomeStream, Refusal> {
        let Self { checked, scopes, engine, caller, on_error } = self;
        // Boxed, so that the future of an execution can be sent between threads: inside it the compiler loses the
        // lifetime of `dyn`.
        match node {
            NativeNode::PerItem(node) => {
                let native = Native { checked, scopes, engine, caller, on_error, node: Arc::clone(node) };
                course.spawn(native, source).boxed().await
            }
            NativeNode::PerBatch(_) if source.known.is_none() => {
                let message =
                    "This node needs the whole batch: set settings.bufferItems, or send the items in the request";
                Err(Refusal::at("/settings/bufferItems", ErrorCode::BufferRequired, message))
            }
            NativeNode::PerBatch(node) => {
                let native = Native { checked, scopes, engine, caller, on_error, node: Arc::clone(node) };
                course.spawn(native, source).boxed().await
            }
        }
    }
}

/// How an execution runs, whatever it runs.
struct Course {
    policy: Policy,
    tries: u32,
    wait: Duration,
    concurrency: usize,
    always_output_data: bool,
    execution_id: String,
    node_type: Arc<str>,
    deadline: Option<Instant>,
    tally: Arc<Tally>,
    warnings: Vec<Warning>,
    notes: Arc<Notes>,
    settings: Settings,
}

impl Course {
    /// The course of a call: what it asks for, else what the node's descriptor does, else what the host does.
    fn new(host: &Host, call: &NodeCall, descriptor: &NodeDescriptor, settings: Settings, caller: &Caller) -> Self {
        let (tries, wait) = call.tries();
        let concurrency = settings.concurrency.or(descriptor.concurrency.map(|n| n as usize));
        Self {
            policy: Policy { on_error: call.on_error, error_output: main_outputs(descriptor.outputs.as_ref()) },
            tries,
            wait: Duration::from_millis(wait),
            concurrency: concurrency.unwrap_or(host.inner.concurrency),
            always_output_data: call.always_output_data,
            execution_id: String::new(),
            node_type: Arc::clone(&caller.label),
            deadline: caller.deadline,
            tally: Arc::clone(&caller.tally),
            warnings: Vec::new(),
            notes: Arc::clone(&caller.notes),
            settings,
        }
    }

    async fn spawn<W: Work>(self, work: W, mut source: Source) -> Result<OutcomeStream, Refusal> {
        if self.settings.preflight {
            if source.known.is_none() {
                let message =
                    "preflight needs the whole batch: set settings.bufferItems, or send the items in the request";
                return Err(Refusal::at("/settings/preflight", ErrorCode::BufferRequired, message));
            }
            source = preflight(&work, source).await?;
        }
        let run = Run {
            work,
            policy: self.policy,
            tries: self.tries,
            wait: self.wait,
            concurrency: self.concurrency,
            pace: OnceLock::new(),
            always_output_data: self.always_output_data,
            execution_id: self.execution_id,
            node_type: self.node_type,
            deadline: self.deadline,
            cancel: Cancel::default(),
            tally: self.tally,
            failed: AtomicBool::new(false),
            warnings: self.warnings,
            notes: self.notes,
        };
        Ok(spawn(run, source))
    }
}

/// Resolves every item before the first runs; refuses all that is wrong.
async fn preflight<W: Work>(work: &W, source: Source) -> Result<Source, Refusal> {
    let known = source.known;
    let jobs = futures::TryStreamExt::try_collect::<Vec<Job>>(source.jobs).await?;
    let mut errors = Vec::new();
    for chunk in jobs.chunks(64) {
        for (job, result) in chunk.iter().zip(work.prepare(chunk.to_vec()).await) {
            if let Err(error) = result {
                errors.push(RequestError::new(format!("/items/{}", job.index), error.code, error.message));
            }
        }
    }
    if !errors.is_empty() {
        return Err(Refusal::of(ErrorCode::InvalidParameter, errors));
    }
    let jobs = futures::stream::iter(jobs.into_iter().map(Ok));
    Ok(Source { jobs: futures::StreamExt::boxed(jobs), known })
}

/// The items, and the output of the node before as `$('Input')` shows it; of a batch at which no expression looks
/// around, there is none.
fn source(
    given: Given,
    once: bool,
    looks_around: bool,
    workflow: &mut nodehost_expression::WorkflowContext,
) -> Result<Source, Refusal> {
    Ok(match given {
        Given::Stream(items) => {
            workflow.run_data.get_or_insert_default();
            let source = Source::stream(items);
            if once { source.once() } else { source }
        }
        Given::Batch(items) => {
            let items: BatchItems = if once { Box::new(items.take(1)) } else { items };
            if !looks_around {
                workflow.run_data.get_or_insert_default();
                return Ok(Source::released(items));
            }
            let items = items.collect::<Result<Vec<Item>, _>>()?;
            let lineage: Vec<Item> =
                items.iter().map(|item| Item { paired_item: item.paired_item.clone(), ..Item::default() }).collect();
            let (source, seen) = Source::batch(items);
            let run_data = workflow.run_data.get_or_insert_default();
            if let Some(input) = &workflow.input
                && run_data.runs(&input.previous_node).is_none()
            {
                let output = scopes::as_output(&lineage, &seen);
                let index = input.previous_node_output.unwrap_or_default();
                let mut outputs = vec![None; index];
                outputs.push(Some(output));
                let node = input.previous_node.clone();
                run_data.push(node, TaskRun { outputs, source: Vec::new() });
            }
            source
        }
    })
}

pub(super) fn exposed(credential: &Credential) -> Arc<Value> {
    Arc::new(Value::Object(credential.data().expose().clone()))
}

fn default_name(found: &Found<'_>, extra: &Map<String, Value>) -> String {
    let named = extra.get("defaults").and_then(|defaults| defaults.get("name")).and_then(Value::as_str);
    named.unwrap_or(&found.entry.source.summary().display_name).to_owned()
}

/// The number of main outputs a descriptor declares.
fn main_outputs(outputs: Option<&Value>) -> usize {
    let Some(Value::Array(outputs)) = outputs else { return 1 };
    let main = |output: &&Value| output.as_str().or_else(|| output.get("type")?.as_str()) == Some("main");
    outputs.iter().filter(main).count().max(1)
}

/// The credential the node uses with these parameters.
pub(super) async fn credential(
    host: &Host,
    (descriptor, package): (&NodeDescriptor, &str),
    checked: &Checked,
    complete: &Map<String, Value>,
    given: &std::collections::BTreeMap<String, CredentialRef>,
) -> Result<Option<Credential>, Refusal> {
    let pointer = |name: &str| format!("/node/credentials/{}", crate::item::escape_pointer(name));
    let facts = (descriptor, checked.node.type_version());
    let mut missing = None;
    for wanted in &descriptor.credentials {
        let shown = nodehost_parameters::is_displayed(wanted.display_options.as_ref(), complete, complete, Some(facts));
        if !shown.map_err(|error| Refusal::at("/node/parameters", ErrorCode::N8nError, error.to_string()))? {
            continue;
        }
        match given.get(&wanted.name) {
            Some(reference) => {
                return resolve(host, (Some(package), &wanted.name), reference, &pointer(&wanted.name)).await.map(Some);
            }
            None if wanted.required => drop(missing.get_or_insert(&wanted.name)),
            None => {}
        }
    }
    match missing {
        Some(name) => {
            let message = format!("{} needs a credential of the type {name}", descriptor.display_name);
            Err(Refusal::at(pointer(name), ErrorCode::MissingCredentials, message))
        }
        None => Ok(None),
    }
}

/// A credential of a request, ready for use.
pub(super) async fn resolve(
    host: &Host,
    (package, type_name): (Option<&str>, &str),
    reference: &CredentialRef,
    pointer: &str,
) -> Result<Credential, Refusal> {
    let credentials = &host.inner.credentials;
    let resolved = match reference {
        CredentialRef::Data(data) => {
            credentials.resolve_for(package, type_name, CredentialData::new(data.clone())).await
        }
        CredentialRef::Id(id) => credentials.resolve_stored_for(package, type_name, id, host.caller.as_deref()).await,
    };
    resolved.map_err(|error| match error {
        CredentialError::Store(StoreError::Unknown(_)) => {
            Refusal::at(format!("{pointer}/id"), ErrorCode::UnknownCredential, error.to_string())
        }
        error => Refusal::at(pointer, ErrorCode::InvalidCredentials, error.to_string()),
    })
}

/// The node's own URLs, as its descriptor gives them without parameters. What only looks at the credential is settled
/// on the way.
pub(super) async fn node_urls(host: &Host, plan: &mut RoutingPlan, scopes: &ScopeMaker) -> Vec<url::Url> {
    let settings = plan.url_settings();
    let of_credential = plan.credential_settings();
    let bare = NodeContext { parameters: Arc::new(Value::Object(Map::new())), ..(*scopes.node).clone() };
    let mut scope = scopes.of(&Job::bare()).descriptor;
    scope.node = Arc::new(bare);
    let values: Vec<_> = of_credential.iter().map(|(_, value)| value).chain(&settings).cloned().collect();
    let evaluated = host.inner.engine.evaluate(values, scope).await.unwrap_or_default();
    let mut found = evaluated.into_iter().map(|evaluated| evaluated.ok()?.value);
    let keyed = |((key, _), value): ((String, ParameterValue), Option<Value>)| Some((key, value?));
    plan.settle_defaults(of_credential.into_iter().zip(&mut found).filter_map(keyed).collect());
    found.flatten().filter_map(|value| url::Url::parse(value.as_str()?).ok()).collect()
}
