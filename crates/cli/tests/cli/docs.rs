//! A newcomer's walk: every command of the documents is pasted into a shell, and works.

use std::net::SocketAddr;
use std::process::Command;

use crate::support::{Running, nodehost};

const DOCUMENTS: [(&str, &str); 2] = [
    ("README.md", include_str!("../../../../README.md")),
    ("docs/http-api.md", include_str!("../../../../docs/http-api.md")),
];

/// The `sh` blocks of a document.
fn blocks(text: &str) -> Vec<&str> {
    let blocks = text.split("```sh\n").skip(1);
    blocks.filter_map(|rest| Some(rest.split_once("\n```")?.0)).collect()
}

/// A block as it is run here: the built binary, a free port; what goes on for ever or tests is run elsewhere.
fn adapted(block: &str, runner: SocketAddr) -> String {
    let skipped = |line: &&str| line.starts_with("cargo test") || line.contains(" serve") || line.contains("--keep");
    let lines: Vec<&str> = block.lines().filter(|line| !skipped(line)).collect();
    let binary = concat!(env!("CARGO_BIN_EXE_nodehost"), " ");
    lines.join("\n").replace("cargo run --release -- ", binary).replace("127.0.0.1:7420", &runner.to_string())
}

#[test]
fn every_command_of_the_documents_works() {
    let (_server, runner) = Running::serve(nodehost(&["serve", "--listen", "127.0.0.1:0"]));
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    for (name, text) in DOCUMENTS {
        let blocks = blocks(text);
        assert!(!blocks.is_empty(), "{name} has no commands");
        for block in blocks {
            let script = adapted(block, runner);
            let output = Command::new("sh").args(["-ec", &script]).current_dir(root).output().unwrap();
            let told = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success() && !told.contains("\"title\":"), "{name}: {script}\n{told}");
        }
    }
}
