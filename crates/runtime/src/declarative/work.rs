//! Runs the items of a declarative node: resolves, sends, pages, and makes items of the answers.

use std::sync::Arc;

use nodehost_expression::{Engine, Scope};
use serde_json::{Map, Value};

use super::build::truthy;
use super::hooks::{self, HookContext, Hooks};
use super::pages::Pages;
use super::paging::{self, Generic, Offset, Paging, Watch};
use super::post_receive::{self, ActionError, ActionScope};
use super::resolve::{Limit, PostReceive, Prepared, Requests, with};
use super::response::Answer;
use super::routing::{Action, Setting};
use super::settings::request_options;
use super::{RequestOptions, failure};
use crate::caller::Caller;
use crate::execution::{Flight, Job, Pace, Work};
use crate::parameters::Resolved;
use crate::scopes::{ScopeMaker, Scopes};
use crate::values::{Values, make_each};
use crate::{ErrorCode, Item, ItemError, Outputs};

/// A declarative node with its plan.
pub(crate) struct Declarative {
    pub(crate) requests: Arc<Requests>,
    pub(crate) scopes: Arc<ScopeMaker>,
    pub(crate) engine: Engine,
    pub(crate) caller: Arc<Caller>,
    pub(crate) hooks: Arc<Hooks>,
    /// Whether a failure ends the execution: n8n words some errors by it.
    pub(crate) stops: bool,
}

/// An item's request with the scopes of its expressions.
pub(crate) struct Ready {
    prepared: Prepared,
    parameters: Resolved,
    scopes: Scopes,
}

impl Ready {
    /// The request as it was put together.
    pub(crate) fn into_options(self) -> RequestOptions {
        self.prepared.options
    }
}

impl Work for Declarative {
    // Boxed: it is large, and passes through many hands.
    type Prepared = Box<Ready>;

    async fn prepare(&self, chunk: Vec<Job>) -> Vec<Result<Self::Prepared, ItemError>> {
        let scopes: Vec<Scopes> = chunk.iter().map(|job| self.scopes.of(job)).collect();
        let requests = Arc::clone(&self.requests);
        let bare = requests.is_bare;
        let of_item = move |scopes: &Scopes, values: &mut Values<'_>| requests.of_item(scopes, values);
        let made = make_each((&self.scopes, &self.engine), bare, scopes, of_item).await;
        let ready = |(scopes, (prepared, parameters))| Box::new(Ready { prepared, parameters, scopes });
        made.into_iter().map(|made| made.map(ready)).collect()
    }

    fn pace(&self, ready: &Self::Prepared) -> Option<Pace> {
        Pace::read(request_options(&self.requests.checked, &ready.parameters))
    }

    async fn run(&self, job: &Job, ready: Self::Prepared, flight: &Flight) -> Result<Outputs, ItemError> {
        let checked = &self.requests.checked;
        let secrets = checked.secrets(|| checked.named(&ready.parameters));
        let result = self.outputs(job, ready, flight).await;
        match secrets {
            Some(secrets) => result.map_err(|error| secrets.redact(error)),
            None => result,
        }
    }
}

impl Declarative {
    async fn outputs(&self, job: &Job, mut ready: Box<Ready>, flight: &Flight) -> Result<Outputs, ItemError> {
        let mut options = std::mem::take(&mut ready.prepared.options);
        let Ready { prepared, parameters, scopes } = &*ready;
        let context = prepared.calls_hooks().then(|| {
            let named = self.requests.checked.named(parameters);
            HookContext::new(job, named, &self.caller, flight, &options)
        });
        if let Some(context) = &context {
            for name in &prepared.pre_send {
                options = self.hooks.pre_send(name)?.call(context, options).await?;
            }
        }
        let limit = prepared.limit();
        let exchange = Exchange { node: self, scopes, prepared, context: context.as_ref(), flight };
        let paging = prepared.paginate.unwrap_or_default().then(|| Paging::read(&prepared.operations)).flatten();
        let mut items = match paging {
            None => {
                let answer = exchange.send(&options).await?;
                exchange.items(answer).await?
            }
            Some(Paging::Offset(offset)) => Box::pin(exchange.offset_pages(options, &offset, limit)).await?,
            Some(Paging::Generic(generic)) => Box::pin(exchange.generic_pages(options, &generic, limit)).await?,
            Some(Paging::Hook(name)) => {
                let context = exchange.context.ok_or_else(|| hooks::missing(&name))?;
                let pages = Pages::new(&exchange, limit);
                self.hooks.pagination(&name)?.call(context, options, pages).await?
            }
        };
        if let Some(limit) = limit {
            limit.cut(&mut items);
        }
        Ok(Outputs::from([(0, items)]))
    }
}

