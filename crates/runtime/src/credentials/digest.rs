//! Digest authentication: the server asks, the request is repeated with the answer.

use std::sync::{Mutex, PoisonError};

use digest_auth::{AuthContext, HttpMethod, WwwAuthenticateHeader};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::secret::Secret;
use crate::egress::{IncomingResponse, OutgoingRequest, RequestBody};

/// A user, and what the server asked last: later requests answer it at once.
pub(crate) struct Digest {
    user: String,
    password: Secret,
    challenge: Mutex<Option<WwwAuthenticateHeader>>,
}

impl Digest {
    pub(crate) fn new(user: &str, password: &str) -> Self {
        Self { user: user.to_owned(), password: password.into(), challenge: Mutex::default() }
    }

    /// Answers the challenge that is known, if there is one.
    pub(crate) fn sign(&self, request: &mut OutgoingRequest) {
        let mut challenge = self.challenge.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(known) = challenge.as_mut() else { return };
        let path = match request.url.query() {
            Some(query) => format!("{}?{query}", request.url.path()),
            None => request.url.path().to_owned(),
        };
        let body = match &request.body {
            RequestBody::Bytes(bytes) => Some(bytes.as_ref()),
            RequestBody::Empty | RequestBody::Stream(_) => None,
        };
        let method = HttpMethod::from(request.method.as_str());
        let context =
            AuthContext::new_with_method(self.user.as_str(), self.password.expose(), path.as_str(), body, method);
        let answer =
            known.respond(&context).ok().and_then(|answer| HeaderValue::try_from(answer.to_header_string()).ok());
        if let Some(mut value) = answer {
            value.set_sensitive(true);
            request.headers.insert(header::AUTHORIZATION, value);
        }
    }

    /// Takes in what the server asks; whether there is something to answer.
    pub(crate) fn is_asked(&self, response: &IncomingResponse) -> bool {
        if response.status != StatusCode::UNAUTHORIZED {
            return false;
        }
        let asked = challenge(&response.headers);
        let is_asked = asked.is_some();
        *self.challenge.lock().unwrap_or_else(PoisonError::into_inner) = asked;
        is_asked
    }
}

fn challenge(headers: &HeaderMap) -> Option<WwwAuthenticateHeader> {
    let texts = headers.get_all(header::WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
    texts.filter(|text| text.trim_start().to_ascii_lowercase().starts_with("digest")).find_map(|text| text.parse().ok())
}
