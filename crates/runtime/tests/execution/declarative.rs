//! Declarative nodes: requests, paging, hooks, binary data, errors of services.

use axum::http::Uri;
use futures::future::BoxFuture;
use nodehost_descriptor::load;
use nodehost_runtime::credentials::{CredentialData, CredentialStore};
use nodehost_runtime::{
    Answer, ErrorCode, ExecutionRequest, HookContext, Host, HostBuilder, Item, ItemError, Pages, PaginationHook,
    RequestOptions, Status,
};
use serde_json::{Value, json};

use crate::support::{Service, builder};

/// A host with a node whose one operation has this routing.
fn host(service: &Service, routing: Value, properties: Vec<Value>) -> Host {
    build(service, routing, properties, |builder| builder)
}

fn build(
    service: &Service,
    routing: Value,
    properties: Vec<Value>,
    more: impl FnOnce(HostBuilder) -> HostBuilder,
) -> Host {
    let mut all = vec![json!({
        "displayName": "Operation", "name": "operation", "type": "options", "default": "run", "noDataExpression": true,
        "options": [{"name": "Run", "value": "run", "routing": routing}]
    })];
    all.extend(properties);
    let text = json!({
        "name": "service", "displayName": "Service", "version": 1, "inputs": ["main"], "outputs": ["main"],
        "requestDefaults": {"baseURL": service.url}, "properties": all
    });
    let node = load::node_from_text("test", &text.to_string(), |_| None).unwrap();
    let upper = |_: &HookContext, mut request: RequestOptions| {
        request.object_mut("headers").insert("x-hook".to_owned(), json!("1"));
        Ok(request)
    };
    let count = |context: &HookContext, items: Vec<Item>, answer: &Answer| {
        Ok(vec![Item::new(json!({"items": items.len(), "status": answer.status, "index": context.item_index}))])
    };
    more(builder().node(node).pre_send("upper", upper).post_receive("count", count)).build().unwrap()
}

fn run(parameters: Value, count: usize, settings: Value) -> ExecutionRequest {
    let items: Vec<Value> = (0..count).map(|n| json!({"n": n})).collect();
    let node = json!({"type": "test.service", "parameters": parameters, "onError": "continueRegularOutput"});
    ExecutionRequest::from_value(json!({"node": node, "items": items, "settings": settings})).unwrap()
}

#[tokio::test]
async fn a_list_as_body_comes_from_an_expression_on_the_collection() {
    let service = Service::start(|_, _, body| (200, String::from_utf8(body.to_vec()).unwrap())).await;
    let fields = json!({
        "displayName": "Fields", "name": "fields", "type": "collection", "default": {},
        "routing": {"request": {"body": "={{ [{ name: $parameter.name, ...$value }] }}"}},
        "options": [{"displayName": "Active", "name": "active", "type": "boolean", "default": true}]
    });
    let name = json!({"displayName": "Name", "name": "name", "type": "string", "default": ""});
    let host = host(&service, json!({"request": {"method": "POST", "url": "/x"}}), vec![name, fields]);
    let parameters = json!({"name": "=w{{ $json.n }}", "fields": {"active": "={{ $json.n > 0 }}"}});
    let result = host.execute(run(parameters, 2, json!({}))).await.unwrap();
    let found: Vec<_> = result.data.main[0].iter().map(|item| item.json.clone().unwrap()).collect();
    assert_eq!(found, [json!({"name": "w0", "active": false}), json!({"name": "w1", "active": true})]);
}

#[tokio::test]
async fn hooks_stand_where_n8n_has_functions() {
    let service = Service::start(|_, _, _| (200, "[1, 2, 3]".to_owned())).await;
    let routing = json!({
        "request": {"url": "/x"}, "send": {"preSend": ["upper"]}, "output": {"postReceive": ["count"]}
    });
    let result = host(&service, routing, Vec::new()).execute(run(json!({}), 2, json!({}))).await.unwrap();
    let found: Vec<_> = result.data.main[0].iter().map(|item| item.json.clone().unwrap()).collect();
    assert_eq!(found, [json!({"items": 1, "status": 200, "index": 0}), json!({"items": 1, "status": 200, "index": 1})]);
    let missing = json!({"request": {"url": "/x"}, "send": {"preSend": ["nobody"]}});
    let refusal = host(&service, missing, Vec::new()).execute(run(json!({}), 1, json!({}))).await.unwrap_err();
    assert_eq!(refusal.code, ErrorCode::NotExecutable);
    let lost = json!({"request": {"url": "/x"}, "send": {"preSend": [null]}});
    let refusal = host(&service, lost, Vec::new()).execute(run(json!({}), 1, json!({}))).await.unwrap_err();
    assert_eq!(refusal.code, ErrorCode::NotExecutable);
}

