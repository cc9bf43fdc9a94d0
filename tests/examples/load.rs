//! Load on the real binary: many clients at once, with batches, streams and requests that are wrong, each answer checked.
//!
//!     cargo build --release --package nodehost
//!     cargo run --release --package nodehost-tests --example load -- target/release/nodehost --clients 200 --seconds 60
//!
//! Starts the runner and a simulated HaloPSA, and ends with figures; exits 1 if any answer was not the one its request
//! deserves.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a report belongs on standard output")]
#![allow(clippy::needless_pass_by_value, reason = "`json!` values are written where they are passed")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use nodehost_halopsa_simulator::{Simulator, SimulatorConfig};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

const JSON: &str = "application/json";
const NDJSON: &str = "application/x-ndjson";
const KEY: &str = "a-key-for-the-load";
/// The runner's max-items and max-body-bytes, small enough to be passed by some.
const MAX_ITEMS: usize = 500;
const MAX_BODY_BYTES: usize = 1 << 20;

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::read()?;
    let halo = Simulator::start(SimulatorConfig::default()).await.context("no free port")?;
    let runner = Runner::start(&options.binary)?;
    let load = Arc::new(Load { halo: halo.base_url(), runner: runner.address, figures: Mutex::default() });
    let until = Instant::now() + Duration::from_secs(options.seconds);
    let clients: Vec<_> = (0..options.clients).map(|n| tokio::spawn(client(Arc::clone(&load), n, until))).collect();
    let memory = tokio::spawn(memory(runner.process.id(), until));
    for client in clients {
        client.await?;
    }
    let memory = memory.await?;
    let idle = runner.is_idle(&load).await?;
    let code = runner.end()?;

    let figures = load.figures.lock().expect("nobody panics").clone();
    figures.print(options.seconds);
    println!("memory of the runner, MiB: {memory:?}");
    ensure!(figures.wrong.is_empty(), "{} answers were wrong", figures.wrong.len());
    ensure!(idle, "executions go on although nobody waits for them");
    ensure!(code == Some(0), "the runner ended with {code:?}");
    Ok(())
}

struct Options {
    binary: String,
    clients: usize,
    seconds: u64,
}

impl Options {
    fn read() -> Result<Self> {
        let mut arguments = std::env::args().skip(1);
        let binary = arguments.next().context("usage: load BINARY [--clients COUNT] [--seconds COUNT]")?;
        let mut options = Self { binary, clients: 200, seconds: 60 };
        while let Some(name) = arguments.next() {
            let value: u64 = arguments.next().context("a count is missing")?.parse()?;
            match name.as_str() {
                "--clients" => options.clients = usize::try_from(value)?,
                "--seconds" => options.seconds = value,
                _ => bail!("there is no option {name}"),
            }
        }
        Ok(options)
    }
}

/// The real binary.
struct Runner {
    process: Child,
    address: SocketAddr,
}

impl Runner {
    fn start(binary: &str) -> Result<Self> {
        let mut process = Command::new(binary)
            .args(["serve", "--listen", "127.0.0.1:0", "--allow-host", "127.0.0.1"])
            .env("NODEHOST_API_KEY", KEY)
            .env("NODEHOST_LOG", "warn")
            .env("NODEHOST_MAX_ITEMS", MAX_ITEMS.to_string())
            .env("NODEHOST_MAX_BODY_BYTES", MAX_BODY_BYTES.to_string())
            .env("NODEHOST_MAX_EXECUTIONS", "1000")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {binary}"))?;
        let mut line = String::new();
        BufReader::new(process.stdout.take().context("its output")?).read_line(&mut line)?;
        let address = line.trim().rsplit_once("//").context("it does not listen")?.1.parse()?;
        Ok(Self { process, address })
    }

