//! The `nodehost` command.

fn main() {}
