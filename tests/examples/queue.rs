//! A stream from a queue: items are taken as fast as they are executed and no faster, and each is acknowledged by its outcome.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use futures::{StreamExt, stream};
use nodehost_runtime::{ExecutionRequest, Item, OutcomeEvent};
use serde_json::json;
use tokio::sync::mpsc;

#[path = "native_node.rs"]
#[allow(dead_code, reason = "an example of its own")]
pub(crate) mod native_node;

#[tokio::main]
pub(crate) async fn main() -> anyhow::Result<()> {
    let host = native_node::host()?;
    let (queue, receiver) = mpsc::channel(4);
    let producer = tokio::spawn(async move {
        for n in 0..100 {
            queue.send(Item::new(json!({ "text": format!("message {n}") }))).await?;
        }
        anyhow::Ok(())
    });

    let head = ExecutionRequest::from_head(json!({
        "node": { "type": "example.shout", "parameters": { "text": "={{ $json.text }}" }, "onError": "continueRegularOutput" },
        "settings": { "concurrency": 4 },
    }))?;
    let items = stream::unfold(receiver, async |mut queue| Some((Ok(queue.recv().await?), queue))).boxed();
    let mut outcomes = host.execute_items(head, items).await?;

    let mut done = 0;
    while let Some(event) = outcomes.next().await {
        match event {
            OutcomeEvent::Outcome(outcome) => {
                // In input order: everything up to this item is settled, and a queue may be told so.
                anyhow::ensure!(outcome.item_index == done, "outcomes come in input order");
                done += 1;
            }
            OutcomeEvent::End(end) => println!("{:?}: {done} of {} items", end.status, end.stats.items),
        }
    }
    producer.await??;
    anyhow::ensure!(done == 100, "every item has its outcome");
    Ok(())
}
