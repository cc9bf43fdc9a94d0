//! A host with a node that does as its items say, and a service to send requests to.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use futures::future::BoxFuture;
use nodehost_descriptor::load;
use nodehost_runtime::egress::{EgressConfig, Policy};
use nodehost_runtime::{
    ErrorCode, ExecutionRequest, Host, HostBuilder, Item, ItemContext, ItemError, NativeNode, Outputs, PerItemNode,
    RequestOptions,
};
use serde_json::{Map, Value, json};

/// Does what `json.do` says: `ok`, `fail`, `many`, `none`, `wait`, `failTwice`, `post`.
#[derive(Default)]
pub(crate) struct Puppet {
    tries: Mutex<HashMap<usize, usize>>,
    pub(crate) started: AtomicUsize,
}

impl PerItemNode for Puppet {
    fn run(&self, context: ItemContext) -> BoxFuture<'_, Result<Outputs, ItemError>> {
        Box::pin(async move {
            self.started.fetch_add(1, Ordering::Relaxed);
            let json = context.item["json"].clone();
            let what = json["do"].as_str().unwrap_or("ok").to_owned();
            if let Some(ms) = json["ms"].as_u64() {
                tokio::time::sleep(Duration::from_millis(ms)).await;
            }
            let tries = {
                let mut tries = self.tries.lock().unwrap();
                let tries = tries.entry(context.item_index).or_insert(0);
                *tries += 1;
                *tries
            };
            let items = match what.as_str() {
                "fail" => return Err(ItemError::operation(ErrorCode::NodeError, "told to fail")),
                "failTwice" if tries < 3 => return Err(ItemError::operation(ErrorCode::NodeError, "not yet")),
                "many" => vec![Item::new(json.clone()), Item::new(json.clone())],
                "none" => Vec::new(),
                "post" | "get" => {
                    let mut request = Map::new();
                    request.insert("method".to_owned(), json!(what.to_uppercase()));
                    request.insert("url".to_owned(), json["url"].clone());
                    vec![Item::new(context.request(&RequestOptions::from(request)).await?.body.to_value())]
                }
                _ => vec![Item::new(json.clone())],
            };
            Ok(Outputs::from([(0, items)]))
        })
    }
}

/// A host with the puppet as `test.puppet`, whose loopback is open.
pub(crate) fn host() -> (Host, Arc<Puppet>) {
    let puppet = Arc::new(Puppet::default());
    let text = json!({
        "name": "puppet", "displayName": "Puppet", "version": 1, "defaults": {"name": "Puppet"},
        "inputs": ["main"], "outputs": ["main"],
        "properties": [
            {"displayName": "Text", "name": "text", "type": "string", "default": ""},
            {"displayName": "Size", "name": "size", "type": "number", "default": 1, "typeOptions": {"minValue": 1, "maxValue": 9}}
        ]
    });
    let node = load::node_from_text("test", &text.to_string(), |_| None).unwrap();
    let host = builder().node(node).native("test.puppet", NativeNode::PerItem(puppet.clone())).build().unwrap();
    (host, puppet)
}

pub(crate) fn builder() -> HostBuilder {
    nodehost_watch::watch();
    let policy = Policy::new(vec!["127.0.0.1".parse().unwrap()]);
    Host::builder().egress(EgressConfig { policy, ..EgressConfig::default() })
}

/// A request to the puppet.
pub(crate) fn request(node: Value, items: Vec<Value>, settings: Value) -> ExecutionRequest {
    let mut call = json!({"type": "test.puppet", "typeVersion": 1});
    call.as_object_mut().unwrap().extend(node.as_object().unwrap().clone());
    ExecutionRequest::from_value(json!({"node": call, "items": items, "settings": settings})).unwrap()
}

/// Items that do as said.
pub(crate) fn items(what: &[&str]) -> Vec<Value> {
    what.iter().enumerate().map(|(n, what)| json!({"n": n, "do": what})).collect()
}

/// A service that answers with what `answer` makes of method, path and body.
pub(crate) struct Service {
    pub(crate) url: String,
    pub(crate) seen: Arc<Mutex<Vec<String>>>,
}

type Answer = Arc<dyn Fn(&Method, &Uri, &[u8]) -> (u16, String) + Send + Sync>;

impl Service {
    pub(crate) async fn start(answer: impl Fn(&Method, &Uri, &[u8]) -> (u16, String) + Send + Sync + 'static) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let state: (Answer, Arc<Mutex<Vec<String>>>) = (Arc::new(answer), Arc::clone(&seen));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(serve).with_state(state);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, seen }
    }

    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

async fn serve(
    State((answer, seen)): State<(Answer, Arc<Mutex<Vec<String>>>)>,
    method: Method,
    uri: Uri,
    body: Bytes,
) -> Response {
    seen.lock().unwrap().push(format!("{method} {uri}"));
    if uri.path() == "/hang" {
        std::future::pending::<()>().await;
    }
    let (status, text) = answer(&method, &uri, &body);
    (StatusCode::from_u16(status).unwrap(), [("content-type", "application/json")], text).into_response()
}
