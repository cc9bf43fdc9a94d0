//! A request's body, line by line, read no faster than lines are taken.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use tokio::time::{Instant, timeout_at};

use crate::body::{Full, Room, Taken};

/// A line of a body, without its end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its number, from 1, empty lines counted.
    pub(crate) number: u64,
    pub(crate) text: Bytes,
}

/// Why there is no further line.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LineError {
    #[error("line {number} is longer than {limit} bytes (max-body-bytes)")]
    TooLong { number: u64, limit: usize },
    #[error("line {number} did not arrive within {} s (body-timeout)", patience.as_secs_f64())]
    Slow { number: u64, patience: Duration },
    #[error("line {number} cannot be held: {full}")]
    NoRoom { number: u64, full: Full },
    #[error("the body broke off in line {number}: {reason}")]
    BrokenOff { number: u64, reason: String },
}

/// The lines of a body that are not empty.
pub(crate) struct Lines {
    body: BodyDataStream,
    buffer: BytesMut,
    /// The room for bodies, and what the buffer takes of it: a client that stops in a long line holds no more than others.
    room: Room,
    taken: Taken,
    /// How much of the buffer is known to hold no line end.
    scanned: usize,
    number: u64,
    limit: usize,
    /// How long a line may take from its first byte. Between lines a client may take its time.
    patience: Duration,
    /// When the line that is being read has to be there.
    due: Option<Instant>,
    ended: bool,
}

impl Lines {
    pub(crate) fn new(body: Body, limit: usize, patience: Duration, room: Room) -> Self {
        Self {
            body: body.into_data_stream(),
            buffer: BytesMut::new(),
            room,
            taken: Taken::default(),
            scanned: 0,
            number: 0,
            limit,
            patience,
            due: None,
            ended: false,
        }
    }

    /// The next line; after an error there is none.
    pub(crate) async fn next(&mut self) -> Option<Result<Line, LineError>> {
        loop {
            if let Some(line) = self.take_line() {
                match line {
                    Ok(line) if line.text.is_empty() => continue,
                    other => return Some(other),
                }
            }
            if self.ended {
                return None;
            }
            match self.chunk().await {
                Err(patience) => return Some(self.fail(|number| LineError::Slow { number, patience })),
                Ok(chunk) => match chunk {
                    Some(Ok(data)) => {
                        self.buffer.extend_from_slice(&data);
                        if let Err(full) = self.room.fit(&mut self.taken, self.buffer.len()) {
                            return Some(self.fail(|number| LineError::NoRoom { number, full }));
                        }
                    }
                    Some(Err(error)) => {
                        return Some(self.fail(|number| LineError::BrokenOff { number, reason: error.to_string() }));
                    }
                    None => self.ended = true,
                },
            }
        }
    }

    /// More of the body; fails if a line has begun and does not come to its end in time.
    async fn chunk(&mut self) -> Result<Option<Result<Bytes, axum::Error>>, Duration> {
        if self.buffer.is_empty() {
            self.due = None;
            return Ok(self.body.next().await);
        }
        let due = *self.due.get_or_insert_with(|| Instant::now() + self.patience);
        timeout_at(due, self.body.next()).await.map_err(|_| self.patience)
    }

    /// A whole line of the buffer, or what is left of it once the body has ended.
    fn take_line(&mut self) -> Option<Result<Line, LineError>> {
        let end = self.buffer[self.scanned..].iter().position(|byte| *byte == b'\n').map(|at| at + self.scanned);
        let length = match end {
            Some(end) => end,
            None if self.ended && !self.buffer.is_empty() => self.buffer.len(),
            None => {
                self.scanned = self.buffer.len();
                let limit = self.limit;
                let too_long = self.scanned > limit;
                return too_long.then(|| self.fail(|number| LineError::TooLong { number, limit }));
            }
        };
        if length > self.limit {
            let limit = self.limit;
            return Some(self.fail(|number| LineError::TooLong { number, limit }));
        }
        let text = self.buffer.split_to(length).freeze();
        if end.is_some() {
            drop(self.buffer.split_to(1));
        }
        // It is less than before.
        let _ = self.room.fit(&mut self.taken, self.buffer.len());
        self.scanned = 0;
        self.due = None;
        self.number += 1;
        Some(Ok(Line { number: self.number, text: trimmed(&text) }))
    }

