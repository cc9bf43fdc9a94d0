//! Which answers mean that an access token is no longer accepted.

use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use crate::egress::IncomingResponse;

/// An answer that means that the access token is no longer accepted: a host extension of credential descriptors,
/// `"tokenRejected": [{ "status": 400, "body": "expired" }]`, beside 401, which always means it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rejection {
    status: u16,
    /// A text the body must contain, in whatever case.
    #[serde(default)]
    body: Option<String>,
}

/// Reads `tokenRejected`.
pub(crate) fn rejections(value: Option<&Value>) -> Result<Vec<Rejection>, String> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let mut rejections: Vec<Rejection> =
        serde_json::from_value(value.clone()).map_err(|error| format!("tokenRejected: {error}"))?;
    for rejection in &mut rejections {
        rejection.body = rejection.body.take().map(|text| text.to_lowercase());
    }
    Ok(rejections)
}

/// Whether an answer means that the token is no longer accepted.
pub(crate) fn is_rejection(response: &IncomingResponse, rules: &[Rejection], statuses_in_data: Option<&[u16]>) -> bool {
    let status = response.status;
    // With a status of its own in the data, 401 stays what it is: no permission, say.
    if statuses_in_data.map_or(status == StatusCode::UNAUTHORIZED, |expired| expired.contains(&status.as_u16())) {
        return true;
    }
    rules.iter().any(|rule| {
        rule.status == status.as_u16()
            && rule
                .body
                .as_ref()
                .is_none_or(|text| String::from_utf8_lossy(&response.body).to_lowercase().contains(text.as_str()))
    })
}
