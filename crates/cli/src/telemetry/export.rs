//! Traces for an OpenTelemetry collector: spans of the host's own code, and W3C trace context.

use std::time::Duration;

use anyhow::{Context, Result};
use http::HeaderMap;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::HeaderInjector;
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Level, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;

use super::collector::Collector;

/// How long the traces that wait at the end may take.
const LAST_SENDING: Duration = Duration::from_secs(5);

/// Where traces go.
pub(crate) struct Export(SdkTracerProvider);

impl Export {
    /// Traces to the collector at this address.
    pub(crate) fn to(endpoint: &str) -> Result<Self> {
        let told = || format!("otlp-endpoint: `{endpoint}` cannot be used; one looks like http://localhost:4318");
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Collector::at(endpoint).with_context(told)?)
            .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
            .build()
            .with_context(told)?;
        // Its name and attributes can be set by OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES.
        let mut resource = Resource::builder();
        if std::env::var_os("OTEL_SERVICE_NAME").is_none() {
            resource = resource.with_service_name("nodehost");
        }
        Ok(Self(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource.build()).build()))
    }

    /// Turns the spans of the host's own crates into traces: what libraries tell of themselves may hold headers.
    pub(crate) fn layer<S: Subscriber + for<'a> LookupSpan<'a>>(&self) -> impl Layer<S> + use<S> {
        let own = Targets::new().with_target("nodehost", Level::DEBUG);
        let tracer = self.0.tracer("nodehost");
        tracing_opentelemetry::layer().with_tracer(tracer).with_location(false).with_threads(false).with_filter(own)
    }

    pub(crate) fn end(self) {
        if let Err(error) = self.0.shutdown_with_timeout(LAST_SENDING) {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

/// Adds the current span to the headers of a request, as W3C's `traceparent`; a node's own stays.
pub(crate) fn add_trace_context(headers: &mut HeaderMap) {
    if !headers.contains_key("traceparent") {
        TraceContextPropagator::new().inject_context(&Span::current().context(), &mut HeaderInjector(headers));
    }
}