/// Paging by offset over a list of ten, of which the service declares `total`.
fn paged(total: Option<&str>) -> Value {
    let mut properties =
        json!({"limitParameter": "limit", "offsetParameter": "offset", "pageSize": 4, "type": "query"});
    if let Some(total) = total {
        properties["total"] = json!(total);
    }
    json!({
        "request": {"url": "/list"}, "send": {"paginate": true},
        "operations": {"pagination": {"type": "offset", "properties": properties}},
        "output": {"postReceive": [{"type": "rootProperty", "properties": {"property": "data"}}]}
    })
}

fn page(uri: &Uri, count: usize) -> String {
    let query = uri.query().unwrap_or_default();
    let number = |key: &str| {
        let pair = query.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='));
        pair.and_then(|text| text.parse::<usize>().ok()).unwrap_or_default()
    };
    let (offset, limit) = (number("offset"), number("limit"));
    let data: Vec<_> = (offset..(offset + limit).min(count)).map(|id| json!({"id": id})).collect();
    json!({"data": data, "count": 10}).to_string()
}

#[tokio::test]
async fn pages_are_complete_or_an_error() {
    let whole = Service::start(|_, uri, _| (200, page(uri, 10))).await;
    let result = host(&whole, paged(Some("={{ $response.body.count }}")), Vec::new())
        .execute(run(json!({}), 1, json!({})))
        .await
        .unwrap();
    assert_eq!((result.stats.failed, result.data.main[0].len()), (0, 10));
    let short = Service::start(|_, uri, _| (200, page(uri, 7))).await;
    let result = host(&short, paged(Some("={{ $response.body.count }}")), Vec::new())
        .execute(run(json!({}), 1, json!({})))
        .await
        .unwrap();
    assert_eq!(result.data.main[0][0].error.as_ref().unwrap().code, ErrorCode::PagingIncomplete);
    let stuck = Service::start(|_, _, _| (200, json!({"data": [1, 2, 3, 4]}).to_string())).await;
    let result = host(&stuck, paged(None), Vec::new()).execute(run(json!({}), 1, json!({}))).await.unwrap();
    assert_eq!(result.data.main[0][0].error.as_ref().unwrap().code, ErrorCode::PagingIncomplete);
    let broken = Service::start(|_, uri, _| {
        if uri.query().unwrap_or_default().contains("offset=4") { (500, String::new()) } else { (200, page(uri, 10)) }
    })
    .await;
    let result = host(&broken, paged(None), Vec::new()).execute(run(json!({}), 1, json!({}))).await.unwrap();
    assert_eq!(result.data.main[0][0].error.as_ref().unwrap().http_code.as_deref(), Some("500"));
}

#[tokio::test]
async fn failures_of_services_are_told_in_n8ns_words() {
    let service = Service::start(|_, uri, _| match uri.path() {
        "/404" => (404, json!({"message": "no such thing"}).to_string()),
        "/422" => (422, json!({"error": {"message": "name is taken"}}).to_string()),
        "/429" => (429, "{}".to_owned()),
        _ => (500, "oops".to_owned()),
    })
    .await;
    let path = json!({"displayName": "Path", "name": "path", "type": "string", "default": ""});
    let host = host(&service, json!({"request": {"url": "={{ $parameter.path }}"}}), vec![path]);
    for (path, code, told) in [
        ("/404", ErrorCode::HttpError, Some("no such thing")),
        ("/422", ErrorCode::HttpError, Some("name is taken")),
        ("/429", ErrorCode::RateLimited, None),
        ("/500", ErrorCode::HttpError, None),
    ] {
        let mut request = run(json!({"path": path}), 1, json!({"transportRetries": 0}));
        request.node.on_error = nodehost_runtime::OnError::StopWorkflow;
        let error = host.execute(request).await.unwrap().error.unwrap();
        assert_eq!((error.code, error.description.as_deref()), (code, told), "{path}");
        assert_eq!(error.http_code.as_deref(), path.strip_prefix('/'));
    }
    let gone = format!("http://127.0.0.1:{}/x", free_port().await);
    let error = host.execute(run(json!({"path": gone}), 1, json!({"transportRetries": 0}))).await.unwrap();
    let error = error.data.main[0][0].error.clone().unwrap();
    assert_eq!(error.message, "The service refused the connection - perhaps it is offline");
    let private = host.execute(run(json!({"path": "http://10.0.0.1/x"}), 1, json!({}))).await.unwrap();
    assert_eq!(private.data.main[0][0].error.as_ref().unwrap().code, ErrorCode::EgressDenied);
}

