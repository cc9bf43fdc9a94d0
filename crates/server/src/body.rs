//! Reading a request's body whole, under limits of size, of time, and of what all bodies together may take.

use std::sync::Arc;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, header};
use http_body_util::BodyExt;
use nodehost_runtime::ErrorCode;
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::batch::Batch;
use crate::config::ServerConfig;
use crate::json;
use crate::problem::Problem;
use crate::state::AppState;

/// The unit in which room for bodies is given out.
const KIB: usize = 1024;

/// How much of an announced length is made room for before anything has come.
const AHEAD: usize = 4 * 1024 * KIB;

/// The room for bodies that are held at the same time. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Room {
    free: Arc<Semaphore>,
    bytes: usize,
}

/// Room that is taken; free again once it is dropped.
#[derive(Default)]
pub(crate) struct Taken(Option<OwnedSemaphorePermit>);

/// There is no room left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bodies of all requests under way may take {bytes} bytes (max-held-bytes)")]
pub(crate) struct Full {
    bytes: usize,
}

/// A body that was read, and its room.
pub(crate) struct Held {
    text: Bytes,
    room: Taken,
}

impl Room {
    pub(crate) fn of(bytes: usize) -> Self {
        Self { free: Arc::new(Semaphore::new((bytes / KIB).min(Semaphore::MAX_PERMITS))), bytes }
    }

    /// Makes what is taken as much as so many bytes need: takes more, or gives some back.
    pub(crate) fn fit(&self, taken: &mut Taken, bytes: usize) -> Result<(), Full> {
        let (needed, has) = (bytes.div_ceil(KIB), taken.0.as_ref().map_or(0, OwnedSemaphorePermit::num_permits));
        if needed <= has {
            drop(taken.0.as_mut().and_then(|taken| taken.split(has - needed)));
            return Ok(());
        }
        let more = Arc::clone(&self.free).try_acquire_many_owned(u32::try_from(needed - has).unwrap_or(u32::MAX));
        let more = more.map_err(|_| Full { bytes: self.bytes })?;
        match &mut taken.0 {
            Some(taken) => taken.merge(more),
            None => taken.0 = Some(more),
        }
        Ok(())
    }
}

impl From<Full> for Problem {
    fn from(full: Full) -> Self {
        Self::new(ErrorCode::TooManyRequests, full.to_string()).with_retry_after(1)
    }
}

impl Held {
    /// Parses the body: whoever keeps the value keeps the room.
    pub(crate) async fn parse(self) -> Result<(Value, Taken), Problem> {
        let Self { text, room } = self;
        let value = json::off_worker(json::is_large(&text), move || json::parse_body(&text)).await??;
        Ok((value, room))
    }

    /// Reads the body as a batch: whoever keeps its items keeps the room.
    pub(crate) async fn batch(self) -> Result<(Batch, Taken), Problem> {
        Ok((Batch::read(self.text).await?, self.room))
    }
}

/// Reads the body to its end.
pub(crate) async fn read(headers: &HeaderMap, body: Body, state: &AppState) -> Result<Held, Problem> {
    let limit = state.config.max_body_bytes;
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(too_large(limit));
    }
    // A buffer that grows is copied in each step; one that is not filled has only taken addresses.
    let ahead = announced.map_or(0, |length| usize::try_from(length).unwrap_or(AHEAD).min(AHEAD));
    let read = BytesMut::with_capacity(ahead);
    match tokio::time::timeout(state.config.body_timeout, collect(body, read, limit, &state.room)).await {
        Ok(read) => read,
        Err(_) => Err(slow(&state.config)),
    }
}

/// The body takes too long.
pub(crate) fn slow(config: &ServerConfig) -> Problem {
    let seconds = config.body_timeout.as_secs_f64();
    Problem::new(ErrorCode::SlowBody, format!("the body did not arrive within {seconds} s (body-timeout)"))
}

async fn collect(mut body: Body, mut read: BytesMut, limit: usize, room: &Room) -> Result<Held, Problem> {
    let mut taken = Taken::default();
    while let Some(frame) = body.frame().await {
        let frame =
            frame.map_err(|error| Problem::new(ErrorCode::Malformed, format!("the body broke off: {error}")))?;
        let Ok(data) = frame.into_data() else { continue };
        if read.len() + data.len() > limit {
            return Err(too_large(limit));
        }
        room.fit(&mut taken, read.len() + data.len())?;
        read.extend_from_slice(&data);
    }
    Ok(Held { text: read.freeze(), room: taken })
}

fn too_large(limit: usize) -> Problem {
    Problem::new(
        ErrorCode::LimitExceeded,
        format!(
            "the body is larger than {limit} bytes (max-body-bytes); send the items in several requests, or stream them"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_given_out_once() {
        let room = Room::of(4 * KIB);
        let (mut first, mut second) = (Taken::default(), Taken::default());
        room.fit(&mut first, 1).unwrap();
        room.fit(&mut first, KIB).unwrap();
        room.fit(&mut second, 3 * KIB).unwrap();
        assert_eq!(room.fit(&mut first, KIB + 1), Err(Full { bytes: 4 * KIB }));
        assert_eq!(Problem::from(Full { bytes: 1 }).code(), ErrorCode::TooManyRequests);
        room.fit(&mut second, 2 * KIB).unwrap();
        room.fit(&mut first, KIB + 1).unwrap();
        drop(second);
        room.fit(&mut first, 4 * KIB).unwrap();
    }
}
