//! Runs nodes: items, registry, execution, credentials, egress, declarative routing.