#[tokio::test]
async fn an_error_holds_the_answer_up_to_a_limit() {
    let service = Service::start(|_, uri, _| match uri.path() {
        "/small" => (404, json!({"errors": [{"field": "name"}]}).to_string()),
        "/text" => (500, "broken".to_owned()),
        "/long" => (400, json!({"message": "ü".repeat(20_000)}).to_string()),
        _ => (502, String::new()),
    })
    .await;
    let path = json!({"displayName": "Path", "name": "path", "type": "string", "default": ""});
    for encoding in ["json", "arraybuffer"] {
        let routing = json!({"request": {"url": "={{ $parameter.path }}", "encoding": encoding}});
        let host = host(&service, routing, vec![path.clone()]);
        let paths = json!({"path": "={{ ['/small', '/text', '/long', '/none'][$itemIndex] }}"});
        let result = host.execute(run(paths, 4, json!({"transportRetries": 0}))).await.unwrap();
        let bodies: Vec<_> =
            result.data.main[0].iter().map(|item| item.error.as_ref().unwrap().response_body.clone()).collect();
        assert_eq!(bodies[0], Some(json!({"errors": [{"field": "name"}]})), "{encoding}");
        assert_eq!(bodies[1], Some(json!("broken")), "{encoding}");
        let long = bodies[2].as_ref().unwrap().as_str().unwrap();
        assert!(long.len() <= 16 * 1024 + "…".len() && long.ends_with("ü…"), "{encoding}: {}", long.len());
        assert_eq!(bodies[3], None, "{encoding}");
    }
}

#[tokio::test]
async fn a_value_that_cannot_be_taken_out_is_blamed_on_its_parameter() {
    let service = Service::start(|_, _, _| (200, "{}".to_owned())).await;
    let thing = json!({
        "displayName": "Thing", "name": "thing", "type": "resourceLocator", "default": {"mode": "url", "value": ""},
        "routing": {"send": {"type": "query", "property": "thing"}},
        "modes": [{
            "displayName": "URL", "name": "url", "type": "string",
            "extractValue": {"type": "regex", "regex": "https://site.test/([0-9]+)"}
        }]
    });
    let more = json!({"displayName": "More", "name": "more", "type": "collection", "default": {}, "options": [thing]});
    let host = host(&service, json!({"request": {"url": "/x"}}), vec![more]);
    let url = "={{ $itemIndex === 1 ? 'nowhere' : 'https://site.test/7' }}";
    let given = json!({"more": {"thing": {"__rl": true, "mode": "url", "value": url}}});
    let result = host.execute(run(given, 3, json!({"validation": "off"}))).await.unwrap();
    let blamed: Vec<_> =
        result.data.main[0].iter().map(|item| item.error.as_ref().and_then(|error| error.parameter.clone())).collect();
    assert_eq!(blamed, [None, Some("more.thing".to_owned()), None]);
    assert_eq!(service.seen(), ["GET /x?thing=7", "GET /x?thing=7"]);
}

