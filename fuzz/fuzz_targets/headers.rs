//! Any text in the headers that tell how long to wait: a time or none, never a panic.
//!
//! The input's lines are `name: value`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use nodehost_runtime::egress::fuzzing;

const NAMES: [&str; 7] = [
    "retry-after",
    "date",
    "ratelimit",
    "ratelimit-remaining",
    "ratelimit-reset",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
];

fuzz_target!(|text: &str| {
    let mut headers = HeaderMap::new();
    for line in text.lines() {
        let (name, value) = line.split_once(':').unwrap_or(("0", line));
        // A digit for a name that counts lets the fuzzer find its way.
        let name = name.parse().ok().and_then(|index: usize| NAMES.get(index).copied()).unwrap_or(name);
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            headers.append(name, value);
        }
    }
    for status in [StatusCode::OK, StatusCode::TOO_MANY_REQUESTS] {
        fuzzing::answer("https://example.com/".parse().expect("a URL"), status, headers.clone());
    }
});
