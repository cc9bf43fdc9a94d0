use serde::Serialize;
use serde_json::Value;

/// A request as it arrived, and how it was answered.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LoggedRequest {
    /// Its method.
    pub method: String,
    /// Its path, still percent-encoded.
    pub path: String,
    /// Its query parameters, decoded, in order.
    pub query: Vec<(String, String)>,
    /// Its headers, names in lower case; credentials are not kept.
    pub headers: Vec<(String, String)>,
    /// Its body: parsed where it is JSON, else its text, null where there was none.
    pub body: Value,
    /// The status of the answer; none where the connection was dropped.
    pub status: Option<u16>,
    /// Fields of the body that Halo's OpenAPI does not have; they are kept in the record all the same.
    pub unknown_fields: Vec<String>,
    /// Query parameters that Halo's OpenAPI does not have; they are ignored.
    pub unknown_query: Vec<String>,
    /// Halo's OpenAPI does not have this route.
    pub outside_open_api: bool,
}
