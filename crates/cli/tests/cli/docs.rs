//! A newcomer's walk: every command of the documents is pasted into a shell, and works.

use std::net::SocketAddr;
use std::process::Command;

use crate::support::{Running, nodehost};

const DOCUMENTS: [(&str, &str); 2] = [
    ("README.md", include_str!("../../../../README.md")),
    ("docs/http-api.md", include_str!("../../../../docs/http-api.md")),
];

/// The commands of a document: the lines of its `sh` blocks, continued lines put together.
fn commands(text: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut block: Option<String> = None;
    for line in text.lines() {
        match (&mut block, line.trim_end()) {
            (None, "```sh") => block = Some(String::new()),
            (Some(done), "```") => {
                commands.extend(done.replace("\\\n", " ").lines().map(str::to_owned));
                block = None;
            }
            (Some(lines), line) => *lines += &format!("{line}\n"),
            (None, _) => {}
        }
    }
    commands.retain(|command| !command.trim().is_empty());
    commands
}

/// The command as it is run here: the built binary, the servers' free ports; commands that build or test are run already.
fn adapted(command: &str, runner: SocketAddr) -> Option<String> {
    if command.starts_with("cargo test") {
        return None;
    }
    let binary = env!("CARGO_BIN_EXE_nodehost");
    let command =
        command.replace("cargo run --release -- ", "nodehost ").replace("127.0.0.1:7420", &runner.to_string());
    match command.strip_prefix("nodehost ") {
        Some(arguments) if arguments.starts_with("serve") || arguments.contains("--keep") => None,
        Some(arguments) => Some(format!("{binary} {arguments}")),
        None => Some(command),
    }
}

#[test]
fn every_command_of_the_documents_works() {
    let (_server, runner) = Running::serve(nodehost(&["serve", "--listen", "127.0.0.1:0"]));
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    for (name, text) in DOCUMENTS {
        let commands = commands(text);
        assert!(!commands.is_empty(), "{name} has no commands");
        for command in commands.iter().filter_map(|command| adapted(command, runner)) {
            let output = Command::new("sh").args(["-ec", &command]).current_dir(root).output().unwrap();
            let told = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success(), "{name}: {command}\n{told}");
            assert!(!told.contains("\"status\":4"), "{name}: {command}\n{told}");
        }
    }
}
