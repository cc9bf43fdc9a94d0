//! Any bytes as the body of a streamed execution, through the whole HTTP interface: an answer that ends in order, or a
//! problem, never a panic.

#![no_main]

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Body;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use libfuzzer_sys::fuzz_target;
use nodehost_descriptor::load;
use nodehost_runtime::{Host, Item, ItemContext, ItemError, NativeNode, Outputs, PerItemNode};
use nodehost_server::{ServerConfig, router};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

const NODE: &str = r#"{"name": "echo", "displayName": "Echo", "version": 1, "properties": []}"#;
const HEAD: &str = r#"{"node": {"type": "fuzz.echo", "onError": "continueRegularOutput"}}"#;

struct Echo;

impl PerItemNode for Echo {
    fn run(&self, _: ItemContext) -> BoxFuture<'_, Result<Outputs, ItemError>> {
        async { Ok(Outputs::from([(0, vec![Item::default()])])) }.boxed()
    }
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Builder::new_current_thread().enable_all().build().expect("one"));
static ROUTER: LazyLock<Router> = LazyLock::new(|| {
    let node = load::node_from_text("fuzz", NODE, |_| None).expect("a node");
    let builder = Host::builder().node(node).native("fuzz.echo", NativeNode::PerItem(Arc::new(Echo)));
    router(builder.build().expect("a host"), ServerConfig { max_body_bytes: 4096, ..ServerConfig::default() })
});

fuzz_target!(|body: &[u8]| {
    let with_head = [HEAD.as_bytes(), b"\n", body].concat();
    for body in [body.to_vec(), with_head] {
        let request = Request::post("/v1/executions")
            .header("host", "localhost")
            .header("content-type", "application/x-ndjson")
            .header("accept", "application/x-ndjson")
            .body(Body::from(body))
            .expect("a request");
        RUNTIME.block_on(async {
            let response = ROUTER.clone().oneshot(request).await.expect("an answer");
            let status = response.status();
            assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR);
            let text = response.into_body().collect().await.expect("a whole answer").to_bytes();
            let last = text.trim_ascii_end().rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
            let last: serde_json::Value = serde_json::from_slice(last).expect("JSON");
            assert!(status != StatusCode::OK || last["type"] == "end", "{last}");
        });
    }
});
