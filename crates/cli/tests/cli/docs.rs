//! A newcomer's walk: every command of the documents is pasted into a shell, and works.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use crate::support::{Running, nodehost};

const DOCUMENTS: [(&str, &str); 4] = [
    ("README.md", include_str!("../../../../README.md")),
    ("docs/http-api.md", include_str!("../../../../docs/http-api.md")),
    ("docs/embedding.md", include_str!("../../../../docs/embedding.md")),
    ("docs/descriptors.md", include_str!("../../../../docs/descriptors.md")),
];
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// How documents call the binary.
const CALLS: [&str; 2] = ["cargo run --release -- ", "nodehost "];
/// How they run an example; the end-to-end tests run these.
const EXAMPLE: &str = "cargo run -p nodehost-tests --example ";

/// The `sh` blocks of a document.
fn blocks(text: &str) -> Vec<&str> {
    let blocks = text.split("```sh\n").skip(1);
    blocks.map(|rest| rest.split_once("\n```").expect("a block ends").0).collect()
}

/// The commands that stand in the running text.
fn inline(text: &str) -> Vec<&str> {
    text.split('`').filter(|code| code.starts_with(CALLS[0]) && !code.contains('\n')).collect()
}

/// A command as the binary under test takes it, without what the document says of it.
fn adapted(command: &str, runner: SocketAddr) -> String {
    let called = CALLS.iter().find_map(|call| command.strip_prefix(call));
    let command = called
        .map_or_else(|| command.to_owned(), |arguments| format!("{} {arguments}", env!("CARGO_BIN_EXE_nodehost")));
    command.replace("127.0.0.1:7420", &runner.to_string())
}

/// Commands that go on until they are stopped, and what they say once they are up.
fn goes_on(command: &str) -> Option<&'static str> {
    let command = command.split(" #").next().unwrap_or_default().trim_end();
    if command.ends_with("--keep") {
        return Some("Both keep running");
    }
    CALLS.iter().any(|call| command.starts_with(&format!("{call}serve"))).then_some("listens on http://")
}

/// Runs a command that goes on, on a free port, until it is up.
fn bring_up(command: &str, said: &str) {
    let arguments = CALLS.iter().find_map(|call| command.strip_prefix(call)).expect("the binary");
    let mut arguments: Vec<&str> = arguments.split(" #").next().unwrap_or_default().split_whitespace().collect();
    if arguments[0] == "serve" && !arguments.contains(&"--listen") {
        arguments.extend(["--listen", "127.0.0.1:0"]);
    }
    let mut running = Running::start(nodehost(&arguments));
    running.line_with(said);
    assert!(running.terminate().success(), "{command} ends in order");
}

fn run(document: &str, script: &str, directory: &Path) {
    let output = Command::new("sh").args(["-ec", script]).current_dir(directory).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && !told.contains("\"title\":"), "{document}: {script}\n{told}");
}

/// The files a document shows: a line that names one, in code, and then its JSON.
fn write_files(text: &str, directory: &Path) {
    for (before, rest) in text.split("```json\n").zip(text.split("```json\n").skip(1)) {
        let line = before.trim_end().lines().last().unwrap_or_default();
        let Some((name, _)) = line.strip_prefix('`').and_then(|line| line.split_once('`')) else { continue };
        let path = directory.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, rest.split_once("\n```").unwrap().0).unwrap();
    }
}

#[test]
fn every_command_of_the_documents_works() {
    let (_server, runner) = Running::serve(nodehost(&["serve", "--listen", "127.0.0.1:0"]));
    for (name, text) in DOCUMENTS {
        assert!(!blocks(text).is_empty(), "{name} has no commands");
        // Commands on files that the document shows run beside those, the others in the project.
        let shown = tempfile::tempdir().unwrap();
        write_files(text, shown.path());
        let is_empty = std::fs::read_dir(shown.path()).unwrap().next().is_none();
        let directory = if is_empty { Path::new(ROOT) } else { shown.path() };
        for command in inline(text) {
            match goes_on(command) {
                Some(said) => bring_up(command, said),
                None => run(name, &adapted(command, runner), directory),
            }
        }
        for block in blocks(text) {
            let mut script = Vec::new();
            for line in block.lines() {
                if let Some(example) = line.strip_prefix(EXAMPLE) {
                    let example = example.split_whitespace().next().unwrap_or_default();
                    let file = Path::new(ROOT).join(format!("tests/examples/{example}.rs"));
                    assert!(file.is_file(), "{name}: there is no example {example}");
                } else if let Some(said) = goes_on(line) {
                    bring_up(line, said);
                } else if !line.starts_with("cargo test") {
                    // This is one.
                    script.push(adapted(line, runner));
                }
            }
            run(name, &script.join("\n"), directory);
        }
    }
}
