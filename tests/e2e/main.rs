//! End-to-end tests through the public surface.

mod protocol;
mod tls;
