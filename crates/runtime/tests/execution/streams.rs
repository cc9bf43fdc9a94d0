//! Streams: items in and outcomes out, as slowly as the slowest side.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::{StreamExt, stream};
use nodehost_runtime::{ErrorCode, ExecutionRequest, InputError, Item, OutcomeEvent, Status};
use serde_json::json;

use crate::support::host;

fn head(parameters: serde_json::Value, settings: serde_json::Value) -> ExecutionRequest {
    ExecutionRequest::from_head(
        json!({"node": {"type": "test.puppet", "parameters": parameters}, "settings": settings}),
    )
    .unwrap()
}

#[tokio::test]
async fn preflight_of_a_stream_needs_the_batch_held() {
    let (host, _) = host();
    let refusal =
        host.execute_items(head(json!({}), json!({"preflight": true})), stream::empty().boxed()).await.unwrap_err();
    assert_eq!(refusal.code, ErrorCode::BufferRequired);
    assert_eq!(refusal.errors[0].pointer, "/settings/preflight");
    let held = head(json!({}), json!({"preflight": true, "bufferItems": true}));
    assert!(host.execute_items(held, stream::empty().boxed()).await.is_ok());
}

#[tokio::test]
async fn items_of_a_batch_are_made_as_their_turn_comes() {
    let (host, _) = host();
    let wrong = || InputError { code: ErrorCode::Malformed, message: "item 2 is none".to_owned() };
    let make = move |n: usize| if n == 2 { Err(wrong()) } else { Ok(Item::new(json!({"n": n}))) };
    let lazily = host.execute_batch(head(json!({}), json!({})), (0..4).map(make)).await.unwrap();
    let result = lazily.collect_result().await;
    assert_eq!((result.status, result.stats.succeeded), (Status::Error, 2));
    assert_eq!(result.error.unwrap().code, ErrorCode::Malformed);

    let around = head(json!({"text": "={{ $input.all().length }}"}), json!({}));
    let refusal = host.execute_batch(around, (0..4).map(make)).await.unwrap_err();
    assert_eq!((refusal.code, refusal.message.as_str()), (ErrorCode::Malformed, "item 2 is none"));

    let mut once = head(json!({}), json!({}));
    once.node.execute_once = true;
    let result = host.execute_batch(once, (0..4).map(make)).await.unwrap().collect_result().await;
    assert_eq!((result.status, result.stats.items), (Status::Success, 1));

    let whole = head(json!({}), json!({"preflight": true}));
    assert_eq!(host.execute_batch(whole, (0..4).map(make)).await.unwrap_err().code, ErrorCode::Malformed);
}

#[tokio::test]
async fn items_are_read_as_fast_as_outcomes_are_taken() {
    let (host, _) = host();
    let read = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&read);
    let items = stream::iter(0..100_000).map(move |n| {
        counter.fetch_add(1, Ordering::Relaxed);
        Ok(Item::new(json!({"n": n})))
    });
    let mut outcomes = host.execute_items(head(json!({}), json!({"concurrency": 4})), items.boxed()).await.unwrap();
    for index in 0..50 {
        let Some(OutcomeEvent::Outcome(outcome)) = outcomes.next().await else { panic!("an outcome") };
        assert_eq!(outcome.item_index, index);
    }
    let mut before = usize::MAX;
    while before != read.load(Ordering::Relaxed) {
        before = read.load(Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(before < 50 + 500, "{before} items read for 50 outcomes taken");
}

#[tokio::test]
async fn a_wrong_item_ends_the_stream_after_those_before_it() {
    let (host, _) = host();
    let wrong = InputError { code: ErrorCode::MalformedLine, message: "line 4 is not an item".to_owned() };
    let items = stream::iter([Ok(Item::new(json!({}))), Ok(Item::new(json!({}))), Err(wrong)]);
    let result = host.execute_items(head(json!({}), json!({})), items.boxed()).await.unwrap().collect_result().await;
    assert_eq!((result.status, result.stats.succeeded), (Status::Error, 2));
    assert_eq!(result.error.unwrap().code, ErrorCode::MalformedLine);
}

#[tokio::test]
async fn a_streamed_item_sees_itself_alone_unless_items_are_buffered() {
    let (host, _) = host();
    let items = stream::iter((0..3).map(|n| Ok(Item::new(json!({"n": n})))));
    let expression = json!({"text": "={{ $('Input').item.json.n + $json.n + $itemIndex }}"});
    let result = host.execute_items(head(expression, json!({})), items.boxed()).await.unwrap().collect_result().await;
    assert_eq!(result.status, Status::Success, "{:?}", result.error);
    for expression in ["={{ $input.all().length }}", "={{ $('Input').all().length }}"] {
        let items = || stream::iter([Ok(Item::new(json!({}))), Ok(Item::new(json!({})))]).boxed();
        let streamed = host.execute_items(head(json!({"text": expression}), json!({})), items()).await.unwrap();
        let error = streamed.collect_result().await.error.unwrap();
        assert_eq!(error.code, ErrorCode::BatchScopeInStream, "{expression}: {}", error.message);
        let settings = json!({"bufferItems": true});
        let buffered = host.execute_items(head(json!({"text": expression}), settings), items()).await.unwrap();
        assert_eq!(buffered.collect_result().await.status, Status::Success, "{expression}");
    }
}

#[tokio::test]
async fn dropping_the_stream_cancels() {
    let (host, puppet) = host();
    let items = stream::iter(0..).map(|n| Ok(Item::new(json!({"n": n, "ms": 5}))));
    let outcomes = host.execute_items(head(json!({}), json!({"concurrency": 2})), items.boxed()).await.unwrap();
    drop(outcomes);
    let mut before = usize::MAX;
    while before != puppet.started.load(Ordering::Relaxed) {
        before = puppet.started.load(Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    assert!(before < 200, "{before} items started after nobody was there");
}
