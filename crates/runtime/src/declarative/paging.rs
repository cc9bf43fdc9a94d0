//! Pages: n8n's offset and generic pagination, complete or an error.

use serde_json::{Map, Value};

use super::response::Answer;
use super::routing::Setting;
use super::{RequestOptions, lodash};
use crate::{ErrorCode, Item, ItemError};

/// `operations.pagination`.
#[derive(Debug, Clone)]
pub(crate) enum Paging {
    /// By offset and limit.
    Offset(Offset),
    /// By expressions over the last answer.
    Generic(Generic),
    /// By a hook of this name.
    Hook(String),
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
const MAX_PAGES: usize = 10_000;

/// The hook in the place of `operations.pagination`.
pub(crate) fn hook(operations: &Map<String, Value>) -> Option<&str> {
    operations.get("pagination")?.as_str()
}

impl Paging {
    /// Reads the pagination of operations; none where it is absent, or was a function that JSON lost with its key.
    pub(crate) fn read(operations: &Map<String, Value>) -> Option<Self> {
        if let Some(hook) = hook(operations) {
            return Some(Self::Hook(hook.to_owned()));
        }
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
    pub(crate) fn place(&self, options: &mut RequestOptions, limit: f64, offset: f64) -> Result<(), ItemError> {
        let part = if self.in_body { "body" } else { "qs" };
        for (name, value) in [(&self.limit_parameter, limit), (&self.offset_parameter, offset)] {
            options
                .place(part, name, value)
                .map_err(|message| ItemError::operation(ErrorCode::InvalidRequest, message))?;
        }
        Ok(())
    }
}

/// The items of a page, which are a list somewhere in its first item.
pub(crate) fn items_at(page: &[Item], root: &str) -> Result<Vec<Item>, ItemError> {
    let broken = |message: &str| Err(ItemError::new("TypeError", ErrorCode::InvalidResponse, message));
    let Some(first) = page.first() else { return broken("Cannot read properties of undefined (reading 'json')") };
    match first.json.as_ref().and_then(|json| lodash::get(json, root)) {
        Some(Value::Array(list)) => Ok(list.iter().cloned().map(Item::new).collect()),
        Some(Value::Null) => broken("Cannot read properties of null (reading 'map')"),
        Some(_) => broken("tempResponseValue.map is not a function"),
        None => {
            let message = format!("The rootProperty \"{root}\" could not be found on item.");
            Err(ItemError::operation(ErrorCode::InvalidResponse, message))
        }
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
        check_count(self.pages)?;
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

/// Checks the number of pages that came before another one.
pub(crate) fn check_count(pages: usize) -> Result<(), ItemError> {
    if pages >= MAX_PAGES {
        return Err(incomplete(format!("There are more than {MAX_PAGES} pages")));
    }
    Ok(())
}

fn incomplete(message: String) -> ItemError {
    ItemError::operation(ErrorCode::PagingIncomplete, message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pages_have_an_end() {
        assert!(check_count(MAX_PAGES - 1).is_ok());
        assert_eq!(check_count(MAX_PAGES).unwrap_err().code, ErrorCode::PagingIncomplete);
    }

    #[test]
    fn the_items_of_a_page_are_a_list_at_a_path() {
        let at = |page: Vec<Value>| items_at(&page.into_iter().map(Item::new).collect::<Vec<_>>(), "data.list");
        assert_eq!(at(vec![json!({"data": {"list": [1, 2]}})]).unwrap().len(), 2);
        let told = |page| at(page).unwrap_err().message;
        assert_eq!(told(vec![]), "Cannot read properties of undefined (reading 'json')");
        assert_eq!(told(vec![json!({})]), "The rootProperty \"data.list\" could not be found on item.");
        assert_eq!(told(vec![json!({"data": {"list": "x"}})]), "tempResponseValue.map is not a function");
    }

    #[test]
    fn a_total_is_reached_or_an_error() {
        assert!(check_total(Some(&json!(3)), 3).is_ok());
        assert!(check_total(Some(&json!("many")), 0).is_ok());
        assert_eq!(check_total(Some(&json!(3)), 2).unwrap_err().code, ErrorCode::PagingIncomplete);
    }
}
