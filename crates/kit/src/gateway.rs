//! An egress gateway on loopback that replies as a case says, and keeps what it is asked.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use nodehost_runtime::egress::EgressConfig;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::view::Sent;
use crate::{Case, Exchange, Reply};

/// The largest body of a request.
const MAX_BODY: usize = 64 * 1024 * 1024;

pub(crate) struct Gateway {
    address: std::net::SocketAddr,
    state: Arc<Mutex<Conversation>>,
    served: JoinHandle<()>,
}

/// What was expected and what came.
#[derive(Default)]
pub(crate) struct Conversation {
    expected: Vec<Exchange>,
    always: Vec<Exchange>,
    /// What came in the place of each expected request.
    pub(crate) came: Vec<Option<Sent>>,
    /// What came beside them.
    pub(crate) unexpected: Vec<Sent>,
}

impl Gateway {
    pub(crate) async fn start(case: &Case) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (expected, always) = (case.requests.clone(), case.always.clone());
        let came = expected.iter().map(|_| None).collect();
        let state = Arc::new(Mutex::new(Conversation { expected, always, came, unexpected: Vec::new() }));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&state));
        let served = tokio::spawn(async move { drop(axum::serve(listener, router).await) });
        Ok(Self { address, state, served })
    }

    /// The egress of a host whose requests all come here.
    pub(crate) fn egress(&self) -> EgressConfig {
        let url = format!("http://{}", self.address).parse().expect("an address makes a URL");
        EgressConfig { gateway: Some(url), ..EgressConfig::default() }
    }

    /// What came so far.
    pub(crate) fn take(&self) -> Conversation {
        std::mem::take(&mut *lock(&self.state))
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.served.abort();
    }
}

impl Conversation {
    /// Finds the reply to a request, and keeps it.
    fn reply(&mut self, sent: Sent) -> Option<Reply> {
        let open = || (0..self.expected.len()).filter(|index| self.came[*index].is_none());
        // The one it is; else one for the same address; else the first that is still awaited, so that the case goes on
        // and its report shows how the two differ.
        let same = open().find(|index| sent.is(&self.expected[*index]));
        let Some(index) = same.or_else(|| open().find(|index| sent.goes_to(&self.expected[*index]))) else {
            if let Some(always) = self.always.iter().find(|exchange| sent.goes_to(exchange)) {
                return Some(always.reply.clone().unwrap_or_default());
            }
            let Some(first) = open().next() else {
                self.unexpected.push(sent);
                return None;
            };
            self.came[first] = Some(sent);
            return Some(self.expected[first].reply.clone().unwrap_or_default());
        };
        self.came[index] = Some(sent);
        Some(self.expected[index].reply.clone().unwrap_or_default())
    }
}

async fn answer(State(state): State<Arc<Mutex<Conversation>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY).await else {
        return (StatusCode::PAYLOAD_TOO_LARGE, "the test kit takes bodies of up to 64 MiB").into_response();
    };
    let Some(sent) = Sent::of(&parts, &body) else {
        return (StatusCode::BAD_GATEWAY, "the test kit takes requests of a host only").into_response();
    };
    let reply = lock(&state).reply(sent);
    reply.map_or_else(unexpected, respond)
}

fn unexpected() -> Response {
    (StatusCode::NOT_IMPLEMENTED, "the case expects no such request").into_response()
}

fn respond(reply: Reply) -> Response {
    let Reply { status, headers, body, text } = reply;
    let (kind, body) = match (body, text) {
        (Some(json), _) => (Some("application/json"), json.to_string()),
        (None, Some(text)) => (Some("text/plain; charset=utf-8"), text),
        (None, None) if status.is_none_or(|status| status != 204 && status != 304) => {
            (Some("application/json"), "{}".to_owned())
        }
        (None, None) => (None, String::new()),
    };
    let mut response = Response::builder().status(status.unwrap_or(200));
    let typed = headers.keys().any(|name| name.eq_ignore_ascii_case("content-type"));
    if let Some(kind) = kind.filter(|_| !typed) {
        response = response.header("content-type", kind);
    }
    for (name, value) in headers {
        response = response.header(name, value);
    }
    let told = |error: axum::http::Error| (StatusCode::BAD_GATEWAY, format!("the reply of the case is none: {error}"));
    response.body(Body::from(body)).map_err(told).into_response()
}

fn lock(state: &Mutex<Conversation>) -> MutexGuard<'_, Conversation> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