    /// Whether all executions have come to their end.
    async fn is_idle(&self, load: &Load) -> Result<bool> {
        for _ in 0..100 {
            let mut connection = Connection::open(load.runner).await?;
            let answer = connection.send("GET", "/metrics", JSON, JSON, KEY, Bytes::new()).await?;
            if String::from_utf8_lossy(&answer.into_body()).lines().any(|line| line == "nodehost_executions_running 0")
            {
                return Ok(true);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(false)
    }

    fn end(mut self) -> Result<Option<i32>> {
        Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status()?;
        Ok(self.process.wait()?.code())
    }
}

/// What all clients share.
struct Load {
    halo: String,
    runner: SocketAddr,
    figures: Mutex<Figures>,
}

#[derive(Clone, Default)]
struct Figures {
    /// How long each kind of request took.
    taken: BTreeMap<&'static str, Vec<Duration>>,
    items: usize,
    wrong: Vec<String>,
}

impl Figures {
    fn print(&self, seconds: u64) {
        println!("{:24} {:>8} {:>9} {:>9} {:>9}", "request", "count", "median ms", "99 % ms", "max ms");
        for (kind, taken) in &self.taken {
            let mut sorted = taken.clone();
            sorted.sort_unstable();
            let at = |part: usize| sorted[(sorted.len() - 1) * part / 100].as_secs_f64() * 1000.0;
            println!("{kind:24} {:8} {:9.1} {:9.1} {:9.1}", sorted.len(), at(50), at(99), at(100));
        }
        let requests: usize = self.taken.values().map(Vec::len).sum();
        println!("{requests} requests and {} items in {seconds} s, {} wrong", self.items, self.wrong.len());
        for wrong in self.wrong.iter().take(10) {
            eprintln!("wrong: {wrong}");
        }
    }
}

/// Resident memory of the runner in MiB, ten times over the run.
async fn memory(process: u32, until: Instant) -> Vec<u64> {
    let pause = until.saturating_duration_since(Instant::now()) / 10;
    let mut read = Vec::new();
    while Instant::now() < until {
        tokio::time::sleep(pause).await;
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        read.push(line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or_default() / 1024);
    }
    read
}

/// A connection that is kept for further requests.
struct Connection(SendRequest<Full<Bytes>>, SocketAddr);

impl Connection {
    async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self(sender, address))
    }

    async fn send(
        &mut self,
        method: &str,
        path: &str,
        content_type: &str,
        accept: &str,
        key: &str,
        body: Bytes,
    ) -> Result<Response<Bytes>> {
        if self.0.ready().await.is_err() {
            *self = Self::open(self.1).await?;
        }
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, self.1.to_string())
            .header(header::CONTENT_TYPE, content_type)
            .header(header::ACCEPT, accept)
            .header("x-api-key", key)
            .body(Full::new(body))?;
        let (parts, body) = self.0.send_request(request).await?.into_parts();
        Ok(Response::from_parts(parts, body.collect().await?.to_bytes()))
    }
}

/// The kinds of requests, and the status each deserves; `None`: the client does not wait for an answer.
const KINDS: [(&str, Option<u16>); 12] = [
    ("batch", Some(200)),
    ("batch, items that fail", Some(200)),
    ("stream", Some(200)),
    ("expression", Some(200)),
    ("descriptor", Some(200)),
    ("not JSON", Some(400)),
    ("no such key", Some(401)),
    ("no such node", Some(404)),
    ("too many items", Some(413)),
    ("wrong media type", Some(415)),
    ("wrong parameters", Some(422)),
    ("client that leaves", None),
];

async fn client(load: Arc<Load>, number: usize, until: Instant) {
    let mut connection = None;
    // Each client starts elsewhere in the mix.
    let mut turn = number;
    while Instant::now() < until {
        let (kind, status) = KINDS[turn % KINDS.len()];
        turn += 1;
        let started = Instant::now();
        let result = match status {
            None => load.leave(turn).await.map(|()| 0),
            Some(status) => load.ask(&mut connection, kind, status).await,
        };
        let mut figures = load.figures.lock().expect("nobody panics");
        figures.taken.entry(kind).or_default().push(started.elapsed());
        match result {
            Ok(items) => figures.items += items,
            Err(error) => figures.wrong.push(format!("{kind}: {error:#}")),
        }
    }
}

impl Load {
    fn request(&self, items: Value) -> Value {
        let SimulatorConfig { client_id, client_secret, .. } = SimulatorConfig::default();
        let data =
            json!({ "baseUrl": self.halo, "clientId": client_id, "clientSecret": client_secret, "scope": "all" });
        json!({
            "node": {
                "type": "n8n-nodes-halopsacomplete.haloPsa",
                "parameters": {
                    "resource": "webhooks", "operation": "create", "name": "={{ $json.name.trim() }}",
                    "additionalFields": { "url": "={{ $json.url }}" },
                },
                "credentials": { "haloPSAApi": { "data": data } },
                "onError": "continueRegularOutput",
            },
            "items": items,
            "settings": { "concurrency": 4 },
        })
    }

