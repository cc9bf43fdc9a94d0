//! The bare loop: the same bodies serialised, replies parsed, over reqwest.

use std::time::Instant;

use futures::{StreamExt, stream};
use serde_json::{Value, json};

pub(crate) fn run(items: usize, concurrency: usize) -> f64 {
    super::runtime().block_on(async {
        drop(rustls::crypto::ring::default_provider().install_default());
        #[allow(clippy::disallowed_methods, reason = "this is what the egress is measured against")]
        let client = reqwest::Client::builder().pool_max_idle_per_host(concurrency).build().expect("a client");
        let url = format!("{}/api/Webhook", super::address());
        let started = Instant::now();
        let done = stream::iter(0..items).map(|n| one(&client, &url, n)).buffered(concurrency).count().await;
        assert_eq!(done, items);
        started.elapsed().as_secs_f64()
    })
}

async fn one(client: &reqwest::Client, url: &str, n: usize) -> Value {
    let item = super::item(n);
    let body = json!({
        "name": format!("hook-{}", item["n"]), "type": 0,
        "url": format!("https://example.com/{}", item["path"].as_str().unwrap_or_default()), "active": item["flag"]
    });
    let request = client.post(url).header("content-type", "application/json").header("authorization", "Bearer token");
    let response = request.body(body.to_string()).send().await.expect("an answer");
    #[allow(clippy::disallowed_methods, reason = "this is what the egress is measured against")]
    let bytes = response.bytes().await.expect("a body");
    serde_json::from_slice(&bytes).expect("JSON")
}
