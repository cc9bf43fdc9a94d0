//! The host with a declarative node: a credential, expressions in name and URL, one POST an item.

use std::time::Instant;

use futures::{StreamExt, stream};
use nodehost_descriptor::load;
use nodehost_runtime::egress::{EgressConfig, Policy};
use nodehost_runtime::{ExecutionRequest, Host, Item, OutcomeEvent, Status};
use serde_json::{Value, json};

const NODE: &str = include_str!("node.json");
const CREDENTIAL: &str = include_str!("bench.credentials.json");

fn host() -> Host {
    let policy = Policy::new(vec!["127.0.0.1".parse().expect("an address")]);
    Host::builder()
        .node(load::node_from_text("bench", NODE, |_| None).expect("the node"))
        .credential_type(load::credential_from_text(CREDENTIAL).expect("the credential type"))
        .egress(EgressConfig { policy, ..EgressConfig::default() })
        .build()
        .expect("a host")
}

fn request(concurrency: usize) -> Value {
    json!({
        "node": {
            "type": "bench.declarative", "typeVersion": 1,
            "parameters": {
                "name": "=hook-{{ $json.n }}",
                "additionalFields": {"type": 0, "url": "=https://example.com/{{ $json.path }}", "active": "={{ $json.flag }}"}
            },
            "credentials": {"benchApi": {"data": {"baseUrl": super::address(), "token": "token"}}}
        },
        "settings": {"concurrency": concurrency}
    })
}

/// A batch as it comes in a request: the items are read, run and collected.
pub(crate) fn batch(items: usize, concurrency: usize) -> f64 {
    super::runtime().block_on(async {
        let host = host();
        let mut request = request(concurrency);
        request["items"] = (0..items).map(super::item).collect();
        let started = Instant::now();
        let request = ExecutionRequest::from_value(request).expect("a request");
        let result = host.execute(request).await.expect("an execution");
        let elapsed = started.elapsed().as_secs_f64();
        assert_eq!((result.status, result.data.main[0].len()), (Status::Success, items), "{:?}", result.error);
        elapsed
    })
}

/// Items in and outcomes out as a stream, neither held.
pub(crate) fn stream(items: usize, concurrency: usize) -> f64 {
    super::runtime().block_on(async {
        let host = host();
        let head = ExecutionRequest::from_head(request(concurrency)).expect("a request");
        let started = Instant::now();
        let given = stream::iter(0..items).map(|n| Ok(Item::new(super::item(n)))).boxed();
        let mut outcomes = host.execute_items(head, given).await.expect("an execution");
        let mut count = 0;
        while let Some(event) = outcomes.next().await {
            match event {
                OutcomeEvent::Outcome(outcome) => {
                    assert!(outcome.error.is_none(), "{:?}", outcome.error);
                    count += 1;
                }
                OutcomeEvent::End(end) => assert_eq!(end.status, Status::Success),
            }
        }
        assert_eq!(count, items);
        started.elapsed().as_secs_f64()
    })
}
