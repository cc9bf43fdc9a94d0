//! Writing HTML.

use std::fmt::Write;

use serde_json::{Map, Value};

/// A page while it is written.
#[derive(Default)]
pub(super) struct Page(pub(super) String);

impl Page {
    pub(super) fn add(&mut self, arguments: std::fmt::Arguments<'_>) {
        self.0.write_fmt(arguments).expect("a string takes any text");
    }
}

/// The entries of an object; none of anything else.
pub(super) fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

/// A text of the document.
pub(super) fn text(value: &Value) -> String {
    escape(value.as_str().unwrap_or_default())
}

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Prose, in which code stands between backticks.
pub(super) fn prose(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let shown =
        parts.map(|(at, part)| if at % 2 == 1 { format!("<code>{}</code>", escape(part)) } else { escape(part) });
    shown.collect()
}