async fn free_port() -> u16 {
    tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

#[tokio::test]
async fn answers_become_binary_data() {
    let service = Service::start(|_, _, _| (200, "%PDF-1.7 text".to_owned())).await;
    let routing = json!({
        "request": {"url": "/file", "encoding": "arraybuffer"},
        "output": {"postReceive": [{"type": "binaryData", "properties": {"destinationProperty": "file"}}]}
    });
    let result = host(&service, routing, Vec::new()).execute(run(json!({}), 1, json!({}))).await.unwrap();
    assert_eq!(result.status, Status::Success);
    let binary = result.data.main[0][0].binary.clone().unwrap();
    assert_eq!(
        (&binary["file"]["mimeType"], &binary["file"]["data"]),
        (&json!("application/pdf"), &json!("JVBERi0xLjcgdGV4dA=="))
    );
}

/// A batch is held as a whole only for expressions that may look around in it: the user's, or the descriptor's.
#[tokio::test]
async fn a_descriptor_may_look_around_in_a_batch() {
    let service = Service::start(|_, _, _| (200, "{}".to_owned())).await;
    let name = json!({
        "displayName": "Name", "name": "name", "type": "string", "default": "",
        "routing": {"send": {"type": "query", "property": "name"}}
    });
    for (count, expected) in [("={{ $input.all().length }}", "3"), ("={{ $itemIndex }}", "2")] {
        let routing = json!({"request": {"url": "/x", "qs": {"count": count}}});
        let result = host(&service, routing, vec![name.clone()])
            .execute(run(json!({"name": "={{ $json.n }}"}), 3, json!({"concurrency": 1})))
            .await
            .unwrap();
        assert_eq!(result.stats.succeeded, 3, "{:?}", result.error);
        assert_eq!(service.seen().last().unwrap(), &format!("GET /x?count={expected}&name=2"));
    }
}

#[tokio::test]
async fn bytes_have_no_properties_of_their_json() {
    let service = Service::start(|_, _, _| (200, "{\"data\":[1,2]}".to_owned())).await;
    for (path, expected) in [("data", None), ("type", None), ("length", Some(json!(14))), ("0", Some(json!(123)))] {
        let routing = json!({
            "request": {"url": "/file", "encoding": "arraybuffer"},
            "output": {"postReceive": [{"type": "rootProperty", "properties": {"property": path}}]}
        });
        let result = host(&service, routing, Vec::new()).execute(run(json!({}), 1, json!({}))).await.unwrap();
        let items: Vec<_> = result.data.main[0].iter().map(|item| item.json.clone()).collect();
        assert_eq!(items, [expected], "{path}");
    }
}

#[tokio::test]
async fn what_is_nothing_cannot_be_sorted() {
    for (data, expected) in [
        ("{\"n\":\"b\"},{\"n\":\"A\"},{}", Ok(json!([{}, {"n": "A"}, {"n": "b"}]))),
        ("{\"n\":1},null", Err("Cannot read properties of null (reading 'n')")),
        ("null,{\"n\":1},{\"n\":2}", Err("Cannot read properties of null (reading 'n')")),
        ("null", Ok(json!([null]))),
    ] {
        let routing = json!({
            "request": {"url": "/x"},
            "output": {"postReceive": [
                {"type": "rootProperty", "properties": {"property": "data"}},
                {"type": "sort", "properties": {"key": "n"}}
            ]}
        });
        let service = Service::start(move |_, _, _| (200, format!("{{\"data\":[{data}]}}"))).await;
        let result = host(&service, routing, Vec::new()).execute(run(json!({}), 1, json!({}))).await.unwrap();
        let items: Vec<_> = result.data.main[0].iter().map(|item| item.json.clone().unwrap()).collect();
        match expected {
            Ok(sorted) => assert_eq!(Value::Array(items), sorted, "{data}"),
            Err(message) => assert_eq!(items, [json!({ "error": message })], "{data}"),
        }
    }
}

#[tokio::test]
async fn items_that_need_javascript_stand_beside_others_that_do_not() {
    let service = Service::start(|_, _, body| (200, String::from_utf8(body.to_vec()).unwrap())).await;
    let text = json!({
        "displayName": "Text", "name": "text", "type": "string", "default": "",
        "routing": {"send": {"type": "body", "property": "text"}}
    });
    let host = host(&service, json!({"request": {"method": "POST", "url": "/x"}}), vec![text]);
    for concurrency in [1, 64] {
        let items: Vec<Value> = (0..100)
            .map(|n| if n % 3 == 1 { json!({"o": {"n": n}, "n": n}) } else { json!({"o": n, "n": n}) })
            .collect();
        let node = json!({"type": "test.service", "parameters": {"text": "={{ $json.n }}: {{ $json.o }}"}});
        let request = json!({"node": node, "items": items, "settings": {"concurrency": concurrency}});
        let result = host.execute(ExecutionRequest::from_value(request).unwrap()).await.unwrap();
        let found: Vec<_> = result.data.main[0].iter().map(|item| item.json.clone().unwrap()).collect();
        let expected = |n: usize| {
            let text = if n % 3 == 1 { format!("{n}: [object Object]") } else { format!("{n}: {n}") };
            json!({ "text": text })
        };
        assert_eq!(found, (0..100).map(expected).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn numbers_are_sent_as_javascript_writes_them() {
    let service = Service::start(|_, _, body| (200, json!({"sent": String::from_utf8_lossy(body)}).to_string())).await;
    let credential = json!({"name": "serviceApi", "displayName": "Service", "properties": [
        {"displayName": "Account", "name": "account", "type": "number", "default": 0},
        {"displayName": "Port", "name": "port", "type": "number", "default": 0}
    ]});
    let whole = "={{ $credentials.account }}";
    let body = json!({"whole": whole, "engine": "={{ ($credentials.account) }}", "port": "={{ $credentials.port }}", "small": 0.000_001});
    let node = json!({
        "name": "service", "displayName": "Service", "version": 1, "inputs": ["main"], "outputs": ["main"],
        "credentials": [{"name": "serviceApi", "required": true}],
        "requestDefaults": {"baseURL": service.url, "method": "POST", "url": "/x", "body": body}, "properties": []
    });
    let data: Value = serde_json::from_str(r#"{"account": 12345678901234567890, "port": 8080.0}"#).unwrap();
    let data = CredentialData::new(data.as_object().unwrap().clone());
    let host = builder()
        .node(load::node_from_text("test", &node.to_string(), |_| None).unwrap())
        .credential_type(load::credential_from_text(&credential.to_string()).unwrap())
        .credential_store(CredentialStore::default().with("one", "serviceApi", data))
        .build()
        .unwrap();
    let node = json!({"type": "test.service", "credentials": {"serviceApi": {"id": "one"}}});
    let request = ExecutionRequest::from_value(json!({"node": node, "items": [{}]})).unwrap();
    let result = host.execute(request).await.unwrap();
    let sent = r#"{"whole":12345678901234567000,"engine":12345678901234567000,"port":8080,"small":0.000001}"#;
    assert_eq!(result.data.main[0][0].json, Some(json!({"sent": sent})), "{:?}", result.error);
}

#[tokio::test]
async fn batches_of_requests_are_spaced() {
    let service = Service::start(|_, _, _| (200, "{}".to_owned())).await;
    let host = host(&service, json!({"request": {"url": "/x"}}), Vec::new());
    // As n8n does it, expressions count for the first item.
    for batch in [
        json!({"batchSize": 2, "batchInterval": 30}),
        json!({"batchSize": "={{ 2 + $itemIndex }}", "batchInterval": "={{ $itemIndex === 0 ? '30' : 0 }}"}),
    ] {
        let parameters = json!({"requestOptions": {"batching": {"batch": batch}}});
        let before = std::time::Instant::now();
        let result = host.execute(run(parameters, 5, json!({}))).await.unwrap();
        assert_eq!(result.stats.requests, 5);
        assert!(before.elapsed() >= std::time::Duration::from_millis(60), "{batch}");
    }
}

/// Follows `next` from page to page.
struct Follow;

impl PaginationHook for Follow {
    fn call<'a>(
        &'a self,
        context: &'a HookContext,
        mut request: RequestOptions,
        pages: Pages<'a>,
    ) -> BoxFuture<'a, Result<Vec<Item>, ItemError>> {
        Box::pin(async move {
            let mut all = Vec::new();
            while pages.limit().is_none_or(|limit| all.len() < limit) {
                let items = pages.fetch(&request).await?;
                if items.is_empty() {
                    break;
                }
                all.extend(items);
                request.object_mut("qs").insert("offset".to_owned(), json!(all.len()));
            }
            assert!(context.item_index < 3);
            Ok(all)
        })
    }
}

#[tokio::test]
async fn a_hook_may_fetch_the_pages() {
    let service = Service::start(|_, uri, _| match uri.query().unwrap_or_default() {
        query if query.contains("broken") => (500, String::new()),
        _ => (200, page(uri, 10)),
    })
    .await;
    let node = |pagination: Value| {
        let routing = json!({
            "request": {"url": "/list", "qs": {"limit": 4, "kind": "={{ $parameter.kind }}"}},
            "send": {"paginate": true}, "operations": {"pagination": pagination},
            "output": {
                "maxResults": "={{ $parameter.most }}",
                "postReceive": [{"type": "rootProperty", "properties": {"property": "data"}}]
            }
        });
        let kind = json!({"displayName": "Kind", "name": "kind", "type": "string", "default": ""});
        let most = json!({"displayName": "Most", "name": "most", "type": "number", "default": 100});
        build(&service, routing, vec![kind, most], |builder| builder.pagination("follow", Follow))
    };
    let host = node(json!("follow"));
    let result = host.execute(run(json!({"kind": "whole"}), 2, json!({}))).await.unwrap();
    assert_eq!((result.stats.requests, result.stats.failed), (8, 0), "{:?}", result.error);
    assert_eq!(result.data.main[0].len(), 20);
    let result = host.execute(run(json!({"kind": "whole", "most": 6}), 1, json!({}))).await.unwrap();
    assert_eq!((result.stats.requests, result.data.main[0].len()), (2, 6));
    let kinds = json!({"kind": "={{ ['broken', 'whole', 'broken'][$itemIndex] }}"});
    let result = host.execute(run(kinds, 3, json!({}))).await.unwrap();
    assert_eq!((result.stats.succeeded, result.stats.failed), (1, 2), "every page's status counts");
    let refusal = node(json!("nobody")).execute(run(json!({}), 1, json!({}))).await.unwrap_err();
    assert_eq!(refusal.code, ErrorCode::NotExecutable);
}
