//! Everything that can break between the runner and a Halo, in the middle of a batch: every item ends in one outcome, and
//! nothing that may have been done is done again.

use std::collections::BTreeMap;

use nodehost_halopsa_simulator::{Fault, SimulatorConfig};
use serde_json::{Value, json};

use super::Bench;

const HOOKS: &str = "/api/Webhook";

/// Creates a webhook of each of `count` items, eight at once, whatever fails.
async fn create(bench: &Bench, count: usize, retries: u32) -> Value {
    let items: Vec<Value> = (0..count).map(|number| json!({ "n": format!("hook-{number}") })).collect();
    let parameters = json!({ "name": "={{ $json.n }}", "additionalFields": { "url": "https://x.test" } });
    let mut request = bench.request("webhooks", "create", parameters, json!(items));
    request["node"]["onError"] = json!("continueRegularOutput");
    request["settings"] = json!({ "concurrency": 8, "transportRetries": retries });
    bench.result(&request).await
}

/// What became of each item: `ok`, or the error's code. Checks that each has exactly one outcome, in order.
fn outcomes(result: &Value, count: usize) -> Vec<String> {
    let items = result["data"]["main"][0].as_array().unwrap();
    assert_eq!(items.len(), count, "{result}");
    let stats = &result["stats"];
    assert_eq!(stats["succeeded"].as_u64().unwrap() + stats["failed"].as_u64().unwrap(), count as u64, "{stats}");
    assert_eq!(stats["notRun"], 0);
    let outcome = |(index, item): (usize, &Value)| {
        assert_eq!(item["pairedItem"]["item"], index, "{item}");
        item["error"]["code"].as_str().unwrap_or("ok").to_owned()
    };
    items.iter().enumerate().map(outcome).collect()
}

fn count(outcomes: &[String]) -> BTreeMap<&str, usize> {
    outcomes.iter().fold(BTreeMap::new(), |mut counts, outcome| {
        *counts.entry(outcome.as_str()).or_default() += 1;
        counts
    })
}

