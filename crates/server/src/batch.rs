//! A batch that is sent whole: its items stay text until their turn comes, for as values they take ten times the room.

use std::collections::BTreeMap;
use std::ops::Range;

use bytes::Bytes;
use nodehost_runtime::{BatchItems, ErrorCode, ExecutionRequest, InputError, Item};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::json;
use crate::problem::Problem;

/// A request, and its items.
pub(crate) struct Batch {
    pub(crate) head: ExecutionRequest,
    pub(crate) items: BatchItems,
}

/// Items as they stand in a body.
struct Texts {
    body: Bytes,
    places: std::vec::IntoIter<Range<usize>>,
}

impl Batch {
    /// Reads a body, and each of its items once, so that a wrong one is refused before anything runs.
    pub(crate) async fn read(body: Bytes) -> Result<Self, Problem> {
        let large = json::is_large(&body);
        json::off_worker(large, move || Self::split(&body).map_or_else(|| Self::whole(&body), Ok)).await?
    }

    /// The request and the places of its items; none if anything is wrong with either.
    fn split(body: &Bytes) -> Option<Self> {
        let mut fields: BTreeMap<String, &RawValue> = serde_json::from_slice(body).ok()?;
        let items: Vec<&RawValue> = serde_json::from_str(fields.remove("items")?.get()).ok()?;
        let places = items.into_iter().map(|item| {
            let text = item.get();
            read(text.as_bytes())?;
            let start = text.as_ptr().addr().checked_sub(body.as_ptr().addr())?;
            Some(start..start + text.len())
        });
        let places: Vec<_> = places.collect::<Option<_>>()?;
        let head = fields.into_iter().map(|(key, value)| Some((key, json::parse(value.get().as_bytes()).ok()?)));
        let head = ExecutionRequest::from_head(Value::Object(head.collect::<Option<_>>()?)).ok()?;
        Some(Self { head, items: Box::new(Texts { body: body.clone(), places: places.into_iter() }) })
    }

    /// The request read as a whole, which tells all that is wrong with it.
    fn whole(body: &[u8]) -> Result<Self, Problem> {
        let mut head = ExecutionRequest::from_value(json::parse_body(body)?)?;
        let items = std::mem::take(&mut head.items);
        Ok(Self { head, items: Box::new(items.into_iter().map(Ok)) })
    }
}

impl Iterator for Texts {
    type Item = Result<Item, InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = read(&self.body[self.places.next()?]);
        let message = || "an item of the body is none, though it was one before".to_owned();
        Some(item.ok_or_else(|| InputError { code: ErrorCode::Internal, message: message() }))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.places.size_hint()
    }
}

impl ExactSizeIterator for Texts {}

fn read(text: &[u8]) -> Option<Item> {
    Item::from_value(json::parse(text).ok()?, String::new).ok()
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;
    use http_body_util::BodyExt;
    use serde_json::json;

    use super::*;

    async fn items(body: &'static str) -> Vec<Item> {
        Batch::read(Bytes::from_static(body.as_bytes())).await.unwrap().items.map(Result::unwrap).collect()
    }

    async fn refusal(body: &'static str) -> String {
        let problem = Batch::read(Bytes::from_static(body.as_bytes())).await.err().unwrap();
        let told = problem.into_response().into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(told.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn items_are_read_from_their_places() {
        let body = r#" {"items" : [ {"a":1}, {"json":{"b":"]}\""},"pairedItem":0} ,{} ], "node":{"type":"x"}} "#;
        let read = items(body).await;
        assert_eq!(
            read.iter().map(|item| item.json.clone().unwrap()).collect::<Vec<_>>(),
            [json!({"a": 1}), json!({"b": "]}\""}), json!({})]
        );
        assert!(read[1].paired_item.is_some());
    }

    #[tokio::test]
    async fn items_are_what_javascript_reads() {
        let body = r#"{"node":{"type":"x"},"\u0069tems":[],"items":[{"b":1.0,"1":9007199254740993,"b":"\ud800"}]}"#;
        let read = items(body).await;
        assert_eq!(read.len(), 1);
        assert_eq!(serde_json::to_string(&read[0].json).unwrap(), "{\"1\":9007199254740992,\"b\":\"\u{fffd}\"}");
        assert!(items(r#"{"node":{"type":"x"},"items":[{}],"items":[]}"#).await.is_empty(), "the last of two counts");
        let private = r#"{"node":{"type":"x"},"items":[{"$serde_json::private::RawValue":"[1]"}]}"#;
        assert_eq!(items(private).await[0].json, Some(json!({"$serde_json::private::RawValue": "[1]"})));
    }

    #[tokio::test]
    async fn all_that_is_wrong_is_told_at_once() {
        let told = refusal(r#"{"node":{},"items":[{},3,{"json":4}],"other":1}"#).await;
        for pointer in ["/node/type", "/items/1", "/items/2/json", "/other"] {
            assert!(told.contains(&format!("\"{pointer}\"")), "{pointer} in {told}");
        }
        assert!(refusal(r#"{"node":{"type":"x"}}"#).await.contains("\"/items\""));
        assert!(refusal(r#"{"node":{"type":"x"},"items":{}}"#).await.contains("\"/items\""));
        assert!(refusal(r#"{"node":{"type":"x"},"items":[{}"#).await.contains("not JSON"));
    }
}
