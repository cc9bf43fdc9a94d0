//! Pages: n8n's offset and generic pagination, complete or an error.

use serde_json::{Map, Value};

use super::RequestOptions;
use super::response::Answer;
use super::routing::Setting;
use crate::{ErrorCode, ItemError};

/// `operations.pagination`.
#[derive(Debug, Clone)]
pub(crate) enum Paging {
    /// By offset and limit.
    Offset(Offset),
    /// By expressions over the last answer.
    Generic(Generic),
}

#[derive(Debug, Clone)]
pub(crate) struct Offset {
    pub(crate) limit_parameter: String,
    pub(crate) offset_parameter: String,
    pub(crate) page_size: f64,
    pub(crate) in_body: bool,
    pub(crate) root_property: Option<String>,
    /// Host extension: the number of items there are, over `$response`.
    pub(crate) total: Option<Setting>,
}

#[derive(Debug, Clone)]
pub(crate) struct Generic {
    pub(crate) more: Setting,
    pub(crate) request: Setting,
    pub(crate) total: Option<Setting>,
}

/// More pages than this are taken for an endless loop.
pub(crate) const MAX_PAGES: usize = 10_000;

impl Paging {
    /// Reads the pagination of operations; none where it is absent, or was a function.
    pub(crate) fn read(operations: &Map<String, Value>) -> Option<Self> {
        let pagination = operations.get("pagination")?.as_object()?;
        let properties = pagination.get("properties")?.as_object()?;
        let text = |key: &str| properties.get(key).and_then(Value::as_str).map(str::to_owned);
        let setting = |key: &str| Setting::new(properties.get(key).unwrap_or(&Value::Null));
        let total = properties.get("total").map(Setting::new);
        match pagination.get("type")?.as_str()? {
            "offset" => Some(Self::Offset(Offset {
                limit_parameter: text("limitParameter")?,
                offset_parameter: text("offsetParameter")?,
                page_size: properties.get("pageSize")?.as_f64()?,
                in_body: properties.get("type").and_then(Value::as_str) == Some("body"),
                root_property: text("rootProperty"),
                total,
            })),
            "generic" => Some(Self::Generic(Generic { more: setting("continue"), request: setting("request"), total })),
            _ => None,
        }
    }
}

impl Offset {
    /// Puts limit and offset into the request of a page.
    pub(crate) fn place(&self, options: &mut RequestOptions, limit: f64, offset: f64) {
        let part = options.object_mut(if self.in_body { "body" } else { "qs" });
        part.insert(self.limit_parameter.clone(), nodehost_expression::data::number_value(limit));
        part.insert(self.offset_parameter.clone(), nodehost_expression::data::number_value(offset));
    }
}

/// Watches over a list of pages.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    pages: usize,
    last: Option<Value>,
}

impl Watch {
    /// Notes a page; one that only repeats the last means that the service does not page.
    pub(crate) fn page(&mut self, answer: &Answer, is_empty: bool) -> Result<(), ItemError> {
        self.pages += 1;
        let body = answer.body.to_value();
        if !is_empty && self.last.as_ref() == Some(&body) {
            return Err(incomplete(format!(
                "Page {} is the same as the page before it: the service did not go on",
                self.pages
            )));
        }
        if self.pages >= MAX_PAGES {
            return Err(incomplete(format!("There are more than {MAX_PAGES} pages")));
        }
        self.last = Some(body);
        Ok(())
    }
}

/// Checks a declared total against what came.
pub(crate) fn check_total(total: Option<&Value>, found: usize) -> Result<(), ItemError> {
    let Some(total) = total.and_then(Value::as_f64) else { return Ok(()) };
    #[allow(clippy::cast_precision_loss, reason = "a count of items in memory")]
    if (found as f64) < total {
        return Err(incomplete(format!("The service declared {total} items, and its pages held {found}")));
    }
    Ok(())
}

fn incomplete(message: String) -> ItemError {
    ItemError::operation(ErrorCode::PagingIncomplete, message)
}
