//! Failures: policies, retries, deadlines, cancellation.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::StreamExt;
use futures::future::BoxFuture;
use nodehost_runtime::{
    BatchContext, Ended, ErrorCode, ExecutionRequest, Item, ItemError, NativeNode, Outcome, OutcomeEvent,
    OutcomeStream, Outputs, PerBatchNode, Status,
};
use serde_json::{Value, json};

use crate::support::{Service, builder, host, items, request};

const CONCURRENCIES: [usize; 4] = [1, 2, 8, 64];

async fn outcomes(mut stream: OutcomeStream) -> (Vec<Outcome>, nodehost_runtime::End) {
    let mut all = Vec::new();
    while let Some(event) = stream.next().await {
        match event {
            OutcomeEvent::Outcome(outcome) => all.push(outcome),
            OutcomeEvent::End(end) => return (all, end),
        }
    }
    panic!("a stream without an end");
}

fn codes(outcomes: &[Outcome]) -> Vec<Option<ErrorCode>> {
    outcomes.iter().map(|outcome| outcome.error.as_ref().map(|error| error.code)).collect()
}

fn in_order(outcomes: &[Outcome], count: usize) {
    let indexes: Vec<_> = outcomes.iter().map(|outcome| outcome.item_index).collect();
    assert_eq!(indexes, (0..count).collect::<Vec<_>>(), "one outcome for each item, in order");
}

#[tokio::test]
async fn the_slowest_first_item_holds_the_order() {
    for concurrency in CONCURRENCIES {
        let (host, _) = host();
        let mut given = items(&["ok", "many", "none", "ok"]);
        given[0]["ms"] = json!(30);
        let stream = host.execute_stream(request(json!({}), given, json!({"concurrency": concurrency}))).await.unwrap();
        let (outcomes, end) = outcomes(stream).await;
        in_order(&outcomes, 4);
        assert_eq!(end.status, Status::Success);
        let counts: Vec<_> = outcomes.iter().map(|outcome| outcome.outputs.as_ref().unwrap()[&0].len()).collect();
        assert_eq!(counts, [1, 2, 0, 1]);
        let paired = serde_json::to_value(&outcomes[1].outputs.as_ref().unwrap()[&0][1].paired_item).unwrap();
        assert_eq!(paired, json!({"item": 1}));
    }
}

