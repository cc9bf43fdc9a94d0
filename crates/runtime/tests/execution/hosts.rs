//! What platforms rely on that embed the library: hosts that know nothing of each other, and futures that may be dropped.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{StreamExt, stream};
use nodehost_descriptor::load;
use nodehost_expression::EngineConfig;
use nodehost_runtime::{
    BuildError, ExecutionRequest, Host, Item, ItemContext, ItemError, NativeNode, OutcomeEvent, Outputs, PerItemNode,
    Status,
};
use serde_json::{Value, json};

/// Answers with its name and its text, after giving way to others a few times.
struct Named {
    name: &'static str,
    /// Items under way.
    running: AtomicUsize,
}

impl PerItemNode for Named {
    fn run(&self, context: ItemContext) -> BoxFuture<'_, Result<Outputs, ItemError>> {
        Box::pin(async move {
            self.running.fetch_add(1, Ordering::SeqCst);
            let _running = Running(&self.running);
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
            let item = json!({ "by": self.name, "text": context.parameters.get("text") });
            Ok(Outputs::from([(0, vec![Item::new(item)])]))
        })
    }
}

struct Running<'a>(&'a AtomicUsize);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn host(name: &'static str, zone: &str) -> (Host, Arc<Named>) {
    let node = Arc::new(Named { name, running: AtomicUsize::new(0) });
    let text = json!({
        "name": "named", "displayName": name, "version": 1, "inputs": ["main"], "outputs": ["main"],
        "properties": [{ "displayName": "Text", "name": "text", "type": "string", "default": "" }],
    });
    let descriptor = load::node_from_text("test", &text.to_string(), |_| None).unwrap();
    let engine = EngineConfig { threads: 1, ..EngineConfig::default() };
    let builder = Host::builder().node(descriptor).native("test.named", NativeNode::PerItem(node.clone()));
    (builder.expressions(engine).timezone(zone).build().unwrap(), node)
}

fn call(text: &str) -> Value {
    json!({ "type": "test.named", "parameters": { "text": text } })
}

fn batch(text: &str, items: usize) -> ExecutionRequest {
    let items = vec![json!({}); items];
    ExecutionRequest::from_value(json!({ "node": call(text), "items": items, "settings": { "concurrency": 4 } }))
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_in_one_process_know_nothing_of_each_other() {
    let (east, _) = host("east", "Asia/Tokyo");
    let (west, _) = host("west", "America/New_York");
    // A write that stayed would be seen by the other host, and by the next item.
    let text = "={{ $now.zoneName + ' ' + typeof Array.mark }}{{ (Array.mark = 1) && '' }}";
    let runs = (0..20).map(|n| if n % 2 == 0 { east.execute(batch(text, 5)) } else { west.execute(batch(text, 5)) });
    for (n, result) in futures::future::join_all(runs).await.into_iter().enumerate() {
        let (name, zone) = if n % 2 == 0 { ("east", "Asia/Tokyo") } else { ("west", "America/New_York") };
        let expected = json!({ "by": name, "text": format!("{zone} undefined") });
        let main = &result.unwrap().data.main[0];
        assert_eq!(main.len(), 5);
        assert!(main.iter().all(|item| item.json.as_ref() == Some(&expected)), "{main:?}");
    }
    assert_eq!(east.nodes()[0].display_name, "east");
    assert!(west.credentials().resolve_stored("httpBasicAuth", "a", None).await.is_err());
}

/// Waits until no execution holds the node any more: its host alone does, and the test.
async fn idle(node: &Arc<Named>) {
    let waiting = async {
        while Arc::strong_count(node) > 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waiting).await.expect("the execution ends");
    assert_eq!(node.running.load(Ordering::SeqCst), 0, "no item is left under way");
}

#[tokio::test]
async fn an_execution_may_be_dropped_at_any_point() {
    let (host, node) = host("one", "UTC");
    for polls in 0..60 {
        let mut execution = Box::pin(host.execute(batch("={{ $itemIndex }}", 40)));
        for _ in 0..polls {
            if futures::poll!(&mut execution).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(execution);
        idle(&node).await;
    }
    let result = host.execute(batch("still here", 3)).await.unwrap();
    assert_eq!((result.status, result.stats.succeeded), (Status::Success, 3));
}

#[tokio::test]
async fn a_stream_may_be_dropped_at_any_point() {
    let (host, node) = host("one", "UTC");
    for taken in 0..12 {
        let head = json!({ "node": call("={{ $json.n }}"), "settings": { "concurrency": 3 } });
        let items = stream::iter(0..).map(|n| Ok(Item::new(json!({ "n": n })))).boxed();
        let mut outcomes = host.execute_items(ExecutionRequest::from_head(head).unwrap(), items).await.unwrap();
        for index in 0..taken {
            let Some(OutcomeEvent::Outcome(outcome)) = outcomes.next().await else { panic!("an outcome") };
            assert_eq!((outcome.item_index, outcome.error), (index, None));
        }
        drop(outcomes);
        idle(&node).await;
    }
}

/// Who waits for the next outcome beside something else, and gives up, gets it the next time.
#[tokio::test]
async fn a_dropped_wait_loses_no_outcome() {
    let (host, node) = host("one", "UTC");
    let mut outcomes = host.execute_stream(batch("={{ $itemIndex }}", 100)).await.unwrap();
    let mut seen = Vec::new();
    let end = loop {
        let next = tokio::select! {
            biased;
            next = outcomes.next() => next,
            () = tokio::task::yield_now() => continue,
        };
        match next.expect("a stream ends with its end") {
            OutcomeEvent::Outcome(outcome) => seen.push(outcome.item_index),
            OutcomeEvent::End(end) => break end,
        }
    };
    assert_eq!(seen, (0..100).collect::<Vec<_>>());
    assert_eq!((end.status, end.stats.succeeded), (Status::Success, 100));
    assert!(outcomes.next().await.is_none());
    drop(outcomes);
    idle(&node).await;
}

#[test]
fn a_native_node_without_its_descriptor_is_told() {
    let node = Arc::new(Named { name: "lost", running: AtomicUsize::new(0) });
    let built = Host::builder().native("test.lost", NativeNode::PerItem(node)).build();
    let error = built.unwrap_err();
    assert!(matches!(&error, BuildError::NoDescriptor(name) if name == "test.lost"), "{error}");
    assert!(error.to_string().contains("test.lost"), "{error}");
}
