//! Whoever may use a stored credential cannot read it: not through expressions, errors, options, redirects, servers that
//! echo, or hosts of their own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nodehost_descriptor::load;
use nodehost_runtime::credentials::{CredentialData, CredentialStore};
use nodehost_runtime::{ExecutionRequest, Host, OptionsRequest};
use serde_json::{Value, json};

use crate::server::{Received, Reply, Server};
use crate::support::builder;

const SECRET: &str = "canary/secret+value";

/// A host with a node for the service at `url`, and a credential for it in the store.
fn host(url: &str) -> Host {
    let key = json!({"displayName": "Key", "name": "key", "type": "string", "default": "", "typeOptions": {"password": true}});
    let headers = json!({"X-Key": "={{ $credentials.key }}", "X-Of-Node": "={{ 'v1 ' + $credentials.key }}"});
    let credential = json!({
        "name": "serviceApi", "displayName": "Service", "properties": [key],
        "authenticate": {"type": "generic", "properties": {"headers": {"X-Key": headers["X-Key"]}}}
    });
    let options = json!({"loadOptions": {"routing": {
        "request": {"method": "GET", "url": "/options"},
        "output": {"postReceive": [{"type": "setKeyValue", "properties": {"name": "={{ $responseItem.echo }}", "value": "={{ $responseItem.echo }}"}}]}
    }}});
    let node = json!({
        "name": "caller", "displayName": "Caller", "version": 1, "inputs": ["main"], "outputs": ["main"],
        "credentials": [{"name": "serviceApi", "required": true}],
        "requestDefaults": {"baseURL": url, "headers": {"X-Of-Node": headers["X-Of-Node"]}},
        "properties": [
            {"displayName": "Path", "name": "path", "type": "string", "default": "/x",
             "routing": {"request": {"method": "GET", "url": "={{ $value }}"}}},
            {"displayName": "Text", "name": "text", "type": "string", "default": "",
             "routing": {"send": {"type": "query", "property": "text"}}},
            {"displayName": "List", "name": "list", "type": "options", "default": "", "typeOptions": options}
        ]
    });
    let data = json!({"key": SECRET});
    let data = CredentialData::new(data.as_object().unwrap().clone());
    builder()
        .node(load::node_from_text("test", &node.to_string(), |_| None).unwrap())
        .credential_type(load::credential_from_text(&credential.to_string()).unwrap())
        .credential_store(CredentialStore::default().with("one", "serviceApi", data))
        .build()
        .unwrap()
}

/// All that comes of an execution with these parameters, refusals included.
async fn told(host: &Host, parameters: Value) -> String {
    let node = json!({
        "type": "test.caller", "typeVersion": 1, "parameters": parameters, "onError": "continueRegularOutput",
        "credentials": {"serviceApi": {"id": "one"}}
    });
    let request = json!({"node": node, "items": [{"a": 1}], "settings": {"transportRetries": 0}});
    match host.execute(ExecutionRequest::from_value(request).unwrap()).await {
        Ok(result) => serde_json::to_string(&result).unwrap(),
        Err(refusal) => format!("{refusal:?}"),
    }
}

/// The secret, and what a server may make of it.
fn assert_unread(text: &str) {
    let basic = STANDARD.encode(format!("v1 {SECRET}"));
    for spelled in [SECRET, "canary%2Fsecret%2Bvalue", r"canary\/secret", &STANDARD.encode(SECRET), &basic[4..20]] {
        assert!(!text.contains(spelled), "{spelled} in {text}");
    }
}

/// Everything that a request brought, as it is and encoded.
fn echo(request: &Received) -> String {
    let key = request.header("x-key").unwrap_or_default();
    let of_node = request.header("x-of-node").unwrap_or_default();
    let echo =
        json!({"echo": format!("{key} {of_node} {}", request.target), "base64": STANDARD.encode(of_node), "of": [key]});
    echo.to_string()
}

async fn echoing(status: u16) -> Server {
    Server::start(move |request| Reply::status(status, echo(request)).with("content-type", "application/json")).await
}

#[tokio::test]
async fn not_through_expressions() {
    let server = echoing(200).await;
    let host = host(server.url("").as_str().trim_end_matches('/'));
    for expression in [
        "={{ $credentials.key }}",
        "={{ JSON.stringify($credentials) }}",
        "={{ $self.key }}",
        "={{ this.$credentials && this.$credentials.key }}",
        "={{ globalThis.$credentials.key }}",
        "={{ $node.Caller.credentials.serviceApi.data.key }}",
        "={{ Object.keys(globalThis).map(k => { try { return JSON.stringify(globalThis[k]) } catch { return '' } }).join() }}",
        "={{ (function () { return arguments.callee.caller })() }}",
        "={{ eval('$credentials.key') }}",
        "={{ new Function('return $credentials.key')() }}",
        "={{ $parameter.constructor.constructor('return $credentials.key')() }}",
        "={{ $('Caller').params.credentials.key }}",
        "={{ $env.KEY + process.env.KEY }}",
    ] {
        let before = server.requests().len();
        assert_unread(&told(&host, json!({"text": expression})).await);
        for request in &server.requests()[before..] {
            assert!(!request.target.contains("canary"), "{expression}: {}", request.target);
        }
    }
}

