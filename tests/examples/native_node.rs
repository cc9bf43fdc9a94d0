//! A native node of one's own: its parameters are data, its work is Rust. Order, lineage, retries, limits and errors are the
//! host's business.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use futures::FutureExt;
use futures::future::BoxFuture;
use nodehost_descriptor::load;
use nodehost_runtime::{
    ErrorCode, ExecutionRequest, Host, Item, ItemContext, ItemError, NativeNode, Outputs, PerItemNode,
};
use serde_json::json;

const DESCRIPTOR: &str = r#"{
    "name": "shout",
    "displayName": "Shout",
    "description": "Writes text in capitals",
    "group": ["transform"],
    "version": 1,
    "defaults": { "name": "Shout" },
    "inputs": ["main"],
    "outputs": ["main"],
    "properties": [
        { "displayName": "Text", "name": "text", "type": "string", "required": true, "default": "" }
    ]
}"#;

struct Shout;

impl PerItemNode for Shout {
    fn run(&self, context: ItemContext) -> BoxFuture<'_, Result<Outputs, ItemError>> {
        async move {
            let text = context.parameters.get("text").and_then(|text| text.as_str());
            let text = text.ok_or_else(|| ItemError::operation(ErrorCode::InvalidParameter, "Text is no text"))?;
            let item = Item::new(json!({ "text": text.to_uppercase() }));
            Ok(Outputs::from([(0, vec![item])]))
        }
        .boxed()
    }
}

/// A host with this node.
pub(crate) fn host() -> anyhow::Result<Host> {
    let node = load::node_from_text("example", DESCRIPTOR, |_| None)?;
    Ok(Host::builder().node(node).native("example.shout", NativeNode::PerItem(std::sync::Arc::new(Shout))).build()?)
}

#[tokio::main]
pub(crate) async fn main() -> anyhow::Result<()> {
    let request = ExecutionRequest::from_value(json!({
        "node": { "type": "example.shout", "parameters": { "text": "={{ $json.greeting }}, {{ $json.name }}" } },
        "items": [{ "greeting": "Hello", "name": "Ann" }, { "greeting": "Moin", "name": "Ben" }],
    }))?;
    let result = host()?.execute(request).await?;
    for item in &result.data.main[0] {
        println!("{}", serde_json::to_string(item)?);
    }
    anyhow::ensure!(result.data.main[0][1].json == Some(json!({ "text": "MOIN, BEN" })), "shouted");
    Ok(())
}
