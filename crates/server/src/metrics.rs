//! Figures for Prometheus. They belong to one server: there is no global recorder.

use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use http::{Method, StatusCode};
use nodehost_runtime::{Host, Outcome, Stats, Status};
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use crate::state::AppState;

/// The media type of the text that Prometheus reads.
pub(crate) const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What the server counts.
pub(crate) struct Metrics {
    registry: Registry,
    http_requests: Family<HttpLabels, Counter>,
    http_seconds: Family<RouteLabels, Histogram>,
    running: Gauge,
    executions: Family<StatusLabels, Counter>,
    execution_seconds: Histogram,
    outcomes: Family<CodeLabels, Counter>,
    outgoing: Counter,
    retries: Counter,
    memory: Gauge<u64, AtomicU64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct HttpLabels {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StatusLabels {
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CodeLabels {
    code: String,
}

impl Metrics {
    /// The figures of a server, those of its host among them.
    pub(crate) fn new(host: &Host) -> Self {
        let seconds = || Histogram::new(exponential_buckets(0.001, 4.0, 10));
        let mut metrics = Self {
            registry: Registry::with_prefix("nodehost"),
            http_requests: Family::default(),
            http_seconds: Family::new_with_constructor(seconds),
            running: Gauge::default(),
            executions: Family::default(),
            execution_seconds: seconds(),
            outcomes: Family::default(),
            outgoing: Counter::default(),
            retries: Counter::default(),
            memory: Gauge::default(),
        };
        metrics.register();
        host.register_metrics(&mut metrics.registry);
        metrics
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("http_requests", "Requests answered", self.http_requests.clone());
        registry.register_with_unit(
            "http_request_duration",
            "Time to the head of an answer",
            Unit::Seconds,
            self.http_seconds.clone(),
        );
        registry.register("executions_running", "Executions that run now", self.running.clone());
        registry.register("executions", "Executions by how they ended", self.executions.clone());
        registry.register_with_unit(
            "execution_duration",
            "Time an execution took",
            Unit::Seconds,
            self.execution_seconds.clone(),
        );
        registry.register(
            "outcomes",
            "Items by what became of them: success or the code of their error",
            self.outcomes.clone(),
        );
        registry.register("outgoing_requests", "Requests that executions sent", self.outgoing.clone());
        registry.register("retries", "Attempts beyond an item's first, and requests sent again", self.retries.clone());
        registry.register_with_unit("resident_memory", "Memory of the process", Unit::Bytes, self.memory.clone());
    }

    /// A request is answered. `route` is the path's pattern, not the path: there is no end of paths.
    pub(crate) fn answered(&self, method: &Method, route: &str, status: StatusCode, elapsed: Duration) {
        let route = route.to_owned();
        self.http_seconds.get_or_create(&RouteLabels { route: route.clone() }).observe(elapsed.as_secs_f64());
        let method = if STANDARD_METHODS.contains(method) { method.as_str() } else { "OTHER" };
        self.http_requests
            .get_or_create(&HttpLabels { method: method.to_owned(), route, status: status.as_u16() })
            .inc();
    }

    /// The figures as Prometheus reads them.
    pub(crate) fn render(&self) -> String {
        if let Some(bytes) = resident_bytes() {
            self.memory.set(bytes);
        }
        let mut text = String::new();
        text::encode(&mut text, &self.registry).expect("a string takes any text");
        text
    }
}

/// The account of one execution; an execution nobody waits for ends with it.
pub(crate) struct Record {
    state: AppState,
    started: Instant,
    end: Option<(Status, Stats)>,
}

impl Record {
    pub(crate) fn start(state: &AppState) -> Self {
        state.metrics.running.inc();
        Self { state: state.clone(), started: Instant::now(), end: None }
    }

    /// An item is done.
    pub(crate) fn outcome(&self, outcome: &Outcome) {
        let code = outcome.error.as_ref().map_or_else(|| "success".to_owned(), |error| error.code.to_string());
        self.state.metrics.outcomes.get_or_create(&CodeLabels { code }).inc();
    }

    /// The execution is over.
    pub(crate) fn end(&mut self, status: Status, stats: Stats) {
        self.end = Some((status, stats));
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        let metrics = &self.state.metrics;
        metrics.running.dec();
        metrics.execution_seconds.observe(self.started.elapsed().as_secs_f64());
        let status = match self.end {
            Some((status, _)) => status,
            None => Status::Canceled,
        };
        metrics.executions.get_or_create(&StatusLabels { status: status.as_str() }).inc();
        if let Some((_, stats)) = self.end {
            metrics.outgoing.inc_by(stats.requests);
            metrics.retries.inc_by(stats.retries);
        }
    }
}

/// Other methods share a label: a client may make up any number of them.
const STANDARD_METHODS: [Method; 6] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS];

/// Linux tells; elsewhere the figure stays 0.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}
