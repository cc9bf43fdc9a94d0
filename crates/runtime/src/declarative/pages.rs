//! Pages as a hook fetches them: n8n's function in `operations.pagination`.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::BoxFuture;

use super::paging;
use super::resolve::Limit;
use super::work::Exchange;
use super::{HookContext, RequestOptions};
use crate::{Item, ItemError};

/// `operations.pagination`: fetches the pages of a list. Called once for every attempt of an item that pages, after
/// `preSend`; must not block.
pub trait PaginationHook: Send + Sync + 'static {
    /// Gives the items of all pages. `request` is the item's request as it stands before the first page.
    fn call<'a>(
        &'a self,
        context: &'a HookContext,
        request: RequestOptions,
        pages: Pages<'a>,
    ) -> BoxFuture<'a, Result<Vec<Item>, ItemError>>;
}

/// Fetches pages for a [`PaginationHook`].
pub struct Pages<'e> {
    exchange: &'e Exchange<'e>,
    limit: Option<Limit>,
    fetched: AtomicUsize,
}

impl<'e> Pages<'e> {
    pub(super) fn new(exchange: &'e Exchange<'e>, limit: Option<Limit>) -> Self {
        Self { exchange, limit, fetched: AtomicUsize::new(0) }
    }

    /// Sends the request of a page with the node's credential and gives its items, all `postReceive` done: n8n's
    /// `makeRoutingRequest`. A status that means failure is an error, and so is a page too many.
    pub async fn fetch(&self, request: &RequestOptions) -> Result<Vec<Item>, ItemError> {
        paging::check_count(self.fetched.fetch_add(1, Ordering::Relaxed))?;
        let answer = self.exchange.send(request).await?;
        self.exchange.items(answer).await
    }

    /// How many items the node will take at most (`routing.output.maxResults`); what is more is cut off.
    pub fn limit(&self) -> Option<usize> {
        self.limit.and_then(Limit::count)
    }
}

impl std::fmt::Debug for Pages<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pages").field("limit", &self.limit).field("fetched", &self.fetched).finish_non_exhaustive()
    }
}