/// How often each webhook was created.
fn created(bench: &Bench) -> BTreeMap<String, usize> {
    let mut names = BTreeMap::new();
    for record in bench.halo.records("Webhook") {
        *names.entry(record["name"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    names
}

#[tokio::test]
async fn a_thousand_items_ask_for_one_token() {
    let bench = Bench::start().await;
    let outcomes = outcomes(&create(&bench, 1000, 2).await, 1000);
    assert_eq!(count(&outcomes), BTreeMap::from([("ok", 1000)]));
    assert_eq!((bench.halo.token_requests(), created(&bench).len()), (1, 1000));
}

#[tokio::test]
async fn tokens_that_expire_in_mid_batch_cost_no_item() {
    for status in [401, 400] {
        let bench = Bench::with(SimulatorConfig { expired_token_status: status, ..SimulatorConfig::default() }).await;
        let (batch, expiry) = tokio::join!(create(&bench, 300, 2), async {
            while bench.halo.records("Webhook").len() < 50 {
                tokio::task::yield_now().await;
            }
            bench.halo.expire_tokens();
        });
        let () = expiry;
        assert_eq!(count(&outcomes(&batch, 300)), BTreeMap::from([("ok", 300)]), "{status}");
        assert!(created(&bench).values().all(|times| *times == 1));
        assert_eq!(bench.halo.token_requests(), 2, "{status}");
    }
}

#[tokio::test]
async fn a_token_endpoint_that_fails_for_a_while_fails_items_and_not_the_next_batch() {
    let bench = Bench::start().await;
    bench.halo.fault(Fault::status(500).on("POST", "/auth/token").times(1));
    let first = create(&bench, 20, 0).await;
    let first = outcomes(&first, 20);
    let counts = count(&first);
    assert!(counts.keys().all(|code| ["ok", "credential_rejected"].contains(code)), "{counts:?}");
    assert!(counts["credential_rejected"] >= 1, "{counts:?}");
    assert_eq!(created(&bench).len(), counts.get("ok").copied().unwrap_or_default());
    bench.halo.clear_log();
    assert_eq!(count(&outcomes(&create(&bench, 20, 0).await, 20)), BTreeMap::from([("ok", 20)]));
}

#[tokio::test]
async fn dropped_posts_are_unknown_and_never_sent_twice() {
    let bench = Bench::start().await;
    bench.halo.fault(Fault::drop_after_reading().on("POST", HOOKS).after(5).times(4));
    bench.halo.fault(Fault::drop_before_reading().on("POST", HOOKS).after(20).times(4));
    let result = create(&bench, 60, 2).await;
    let outcomes = outcomes(&result, 60);
    let counts = count(&outcomes);
    assert_eq!(counts["ok"], 52, "{counts:?}");
    let created = created(&bench);
    assert!(created.values().all(|times| *times == 1), "{created:?}");
    assert_eq!(created.len(), 56, "those dropped after they were read took effect");
    for (index, outcome) in outcomes.iter().enumerate().filter(|(_, outcome)| *outcome != "ok") {
        let error = &result["data"]["main"][0][index]["error"];
        assert!(error["description"].as_str().unwrap().contains("may have been processed"), "{outcome}: {error}");
    }
}

#[tokio::test]
async fn a_storm_of_429_is_waited_out() {
    let bench = Bench::start().await;
    bench.halo.fault(Fault::status(429).header("retry-after", "0").on("POST", HOOKS).after(3).times(12));
    let outcomes = outcomes(&create(&bench, 40, 5).await, 40);
    assert_eq!(count(&outcomes), BTreeMap::from([("ok", 40)]));
    assert!(created(&bench).values().all(|times| *times == 1));
}

#[tokio::test]
async fn a_long_429_ends_the_wait_at_once_for_all() {
    let bench = Bench::start().await;
    bench.halo.fault(Fault::status(429).header("retry-after", "3600").on("POST", HOOKS).after(3).times(1));
    let result = create(&bench, 100, 2).await;
    let outcomes = outcomes(&result, 100);
    let refused: Vec<usize> = (0..100).filter(|index| outcomes[*index] != "ok").collect();
    assert!(refused.len() > 80, "{:?}", count(&outcomes));
    for index in refused {
        let error = &result["data"]["main"][0][index]["error"];
        assert!(error["retryAfter"].as_f64().is_some_and(|wait| wait > 3000.0), "{error}");
    }
    assert!(bench.halo.api_log().len() <= 3 + 1 + 8, "nothing is sent to a Halo that asked for peace");
}

#[tokio::test]
async fn answers_that_make_no_sense_are_errors_of_their_items() {
    let bench = Bench::start().await;
    bench.halo.fault(Fault::raw(200, "application/json", "{\"id\":").on("POST", HOOKS).after(2).times(1));
    bench
        .halo
        .fault(Fault::raw(200, "application/json", vec![b' '; 33 * 1024 * 1024]).on("POST", HOOKS).after(4).times(1));
    bench.halo.fault(Fault::status(500).on("POST", HOOKS).after(6).times(2));
    let result = create(&bench, 20, 2).await;
    let outcomes = outcomes(&result, 20);
    let counts = count(&outcomes);
    let too_large = outcomes.iter().position(|code| code == "response_too_large").unwrap();
    let message = result["data"]["main"][0][too_large]["error"]["message"].to_string();
    assert!(message.contains("33554432 bytes"), "{message}");
    assert!(counts["ok"] >= 16, "{counts:?}");
    assert!(created(&bench).values().all(|times| *times == 1));
    assert_eq!(bench.halo.api_log().len(), 20, "none is sent again");
}

#[tokio::test]
async fn reads_are_repeated_until_they_are_whole() {
    let bench = Bench::start().await;
    bench.halo.seed("Site", [json!({ "name": "a" })]);
    bench.halo.fault(Fault::drop_before_reading().on("GET", "/api/Site").times(1));
    bench.halo.fault(Fault::drop_after_reading().on("GET", "/api/Site").times(1));
    assert_eq!(bench.items("sites", "getAll", json!({})).await.len(), 1);
}
