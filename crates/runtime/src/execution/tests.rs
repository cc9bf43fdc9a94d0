//! Executions of native nodes.
