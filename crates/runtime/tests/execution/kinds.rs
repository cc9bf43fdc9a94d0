//! Every kind of failure, several items at once: each item has exactly one outcome, in order.

use std::sync::{Arc, OnceLock};

use futures::StreamExt;
use nodehost_descriptor::load;
use nodehost_runtime::{
    Cancel, Ended, ErrorCode, ExecutionRequest, Host, Outcome, OutcomeEvent, OutcomeStream, Status,
};
use serde_json::{Value, json};

use crate::support::{Service, builder, host, request};

const CONCURRENCIES: [usize; 4] = [1, 2, 8, 64];

/// A node whose items say what is to happen to them.
fn declarative(service: &Service) -> Host {
    let field = |name: &str, kind: &str, default: Value, routing: Value| json!({"displayName": name, "name": name, "type": kind, "default": default, "routing": routing});
    let action = |kind: &str, properties: Value, when: &str| json!({"type": kind, "properties": properties, "enabled": format!("={{{{ $json.kind === '{when}' }}}}")});
    let routing = json!({
        "request": {"method": "={{ $json.post ? 'POST' : 'GET' }}", "url": "={{ $parameter.url }}"},
        "send": {"paginate": "={{ $json.kind === 'paging' }}"},
        "operations": {"pagination": {"type": "offset", "properties": {
            "limitParameter": "limit", "offsetParameter": "offset", "pageSize": 1, "type": "query"
        }}},
        "output": {"postReceive": [
            action("binaryData", json!({"destinationProperty": "file"}), "binary"),
            action("set", json!({"value": "={{ $response.body.missing.deeper }}"}), "late"),
        ]}
    });
    let text = json!({
        "name": "service", "displayName": "Service", "version": 1, "inputs": ["main"], "outputs": ["main"],
        "requestDefaults": {"baseURL": service.url},
        "properties": [
            field("url", "string", json!(""), routing),
            {"displayName": "Size", "name": "size", "type": "number", "default": 1, "typeOptions": {"minValue": 1}}
        ]
    });
    builder().node(load::node_from_text("test", &text.to_string(), |_| None).unwrap()).build().unwrap()
}

async fn all(mut stream: OutcomeStream) -> (Vec<Outcome>, nodehost_runtime::End) {
    let mut all = Vec::new();
    while let Some(event) = stream.next().await {
        match event {
            OutcomeEvent::Outcome(outcome) => all.push(outcome),
            OutcomeEvent::End(end) => return (all, end),
        }
    }
    panic!("a stream without an end");
}

fn in_order(outcomes: &[Outcome], count: usize) {
    let indexes: Vec<_> = outcomes.iter().map(|outcome| outcome.item_index).collect();
    assert_eq!(indexes, (0..count).collect::<Vec<_>>(), "one outcome for each item, in order");
}

async fn service() -> Service {
    Service::start(|_, uri, _| match uri.path() {
        "/404" => (404, json!({"message": "no such thing"}).to_string()),
        "/429" => (429, String::new()),
        "/paging" => (200, "[{}]".to_owned()),
        _ => (200, json!({"ok": true}).to_string()),
    })
    .await
}

#[tokio::test]
async fn each_failure_is_its_own_items() {
    let service = service().await;
    let host = declarative(&service);
    let gone = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}/x", listener.local_addr().unwrap())
    };
    let kinds: Vec<(&str, String, Option<ErrorCode>)> = vec![
        ("ok", "/ok".into(), None),
        ("status", "/404".into(), Some(ErrorCode::HttpError)),
        ("limited", "/429".into(), Some(ErrorCode::RateLimited)),
        ("ok", "/ok".into(), None),
        ("connection", gone, Some(ErrorCode::ConnectionFailed)),
        ("url", "http://".into(), Some(ErrorCode::InvalidUrl)),
        ("scheme", "ftp://127.0.0.1/".into(), Some(ErrorCode::InvalidUrl)),
        ("denied", "http://10.0.0.1/".into(), Some(ErrorCode::EgressDenied)),
        ("size", "/ok".into(), Some(ErrorCode::InvalidParameter)),
        ("throws", "/ok".into(), Some(ErrorCode::ExpressionError)),
        ("paging", "/paging".into(), Some(ErrorCode::PagingIncomplete)),
        ("binary", "/ok".into(), Some(ErrorCode::BinaryData)),
        ("ok", "/ok".into(), None),
    ];
    let items: Vec<Value> = kinds.iter().map(|(kind, url, _)| json!({"kind": kind, "url": url})).collect();
    // An expression that throws is one of n8n's own refusals: a text after that of JavaScript's is swallowed.
    let url = "={{ $json.kind === 'throws' ? $('Nobody').item.json.x : $json.url }}";
    let parameters = json!({"url": url, "size": "={{ $json.kind === 'size' ? 0 : 1 }}"});
    for (policy, output) in [("continueRegularOutput", 0), ("continueErrorOutput", 1)] {
        for concurrency in CONCURRENCIES {
            let request = ExecutionRequest::from_value(json!({
                "node": {"type": "test.service", "parameters": parameters, "onError": policy},
                "items": items, "settings": {"concurrency": concurrency, "transportRetries": 0}
            }));
            let (outcomes, end) = all(host.execute_stream(request.unwrap()).await.unwrap()).await;
            in_order(&outcomes, kinds.len());
            for (outcome, (kind, _, expected)) in outcomes.iter().zip(&kinds) {
                let error = outcome.error.as_ref();
                assert_eq!(error.map(|error| error.code), *expected, "{kind}: {error:?}");
                let outputs = outcome.outputs.as_ref().unwrap();
                let at = if error.is_some() { output } else { 0 };
                let item = serde_json::to_value(&outputs[&at][0]).unwrap();
                assert_eq!(item["pairedItem"], json!({"item": outcome.item_index}), "{kind}");
                assert_eq!(item.get("error").is_some(), error.is_some(), "{kind}");
                if let Some(error) = error {
                    assert_eq!(item["json"], json!({"error": error.message}), "{kind}");
                    assert_eq!(error.item_index, Some(outcome.item_index), "{kind}");
                }
            }
            assert_eq!((end.status, end.stats.succeeded, end.stats.failed), (Status::Success, 3, 10));
        }
    }
}

