//! A plain HTTP/1.1 client: it sends what it is told to, wrong headers included, and follows nothing.

use std::net::SocketAddr;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// An answer, read whole.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("not JSON ({error}): {:?}", self.body))
    }

    /// The body as lines of JSON.
    #[track_caller]
    pub fn lines(&self) -> Vec<Value> {
        let text = std::str::from_utf8(&self.body).expect("an NDJSON body is UTF-8");
        text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
    }

    /// A header as text, empty if it is not there.
    pub fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// A request to be sent.
#[derive(Debug, Clone)]
pub struct Call {
    address: SocketAddr,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Call {
    /// A request without a body, `Host` set to the address.
    pub fn new(method: Method, address: SocketAddr, path: &str) -> Self {
        let host = HeaderValue::from_str(&address.to_string()).expect("an address is a header value");
        let headers = HeaderMap::from_iter([(header::HOST, host)]);
        Self { address, method, path: path.to_owned(), headers, body: Bytes::new() }
    }

    /// Sets a header, in place of another of that name.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("a header's name");
        self.headers.insert(name, value.parse().expect("a header's value"));
        self
    }

    /// Sets the body, and nothing else.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets a JSON body and its content type.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    /// Sends the request and reads the answer.
    pub async fn send(self) -> Answer {
        let stream = TcpStream::connect(self.address).await.expect("the server is there");
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("a connection");
        let connection = tokio::spawn(connection);
        let mut request = Request::new(Full::new(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = self.path.parse().expect("a path");
        *request.headers_mut() = self.headers;
        let response = sender.send_request(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes();
        connection.abort();
        nodehost_watch::refuse("an answer", "body", &String::from_utf8_lossy(&body));
        nodehost_watch::refuse("an answer", "headers", &format!("{:?}", parts.headers));
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

/// GETs a path.
pub async fn get(address: SocketAddr, path: &str) -> Answer {
    Call::new(Method::GET, address, path).send().await
}

/// POSTs JSON to a path.
pub async fn post(address: SocketAddr, path: &str, body: &Value) -> Answer {
    Call::new(Method::POST, address, path).json(body).send().await
}
