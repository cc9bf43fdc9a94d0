//! What the send path costs, beside a bare reqwest client: one request after the other over one connection of loopback.
//!
//!     cargo bench -p nodehost-runtime --bench egress             # 20,000 requests of each kind
//!     cargo bench -p nodehost-runtime --bench egress -- REQUESTS
//!
//! Client and server run in one process, so the figures are to be compared with each other and not with anything else.

#![allow(clippy::print_stdout, reason = "figures are printed")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use nodehost_expression::{Engine, EngineConfig};
use nodehost_runtime::credentials::{Credential, CredentialData, CredentialStore, CredentialTypes, Credentials};
use nodehost_runtime::egress::{Egress, EgressConfig, HostSet, OutgoingRequest, Policy, RateLimit};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

fn main() {
    let asked = std::env::args().skip(1).find_map(|arg| arg.parse().ok());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(all(asked.unwrap_or(20_000)));
}

async fn all(requests: u32) {
    let address = start().await;
    let url: url::Url = format!("http://{address}/items?page=1").parse().expect("a URL");
    let bare = bare(&url, requests).await;
    println!("bare client: {} us a request", micros(bare));

    let plain = credentials(Vec::new(), CredentialStore::default());
    let budget = RateLimit { requests: 1_000_000_000, per: Duration::from_secs(1) };
    let limited = credentials(vec![(HostSet::any(), budget)], CredentialStore::default());
    let token_url = format!("http://{address}/token");
    let cases: [(&str, &Credentials, Option<Value>); 5] = [
        ("egress", &plain, None),
        ("egress, a rate budget", &limited, None),
        ("a header", &plain, Some(json!({ "type": "httpHeaderAuth", "name": "x-key", "value": "0123456789abcdef" }))),
        (
            "a query parameter",
            &plain,
            Some(json!({ "type": "httpQueryAuth", "name": "key", "value": "0123456789abcdef" })),
        ),
        (
            "an OAuth2 token",
            &plain,
            Some(json!({
                "type": "oAuth2Api", "grantType": "clientCredentials", "accessTokenUrl": token_url, "clientId": "a", "clientSecret": "b"
            })),
        ),
    ];
    stored(&url, requests, bare).await;
    for (what, credentials, data) in cases {
        let credential = match data {
            Some(data) => Some(resolve(credentials, &data).await.with_node_urls([&url])),
            None => None,
        };
        let took = send(credentials, credential.as_ref(), &url, requests).await;
        println!("{what}: {} us a request, {:.2} of the bare client", micros(took), ratio(took, bare));
    }
}

/// Answers to requests with stored credentials are looked through for their secrets.
async fn stored(url: &url::Url, requests: u32, bare_small: Duration) {
    let data = json!({ "name": "x-key", "value": "0123456789abcdef", "allowedHttpRequestDomains": "all" });
    let data = CredentialData::new(data.as_object().cloned().unwrap_or_default());
    let credentials = credentials(Vec::new(), CredentialStore::default().with("one", "httpHeaderAuth", data));
    let credential = credentials.resolve_stored("httpHeaderAuth", "one", None).await.expect("it is there");
    let took = send(&credentials, Some(&credential), url, requests).await;
    println!("a stored header: {} us a request, {:.2} of the bare client", micros(took), ratio(took, bare_small));
    let large = url.join("/large").expect("a URL");
    let bare = bare(&large, requests / 10).await;
    let took = send(&credentials, Some(&credential), &large, requests / 10).await;
    println!("a stored header, 64 KiB: {} us a request, {:.2} of the bare client", micros(took), ratio(took, bare));
}

/// The best of three passes, for one request.
async fn send(credentials: &Credentials, credential: Option<&Credential>, url: &url::Url, requests: u32) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let started = Instant::now();
        for _ in 0..requests {
            let mut request = OutgoingRequest::new(http::Method::GET, url.clone());
            request.transport_retries = 2;
            let response = credentials.send(credential, request).await.expect("the server answers");
            assert_eq!(response.status, 200);
        }
        best = best.min(started.elapsed() / requests);
    }
    best
}

#[expect(clippy::disallowed_methods, reason = "what the egress is compared with")]
async fn bare(url: &url::Url, requests: u32) -> Duration {
    // Its TLS is not used here, but it does not build without; whoever installed one first is as good.
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let started = Instant::now();
        for _ in 0..requests {
            let response = client.get(url.clone()).send().await.expect("the server answers");
            response.bytes().await.expect("the body is whole");
        }
        best = best.min(started.elapsed() / requests);
    }
    best
}

fn credentials(rate_limits: Vec<(HostSet, RateLimit)>, store: CredentialStore) -> Credentials {
    let policy = Policy::new(vec!["127.0.0.1".parse().expect("an address")]);
    let egress = Egress::new(EgressConfig { policy, rate_limits, ..EgressConfig::default() }).expect("an egress");
    let engine = Engine::new(EngineConfig { threads: 1, ..EngineConfig::default() }).expect("an engine");
    let types = Arc::new(CredentialTypes::new([]).expect("the base types"));
    Credentials::new(types, egress, engine, store)
}

async fn resolve(credentials: &Credentials, data: &Value) -> Credential {
    let mut data = data.as_object().cloned().unwrap_or_default();
    let name = data.remove("type").and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default();
    credentials.resolve(&name, CredentialData::new(data)).await.expect("the credential is complete")
}

/// A server that answers every request with the same item, or a token, which it also is.
async fn start() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    address
}

async fn serve(mut stream: TcpStream) {
    let body =
        json!({ "id": 1, "name": "an item of ordinary size", "access_token": "0123456789abcdef-token" }).to_string();
    let small = answer(&body);
    let large = answer(&json!({ "text": "an item of ordinary size ".repeat(2621) }).to_string());
    let mut buffer = [0; 8192];
    let mut filled = 0;
    while let Ok(read) = stream.read(&mut buffer[filled..]).await {
        if read == 0 {
            return;
        }
        filled += read;
        // Bodies here are short: they come with their head, or are the start of nothing.
        if buffer[..filled].windows(4).any(|window| window == b"\r\n\r\n") {
            let answer = if buffer.starts_with(b"GET /large") { &large } else { &small };
            filled = 0;
            if stream.write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        }
    }
}

fn answer(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

fn micros(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e7).round() / 10.0
}

fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}
