//! Servers that break: every request ends in one answer or one error that says what may have happened.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use nodehost_runtime::egress::{EgressErrorKind as Kind, Fate, Lookup, Phase, RequestBody, Tally};

use crate::server::{Reply, Server};
use crate::{egress, egress_with, get, post};

/// Answers in turn; the last handler stays.
async fn in_turn(replies: Vec<fn() -> Reply>) -> Server {
    let turn = AtomicUsize::new(0);
    Server::start(move |_| replies[turn.fetch_add(1, Ordering::SeqCst).min(replies.len() - 1)]()).await
}

#[tokio::test]
async fn connections_are_used_again() {
    let server = Server::start(|_| Reply::ok("x")).await;
    let egress = egress();
    for _ in 0..20 {
        egress.send(get(server.url("/"))).await.unwrap();
    }
    assert_eq!((server.requests().len(), server.connections()), (20, 1));
}

#[tokio::test]
async fn a_post_whose_fate_is_unknown_is_not_sent_again() {
    for broken in [(|| Reply::Drop) as fn() -> Reply, || Reply::Reset, || Reply::Raw(b"HTTP/1.1 200".to_vec())] {
        let server = in_turn(vec![broken]).await;
        let mut request = post(server.url("/"), "x");
        request.transport_retries = 2;
        let error = egress().send(request).await.unwrap_err();
        assert_eq!((error.kind.clone(), error.fate), (Kind::Dropped(Phase::Response), Fate::Unknown), "{error:?}");
        assert!(error.possibly_processed());
        assert_eq!((server.requests().len(), error.attempts), (1, 1));
    }
}

#[tokio::test]
async fn idempotent_requests_are_sent_again_when_the_connection_breaks() {
    let server = in_turn(vec![|| Reply::Drop, || Reply::Reset, || Reply::ok("there")]).await;
    let mut request = get(server.url("/"));
    request.transport_retries = 2;
    let tally = Arc::new(Tally::default());
    request.tally = Some(Arc::clone(&tally));
    let response = egress().send(request).await.unwrap();
    assert_eq!((&response.body[..], response.attempts), (&b"there"[..], 3));
    assert_eq!((tally.requests(), tally.retries()), (3, 2));

    let server = in_turn(vec![|| Reply::Drop]).await;
    let error = egress().send(get(server.url("/"))).await.unwrap_err();
    assert_eq!(error.attempts, 1, "no retries asked for");
}

#[tokio::test]
async fn refused_connections_say_what_to_look_at() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = egress().send(get(format!("http://{address}/secret?key=canary").parse().unwrap())).await.unwrap_err();
    assert_eq!((error.kind.clone(), error.fate), (Kind::ConnectionRefused, Fate::NotSent));
    let text = error.to_string();
    assert!(text.contains(&address.to_string()) && !text.contains("canary"), "{text}");
}

#[tokio::test]
async fn tls_to_a_plain_server_says_so() {
    let server = Server::start(|_| Reply::ok("")).await;
    let url = server.url("/").to_string().replace("http:", "https:").parse().unwrap();
    let server_speaks_http = tokio::time::timeout(
        Duration::from_secs(5),
        egress_with(&["127.0.0.1"], |config| {
            config.connect_timeout = Duration::from_millis(200);
        })
        .send(get(url)),
    )
    .await
    .unwrap();
    let error = server_speaks_http.unwrap_err();
    assert!(matches!(error.kind, Kind::Tls(_) | Kind::Timeout { phase: Phase::Connect, .. }), "{error:?}");
    assert_eq!(error.fate, Fate::NotSent);
}

#[tokio::test]
async fn timeouts_without_end_are_taken() {
    let server = Server::start(|_| Reply::ok("there")).await;
    let mut request = get(server.url("/"));
    request.timeout = Some(Duration::MAX);
    assert_eq!(egress().send(request).await.unwrap().body, "there");
}