/// The requests of one item.
pub(super) struct Exchange<'e> {
    node: &'e Declarative,
    scopes: &'e Scopes,
    prepared: &'e Prepared,
    /// There where the operation calls hooks.
    context: Option<&'e HookContext>,
    flight: &'e Flight,
}

impl Exchange<'_> {
    pub(super) async fn send(&self, options: &RequestOptions) -> Result<Answer, ItemError> {
        self.node.caller.call(options, self.flight, self.node.stops).await
    }

    /// The items of an answer, after all actions.
    pub(super) async fn items(&self, answer: Answer) -> Result<Vec<Item>, ItemError> {
        let groups = &self.prepared.post_receive;
        if groups.is_empty() {
            return Ok(post_receive::items_of(answer, false));
        }
        let answer = Arc::new(answer);
        let mut items = post_receive::items_of((*answer).clone(), true);
        for group in groups {
            let mut actions = group.actions.as_slice();
            while let Some((first, rest)) = actions.split_first() {
                if let (Action::Hook(name), Some(context)) = (&**first, self.context) {
                    items = self.node.hooks.post_receive(name)?.call(context, items, &answer).await?;
                    actions = rest;
                    continue;
                }
                let end =
                    actions.iter().position(|action| matches!(**action, Action::Hook(_))).unwrap_or(actions.len());
                items = self.apply(group, &actions[..end], items, &answer).await?;
                actions = &actions[end..];
            }
        }
        Ok(items)
    }

    async fn apply(
        &self,
        group: &PostReceive,
        actions: &[Arc<Action>],
        items: Vec<Item>,
        answer: &Arc<Answer>,
    ) -> Result<Vec<Item>, ItemError> {
        let stops = self.node.stops;
        let tell = |error| match error {
            ActionError::Expression(error) => failure::late_expression(&error, stops),
            ActionError::Item(error) if stops => failure::wrapped(error),
            ActionError::Item(error) => error,
        };
        let mut plain = self.scopes.version_only.clone();
        let dynamic = actions.iter().any(|action| action.needs_engine());
        if dynamic {
            plain = with(&plain, "$response", Arc::new(answer.to_value()));
            if let Some(value) = &group.value {
                plain = with(&plain, "$value", Arc::clone(value));
            }
        }
        let scope = ActionScope { plain, credentials: self.scopes.credentials.clone() };
        if !dynamic {
            let mut values = Values::here();
            let apply = |items, action: &Arc<Action>| post_receive::apply(action, items, answer, &scope, &mut values);
            return actions.iter().try_fold(items, apply).map_err(tell);
        }
        let (actions, answer) = (actions.to_vec(), Arc::clone(answer));
        let done = self.node.engine.run(move |evaluator| {
            let mut values = Values::on(evaluator);
            let apply = |items, action: &Arc<Action>| post_receive::apply(action, items, &answer, &scope, &mut values);
            actions.iter().try_fold(items, apply)
        });
        match done.await {
            Ok(done) => done.map_err(tell),
            Err(error) => Err(ItemError::operation(ErrorCode::Internal, error.to_string())),
        }
    }

    async fn offset_pages(
        &self,
        mut options: RequestOptions,
        offset: &Offset,
        limit: Option<Limit>,
    ) -> Result<Vec<Item>, ItemError> {
        let mut all: Vec<Item> = Vec::new();
        let mut watch = Watch::default();
        let (mut at, size) = (0.0, offset.page_size);
        let mut total = None;
        loop {
            let mut wanted = size;
            if let Some(limit) = limit {
                let Some(missing) = limit.missing(all.len()) else { return Ok(all) };
                wanted = if missing.is_nan() { missing } else { size.min(missing) };
            }
            offset.place(&mut options, wanted, at)?;
            let answer = self.send(&options).await?;
            if let Some(declared) = &offset.total {
                total = self.over_response(declared, &answer, None).await?;
            }
            let page = self.page(answer, offset, &mut watch).await?;
            at += size;
            let full = !page.is_empty() && (page.len() as f64 - size).abs() < f64::EPSILON;
            all.extend(page);
            if !full {
                paging::check_total(total.as_ref(), all.len())?;
                return Ok(all);
            }
        }
    }

    /// The items of one page.
    async fn page(&self, answer: Answer, offset: &Offset, watch: &mut Watch) -> Result<Vec<Item>, ItemError> {
        let noted = answer.clone();
        let mut page = self.items(answer).await?;
        if let Some(root) = &offset.root_property {
            page = paging::items_at(&page, root)
                .map_err(|error| if self.node.stops { failure::wrapped(error) } else { error })?;
        }
        watch.page(&noted, page.is_empty())?;
        Ok(page)
    }

    async fn generic_pages(
        &self,
        options: RequestOptions,
        generic: &Generic,
        limit: Option<Limit>,
    ) -> Result<Vec<Item>, ItemError> {
        let mut all = Vec::new();
        let mut watch = Watch::default();
        let request = Arc::new(options.to_value());
        let mut response = Arc::new(Value::Object(Map::new()));
        let is_full = |all: &Vec<Item>| limit.is_some_and(|limit| limit.missing(all.len()).is_none());
        for pages in 0.. {
            let overlay = self.over(&generic.request, Arc::clone(&response), Some(&request), pages).await?;
            let page = match overlay {
                Some(Value::Object(overlay)) => options.overlaid(&overlay),
                _ => options.clone(),
            };
            let answer = self.send(&page).await?;
            response = Arc::new(answer.to_value());
            let noted = answer.clone();
            let items = self.items(answer).await?;
            watch.page(&noted, items.is_empty())?;
            let is_empty = items.is_empty();
            all.extend(items);
            let total = match &generic.total {
                Some(total) => self.over(total, Arc::clone(&response), Some(&request), pages + 1).await?,
                None => None,
            };
            let more = match total.as_ref().and_then(Value::as_f64) {
                // Where the service says how many there are, that counts, and so does the caller's limit.
                Some(_) if is_full(&all) => false,
                #[allow(clippy::cast_precision_loss, reason = "a count of items in memory")]
                Some(total) => !is_empty && (all.len() as f64) < total,
                None => {
                    truthy(self.over(&generic.more, Arc::clone(&response), Some(&request), pages + 1).await?.as_ref())
                }
            };
            if !more {
                if !is_full(&all) {
                    paging::check_total(total.as_ref(), all.len())?;
                }
                break;
            }
        }
        Ok(all)
    }

    async fn over_response(
        &self,
        setting: &Setting,
        answer: &Answer,
        request: Option<&Arc<Value>>,
    ) -> Result<Option<Value>, ItemError> {
        self.over(setting, Arc::new(answer.to_value()), request, 0).await
    }

    /// A setting over `$response`, `$request` and, a host extension, `$pageCount`: the pages read so far.
    async fn over(
        &self,
        setting: &Setting,
        response: Arc<Value>,
        request: Option<&Arc<Value>>,
        pages: usize,
    ) -> Result<Option<Value>, ItemError> {
        let mut scope: Scope = with(&self.scopes.version_only, "$response", response);
        if let Some(request) = request {
            scope = with(&scope, "$request", Arc::clone(request));
            scope = with(&scope, "$pageCount", Arc::new(Value::from(pages)));
        }
        match self.node.engine.evaluate(vec![setting.value.clone()], scope).await {
            Ok(mut evaluated) => match evaluated.pop().transpose() {
                Ok(evaluated) => Ok(evaluated.and_then(|evaluated| evaluated.value)),
                Err(error) => Err(failure::late_expression(&error, self.node.stops)),
            },
            Err(error) => Err(ItemError::operation(ErrorCode::Internal, error.to_string())),
        }
    }
}
