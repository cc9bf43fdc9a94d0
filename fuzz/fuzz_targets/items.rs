//! Any text as a file of items, in each format: items, or what is wrong with it, never a panic.

#![no_main]
#![allow(dead_code, reason = "the command uses what this target does not")]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/cli/src/commands/run/items.rs"]
mod items;

fuzz_target!(|text: &[u8]| {
    for format in [items::Format::Json, items::Format::Ndjson, items::Format::Csv] {
        _ = items::read(text, format, "fuzz").map_err(|error| format!("{error:#}"));
    }
});
