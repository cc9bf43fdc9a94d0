//! Any text as a bundle, a node and a credential type: loaded or refused, never a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use nodehost_descriptor::load;

fuzz_target!(|text: &str| {
    if let Ok(loaded) = load::bundle_from_text("fuzz", text) {
        for node in &loaded.nodes {
            _ = node.descriptor();
        }
    }
    _ = load::node_from_text("fuzz", text, |_| Some(text));
    _ = load::credential_from_text(text);
});
