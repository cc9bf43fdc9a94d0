//! Tells what credentials add to a request, for the comparison with n8n in tests/conformance/credentials.
//!
//! `credential_requests BUNDLE` reads lines of `{"type", "data"}` and answers each with `{"headers", "query", "body"}` as
//! they arrived, without what the request had before, or with `{"error"}`. A line with a `request` of its own
//! (`{"method", "url", "headers", "body"}`) is answered with all `{"requests"}` that arrived, those for tokens included.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::Arc;

use nodehost_descriptor::load;
use nodehost_expression::{Engine, EngineConfig};
use nodehost_runtime::credentials::{CredentialData, CredentialStore, CredentialTypes, Credentials};
use nodehost_runtime::egress::{Egress, EgressConfig, OutgoingRequest};
use serde_json::{Map, Value, json};

#[path = "../tests/egress/server.rs"]
#[expect(dead_code, clippy::unwrap_used, reason = "shared with the tests of the egress")]
mod server;

use server::{Received, Reply, Server};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let bundle = std::env::args().nth(1).ok_or("the path of a bundle of credential types is missing")?;
    let loaded = load::path(Path::new(&bundle), Some("n8n-nodes-base"))
        .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let gateway = Server::start(|request| match request.header("x-original-url") {
        Some(url) if url.ends_with("/token") => {
            Reply::json(&json!({ "access_token": "new-token", "expires_in": 3600 }))
        }
        _ => Reply::ok(""),
    })
    .await;
    let config = EgressConfig { gateway: Some(gateway.url("/")), ..EgressConfig::default() };
    let engine = Engine::new(EngineConfig { threads: 1, ..EngineConfig::default() })?;
    let types = Arc::new(CredentialTypes::new(loaded.credentials)?);
    let credentials = Credentials::new(types, Egress::new(config)?, engine, CredentialStore::default());

    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let case: Value = serde_json::from_str(&line?)?;
        let before = gateway.requests().len();
        let answer = match send(&credentials, &case).await {
            Ok(()) if case.get("request").is_some() => json!({ "requests": whole(&gateway.requests()[before..]) }),
            Ok(()) => arrived(&gateway.requests().pop().ok_or("nothing arrived")?)?,
            Err(error) => json!({ "error": error.to_string() }),
        };
        writeln!(out, "{answer}")?;
    }
    Ok(())
}

async fn send(credentials: &Credentials, case: &Value) -> Result<(), Box<dyn Error>> {
    let name = case["type"].as_str().ok_or("a case has no type")?;
    let data = CredentialData::new(case["data"].as_object().cloned().unwrap_or_default());
    let text = |name: &str| case["request"][name].as_str();
    let url = text("url").unwrap_or("https://service.example/path").parse()?;
    let credential = credentials.resolve(name, data).await?.with_node_urls([&url]);
    let mut request = OutgoingRequest::new(text("method").unwrap_or("GET").parse()?, url);
    for (name, value) in case["request"]["headers"].as_object().into_iter().flatten() {
        request.headers.insert(http::HeaderName::try_from(name)?, value.as_str().unwrap_or_default().parse()?);
    }
    if let Some(body) = text("body") {
        request.body = body.to_owned().into();
    }
    credentials.send(Some(&credential), request).await?;
    Ok(())
}

/// Requests with everything in them, at their own URLs.
fn whole(requests: &[Received]) -> Vec<Value> {
    let whole = |request: &Received| {
        let headers: BTreeMap<_, _> = request.headers.iter().cloned().collect();
        json!({ "method": request.method, "url": request.header("x-original-url"), "headers": headers, "body": request.text() })
    };
    requests.iter().map(whole).collect()
}

/// What is there beyond what every request has.
fn arrived(request: &Received) -> Result<Value, Box<dyn Error>> {
    const ALWAYS: [&str; 6] =
        ["host", "accept-encoding", "user-agent", "x-original-url", "content-length", "connection"];
    let original: url::Url = request.header("x-original-url").ok_or("the gateway got no URL")?.parse()?;
    let query: BTreeMap<_, _> = original.query_pairs().collect();
    let body: Map<String, Value> =
        if request.body.is_empty() { Map::new() } else { serde_json::from_slice(&request.body)? };
    let added = |(name, value): &&(String, String)| {
        let own = name == "accept" && value == "*/*" || name == "content-type" && !body.is_empty();
        !own && !ALWAYS.contains(&name.as_str())
    };
    let headers: BTreeMap<_, _> = request.headers.iter().filter(added).cloned().collect();
    Ok(json!({ "headers": headers, "query": query, "body": body }))
}
