//! The id under which a request is found in logs: the client's own, or a new one.

use http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Longer ids are replaced: they would be copied into every log line of the request.
const MAX_LENGTH: usize = 128;

/// The id of a request, kept in its extensions and sent back in `x-request-id`.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) HeaderValue);

impl RequestId {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let sent = headers.get(HEADER).filter(|value| {
            let bytes = value.as_bytes();
            !bytes.is_empty() && bytes.len() <= MAX_LENGTH && bytes.iter().all(u8::is_ascii_graphic)
        });
        Self(sent.cloned().unwrap_or_else(Self::fresh))
    }

    pub(crate) fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    fn fresh() -> HeaderValue {
        HeaderValue::from_str(&Uuid::now_v7().to_string()).expect("a UUID is a header value")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_keeps_its_id_unless_it_is_unfit_for_logs() {
        let id = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(HEADER, value.parse().unwrap());
            RequestId::of(&headers).as_str().to_owned()
        };
        assert_eq!(id("abc-1"), "abc-1");
        assert_eq!(id("with space").len(), 36);
        assert_eq!(id(&"x".repeat(129)).len(), 36);
        assert_eq!(RequestId::of(&HeaderMap::new()).as_str().len(), 36);
    }
}
