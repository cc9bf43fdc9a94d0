//! What a host counts about its requests, tokens and expressions, for Prometheus. The figures belong to one host: there
//! is no global recorder.

use std::collections::HashSet;
use std::fmt;
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use nodehost_expression::Engine;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use crate::egress::{EgressError, IncomingResponse};

/// So many hosts have figures of their own; all that are met later share the label `other`. Names come from parameters
/// and items, and there is no end of them.
const MAX_HOSTS: usize = 100;

/// What is counted where requests leave.
#[derive(Debug)]
pub(crate) struct Metrics {
    hosts: Mutex<HashSet<String>>,
    seconds: Family<HostLabel, Histogram, fn() -> Histogram>,
    answers: Family<AnswerLabels, Counter>,
    retries: Family<HostLabel, Counter>,
    throttled: Family<HostLabel, Counter>,
    throttled_seconds: Family<HostLabel, Counter<f64, AtomicU64>>,
    rate_limited: Family<HostLabel, Counter>,
    tokens: Family<TokenLabel, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct HostLabel {
    host: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AnswerLabels {
    host: String,
    answer: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TokenLabel {
    result: &'static str,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let seconds: fn() -> Histogram = || Histogram::new(exponential_buckets(0.005, 3.0, 10));
        Self {
            hosts: Mutex::default(),
            seconds: Family::new_with_constructor(seconds),
            answers: Family::default(),
            retries: Family::default(),
            throttled: Family::default(),
            throttled_seconds: Family::default(),
            rate_limited: Family::default(),
            tokens: Family::default(),
        }
    }

    /// An attempt of a request has come to its end, its redirects included.
    pub(crate) fn attempt(&self, host: &str, elapsed: Duration, outcome: &Result<IncomingResponse, EgressError>) {
        let label = self.host(host);
        self.seconds.get_or_create(&label).observe(elapsed.as_secs_f64());
        let answer = match outcome {
            Ok(response) => status_class(response.status.as_u16()),
            Err(error) => error.kind.name(),
        };
        self.answers.get_or_create(&AnswerLabels { host: label.host, answer }).inc();
    }

    /// A request is to be sent again.
    pub(crate) fn retry(&self, host: &str) {
        self.retries.get_or_create(&self.host(host)).inc();
    }

    /// A request had to wait for its turn in a rate budget.
    pub(crate) fn throttled(&self, host: &str, wait: Duration) {
        let label = self.host(host);
        self.throttled.get_or_create(&label).inc();
        self.throttled_seconds.get_or_create(&label).inc_by(wait.as_secs_f64());
    }

    /// A request was not sent, since its turn in a rate budget would have come too late.
    pub(crate) fn rate_limited(&self, host: &str) {
        self.rate_limited.get_or_create(&self.host(host)).inc();
    }

    /// An access token was asked for.
    pub(crate) fn token(&self, obtained: bool) {
        let result = if obtained { "obtained" } else { "failed" };
        self.tokens.get_or_create(&TokenLabel { result }).inc();
    }

    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register_with_unit(
            "outgoing_request_duration",
            "Time an attempt of an outgoing request took, its answer read",
            Unit::Seconds,
            self.seconds.clone(),
        );
        registry.register(
            "outgoing_answers",
            "Attempts of outgoing requests by the class of their status, or by why there is none",
            self.answers.clone(),
        );
        registry.register("outgoing_retries", "Outgoing requests that were sent again", self.retries.clone());
        registry.register(
            "throttled_requests",
            "Outgoing requests that waited for their turn in a rate budget",
            self.throttled.clone(),
        );
        registry.register_with_unit(
            "throttled_wait",
            "Time that outgoing requests waited for their turn",
            Unit::Seconds,
            self.throttled_seconds.clone(),
        );
        registry.register(
            "rate_limited_requests",
            "Outgoing requests not sent, since their turn in a rate budget would have come too late",
            self.rate_limited.clone(),
        );
        registry.register("tokens", "Access tokens that were asked for, by what became of it", self.tokens.clone());
    }

    /// The label of a host.
    fn host(&self, host: &str) -> HostLabel {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let known = hosts.contains(host) || hosts.len() < MAX_HOSTS && hosts.insert(host.to_owned());
        HostLabel { host: if known { host } else { "other" }.to_owned() }
    }
}

fn status_class(status: u16) -> &'static str {
    match status / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        5 => "5xx",
        _ => "other",
    }
}

/// The figures of the expression engines, read when they are asked for.
pub(crate) struct EngineCollector(pub(crate) Engine);

impl Collector for EngineCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let figures = self.0.figures();
        for (name, help, value) in [
            ("expression_threads", "Threads that evaluate expressions", figures.threads),
            ("expression_threads_busy", "Threads that evaluate expressions now", figures.busy),
            ("expression_queue", "Jobs that wait for such a thread", figures.queued),
        ] {
            let gauge = ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX));
            gauge.encode(encoder.encode_descriptor(name, help, None, MetricType::Gauge)?)?;
        }
        let jobs = "Jobs of expressions that were run; a chunk of items is one";
        ConstCounter::new(figures.jobs).encode(encoder.encode_descriptor(
            "expression_jobs",
            jobs,
            None,
            MetricType::Counter,
        )?)?;
        let time = "Time that jobs of expressions took on their threads";
        let unit = Some(&Unit::Seconds);
        ConstCounter::new(figures.time.as_secs_f64()).encode(encoder.encode_descriptor(
            "expression_time",
            time,
            unit,
            MetricType::Counter,
        )?)?;
        let limits = "Expressions that were ended by a limit";
        let mut family = encoder.encode_descriptor("expression_limits", limits, None, MetricType::Counter)?;
        for (limit, count) in [
            ("time", figures.time_limit),
            ("memory", figures.memory_limit),
            ("stack", figures.stack_limit),
            ("result", figures.result_limit),
        ] {
            ConstCounter::new(count).encode(family.encode_family(&[("limit", limit)])?)?;
        }
        Ok(())
    }
}

impl fmt::Debug for EngineCollector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EngineCollector")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::egress::{EgressErrorKind, Fate};

    #[test]
    fn hosts_without_end_share_a_label() {
        let metrics = Metrics::new();
        for n in 0..MAX_HOSTS + 50 {
            let failed = Err(EgressError::new(EgressErrorKind::Dns, "h", Fate::NotSent));
            metrics.attempt(&format!("h{n}.example"), Duration::from_millis(1), &failed);
        }
        let mut registry = Registry::default();
        metrics.register(&mut registry);
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        let lines = text.lines().filter(|line| line.starts_with("outgoing_answers_total")).count();
        assert_eq!(lines, MAX_HOSTS + 1);
        assert!(text.contains("outgoing_answers_total{host=\"other\",answer=\"dns\"} 50"), "{text}");
    }
}
