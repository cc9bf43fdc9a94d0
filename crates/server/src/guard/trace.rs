//! W3C trace context: a request belongs to the trace its client names.

use http::HeaderMap;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TraceContextExt;
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Puts the span below the client's (`traceparent`, `tracestate`), and the trace's id into the span, so that logs can be
/// found by it. Without a tracer the client's id is noted all the same.
pub(crate) fn join(span: &Span, headers: &HeaderMap) {
    let client = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
    let named = client.span().span_context().trace_id();
    // Fails where spans are not traced.
    let _ = span.set_parent(client);
    let own = span.context().span().span_context().trace_id();
    let trace = if own == opentelemetry::TraceId::INVALID { named } else { own };
    if trace != opentelemetry::TraceId::INVALID {
        span.record("trace", tracing::field::display(trace));
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn logged(traceparent: &str) -> String {
        let written = Written::default();
        let writer = written.clone();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        tracing::subscriber::with_default(subscriber, || {
            let span = tracing::info_span!("request", trace = tracing::field::Empty);
            let mut headers = HeaderMap::new();
            headers.insert("traceparent", traceparent.parse().unwrap());
            join(&span, &headers);
            span.in_scope(|| tracing::info!("answered"));
        });
        let bytes = written.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn the_trace_of_a_client_is_told_in_the_log() {
        let log = logged("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        assert!(log.contains("trace=0af7651916cd43dd8448eb211c80319c"), "{log}");
        for malformed in
            ["", "00-0af7651916cd43dd8448eb211c80319c", "00-00000000000000000000000000000000-b7ad6b7169203331-01", "x"]
        {
            assert!(!logged(malformed).contains("trace="), "{malformed}");
        }
    }
}