#[tokio::test]
async fn not_through_error_texts() {
    for status in [400, 401, 403, 404, 500] {
        let server = echoing(status).await;
        let host = host(server.url("").as_str().trim_end_matches('/'));
        let text = told(&host, json!({})).await;
        assert!(text.contains("***"), "the service's words are told: {text}");
        assert_unread(&text);
    }
    let server = Server::start(|request| Reply::Raw(request.header("x-key").unwrap_or_default().into())).await;
    assert_unread(&told(&host(server.url("").as_str().trim_end_matches('/')), json!({})).await);
}

#[tokio::test]
async fn not_through_options() {
    for status in [200, 400] {
        let server = echoing(status).await;
        let host = host(server.url("").as_str().trim_end_matches('/'));
        let request = json!({"property": "list", "parameters": {}, "credentials": {"serviceApi": {"id": "one"}}});
        let text = match host.options("test.caller", OptionsRequest::from_value(request).unwrap()).await {
            Ok(answer) => serde_json::to_string(&answer).unwrap(),
            Err(refusal) => format!("{refusal:?}"),
        };
        assert_eq!(server.requests().len(), 1, "{text}");
        assert_eq!(server.requests()[0].header("x-key"), Some(SECRET));
        assert!(status == 400 || text.contains("***"), "{text}");
        assert_unread(&text);
    }
}

#[tokio::test]
async fn not_through_redirects() {
    let other = echoing(200).await;
    let target = other.url("/there").to_string();
    for status in [301, 302, 303, 307, 308] {
        let target = target.clone();
        let server = Server::start(move |_| Reply::status(status, "").with("location", target.clone())).await;
        assert_unread(&told(&host(server.url("").as_str().trim_end_matches('/')), json!({})).await);
        assert_eq!(server.requests().len(), 1);
    }
    assert_eq!(other.requests().len(), 5);
    assert!(!format!("{:?}", other.requests()).contains("canary"));
}

#[tokio::test]
async fn not_through_servers_that_echo() {
    let server = echoing(200).await;
    let text = told(&host(server.url("").as_str().trim_end_matches('/')), json!({"text": "of the item"})).await;
    assert!(text.contains("*** v1 *** /x?text=of"), "{text}");
    assert_unread(&text);
}

/// What of an answer may be a part of a secret, or one in another spelling, is not handed over.
#[tokio::test]
async fn not_through_parts_and_encodings() {
    let utf_16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    type Answer = Box<dyn Fn(&Received) -> Reply + Send + Sync>;
    let key = |request: &Received| request.header("x-key").unwrap_or_default().to_owned();
    let answers: [(&str, Answer); 5] = [
        ("a part", Box::new(move |request| Reply::status(206, &key(request)[..12]))),
        ("a part", Box::new(move |request| Reply::ok(&key(request)[1..]).with("content-range", "bytes 1-18/19"))),
        ("compressed", Box::new(move |request| Reply::ok(key(request)).with("content-encoding", "exi"))),
        ("compressed", Box::new(move |request| Reply::ok(key(request)).with("content-encoding", "gzip, exi"))),
        (
            "characters",
            Box::new(move |request| {
                Reply::ok(utf_16(&key(request))).with("content-type", "text/plain; format=flowed; Charset=\"UTF-16LE\"")
            }),
        ),
    ];
    for (reason, answer) in answers {
        let server = Server::start(answer).await;
        let text = told(&host(server.url("").as_str().trim_end_matches('/')), json!({})).await;
        assert!(text.contains(reason) && text.contains("invalid_response"), "{text}");
        assert!(!text.contains("canary") && !text.contains("anary"), "{text}");
    }
}

#[tokio::test]
async fn not_through_other_hosts() {
    let server = echoing(200).await;
    let other = echoing(200).await;
    let host = host(server.url("").as_str().trim_end_matches('/'));
    let own = server.url("").to_string();
    let own = own.trim_end_matches('/').trim_start_matches("http://");
    for path in [
        other.url("/").to_string(),
        format!("//{}", other.url("/").as_str().trim_start_matches("http://")),
        format!("http://{own}@{}", other.url("/").as_str().trim_start_matches("http://")),
        format!("={{{{ '{}' }}}}", other.url("/")),
        "http://localhost:1/".to_owned(),
    ] {
        assert_unread(&told(&host, json!({"path": path})).await);
    }
    assert_eq!(other.requests().len(), 0);
}

#[tokio::test]
async fn what_came_with_the_request_is_left_in_the_data() {
    let server = echoing(200).await;
    let host = host(server.url("").as_str().trim_end_matches('/'));
    let node =
        json!({"type": "test.caller", "typeVersion": 1, "credentials": {"serviceApi": {"data": {"key": SECRET}}}});
    let request = ExecutionRequest::from_value(json!({"node": node, "items": [{}]})).unwrap();
    let text = serde_json::to_string(&host.execute(request).await.unwrap()).unwrap();
    assert!(text.contains(SECRET) && !text.contains("***"), "{text}");
}
