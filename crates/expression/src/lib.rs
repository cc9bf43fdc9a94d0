//! n8n expressions in a sandbox: templates, engine, scope, extensions.

mod extensions;
