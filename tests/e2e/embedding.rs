//! The programs of docs/embedding.md run to their ends, and it names them all.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

#[path = "../examples/batch.rs"]
mod batch;
#[path = "../examples/queue.rs"]
mod queue;

type Program = fn() -> anyhow::Result<()>;

const DOCUMENT: &str = include_str!("../../docs/embedding.md");
const RUN: &str = "cargo run -p nodehost-tests --example ";

#[test]
fn the_programs_of_the_documentation_run() {
    let programs: [(&str, Program); 3] =
        [("batch", batch::main), ("queue", queue::main), ("native_node", queue::native_node::main)];
    let named = DOCUMENT.lines().filter_map(|line| line.strip_prefix(RUN)?.split_whitespace().next());
    assert_eq!(named.collect::<Vec<_>>(), programs.map(|(name, _)| name));
    for (name, program) in programs {
        program().unwrap_or_else(|error| panic!("{name}: {error:#}"));
    }
}