#[tokio::test]
async fn what_another_try_cannot_change_is_not_tried_again() {
    let service = service().await;
    let host = declarative(&service);
    for concurrency in CONCURRENCIES {
        let request = ExecutionRequest::from_value(json!({
            "node": {
                "type": "test.service", "onError": "continueRegularOutput",
                "retryOnFail": true, "maxTries": 2, "waitBetweenTries": 1,
                "parameters": {"url": "={{ $json.url }}", "size": "={{ $json.size }}"}
            },
            "items": [
                {"url": "/404", "size": 1}, {"url": "/ok", "size": 0}, {"url": "/ok", "size": 1},
                {"url": "http://10.0.0.1/", "size": 1}
            ],
            "settings": {"concurrency": concurrency, "transportRetries": 0}
        }));
        let (outcomes, end) = all(host.execute_stream(request.unwrap()).await.unwrap()).await;
        in_order(&outcomes, 4);
        assert_eq!(outcomes.iter().map(|outcome| outcome.attempts).collect::<Vec<_>>(), [2, 1, 1, 1]);
        assert_eq!(end.stats.retries, 1);
    }
}

#[tokio::test]
async fn an_item_cut_short_after_a_request_that_may_have_changed_something_is_unknown() {
    let cancel = Arc::new(OnceLock::<Cancel>::new());
    let switch = Arc::clone(&cancel);
    let service = Service::start(move |_, _, _| {
        switch.get().unwrap().end(Ended::Canceled);
        (200, "[{}]".to_owned())
    })
    .await;
    let host = declarative(&service);
    let node = json!({"type": "test.service", "parameters": {"url": "={{ $json.url }}"}});
    let items = json!([{"kind": "paging", "url": "/list", "post": true}]);
    let request = ExecutionRequest::from_value(json!({"node": node, "items": items})).unwrap();
    let stream = host.execute_stream(request).await.unwrap();
    cancel.set(stream.cancel()).unwrap();
    let (outcomes, end) = all(stream).await;
    in_order(&outcomes, 1);
    let error = outcomes[0].error.as_ref().unwrap();
    assert_eq!((error.code, error.item_index), (ErrorCode::OutcomeUnknown, Some(0)));
    assert_eq!((end.status, end.warnings.len()), (Status::Canceled, 1));
    assert_eq!(service.seen().len(), 1, "the second page is not asked for");
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_leaves_no_item_untold() {
    let service = service().await;
    let (host, _) = host();
    let url = format!("{}/hang", service.url);
    for concurrency in [2, 8, 64] {
        let before = service.seen().len();
        let given = vec![
            json!({"do": "get", "url": url}),
            json!({"do": "post", "url": url}),
            json!({"ms": 60_000}),
            json!({"ms": 60_000}),
        ];
        let node = json!({"onError": "continueRegularOutput"});
        let stream = host.execute_stream(request(node, given, json!({"concurrency": concurrency}))).await.unwrap();
        let cancel = stream.cancel();
        while service.seen().len() < before + 2 {
            tokio::task::yield_now().await;
            tokio::time::advance(std::time::Duration::from_millis(1)).await;
        }
        cancel.end(Ended::Shutdown);
        let (outcomes, end) = all(stream).await;
        in_order(&outcomes, 4);
        let codes: Vec<_> = outcomes.iter().map(|outcome| outcome.error.as_ref().map(|error| error.code)).collect();
        let rest = if concurrency == 2 { ErrorCode::NotRun } else { ErrorCode::Canceled };
        assert_eq!(codes, [ErrorCode::Canceled, ErrorCode::OutcomeUnknown, rest, rest].map(Some));
        assert!(outcomes.iter().all(|outcome| outcome.outputs.is_none()), "what was not told is no error item");
        assert_eq!((end.status, end.error.unwrap().code), (Status::Canceled, ErrorCode::ShuttingDown));
        assert_eq!(end.warnings.len(), 1);
    }
}
