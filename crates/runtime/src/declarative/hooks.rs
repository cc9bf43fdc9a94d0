//! Hooks: Rust functions in the places where n8n's descriptors have functions.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;
use serde_json::{Map, Value};

use super::response::Answer;
use super::{PaginationHook, RequestOptions};
use crate::caller::Caller;
use crate::execution::{Flight, Job};
use crate::host::LoadOptionsHook;
use crate::item::escape_pointer;
use crate::{ErrorCode, Item, ItemError, Warning};

/// `routing.send.preSend`: changes a request before it is sent. Called for every attempt of every item, and before
/// paging starts; must not block.
pub trait PreSendHook: Send + Sync + 'static {
    /// Gives the request to send in place of `request`.
    fn call<'a>(
        &'a self,
        context: &'a HookContext,
        request: RequestOptions,
    ) -> BoxFuture<'a, Result<RequestOptions, ItemError>>;
}

/// `routing.output.postReceive`: makes items of an answer. Called for every page; must not block.
pub trait PostReceiveHook: Send + Sync + 'static {
    /// Gives the items to go on with in place of `items`.
    fn call<'a>(
        &'a self,
        context: &'a HookContext,
        items: Vec<Item>,
        answer: &'a Answer,
    ) -> BoxFuture<'a, Result<Vec<Item>, ItemError>>;
}

impl<F> PreSendHook for F
where
    F: Fn(&HookContext, RequestOptions) -> Result<RequestOptions, ItemError> + Send + Sync + 'static,
{
    fn call<'a>(
        &'a self,
        context: &'a HookContext,
        request: RequestOptions,
    ) -> BoxFuture<'a, Result<RequestOptions, ItemError>> {
        Box::pin(std::future::ready(self(context, request)))
    }
}

impl<F> PostReceiveHook for F
where
    F: Fn(&HookContext, Vec<Item>, &Answer) -> Result<Vec<Item>, ItemError> + Send + Sync + 'static,
{
    fn call<'a>(
        &'a self,
        context: &'a HookContext,
        items: Vec<Item>,
        answer: &'a Answer,
    ) -> BoxFuture<'a, Result<Vec<Item>, ItemError>> {
        Box::pin(std::future::ready(self(context, items, answer)))
    }
}

/// What a hook knows of the item it is called for, and what it can do beside changing the request.
pub struct HookContext {
    /// The item: `{json, binary?, pairedItem}`.
    pub item: Arc<Value>,
    /// Its index.
    pub item_index: usize,
    /// The resolved parameters by name.
    pub parameters: Map<String, Value>,
    caller: Arc<Caller>,
    flight: Flight,
    /// What requests of the hook share with the item's own: base URL and headers.
    base: RequestOptions,
    held: Mutex<Vec<Box<dyn Any + Send>>>,
}

impl HookContext {
    pub(crate) fn new(
        job: &Job,
        parameters: Map<String, Value>,
        caller: &Arc<Caller>,
        flight: &Flight,
        options: &RequestOptions,
    ) -> Self {
        let mut base = RequestOptions::empty();
        for part in ["baseURL", "headers"] {
            base.set(part, options.get(part).cloned());
        }
        Self {
            item: Arc::clone(&job.item),
            item_index: job.index,
            parameters,
            caller: Arc::clone(caller),
            flight: flight.clone(),
            base,
            held: Mutex::default(),
        }
    }

    /// Sends a request of the hook's own, with the node's credential; `options` go over base URL and headers of the
    /// item's request.
    pub async fn request(&self, options: Map<String, Value>) -> Result<Answer, ItemError> {
        let mut request = self.base.clone();
        request.merge(RequestOptions::from(options));
        self.caller.call(&request, &self.flight, true).await
    }

    /// Keeps something, such as the guard of a lock, until this attempt of the item has ended.
    pub fn hold(&self, guard: impl Any + Send) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(guard));
    }

    /// Tells the caller of the execution something; the same thing is told once.
    pub fn warn(&self, parameter: &str, code: ErrorCode, message: impl Into<String>) {
        let steps = parameter.split('.').map(|step| format!("/{}", escape_pointer(step)));
        let pointer = format!("/node/parameters{}", steps.collect::<String>());
        self.caller.notes.add(Warning { pointer, code, message: message.into() });
    }
}

impl std::fmt::Debug for HookContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HookContext").field("item_index", &self.item_index).finish_non_exhaustive()
    }
}

/// The hooks of a host by name.
#[derive(Default)]
pub(crate) struct Hooks {
    pub(crate) pre_send: HashMap<String, Arc<dyn PreSendHook>>,
    pub(crate) post_receive: HashMap<String, Arc<dyn PostReceiveHook>>,
    pub(crate) pagination: HashMap<String, Arc<dyn PaginationHook>>,
    pub(crate) load_options: HashMap<String, Arc<dyn LoadOptionsHook>>,
}

impl Hooks {
    pub(crate) fn pre_send(&self, name: &str) -> Result<&Arc<dyn PreSendHook>, ItemError> {
        self.pre_send.get(name).ok_or_else(|| missing(name))
    }

    pub(crate) fn post_receive(&self, name: &str) -> Result<&Arc<dyn PostReceiveHook>, ItemError> {
        self.post_receive.get(name).ok_or_else(|| missing(name))
    }

    pub(crate) fn pagination(&self, name: &str) -> Result<&Arc<dyn PaginationHook>, ItemError> {
        self.pagination.get(name).ok_or_else(|| missing(name))
    }

    /// Whether a hook that routing may call exists.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.pre_send.contains_key(name) || self.post_receive.contains_key(name) || self.pagination.contains_key(name)
    }
}

pub(super) fn missing(name: &str) -> ItemError {
    ItemError::operation(ErrorCode::NotExecutable, format!("The host has no hook \"{name}\""))
}

impl std::fmt::Debug for Hooks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hooks").finish_non_exhaustive()
    }
}
