//! Items: what goes into a node and what comes out.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{ErrorCode, ItemError, RequestError};

/// One item, n8n's INodeExecutionData.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// The data: an object, save for what a descriptor's own wiring makes of a response (text of a non-JSON answer,
    /// or nothing at all, as in n8n).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    /// Binary data by property name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binary: Option<Map<String, Value>>,
    /// The error, in an item that stands for a failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Box<ItemError>>,
    /// Which input item it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paired_item: Option<PairedItem>,
}

/// The lineage of an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PairedItem {
    /// One input item.
    One {
        /// Its index.
        item: usize,
    },
    /// Anything else n8n may have written: several items, other inputs, a bare index.
    Other(Value),
}

/// Keys of INodeExecutionData that say nothing about the data; they are taken and left aside.
const IGNORED: &[&str] =
    &["error", "metadata", "evaluationData", "executionStatus", "redaction", "sendMessage", "index"];

impl Item {
    /// An item with this data.
    pub fn new(json: Value) -> Self {
        Self { json: Some(json), ..Self::default() }
    }

    /// n8n's item of a failure.
    pub fn of_error(error: ItemError) -> Self {
        let mut json = Map::new();
        json.insert("error".to_owned(), Value::String(error.message.clone()));
        Self { json: Some(Value::Object(json)), error: Some(Box::new(error)), ..Self::default() }
    }

    /// The item stamped with the input item it comes from.
    #[must_use]
    pub fn paired_with(mut self, index: usize) -> Self {
        self.paired_item = Some(PairedItem::One { item: index });
        self
    }

    /// Reads an item of a request: an object with `json`, or a bare object that is the json.
    ///
    /// `pointer` is where it stands in the request; it is only called when something is wrong.
    pub fn from_value(value: Value, pointer: impl Fn() -> String) -> Result<Self, RequestError> {
        let wrong = |at: &str, message: &str| Err(RequestError::new(pointer() + at, ErrorCode::Malformed, message));
        let Value::Object(mut map) = value else { return wrong("", "An item is an object") };
        let Some(json) = map.remove("json") else { return Ok(Self::new(Value::Object(map))) };
        if !json.is_object() {
            return wrong("/json", "The json of an item is an object");
        }
        let binary = match map.remove("binary") {
            None | Some(Value::Null) => None,
            Some(Value::Object(binary)) => Some(binary),
            Some(_) => return wrong("/binary", "The binary data of an item is an object, by property name"),
        };
        let paired_item = map.remove("pairedItem").filter(|value| !value.is_null()).map(PairedItem::Other);
        if let Some(key) = map.keys().find(|key| !IGNORED.contains(&key.as_str())) {
            let message = format!("An item has json, binary and pairedItem; \"{key}\" is none of them");
            return wrong(&format!("/{}", escape_pointer(key)), &message);
        }
        Ok(Self { json: Some(json), binary, paired_item, error: None })
    }

    /// The item as expressions see it in the node that runs: n8n pairs every input item with its own index.
    pub fn into_input(self, index: usize) -> Value {
        // A batch is held as a whole: maps grow by more than they need.
        let mut map = Map::with_capacity(2 + usize::from(self.binary.is_some()));
        map.insert("json".to_owned(), self.json.unwrap_or_else(|| Value::Object(Map::new())));
        if let Some(binary) = self.binary {
            map.insert("binary".to_owned(), Value::Object(binary));
        }
        let mut paired = Map::with_capacity(1);
        paired.insert("item".to_owned(), Value::from(index));
        map.insert("pairedItem".to_owned(), Value::Object(paired));
        Value::Object(map)
    }
}

/// A key as a segment of a JSON pointer.
pub(crate) fn escape_pointer(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: Value) -> Result<Item, RequestError> {
        Item::from_value(value, || "/items/0".to_owned())
    }

    #[test]
    fn a_bare_object_is_the_json() {
        assert_eq!(read(json!({"a": 1})).unwrap(), Item::new(json!({"a": 1})));
    }

    #[test]
    fn n8n_items_keep_binary_and_lineage() {
        let item = read(json!({"json": {"a": 1}, "binary": {"file": {}}, "pairedItem": 3, "metadata": {}})).unwrap();
        assert_eq!(item.paired_item, Some(PairedItem::Other(json!(3))));
        assert_eq!(item.into_input(7), json!({"json": {"a": 1}, "binary": {"file": {}}, "pairedItem": {"item": 7}}));
    }

    #[test]
    fn what_is_no_item_is_refused_with_its_place() {
        assert_eq!(read(json!([1])).unwrap_err().pointer, "/items/0");
        assert_eq!(read(json!({"json": [1]})).unwrap_err().pointer, "/items/0/json");
        assert_eq!(read(json!({"json": {}, "a/b": 1})).unwrap_err().pointer, "/items/0/a~1b");
    }

    #[test]
    fn an_error_item_has_the_shape_of_n8n() {
        let error = ItemError::api(ErrorCode::HttpError, "no").at(2);
        let item = serde_json::to_value(Item::of_error(error).paired_with(2)).unwrap();
        let error = json!({"name": "NodeApiError", "message": "no", "code": "http_error", "itemIndex": 2});
        assert_eq!(item, json!({"json": {"error": "no"}, "error": error, "pairedItem": {"item": 2}}));
    }
}
