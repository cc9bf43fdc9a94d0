//! Watches what a test binary traces and panics with, at every level and of every crate, for the secrets that tests work
//! with. One that is found ends the process: a panic on a task of a server would go unseen.

use std::fmt::{Debug, Write as _};
use std::io::Write as _;
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

#[cfg(test)]
mod tests;

/// What stands in every secret of the tests: in those they make up, in the simulator's, and in the tokens it gives.
pub const MARKS: [&str; 3] = ["canary", "demo-secret", "simulated-token-"];

/// Watches this process from now on. Every helper that starts something calls it; once is enough.
///
/// # Panics
/// If something else takes the traces of the process already.
pub fn watch() {
    static WATCH: Once = Once::new();
    WATCH.call_once(|| {
        tracing::subscriber::set_global_default(Watch::default())
            .expect("nothing else takes the traces of a test binary");
        let tell = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !panic.location().is_some_and(|place| is_of_a_test(place.file())) {
                let text = panic.payload();
                let owned = text.downcast_ref::<String>().map(String::as_str);
                refuse(
                    "a panic",
                    "message",
                    owned.or_else(|| text.downcast_ref::<&str>().copied()).unwrap_or_default(),
                );
            }
            tell(panic);
        }));
    });
}

/// Whether a panic there is a test that fails, which may say what it found.
fn is_of_a_test(file: &str) -> bool {
    file.contains("/tests/") || file.starts_with("tests/e2e/")
}

/// The mark in a text, if one is in it.
pub fn mark_in(text: &str) -> Option<&'static str> {
    MARKS.into_iter().find(|mark| text.contains(mark))
}

/// Ends the process if a secret is in a text. `place` and `name` say where; the text itself is not told.
pub fn refuse(place: &str, name: &str, text: &str) {
    if let Some(mark) = mark_in(text) {
        // Not by `eprintln!`, which a test's output is captured from, and lost with it.
        _ = writeln!(std::io::stderr(), "a secret ({mark}…) is in {place}, in its {name}");
        std::process::abort();
    }
}

/// Takes everything that is traced.
#[derive(Default)]
struct Watch {
    spans: AtomicU64,
}

/// The fields of one event or span.
struct Fields<'f> {
    metadata: &'f Metadata<'static>,
    text: String,
}

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.text.clear();
        // Writing to a String cannot fail; a `Debug` that does has said nothing more.
        _ = write!(self.text, "{value:?}");
        let place = format!("a trace of {} at {}", self.metadata.target(), self.metadata.level());
        refuse(&place, field.name(), &self.text);
    }
}

impl Subscriber for Watch {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut Fields { metadata: span.metadata(), text: String::new() });
        Id::from_u64(self.spans.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut Recorded);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Fields { metadata: event.metadata(), text: String::new() });
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The fields that a span gets later.
struct Recorded;

impl Visit for Recorded {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        refuse("a span", field.name(), &format!("{value:?}"));
    }
}
