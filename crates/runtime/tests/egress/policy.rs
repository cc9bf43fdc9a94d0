//! What is refused: private addresses, however they come about.

use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nodehost_runtime::egress::{EgressErrorKind, Fate, Lookup, Phase, Refusal, Tally};
use url::Url;

use crate::server::{Reply, Server};
use crate::{egress, egress_with, get};

/// Answers in turn; the last answer stays.
struct Answers(Mutex<VecDeque<Vec<IpAddr>>>);

impl Answers {
    fn new(answers: &[&[&str]]) -> Arc<Self> {
        let parse = |list: &&[&str]| list.iter().map(|address| address.parse().unwrap()).collect();
        Arc::new(Self(Mutex::new(answers.iter().map(parse).collect())))
    }
}

impl Lookup for Answers {
    fn lookup(&self, _name: String) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        let mut answers = self.0.lock().unwrap();
        let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        Box::pin(async move { answer.ok_or_else(|| io::Error::other("no such name")) })
    }
}

fn named(server: &Server) -> Url {
    format!("http://service.example:{}/", server.port()).parse().unwrap()
}

#[tokio::test]
async fn only_what_was_sent_is_counted() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let server = Server::start(|_| Reply::status(302, "").with("location", "http://10.0.0.1/")).await;
    let private = egress_with(&["127.0.0.1"], |config| config.lookup = Some(Answers::new(&[&["10.0.0.1"]])));
    for (url, sent) in [
        ("http://10.0.0.1/".parse().unwrap(), 0),
        (named(&server), 0),
        (closed.parse().unwrap(), 0),
        (server.url("/"), 1),
    ] {
        let tally = Arc::new(Tally::default());
        let mut request = get(url);
        request.tally = Some(Arc::clone(&tally));
        private.send(request).await.unwrap_err();
        assert_eq!(tally.requests(), sent);
    }
}

#[tokio::test]
async fn addresses_in_urls_are_refused_before_anything_is_sent() {
    let server = Server::start(|_| Reply::ok("")).await;
    let error = egress_with(&[], |_| {}).send(get(server.url("/"))).await.unwrap_err();
    assert!(matches!(error.kind, EgressErrorKind::Refused(Refusal::Address { .. })), "{error:?}");
    assert_eq!(error.fate, Fate::NotSent);
    assert_eq!(server.connections(), 0);
    let text = error.to_string();
    assert!(text.contains(&format!("--allow-host 127.0.0.1:{}", server.port())), "{text}");
}