#[tokio::test]
async fn slow_servers_meet_every_timeout() {
    let server = Server::start(|request| match request.target.as_str() {
        "/silent" => Reply::Stall(Vec::new()),
        _ => Reply::Stall(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf".to_vec()),
    })
    .await;
    let mut request = post(server.url("/silent"), "x");
    request.timeout = Some(Duration::from_millis(80));
    let error = egress().send(request).await.unwrap_err();
    assert!(matches!(error.kind, Kind::Timeout { phase: Phase::Response, .. }), "{error:?}");
    assert_eq!(error.fate, Fate::Unknown);
    assert!(error.to_string().contains("80 ms"), "{error}");

    let mut request = get(server.url("/half"));
    request.deadline = Some(tokio::time::Instant::now() + Duration::from_millis(80));
    let error = egress().send(request).await.unwrap_err();
    assert!(matches!(error.kind, Kind::Timeout { phase: Phase::Body, .. }), "{error:?}");
    assert_eq!(error.fate, Fate::Answered);
}

#[tokio::test]
async fn the_first_byte_has_a_timeout_of_its_own() {
    let server = Server::start(|request| match request.target.as_str() {
        "/silent" => Reply::Stall(Vec::new()),
        _ => Reply::ok("there"),
    })
    .await;
    let egress = egress_with(&["127.0.0.1"], |config| {
        config.connect_timeout = Duration::from_millis(30);
        config.first_byte_timeout = Duration::from_millis(50);
    });
    let error = egress.send(post(server.url("/silent"), "x")).await.unwrap_err();
    let after = Duration::from_millis(50);
    assert_eq!((error.kind.clone(), error.fate), (Kind::Timeout { phase: Phase::Response, after }, Fate::Unknown));
}

struct NoAnswer;

impl Lookup for NoAnswer {
    fn lookup(&self, _name: String) -> Pin<Box<dyn Future<Output = std::io::Result<Vec<IpAddr>>> + Send>> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn connecting_has_a_timeout_of_its_own() {
    let egress = egress_with(&[], |config| {
        config.connect_timeout = Duration::from_millis(50);
        config.lookup = Some(Arc::new(NoAnswer));
    });
    let error = egress.send(get("http://service.example/".parse().unwrap())).await.unwrap_err();
    assert!(matches!(error.kind, Kind::Timeout { phase: Phase::Connect, .. }), "{error:?}");
    assert_eq!(error.fate, Fate::NotSent);
}

#[tokio::test]
async fn truncated_bodies_are_errors() {
    for raw in [
        "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    ] {
        let server = Server::start(move |_| Reply::Raw(raw.into())).await;
        let error = egress().send(get(server.url("/"))).await.unwrap_err();
        assert_eq!((error.kind.clone(), error.fate), (Kind::Dropped(Phase::Body), Fate::Answered), "{error:?}");
    }
}

#[tokio::test]
async fn answers_that_are_not_http_are_errors() {
    let server = Server::start(|_| Reply::Raw(b"SSH-2.0-server\r\n\r\n".to_vec())).await;
    let error = egress().send(post(server.url("/"), "x")).await.unwrap_err();
    assert!(matches!(error.kind, Kind::InvalidResponse(_)), "{error:?}");
    let garbled = Server::start(|_| Reply::ok("not gzip").with("content-encoding", "gzip")).await;
    let error = egress().send(get(garbled.url("/"))).await.unwrap_err();
    assert!(matches!(error.kind, Kind::InvalidResponse(_)), "{error:?}");
    assert_eq!(error.fate, Fate::Answered);
}

#[tokio::test]
async fn bodies_are_bounded_after_decompression() {
    let bomb = {
        use std::io::Write;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(&vec![b'x'; 5_000_000]).unwrap();
        encoder.finish().unwrap()
    };
    assert!(bomb.len() < 10_000);
    let server = Server::start(move |request| match request.target.as_str() {
        "/bomb" => Reply::ok(bomb.clone()).with("content-encoding", "gzip"),
        "/announced" => Reply::Stall(b"HTTP/1.1 200 OK\r\ncontent-length: 100001\r\n\r\n".to_vec()),
        _ => Reply::ok(vec![b'x'; 100_000]),
    })
    .await;
    let fetch = |path: &str, limit| {
        let mut request = get(server.url(path));
        request.body_limit = Some(limit);
        async move { egress().send(request).await }
    };
    assert_eq!(fetch("/", 100_000).await.unwrap().body.len(), 100_000);
    for path in ["/bomb", "/announced"] {
        let error = fetch(path, 100_000).await.unwrap_err();
        assert_eq!(error.kind, Kind::BodyTooLarge(100_000), "{path}");
        assert!(error.to_string().contains("100000 bytes"), "{error}");
    }
    assert_eq!(fetch("/bomb", 5_000_000).await.unwrap().body.len(), 5_000_000);
}

/// Five million letters x, as Node's brotli and zstd write them.
const BROTLI: &str = "mz9LTPgl8OKxQCBfiAk=";
const ZSTD: &str = "KLUv/YBYQEtMAFQAABB4eAEA+/85wAICABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgC\
    ABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4AgAQeAIAEHgC\
    ABB4AgAQeAIAEHgCABB4AgAQeAIAEHgCABB4A1oCeA==";

#[tokio::test]
async fn brotli_and_zstd_are_accepted_and_bounded_too() {
    let server = Server::start(|request| {
        let asked = request.header("accept-encoding").unwrap_or_default();
        assert!(["gzip", "br", "zstd", "deflate"].iter().all(|name| asked.contains(name)), "{asked}");
        let (name, text) = if request.target == "/br" { ("br", BROTLI) } else { ("zstd", ZSTD) };
        Reply::ok(base64::engine::general_purpose::STANDARD.decode(text).unwrap()).with("content-encoding", name)
    })
    .await;
    for path in ["/br", "/zstd"] {
        let response = egress().send(get(server.url(path))).await.unwrap();
        assert!(response.body.len() == 5_000_000 && response.body.iter().all(|byte| *byte == b'x'), "{path}");
        assert!(response.headers.get("content-encoding").is_none());
        let mut small = get(server.url(path));
        small.body_limit = Some(100_000);
        assert_eq!(egress().send(small).await.unwrap_err().kind, Kind::BodyTooLarge(100_000), "{path}");
    }
}

#[tokio::test]
async fn retry_after_is_waited_for_if_it_is_short() {
    for status in [429, 503] {
        let turn = AtomicUsize::new(0);
        let server = Server::start(move |_| match turn.fetch_add(1, Ordering::SeqCst) {
            0 | 1 => Reply::status(status, "").with("retry-after", "0"),
            _ => Reply::ok("there"),
        })
        .await;
        let mut request = post(server.url("/"), "x");
        request.transport_retries = 2;
        let response = egress().send(request).await.unwrap();
        assert_eq!((response.status.as_u16(), response.attempts), (200, 3));
    }
}

#[tokio::test]
async fn long_waits_and_other_statuses_are_answers() {
    let server = Server::start(|request| match request.target.as_str() {
        "/long" => Reply::status(429, "").with("retry-after", "3600"),
        "/date" => Reply::status(503, "")
            .with("date", "Wed, 21 Oct 2015 07:28:00 GMT")
            .with("retry-after", "Wed, 21 Oct 2015 07:29:30 GMT"),
        "/soon" => Reply::status(429, "").with("retry-after", "5"),
        "/bare" => Reply::status(429, ""),
        _ => Reply::status(500, "").with("retry-after", "0"),
    })
    .await;
    let started = Instant::now();
    for (path, wait) in
        [("/long", Some(3600)), ("/date", Some(90)), ("/soon", Some(5)), ("/bare", None), ("/500", Some(0))]
    {
        let mut request = get(server.url(path));
        request.transport_retries = 2;
        request.deadline = Some(tokio::time::Instant::now() + Duration::from_secs(4));
        let response = egress().send(request).await.unwrap();
        assert_eq!((response.attempts, response.retry_after().map(|wait| wait.as_secs())), (1, wait), "{path}");
    }
    assert!(started.elapsed() < Duration::from_secs(3), "waited for nothing");
}

#[tokio::test]
async fn streams_are_sent_once() {
    let server = in_turn(vec![|| Reply::status(429, "").with("retry-after", "0")]).await;
    let mut request = post(server.url("/"), "");
    let chunks = [Ok("a".into()), Ok("b".into())];
    request.body = RequestBody::Stream(Box::pin(futures::stream::iter(chunks)));
    request.headers.insert("content-length", "2".parse().unwrap());
    request.transport_retries = 2;
    let response = egress().send(request).await.unwrap();
    assert_eq!((response.status.as_u16(), server.requests().len()), (429, 1));
    assert_eq!(server.requests()[0].text(), "ab");
}

#[tokio::test]
async fn a_storm_of_429_is_waited_out_and_a_long_one_is_told_at_once() {
    let turn = AtomicUsize::new(0);
    let server = Server::start(move |request| match request.target.as_str() {
        "/long" => Reply::status(429, "").with("retry-after", "3600"),
        _ if turn.fetch_add(1, Ordering::SeqCst) < 3 => Reply::status(429, "").with("retry-after", "0"),
        _ => Reply::ok(""),
    })
    .await;
    let egress = egress();
    let send = |path: &str| {
        let mut request = post(server.url(path), "x");
        request.transport_retries = 4;
        egress.send(request)
    };
    for response in futures::future::join_all((0..20).map(|_| send("/"))).await {
        assert_eq!(response.unwrap().status, 200);
    }
    assert_eq!(send("/long").await.unwrap().status, 429);
    let before = server.requests().len();
    let error = send("/").await.unwrap_err();
    assert_eq!((error.kind.clone(), error.fate, error.attempts), (Kind::RateLimited, Fate::NotSent, 0));
    assert!(error.retry_after.unwrap() > Duration::from_secs(3000));
    assert_eq!(server.requests().len(), before, "nothing is sent to a server that asked for peace");
}
