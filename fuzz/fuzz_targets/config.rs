//! Any text as a config file: settings, or what is wrong with it, never a panic.

#![no_main]
#![allow(dead_code, reason = "the command uses what this target does not")]

use std::path::Path;

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/cli/src/settings.rs"]
mod settings;

fuzz_target!(|text: &str| {
    _ = settings::File::parse(text, Path::new("fuzz.toml")).map_err(|error| format!("{error:#}"));
});
