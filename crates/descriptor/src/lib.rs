//! Node and credential descriptors in n8n's shape: model, loading, validation.
