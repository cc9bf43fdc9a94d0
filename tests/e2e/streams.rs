//! NDJSON, both ways.

use std::time::Duration;

use http::{Method, StatusCode};
use nodehost_server::ServerConfig;
use nodehost_tests::halo::Halo;
use nodehost_tests::http::Answer;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

const NDJSON: &str = "application/x-ndjson";

fn item(n: usize) -> Value {
    json!({ "name": format!("hook {n}"), "url": format!("https://example.com/{n}") })
}

/// A body of a head line and item lines.
fn lines(halo: &Halo, items: impl IntoIterator<Item = String>) -> String {
    let mut head = halo.create(json!([]));
    head.as_object_mut().unwrap().remove("items");
    std::iter::once(head.to_string()).chain(items).map(|line| line + "\n").collect()
}

async fn send(halo: &Halo, body: String) -> Answer {
    let call = halo.runner.call(Method::POST, "/v1/executions").header("content-type", NDJSON).header("accept", NDJSON);
    call.body(body).send().await
}

#[tokio::test]
async fn a_line_for_each_item_and_a_closing_one() {
    let halo = Halo::start().await;
    let call = halo.runner.call(Method::POST, "/v1/executions").header("accept", NDJSON);
    let answer = call.json(&halo.create((0..20).map(item).collect())).send().await;
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, NDJSON));
    let lines = answer.lines();
    assert_eq!(lines.len(), 21);
    for (index, line) in lines[..20].iter().enumerate() {
        assert_eq!(
            (&line["type"], &line["itemIndex"], &line["attempts"]),
            (&json!("outcome"), &json!(index), &json!(1))
        );
        assert_eq!(line["outputs"]["0"][0]["json"]["name"], format!("hook {index}"));
    }
    let end = &lines[20];
    assert_eq!(
        (&end["type"], &end["status"], &end["stats"]["succeeded"]),
        (&json!("end"), &json!("success"), &json!(20))
    );
}

#[tokio::test]
async fn items_may_follow_line_by_line() {
    let halo = Halo::start().await;
    let body = lines(&halo, (0..30).map(|n| item(n).to_string()));
    let answer =
        halo.runner.call(Method::POST, "/v1/executions").header("content-type", NDJSON).body(body).send().await;
    let body = answer.json();
    assert_eq!((&body["status"], &body["stats"]["items"]), (&json!("success"), &json!(30)), "{body}");
    assert_eq!(halo.simulator.records("Webhook").len(), 30);
    assert_eq!(halo.simulator.token_requests(), 1);
}