#[tokio::test]
async fn stop_workflow_starts_nothing_after_a_failure() {
    for concurrency in CONCURRENCIES {
        let (host, puppet) = host();
        let mut given = items(&["ok", "ok", "fail", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok"]);
        for item in &mut given[3..] {
            item["ms"] = json!(20);
        }
        let stream = host.execute_stream(request(json!({}), given, json!({"concurrency": concurrency}))).await.unwrap();
        let (outcomes, end) = outcomes(stream).await;
        in_order(&outcomes, 12);
        let codes = codes(&outcomes);
        assert_eq!(codes[..3], [None, None, Some(ErrorCode::NodeError)]);
        assert!(codes[3..].iter().all(|code| matches!(code, None | Some(ErrorCode::NotRun))), "{codes:?}");
        let started = puppet.started.load(Ordering::Relaxed);
        assert_eq!(started, codes.iter().filter(|code| **code != Some(ErrorCode::NotRun)).count());
        assert!(started <= 3 + concurrency, "{started} started at {concurrency} at once");
        assert_eq!((end.status, end.error.unwrap().item_index), (Status::Error, Some(2)));
        assert_eq!(end.stats.items, 12);
        assert_eq!(end.stats.succeeded + end.stats.failed + end.stats.not_run, 12);
    }
}

#[tokio::test]
async fn the_error_is_that_of_the_lowest_index() {
    let (host, _) = host();
    let given = vec![json!({"do": "fail", "ms": 60}), json!({"do": "fail", "ms": 30}), json!({})];
    let result = host.execute(request(json!({}), given, json!({"concurrency": 3}))).await.unwrap();
    assert_eq!(result.error.unwrap().item_index, Some(0));
    assert_eq!(result.data.main[0].len(), 1);
}

#[tokio::test]
async fn the_policies_that_continue_run_every_item() {
    for concurrency in CONCURRENCIES {
        let (host, _) = host();
        let what = ["ok", "fail", "ok", "fail"];
        let run = |policy: &str| request(json!({"onError": policy}), items(&what), json!({"concurrency": concurrency}));
        let regular = host.execute(run("continueRegularOutput")).await.unwrap();
        assert_eq!(regular.status, Status::Success);
        let main = serde_json::to_value(&regular.data.main).unwrap();
        assert_eq!(main[0].as_array().unwrap().len(), 4);
        assert_eq!(main[0][1]["json"], json!({"error": "told to fail"}));
        assert_eq!(main[0][1]["error"]["itemIndex"], json!(1));
        assert_eq!(main[0][1]["pairedItem"], json!({"item": 1}));
        let own = host.execute(run("continueErrorOutput")).await.unwrap();
        let lengths: Vec<_> = own.data.main.iter().map(Vec::len).collect();
        assert_eq!(lengths, [2, 2]);
        assert_eq!((own.stats.succeeded, own.stats.failed), (2, 2));
    }
}

#[tokio::test]
async fn only_failed_items_are_tried_again() {
    for concurrency in CONCURRENCIES {
        let (host, puppet) = host();
        let node =
            json!({"retryOnFail": true, "maxTries": 3, "waitBetweenTries": 1, "onError": "continueRegularOutput"});
        let given = items(&["ok", "failTwice", "ok", "fail"]);
        let stream = host.execute_stream(request(node, given, json!({"concurrency": concurrency}))).await.unwrap();
        let (outcomes, end) = outcomes(stream).await;
        in_order(&outcomes, 4);
        assert_eq!(outcomes.iter().map(|outcome| outcome.attempts).collect::<Vec<_>>(), [1, 3, 1, 3]);
        assert_eq!(codes(&outcomes), [None, None, None, Some(ErrorCode::NodeError)]);
        assert_eq!(puppet.started.load(Ordering::Relaxed), 8);
        assert_eq!(end.stats.retries, 4);
    }
}

#[tokio::test]
async fn execute_once_and_always_output_data_are_those_of_n8n() {
    let (host, _) = host();
    let once = request(json!({"executeOnce": true}), items(&["ok", "ok"]), json!({}));
    assert_eq!(host.execute(once).await.unwrap().stats.items, 1);
    let empty = request(json!({"alwaysOutputData": true}), items(&["none", "none"]), json!({}));
    let main = serde_json::to_value(host.execute(empty).await.unwrap().data.main).unwrap();
    let paired = json!([{"item": 0, "input": 0}, {"item": 1, "input": 0}]);
    assert_eq!(main, json!([[{"json": {}, "pairedItem": paired}]]));
    let full = request(json!({"alwaysOutputData": true}), items(&["none", "ok"]), json!({}));
    assert_eq!(host.execute(full).await.unwrap().data.main[0].len(), 1);
}

#[tokio::test]
async fn always_output_data_looks_at_the_first_output_of_what_succeeded() {
    for concurrency in CONCURRENCIES {
        let (host, _) = host();
        let run = |policy: &str, what: &[&str]| {
            let node = json!({"alwaysOutputData": true, "onError": policy});
            request(node, items(what), json!({"concurrency": concurrency}))
        };
        let failed = host.execute(run("continueErrorOutput", &["fail", "none", "fail"])).await.unwrap();
        let main = serde_json::to_value(&failed.data.main).unwrap();
        let paired = json!([{"item": 0, "input": 0}, {"item": 1, "input": 0}, {"item": 2, "input": 0}]);
        assert_eq!(main[0], json!([{"json": {}, "pairedItem": paired}]));
        assert_eq!(main[1].as_array().unwrap().len(), 2);
        let stopped = host.execute(run("stopWorkflow", &["fail", "none"])).await.unwrap();
        assert_eq!((stopped.status, stopped.data.main[0].len()), (Status::Error, 0));
    }
}

#[tokio::test]
async fn the_deadline_ends_what_runs_and_starts_nothing_new() {
    for concurrency in [1, 2, 8] {
        let (host, _) = host();
        let given = (0..12).map(|n| json!({"n": n, "ms": if n == 0 { 1 } else { 60_000 }})).collect();
        let settings = json!({"concurrency": concurrency, "timeoutMs": 80});
        let stream = host.execute_stream(request(json!({}), given, settings)).await.unwrap();
        let (outcomes, end) = outcomes(stream).await;
        in_order(&outcomes, 12);
        let codes = codes(&outcomes);
        assert_eq!(codes[0], None);
        assert!(codes[1..].iter().all(|code| matches!(code, Some(ErrorCode::DeadlineExceeded | ErrorCode::NotRun))));
        assert_eq!(end.status, Status::Canceled);
        assert_eq!(end.error.unwrap().code, ErrorCode::DeadlineExceeded);
    }
}

#[tokio::test]
async fn a_canceled_execution_comes_to_its_end() {
    let (host, _) = host();
    let given: Vec<Value> = (0..5).map(|n| json!({"n": n, "ms": 60_000})).collect();
    let stream = host.execute_stream(request(json!({}), given, json!({"concurrency": 2}))).await.unwrap();
    stream.cancel().end(Ended::Canceled);
    let (outcomes, end) = outcomes(stream).await;
    in_order(&outcomes, 5);
    assert!(codes(&outcomes).iter().all(|code| matches!(code, Some(ErrorCode::Canceled | ErrorCode::NotRun))));
    assert_eq!(end.status, Status::Canceled);
}

#[tokio::test(start_paused = true)]
async fn a_post_under_way_at_the_end_is_unknown_and_a_get_is_not() {
    let service = Service::start(|_, _, _| (200, "{}".to_owned())).await;
    let (host, _) = host();
    let url = format!("{}/hang", service.url);
    let given = vec![json!({"do": "get", "url": url}), json!({"do": "post", "url": url}), json!({})];
    let stream = host.execute_stream(request(json!({}), given, json!({"concurrency": 2}))).await.unwrap();
    let cancel = stream.cancel();
    while service.seen().len() < 2 {
        tokio::task::yield_now().await;
        tokio::time::advance(Duration::from_millis(1)).await;
    }
    cancel.end(Ended::Canceled);
    let (outcomes, _) = outcomes(stream).await;
    let expected = [Some(ErrorCode::Canceled), Some(ErrorCode::OutcomeUnknown), Some(ErrorCode::NotRun)];
    assert_eq!(codes(&outcomes), expected);
}

#[tokio::test(start_paused = true)]
async fn the_time_limit_cuts_off_gets_and_waits_for_posts() {
    let service = Service::start(|_, _, _| (200, "{}".to_owned())).await;
    let (host, _) = host();
    let url = format!("{}/hang", service.url);
    for policy in ["stopWorkflow", "continueRegularOutput"] {
        let node = json!({"onError": policy});
        let settings = json!({"concurrency": 2, "timeoutMs": 2000});
        let get = request(node.clone(), vec![json!({"do": "get", "url": url})], settings.clone());
        let (gets, end) = outcomes(host.execute_stream(get).await.unwrap()).await;
        assert_eq!(codes(&gets), [Some(ErrorCode::DeadlineExceeded)]);
        assert_eq!((end.status, end.error.unwrap().code), (Status::Canceled, ErrorCode::DeadlineExceeded));
        assert_eq!(end.warnings, []);

        let started = tokio::time::Instant::now();
        let given = vec![json!({"do": "get", "url": url}), json!({"do": "post", "url": url}), json!({})];
        let result = host.execute(request(node, given, settings)).await.unwrap();
        assert!(started.elapsed() >= Duration::from_secs(12), "the POST had its grace period");
        assert_eq!((result.status, result.error.unwrap().code), (Status::Canceled, ErrorCode::DeadlineExceeded));
        let told: Vec<_> = result.warnings.iter().map(|warning| (warning.pointer.as_str(), warning.code)).collect();
        assert_eq!(told, [("/items/1", ErrorCode::OutcomeUnknown)]);
    }
}

#[tokio::test]
async fn an_execution_that_is_over_is_not_canceled_afterwards() {
    let (host, _) = host();
    let stream = host.execute_stream(request(json!({}), items(&["ok"]), json!({}))).await.unwrap();
    let cancel = stream.cancel();
    let (_, end) = outcomes(stream).await;
    cancel.end(Ended::Canceled);
    assert_eq!(end.status, Status::Success);
}

/// Gives each item the number of items of its batch.
struct Counter;

impl PerBatchNode for Counter {
    fn run(&self, context: BatchContext) -> BoxFuture<'_, Vec<Result<Outputs, ItemError>>> {
        let count = context.items.len();
        let one = |_| Ok(Outputs::from([(0, vec![Item::new(json!({"count": count}))])]));
        Box::pin(std::future::ready(context.items.iter().map(one).collect()))
    }
}

#[tokio::test]
async fn a_node_for_batches_gets_all_items_at_once() {
    let text = json!({"name": "counter", "displayName": "Counter", "version": 1, "properties": []});
    let node = nodehost_descriptor::load::node_from_text("test", &text.to_string(), |_| None).unwrap();
    let host = builder().node(node).native("test.counter", NativeNode::PerBatch(Arc::new(Counter))).build().unwrap();
    let items: Vec<Value> = (0..100).map(|n| json!({"n": n})).collect();
    let run = json!({"node": {"type": "test.counter"}, "items": items, "settings": {"concurrency": 2}});
    let result = host.execute(ExecutionRequest::from_value(run).unwrap()).await.unwrap();
    assert_eq!(result.data.main[0].len(), 100);
    assert!(result.data.main[0].iter().all(|item| item.json == Some(json!({"count": 100}))));
    let head = ExecutionRequest::from_head(json!({"node": {"type": "test.counter"}})).unwrap();
    let refusal = host.execute_items(head, futures::stream::empty().boxed()).await.unwrap_err();
    assert_eq!(refusal.code, ErrorCode::BufferRequired);
}