    fn fail(&mut self, error: impl FnOnce(u64) -> LineError) -> Result<Line, LineError> {
        self.ended = true;
        self.buffer = BytesMut::new();
        self.taken = Taken::default();
        self.scanned = 0;
        Err(error(self.number + 1))
    }
}

fn trimmed(text: &Bytes) -> Bytes {
    let start = text.len() - text.trim_ascii_start().len();
    let end = text.trim_ascii_end().len().max(start);
    text.slice(start..end)
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;

    async fn lines(chunks: &[&'static str], limit: usize) -> Vec<Result<(u64, String), LineError>> {
        let chunks: Vec<_> =
            chunks.iter().map(|chunk| Ok::<_, std::io::Error>(Bytes::from_static(chunk.as_bytes()))).collect();
        let body = Body::from_stream(stream::iter(chunks));
        let mut lines = Lines::new(body, limit, Duration::from_secs(30), Room::of(4096));
        let mut read = Vec::new();
        while let Some(line) = lines.next().await {
            read.push(line.map(|line| (line.number, String::from_utf8(line.text.to_vec()).unwrap())));
        }
        read
    }

    fn line(number: u64, text: &str) -> Result<(u64, String), LineError> {
        Ok((number, text.to_owned()))
    }

    #[tokio::test]
    async fn lines_are_put_together_from_chunks() {
        assert_eq!(
            lines(&["{\"a\"", ":1}\n{}", "\r\n", "\n[]"], 100).await,
            [line(1, "{\"a\":1}"), line(2, "{}"), line(4, "[]")]
        );
        assert_eq!(lines(&["a\nb\n"], 100).await, [line(1, "a"), line(2, "b")]);
        assert_eq!(lines(&[], 100).await, []);
        assert_eq!(lines(&["\n \n"], 100).await, []);
    }

    #[tokio::test]
    async fn a_long_line_ends_the_reading() {
        let too_long = |number| Err(LineError::TooLong { number, limit: 3 });
        assert_eq!(lines(&["abc\nabcd\nx\n"], 3).await, [line(1, "abc"), too_long(2)]);
        assert_eq!(lines(&["ab", "cd", "ef"], 3).await, [too_long(1)]);
    }

    #[tokio::test]
    async fn lines_take_room_until_they_are_given_on() {
        let chunks = || stream::iter(["a".repeat(1500), "\nb".to_owned()].map(Ok::<_, std::io::Error>));
        let room = Room::of(2048);
        let lines = || Lines::new(Body::from_stream(chunks()), 4096, Duration::from_secs(30), room.clone());
        let mut first = lines();
        assert_eq!(first.next().await.unwrap().unwrap().text.len(), 1500);
        let mut beside = Taken::default();
        room.fit(&mut beside, 1024).unwrap();
        // What has begun of the next line, and what is taken beside it.
        for taken in [Some(beside), None] {
            assert!(matches!(lines().next().await, Some(Err(LineError::NoRoom { number: 1, .. }))));
            drop(taken);
        }
        drop(first);
        assert!(lines().next().await.unwrap().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_line_that_has_begun_must_come_to_its_end() {
        let pause = |seconds| tokio::time::sleep(Duration::from_secs(seconds));
        let chunks = stream::unfold(0, move |step| async move {
            match step {
                // Between lines nothing presses.
                0 => pause(100).await,
                1 => pause(20).await,
                _ => pause(11).await,
            }
            Some((Ok::<_, std::io::Error>(Bytes::from_static(if step == 0 { b"a\nb" } else { b"b" })), step + 1))
        });
        let mut lines = Lines::new(Body::from_stream(chunks), 100, Duration::from_secs(30), Room::of(4096));
        assert_eq!(lines.next().await.unwrap().unwrap().text, "a");
        let slow = LineError::Slow { number: 2, patience: Duration::from_secs(30) };
        assert_eq!(lines.next().await, Some(Err(slow)));
        assert_eq!(lines.next().await, None);
    }
}