#[tokio::test]
async fn names_of_private_addresses_are_refused() {
    let server = Server::start(|_| Reply::ok("")).await;
    for address in ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1", "169.254.169.254"] {
        let egress = egress_with(&[], |config| config.lookup = Some(Answers::new(&[&[address]])));
        let error = egress.send(get(named(&server))).await.unwrap_err();
        assert!(matches!(error.kind, EgressErrorKind::Refused(Refusal::Address { .. })), "{address}: {error:?}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn the_address_that_is_connected_to_is_the_one_that_is_checked() {
    let server = Server::start(|_| Reply::ok("").with("connection", "close")).await;
    let rebinding = Answers::new(&[&["127.0.0.1"], &["127.0.0.2"]]);
    let egress = egress_with(&["127.0.0.1"], |config| config.lookup = Some(rebinding));
    assert_eq!(egress.send(get(named(&server))).await.unwrap().status, 200);
    let error = egress.send(get(named(&server))).await.unwrap_err();
    assert!(matches!(error.kind, EgressErrorKind::Refused(Refusal::Address { .. })), "{error:?}");
}

#[tokio::test]
async fn private_addresses_among_public_ones_are_left_out() {
    let server = Server::start(|_| Reply::ok("")).await;
    let mixed = Answers::new(&[&["127.0.0.2", "10.0.0.1", "127.0.0.1"]]);
    let egress = egress_with(&["127.0.0.1"], |config| config.lookup = Some(mixed));
    assert_eq!(egress.send(get(named(&server))).await.unwrap().status, 200);
}

#[tokio::test]
async fn hosts_allowed_by_name_may_resolve_to_anything() {
    let server = Server::start(|_| Reply::ok("")).await;
    for (entry, passes) in [
        ("service.example".to_owned(), true),
        (format!("service.example:{}", server.port()), true),
        ("service.example:1".to_owned(), false),
        ("127.0.0.0/8".to_owned(), true),
    ] {
        let lookup = Answers::new(&[&["127.0.0.1"]]);
        let egress = egress_with(&[&entry], |config| config.lookup = Some(lookup));
        assert_eq!(egress.send(get(named(&server))).await.is_ok(), passes, "{entry}");
    }
}

#[tokio::test]
async fn unknown_names_say_so() {
    let egress = egress_with(&[], |config| config.lookup = Some(Answers::new(&[])));
    let error = egress.send(get("https://nowhere.example/".parse().unwrap())).await.unwrap_err();
    assert_eq!(error.kind, EgressErrorKind::Dns);
    assert!(error.to_string().contains("nowhere.example"), "{error}");
}

/// A name server that is away, in the words of the system.
struct Away(&'static str);

impl Lookup for Away {
    fn lookup(&self, _name: String) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        let error = io::Error::other(format!("failed to lookup address information: {}", self.0));
        Box::pin(async move { Err(error) })
    }
}

#[tokio::test]
async fn a_name_server_that_is_away_is_no_unknown_name() {
    for (words, kind) in [
        ("Temporary failure in name resolution", EgressErrorKind::NameServer),
        ("Try again", EgressErrorKind::NameServer),
        ("Name or service not known", EgressErrorKind::Dns),
    ] {
        let direct = egress_with(&[], |config| config.lookup = Some(Arc::new(Away(words))));
        let proxied = egress_with(&["127.0.0.1"], |config| {
            config.lookup = Some(Arc::new(Away(words)));
            config.proxy = Some("http://127.0.0.1:9".parse().unwrap());
        });
        for egress in [direct, proxied] {
            let error = egress.send(get("https://service.example/".parse().unwrap())).await.unwrap_err();
            assert_eq!(error.kind, kind, "{words}");
            assert!(error.to_string().contains("service.example"), "{error}");
        }
    }
}

#[tokio::test]
async fn redirects_pass_the_policy() {
    for target in [
        "http://127.0.0.2/",
        "http://2130706434/",
        "http://0x7f.2/",
        "http://[::ffff:127.0.0.2]/",
        "http://10.0.0.1/",
        "//169.254.169.254/latest",
        "file:///etc/passwd",
    ] {
        let server = Server::start(move |_| Reply::status(302, "").with("location", target)).await;
        let error = egress().send(get(server.url("/"))).await.unwrap_err();
        assert!(matches!(error.kind, EgressErrorKind::Refused(_)), "{target}: {error:?}");
        assert_eq!(server.requests().len(), 1, "{target}");
    }
}

#[tokio::test]
async fn proxies_pass_the_policy_and_so_do_the_targets_behind_them() {
    let proxy = Server::start(|request| Reply::ok(request.target.clone())).await;
    let with_proxy = |allowed: &[&str], lookup: &[&[&str]]| {
        let lookup = Answers::new(lookup);
        let egress = egress_with(allowed, |config| config.lookup = Some(lookup));
        let mut request = get("http://service.example/x".parse().unwrap());
        request.proxy = Some(proxy.url("/"));
        async move { egress.send(request).await }
    };
    let error = with_proxy(&[], &[&["93.184.216.34"]]).await.unwrap_err();
    assert!(matches!(error.kind, EgressErrorKind::Refused(_)), "{error:?}");
    assert!(error.host.starts_with("127.0.0.1"), "{error:?}");
    let error = with_proxy(&["127.0.0.1"], &[&["10.0.0.1"]]).await.unwrap_err();
    assert_eq!(error.host, "service.example", "{error:?}");
    let error = with_proxy(&["127.0.0.1"], &[&["93.184.216.34", "10.0.0.1"]]).await.unwrap_err();
    assert!(matches!(error.kind, EgressErrorKind::Refused(_)), "{error:?}");
    assert_eq!(proxy.connections(), 0);
    let response = with_proxy(&["127.0.0.1"], &[&["93.184.216.34"]]).await.unwrap();
    assert_eq!(response.body, "http://service.example/x");
}

#[tokio::test]
async fn a_gateway_gets_everything_with_its_own_url_beside() {
    let gateway = Server::start(|request| {
        Reply::ok(format!("{} {} {}", request.method, request.target, request.header("x-original-url").unwrap()))
    })
    .await;
    let egress = egress_with(&[], |config| config.gateway = Some(gateway.url("/record")));
    let response = egress.send(get("https://api.example/a?b=c%20d#e".parse().unwrap())).await.unwrap();
    assert_eq!(response.body, "GET /record https://api.example/a?b=c%20d#e");
    assert_eq!(response.url.as_str(), "https://api.example/a?b=c%20d#e");
}

/// A resolver that never answers.
struct Silent;

impl Lookup for Silent {
    fn lookup(&self, _: String) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn looking_up_a_target_behind_a_proxy_has_its_time() {
    let egress = egress_with(&["127.0.0.1"], |config| {
        config.lookup = Some(Arc::new(Silent));
        config.connect_timeout = Duration::from_millis(50);
    });
    let mut request = get("http://service.example/x".parse().unwrap());
    request.proxy = Some("http://127.0.0.1:9/".parse().unwrap());
    let error = tokio::time::timeout(Duration::from_secs(10), egress.send(request)).await.unwrap().unwrap_err();
    assert!(matches!(error.kind, EgressErrorKind::Timeout { phase: Phase::Connect, .. }), "{error:?}");
    assert_eq!(error.fate, Fate::NotSent);
}
