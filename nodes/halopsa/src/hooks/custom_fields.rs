//! Updating some custom fields keeps the others: Halo clears those that an update does not name, so the record is
//! read, its fields are merged with the new ones, and all are written.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use futures::future::BoxFuture;
use nodehost_runtime::{ErrorCode, HookContext, ItemError, PreSendHook, RequestOptions};
use serde_json::{Map, Value, json};
use tokio::sync::Mutex as AsyncMutex;

/// Reads and merges, one update of a record at a time.
#[derive(Debug, Default)]
pub(crate) struct KeepOthers {
    /// The records that are being updated, whichever execution does it.
    records: Mutex<HashMap<String, Weak<AsyncMutex<()>>>>,
}

impl PreSendHook for KeepOthers {
    fn call<'a>(
        &'a self,
        context: &'a HookContext,
        request: RequestOptions,
    ) -> BoxFuture<'a, Result<RequestOptions, ItemError>> {
        Box::pin(self.merge(context, request))
    }
}

impl KeepOthers {
    async fn merge(&self, context: &HookContext, mut request: RequestOptions) -> Result<RequestOptions, ItemError> {
        let keeps = context.parameters.get("updateFields").and_then(|fields| fields.get("keepCustomFields"));
        if keeps == Some(&Value::Bool(false)) {
            return Ok(request);
        }
        let Some(mut body) = request.take("body") else { return Ok(request) };
        if let Some(new) = body.pointer("/0/customfields").and_then(Value::as_array).cloned() {
            if new.is_empty() {
                // Halo would take an empty list for no custom fields at all.
                if let Some(record) = body[0].as_object_mut() {
                    record.shift_remove("customfields");
                }
                request.set("body", Some(body));
                return Ok(request);
            }
            let Some(id) = record_id(&body[0]) else {
                let message = "The record's ID is not a number, so its custom fields could not be read, and none were changed: give the ID, or switch Keep Other Custom Fields off";
                return Err(ItemError::operation(ErrorCode::InvalidParameter, message));
            };
            let url = request.get("url").and_then(Value::as_str).unwrap_or_default();
            let base = request.get("baseURL").and_then(Value::as_str).unwrap_or_default();
            let guard = self.record(format!("{base}{url}/{id}")).lock_owned().await;
            context.hold(guard);
            let read = json!({ "method": "GET", "url": format!("{url}/{id}"), "qs": { "includedetails": true } });
            let answer = context.request(into_map(read)).await?;
            let present = answer.body.to_value().get("customfields").cloned().unwrap_or_else(|| json!([]));
            let Value::Array(present) = present else {
                let message = "The record's custom fields could not be read, so none were changed";
                return Err(ItemError::operation(ErrorCode::InvalidResponse, message));
            };
            body[0]["customfields"] = Value::Array(merged(&present, new));
        }
        request.set("body", Some(body));
        Ok(request)
    }

    /// The lock of a record; locks that nobody holds are forgotten.
    fn record(&self, key: String) -> Arc<AsyncMutex<()>> {
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        records.retain(|_, lock| lock.strong_count() > 0);
        let known = records.get(&key).and_then(Weak::upgrade);
        known.unwrap_or_else(|| {
            let lock = Arc::new(AsyncMutex::new(()));
            records.insert(key, Arc::downgrade(&lock));
            lock
        })
    }
}

/// The record's id as it stands in paths.
fn record_id(record: &Value) -> Option<String> {
    match record.get("id")? {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => {
            let digits = text.trim();
            (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.to_owned())
        }
        _ => None,
    }
}

/// The fields of the record with the new values in place of theirs; what the record does not have comes last.
fn merged(present: &[Value], new: Vec<Value>) -> Vec<Value> {
    let mut all: Vec<Value> = present.iter().map(essential).collect();
    for field in new {
        match all.iter_mut().find(|other| is_same(other, &field)) {
            Some(other) => other["value"] = field.get("value").cloned().unwrap_or_default(),
            None => all.push(field),
        }
    }
    all
}

/// What a custom field is written back as; the rest of what Halo tells about it is not written.
fn essential(field: &Value) -> Value {
    let keep = ["id", "name", "value"].into_iter().filter_map(|key| Some((key.to_owned(), field.get(key)?.clone())));
    Value::Object(keep.collect())
}

fn is_same(left: &Value, right: &Value) -> bool {
    let number = |field: &Value| field.get("id").and_then(Value::as_f64);
    let name = |field: &Value| field.get("name").and_then(Value::as_str).map(str::to_lowercase);
    match (number(left), number(right)) {
        (Some(left), Some(right)) => (left - right).abs() < f64::EPSILON,
        _ => name(left).is_some() && name(left) == name(right),
    }
}

fn into_map(value: Value) -> Map<String, Value> {
    if let Value::Object(map) = value { map } else { Map::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_values_take_the_place_of_old_ones_by_id_or_name() {
        let present = vec![
            json!({"id": 1, "name": "CFa", "label": "A", "value": "1"}),
            json!({"id": 2, "name": "CFb", "value": [{"x": 1}]}),
        ];
        let new = vec![
            json!({"id": 2, "value": ""}),
            json!({"name": "cfA", "value": "9"}),
            json!({"name": "CFc", "value": 3}),
        ];
        let expected = [
            json!({"id": 1, "name": "CFa", "value": "9"}),
            json!({"id": 2, "name": "CFb", "value": ""}),
            json!({"name": "CFc", "value": 3}),
        ];
        assert_eq!(merged(&present, new), expected);
    }

    #[test]
    fn a_record_is_locked_once_at_a_time() {
        let hook = KeepOthers::default();
        let lock = hook.record("a".into());
        assert!(Arc::ptr_eq(&lock, &hook.record("a".into())));
        assert!(!Arc::ptr_eq(&lock, &hook.record("b".into())));
        drop(lock);
        hook.record("c".into());
        assert!(!hook.records.lock().unwrap().contains_key("a"));
    }
}
