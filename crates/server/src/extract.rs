//! What handlers take from a request; whatever is wrong with it is a problem.

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use http::request::Parts;
use nodehost_runtime::{ErrorCode, Host};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::body::{self, Taken};
use crate::guard::keys::Caller;
use crate::media::{self, Format};
use crate::problem::Problem;
use crate::state::AppState;

/// A call whose answer is JSON, and who makes it.
pub(crate) struct Asked {
    pub(crate) state: AppState,
    pub(crate) caller: Caller,
}

impl Asked {
    /// The host, as the caller may use it.
    pub(crate) fn host(&self) -> Host {
        self.state.host.for_caller(self.caller.name())
    }

    /// The full type of the node that the address names.
    pub(crate) fn node(&self, name: &str) -> Result<&str, Problem> {
        self.state.node_type(&self.caller, name).map_err(Problem::of_address)
    }
}

impl FromRequestParts<AppState> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        media::answer_format(&parts.headers, &[Format::Json])?;
        let caller = parts.extensions.get::<Caller>().cloned();
        let caller = caller.ok_or_else(|| Problem::new(ErrorCode::Unauthorized, "nobody is known to call"))?;
        Ok(Self { state: state.clone(), caller })
    }
}

/// The parts of the path that stand for something.
pub(crate) struct Address<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Address<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::from_request_parts(parts, state).await;
        path.map(|Path(path)| Self(path)).map_err(|error| Problem::new(ErrorCode::Malformed, error.body_text()))
    }
}

/// The query of the address.
pub(crate) struct Asking<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asking<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::from_request_parts(parts, state).await;
        query.map(|Query(query)| Self(query)).map_err(|error| Problem::new(ErrorCode::Malformed, error.body_text()))
    }
}

/// A body of JSON, read whole, and its room: it is held until the request is answered.
pub(crate) struct JsonBody(pub(crate) Value, pub(crate) Taken);

impl FromRequest<AppState> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        media::content_format(&parts.headers, &[Format::Json])?;
        let (value, room) = body::read(&parts.headers, Body::new(body), state).await?.parse().await?;
        Ok(Self(value, room))
    }
}
