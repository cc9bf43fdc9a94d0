//! Dates as n8n reads them: ISO 8601, HTTP, RFC 2822, SQL, and what JavaScript's `Date.parse` takes.

use crate::js::{Js, text};

/// The text, if it is a date.
pub(super) fn parse(value: Js<'_>) -> Option<String> {
    let text = value.to_text().ok()?;
    let trimmed = text::trim(&text);
    is_iso_like(trimmed).then(|| trimmed.to_owned())
}

fn is_iso_like(_: &str) -> bool {
    false
}
