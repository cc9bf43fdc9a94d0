//! The speed and the memory of executions, beside a bare loop over reqwest, and beside n8n.
//!
//!     cargo bench -p nodehost-runtime --bench execution             # 10,000 items, 64 at once
//!     cargo bench -p nodehost-runtime --bench execution -- ITEMS CONCURRENCY
//!
//! Every measurement is a process of its own, against the same mock in another one. With `N8N_BENCH` (a command that
//! runs the same node for ITEMS items against `BENCH_MOCK` and prints `{"itemsPerSecond": …}`) n8n is measured, too.

#![allow(clippy::print_stdout, reason = "figures are printed")]

mod bare;
mod host;
mod mock;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// How often the bare loop and the host are measured.
const PAIRS: usize = 9;

/// What a measurement prints.
#[derive(serde::Serialize)]
struct Figures {
    what: String,
    items: usize,
    #[serde(rename = "itemsPerSecond")]
    items_per_second: f64,
    #[serde(rename = "cpuMsPerItem")]
    cpu_ms_per_item: f64,
    #[serde(rename = "peakRssMb")]
    peak_rss_mb: f64,
}

fn main() {
    // As in the `nodehost` command, for all measurements alike.
    nodehost_allocator::settle();
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let number = |at: usize, default: usize| args.get(at).and_then(|arg| arg.parse().ok()).unwrap_or(default);
    match args.first().map(String::as_str) {
        Some("mock") => mock::serve(),
        Some("host") => measure("host", number(1, 0), |items| host::batch(items, number(2, 1))),
        Some("stream") => measure("stream", number(1, 0), |items| host::stream(items, number(2, 1))),
        Some("bare") => measure("bare", number(1, 0), |items| bare::run(items, number(2, 1))),
        _ => all(number(0, 10_000), number(1, 64)),
    }
}

/// Measures everything, each in a process of its own.
fn all(items: usize, concurrency: usize) {
    let (mut mock, address) = start_mock();
    let own = |what: &str, items: usize| {
        let program = std::env::current_exe().expect("the path of this program");
        let mut command = Command::new(program);
        command.args([what, &items.to_string(), &concurrency.to_string()]).env("BENCH_MOCK", &address);
        run(what, command)
    };
    // One beside the other: a machine's speed changes from one second to the next.
    let pairs: Vec<(f64, f64)> = (0..PAIRS).map(|_| (own("bare", items), own("host", items))).collect();
    let (ratio, least, most) = median(pairs.iter().map(|(bare, host)| host / bare).collect());
    println!(
        "host / bare loop at {concurrency} at once: {ratio:.2} (median of {PAIRS} pairs, {least:.2} to {most:.2})"
    );
    own("stream", items * 10);
    if let Ok(n8n) = std::env::var("N8N_BENCH") {
        let mut command = Command::new("sh");
        command.args(["-c", &n8n]).env("BENCH_MOCK", &address).env("ITEMS", items.to_string());
        let (host, ..) = median(pairs.iter().map(|(_, host)| *host).collect());
        println!("host / n8n: {:.1}", host / run("n8n", command));
    }
    drop(mock.kill());
    drop(mock.wait());
}

/// The middle of some numbers, the least and the most.
fn median(mut numbers: Vec<f64>) -> (f64, f64, f64) {
    numbers.sort_by(f64::total_cmp);
    (numbers[numbers.len() / 2], numbers[0], numbers[numbers.len() - 1])
}

/// Runs a measurement, prints its figures, and gives its items/s.
fn run(what: &str, mut command: Command) -> f64 {
    let output = command.stderr(Stdio::inherit()).output().expect("the measurement runs");
    let text = String::from_utf8_lossy(&output.stdout);
    println!("{what}: {}", text.trim());
    let figures: Value = serde_json::from_str(text.lines().last().unwrap_or_default()).expect("figures are JSON");
    figures["itemsPerSecond"].as_f64().expect("items/s is a number")
}

fn start_mock() -> (Child, String) {
    let program = std::env::current_exe().expect("the path of this program");
    let mut mock = Command::new(program).arg("mock").stdout(Stdio::piped()).spawn().expect("the mock starts");
    let mut line = String::new();
    let output = mock.stdout.take().expect("its output is piped");
    BufReader::new(output).read_line(&mut line).expect("the mock tells its address");
    (mock, line.trim().to_owned())
}

fn measure(what: &str, items: usize, run: impl FnOnce(usize) -> f64) {
    let cpu = cpu_ms();
    let seconds = run(items);
    #[allow(clippy::cast_precision_loss, reason = "a count of items")]
    let count = items as f64;
    let figures = Figures {
        what: what.to_owned(),
        items,
        items_per_second: (count / seconds).round(),
        cpu_ms_per_item: (cpu_ms() - cpu) / count,
        peak_rss_mb: peak_rss_mb(),
    };
    println!("{}", serde_json::to_string(&figures).expect("figures are JSON"));
}

/// CPU time of this process, user and system.
fn cpu_ms() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) * 10.0
}

fn peak_rss_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

/// The address of the mock.
fn address() -> String {
    std::env::var("BENCH_MOCK").expect("BENCH_MOCK is the mock's URL")
}

/// The data of an item: about 100 bytes.
fn item(n: usize) -> Value {
    serde_json::json!({"n": n, "path": format!("hooks/{n}"), "name": format!("record {n}"), "flag": n.is_multiple_of(2), "pad": "0123456789012345678901234567"})
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime")
}