    /// Sends a request and checks its answer; tells how many items were executed.
    async fn ask(&self, connection: &mut Option<Connection>, kind: &str, status: u16) -> Result<usize> {
        let good =
            |count: usize| (0..count).map(|n| json!({ "name": format!("hook {n}"), "url": "https://a.example" }));
        let (method, path, content_type, accept, key) = match kind {
            "stream" => ("POST", "/v1/executions", NDJSON, NDJSON, KEY),
            "expression" => ("POST", "/v1/expressions", JSON, JSON, KEY),
            "descriptor" => ("GET", "/v1/nodes/haloPsa", JSON, JSON, KEY),
            "no such key" => ("GET", "/v1/nodes", JSON, JSON, "another-key"),
            "wrong media type" => ("POST", "/v1/executions", "text/plain", JSON, KEY),
            _ => ("POST", "/v1/executions", JSON, JSON, KEY),
        };
        let body = match kind {
            "batch" | "wrong media type" => self.request(good(10).collect()).to_string(),
            "batch, items that fail" => {
                let items = good(10).chain([json!({ "name": "", "url": "" })]).collect();
                self.request(items).to_string()
            }
            "stream" => {
                let mut head = self.request(json!([]));
                head.as_object_mut().context("an object")?.remove("items");
                std::iter::once(head).chain(good(50)).map(|line| format!("{line}\n")).collect()
            }
            "expression" => {
                json!({ "expression": "={{ $json.n * 2 }}", "context": { "items": [{ "json": { "n": 21 } }] } })
                    .to_string()
            }
            "not JSON" => "{\"node\":".to_owned(),
            "no such node" => json!({ "node": { "type": "no.such" }, "items": [] }).to_string(),
            "too many items" => self.request(good(MAX_ITEMS + 1).collect()).to_string(),
            "wrong parameters" => {
                let mut request = self.request(good(1).collect());
                request["node"]["parameters"]["resource"] = json!("no such");
                request.to_string()
            }
            _ => String::new(),
        };
        if connection.is_none() {
            *connection = Some(Connection::open(self.runner).await?);
        }
        let open = connection.as_mut().context("a connection")?;
        let answer = open.send(method, path, content_type, accept, key, body.into()).await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                *connection = None;
                return Err(error);
            }
        };
        let text = std::str::from_utf8(answer.body())?;
        ensure!(answer.status().as_u16() == status, "{} in place of {status}: {text}", answer.status());
        check(kind, answer.status(), text)
    }

    /// Starts a long batch, and is gone before it is done.
    async fn leave(&self, turn: usize) -> Result<()> {
        let items = (0..100).map(|n| json!({ "name": format!("left {n}"), "url": "https://a.example" })).collect();
        let body = self.request(items).to_string();
        let mut stream = TcpStream::connect(self.runner).await?;
        let head = format!(
            "POST /v1/executions HTTP/1.1\r\nhost: localhost\r\nx-api-key: {KEY}\r\ncontent-type: {JSON}\r\n\
             content-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await?;
        // Some leave in the middle of their request.
        let sent = if turn.is_multiple_of(2) { body.len() } else { body.len() / 2 };
        stream.write_all(&body.as_bytes()[..sent]).await?;
        Ok(())
    }
}

/// Checks what an answer says; tells how many items were executed.
fn check(kind: &str, status: StatusCode, text: &str) -> Result<usize> {
    if !status.is_success() {
        let problem: Value = serde_json::from_str(text)?;
        ensure!(problem["status"] == status.as_u16() && problem["code"].is_string(), "no problem: {text}");
        return Ok(0);
    }
    let value: Value = serde_json::from_str(text.lines().last().unwrap_or_default())?;
    let expected = match kind {
        "batch" => (10, 0),
        "batch, items that fail" => (10, 1),
        "stream" => (50, 0),
        "expression" => {
            ensure!(value["value"] == 42, "{text}");
            return Ok(0);
        }
        _ => return Ok(0),
    };
    let stats = (value["stats"]["succeeded"].as_u64(), value["stats"]["failed"].as_u64());
    ensure!(value["status"] == "success" && stats == (Some(expected.0), Some(expected.1)), "{value}");
    if kind == "stream" {
        ensure!(text.lines().count() == 51, "{} lines", text.lines().count());
    }
    Ok(usize::try_from(expected.0 + expected.1)?)
}
