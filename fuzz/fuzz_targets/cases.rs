//! Any text as a case file of the test kit: a case, or where it is wrong, never a panic.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use nodehost_kit::{Case, Shared};

fuzz_target!(|text: &[u8]| {
    _ = Shared::parse(text, Path::new("cases.json")).map_err(|errors| errors.to_string());
    _ = Case::parse(text, Path::new("fuzz.json"), &Shared::default()).map_err(|errors| errors.to_string());
});
