//! A server that answers a case's replies in order and notes what it was asked.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub(crate) struct Replay {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    server: JoinHandle<()>,
}

#[derive(Default)]
struct State {
    mock: Value,
    requests: Vec<Value>,
    tokens: Vec<Value>,
}

impl Replay {
    pub(crate) async fn start(mock: &Value) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State { mock: mock.clone(), ..State::default() }));
        let server = tokio::spawn(serve(listener, Arc::clone(&state)));
        Self { address, state, server }
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The forms of the requests for tokens.
    pub(crate) fn tokens(&self) -> Vec<Value> {
        self.state.lock().unwrap().tokens.clone()
    }

    /// The requests to the API.
    pub(crate) fn requests(&self) -> Vec<Value> {
        self.state.lock().unwrap().requests.clone()
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(listener: TcpListener, state: Arc<Mutex<State>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let state = Arc::clone(&state);
        let service = hyper::service::service_fn(move |request| answer(Arc::clone(&state), request));
        tokio::spawn(async move {
            let connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            drop(connection.await);
        });
    }
}

async fn answer(state: Arc<Mutex<State>>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let mut state = state.lock().unwrap();
    let reply = if parts.uri.path() == "/auth/token" {
        let form: Vec<(String, String)> = url::form_urlencoded::parse(&body).into_owned().collect();
        state.tokens.push(json!(form));
        let default = json!([{ "status": 200, "body": { "access_token": "recorded-token", "expires_in": 3600 } }]);
        pick(state.mock.get("tokens").unwrap_or(&default), state.tokens.len() - 1)
    } else {
        let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let query: Vec<(String, String)> = query.into_owned().collect();
        let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let noted = json!({ "method": parts.method.as_str(), "path": parts.uri.path(), "query": query, "body": body });
        state.requests.push(noted);
        pick(&state.mock["responses"], state.requests.len() - 1)
    };
    Ok(response(&reply))
}

/// The reply at an index; the last one repeats.
fn pick(replies: &Value, index: usize) -> Value {
    let replies = replies.as_array().unwrap();
    replies[index.min(replies.len() - 1)].clone()
}

fn response(reply: &Value) -> Response<Full<Bytes>> {
    let mut builder = Response::builder().status(reply["status"].as_u64().unwrap() as u16);
    for (name, value) in reply["headers"].as_object().into_iter().flatten() {
        builder = builder.header(name, value.as_str().unwrap());
    }
    let body = match (reply.get("body"), reply["raw"] == true) {
        (None, _) => String::new(),
        (Some(body), true) => {
            builder = builder.header("content-type", reply["contentType"].as_str().unwrap_or("text/plain"));
            body.as_str().unwrap().to_owned()
        }
        (Some(body), false) => {
            builder = builder.header("content-type", "application/json");
            body.to_string()
        }
    };
    builder.body(Full::new(Bytes::from(body))).unwrap()
}