#[tokio::test]
async fn outcomes_are_read_while_items_are_written() {
    let halo = Halo::start().await;
    let mut stream = BufReader::new(TcpStream::connect(halo.runner.address).await.unwrap());
    let head = format!(
        "POST /v1/executions HTTP/1.1\r\nHost: localhost\r\nContent-Type: {NDJSON}\r\nAccept: {NDJSON}\r\n\
         Transfer-Encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    write_chunk(&mut stream, &lines(&halo, [])).await;
    for n in 0..3 {
        write_chunk(&mut stream, &(item(n).to_string() + "\n")).await;
        let outcome = read_line_with(&mut stream, "\"outcome\"").await;
        assert!(outcome.contains(&format!("hook {n}")), "{outcome}");
    }
    stream.write_all(b"0\r\n\r\n").await.unwrap();
    assert!(read_line_with(&mut stream, "\"end\"").await.contains("\"succeeded\":3"));
}

async fn write_chunk(stream: &mut BufReader<TcpStream>, text: &str) {
    stream.write_all(format!("{:x}\r\n{text}\r\n", text.len()).as_bytes()).await.unwrap();
}

async fn read_line_with(stream: &mut BufReader<TcpStream>, part: &str) -> String {
    loop {
        let mut line = String::new();
        assert_ne!(stream.read_line(&mut line).await.unwrap(), 0, "the answer ended");
        if line.contains(part) {
            return line;
        }
    }
}

#[tokio::test]
async fn a_bad_line_ends_the_stream_with_its_number() {
    let halo = Halo::start().await;
    for (bad, told) in [("{\"name\":", "line 3 is not JSON"), ("[1]", "line 3 is not an item")] {
        let lines = send(&halo, lines(&halo, [item(0).to_string(), bad.to_owned(), item(1).to_string()])).await.lines();
        let end = lines.last().unwrap();
        assert_eq!((&end["type"], &end["error"]["code"]), (&json!("end"), &json!("malformed_line")), "{end}");
        assert!(end["error"]["message"].as_str().unwrap().starts_with(told), "{end}");
        assert_eq!(lines[0]["outputs"]["0"][0]["json"]["name"], "hook 0");
    }
}

#[tokio::test]
async fn a_bad_head_is_a_problem() {
    let halo = Halo::start().await;
    for body in ["", "\n\n", "{\"node\":\n", "{}\n"] {
        let answer = send(&halo, body.to_owned()).await;
        assert_eq!((answer.status, &answer.json()["code"]), (StatusCode::BAD_REQUEST, &json!("malformed")), "{body:?}");
    }
}

#[tokio::test]
async fn an_item_of_a_stream_does_not_see_the_others() {
    let halo = Halo::start().await;
    let mut request = halo.create(json!([]));
    request.as_object_mut().unwrap().remove("items");
    request["node"]["parameters"]["name"] = json!("={{ $input.all().length }} items");
    let answer = send(&halo, format!("{request}\n{}\n", item(0))).await.lines();
    assert_eq!(answer[0]["error"]["code"], "batch_scope_in_stream", "{answer:?}");

    request["settings"] = json!({ "bufferItems": true });
    let answer = send(&halo, format!("{request}\n{}\n{}\n", item(0), item(1))).await.lines();
    assert_eq!(answer[0]["outputs"]["0"][0]["json"]["name"], "2 items", "{answer:?}");
}

/// A stream that is to be held, as the answer of a runner of this kind refuses it.
async fn refused(config: ServerConfig, items: usize) -> (StatusCode, String, String) {
    let halo = Halo::start_with(config).await;
    let mut request = halo.create(json!([]));
    request.as_object_mut().unwrap().remove("items");
    request["settings"] = json!({ "bufferItems": true });
    let body = std::iter::once(request).chain((0..items).map(item)).map(|line| format!("{line}\n")).collect();
    let answer = send(&halo, body).await;
    let told = answer.json();
    assert!(halo.simulator.log().is_empty(), "nothing is sent");
    (answer.status, told["code"].as_str().unwrap().to_owned(), told["detail"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_stream_that_is_held_has_the_limits_of_a_batch() {
    let (status, code, told) = refused(ServerConfig { max_items: 2, ..ServerConfig::default() }, 3).await;
    assert_eq!((status, code.as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "limit_exceeded"));
    assert!(told.contains("max-items"), "{told}");
    let (status, code, told) = refused(ServerConfig { max_held_bytes: 8192, ..ServerConfig::default() }, 1000).await;
    assert_eq!((status, code.as_str()), (StatusCode::TOO_MANY_REQUESTS, "too_many_requests"));
    assert!(told.contains("max-held-bytes"), "{told}");
}

#[tokio::test]
async fn an_answer_that_is_held_has_the_limits_of_a_batch() {
    let halo = Halo::start_with(ServerConfig { max_items: 2, ..ServerConfig::default() }).await;
    let call = |accept: &'static str| {
        let body = lines(&halo, (0..3).map(|n| item(n).to_string()));
        let call = halo.runner.call(Method::POST, "/v1/executions").header("content-type", NDJSON);
        call.header("accept", accept).body(body).send()
    };
    let answer = call("application/json").await.json();
    assert_eq!((&answer["status"], &answer["error"]["code"]), (&json!("error"), &json!("limit_exceeded")), "{answer}");
    assert!(answer["error"]["message"].as_str().unwrap().contains("max-items"), "{answer}");
    assert_eq!(answer["data"]["main"][0][1]["json"]["name"], "hook 1", "nothing that was done is lost: {answer}");
    assert_eq!(halo.simulator.records("Webhook").len(), 2);
    assert_eq!(call(NDJSON).await.lines().last().unwrap()["stats"]["succeeded"], 3);
}

#[tokio::test]
async fn a_stream_that_is_held_must_come_to_its_end() {
    let halo = Halo::start().await;
    let mut request = halo.create(json!([]));
    request.as_object_mut().unwrap().remove("items");
    request["settings"] = json!({ "bufferItems": true, "timeoutMs": 100 });
    let mut stream = BufReader::new(TcpStream::connect(halo.runner.address).await.unwrap());
    let head = format!(
        "POST /v1/executions HTTP/1.1\r\nHost: localhost\r\nContent-Type: {NDJSON}\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    write_chunk(&mut stream, &format!("{request}\n{}\n", item(0))).await;
    let answer = tokio::time::timeout(Duration::from_secs(20), read_line_with(&mut stream, "\"slow_body\"")).await;
    assert!(answer.expect("it is not waited for").contains("timeoutMs"));
}

#[tokio::test]
async fn a_client_that_does_not_read_is_not_waited_for() {
    let config = ServerConfig { stall_timeout: Duration::from_millis(200), ..ServerConfig::default() };
    let halo = Halo::start_with(config).await;
    let long = "x".repeat(40_000);
    let items = (0..600).map(|n| json!({ "name": format!("{n} {long}"), "url": "https://example.com" }));
    let body = halo.create(items.collect()).to_string();
    let mut stream = TcpStream::connect(halo.runner.address).await.unwrap();
    let head = format!(
        "POST /v1/executions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: {NDJSON}\r\n\
         Connection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
    // The simulator sees no further requests once the execution is ended.
    let settled = tokio::time::timeout(Duration::from_secs(20), async {
        let mut seen = usize::MAX;
        while seen != halo.simulator.records("Webhook").len() || seen == 0 {
            seen = halo.simulator.records("Webhook").len();
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        seen
    });
    assert!(settled.await.unwrap() < 600, "the execution goes on although nobody reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("\"client_stalled\""), "{}", &answer[answer.len().saturating_sub(500)..]);
}
