use super::Fields;

/// How to run a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Items at once; default: the descriptor's own, else 8.
    pub concurrency: Option<usize>,
    /// The execution's time limit in milliseconds.
    pub timeout_ms: Option<u64>,
    /// What is checked before anything is sent.
    pub validation: Validation,
    /// Whether every item is resolved and checked before the first runs (buffered batches).
    pub preflight: bool,
    /// How often a request is sent again by the transport; default 2.
    pub transport_retries: Option<u32>,
    /// Whether a stream holds its items, so that expressions see them all.
    pub buffer_items: bool,
}

/// What is checked before anything is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Validation {
    /// n8n's issues, limits, option lists, constraints, unknown parameters.
    #[default]
    Strict,
    /// n8n's issues.
    N8n,
    /// Only what the node itself refuses.
    Off,
}

impl Settings {
    /// The most items a request may ask to run at once.
    pub const MAX_CONCURRENCY: u64 = 1000;

    pub(super) fn read(mut fields: Fields<'_>) -> Self {
        let settings = Self {
            concurrency: fields.integer("concurrency", 1..=Self::MAX_CONCURRENCY).and_then(|n| usize::try_from(n).ok()),
            timeout_ms: fields.integer("timeoutMs", 1..=86_400_000),
            validation: fields
                .read("validation", "strict, n8n or off", |value| {
                    Some(match value.as_str()? {
                        "strict" => Validation::Strict,
                        "n8n" => Validation::N8n,
                        "off" => Validation::Off,
                        _ => return None,
                    })
                })
                .unwrap_or_default(),
            preflight: fields.boolean("preflight").unwrap_or_default(),
            transport_retries: fields.integer("transportRetries", 0..=10).and_then(|n| u32::try_from(n).ok()),
            buffer_items: fields.boolean("bufferItems").unwrap_or_default(),
        };
        fields.finish();
        settings
    }
}
