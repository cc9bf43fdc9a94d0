//! The buffered answer of an execution, written item by item: as text they take a tenth of what values take.

use std::convert::Infallible;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures::stream;
use http::header;
use nodehost_expression::data;
use nodehost_runtime::{ExecutionResult, Item, Outcome};

use crate::json;
use crate::problem::Problem;

/// How much of an answer is in one piece.
const PIECE: usize = 64 * 1024;

/// Where the items stand in the answer. In a string the quotes would be escaped, so that only the key reads like this.
const PLACE: &[u8] = br#""data":null"#;

/// The items of an answer that is still to come.
pub(crate) struct Answer {
    outputs: Vec<Pieces>,
    failed: Option<serde_json::Error>,
}

/// Text in pieces that need not be moved as it grows.
#[derive(Default)]
struct Pieces {
    full: Vec<Bytes>,
    last: Vec<u8>,
}

impl Answer {
    pub(crate) fn with_outputs(outputs: usize) -> Self {
        let mut answer = Self { outputs: Vec::new(), failed: None };
        answer.outputs.resize_with(outputs, Pieces::default);
        answer
    }

    /// Writes the items of an outcome.
    pub(crate) fn take(&mut self, outcome: Outcome) {
        for (output, items) in outcome.outputs.into_iter().flatten() {
            if output >= self.outputs.len() {
                self.outputs.resize_with(output + 1, Pieces::default);
            }
            for item in &items {
                if let Err(error) = self.outputs[output].item(item) {
                    self.failed = Some(error);
                }
            }
        }
    }

    /// The answer, with the rest of the result around the items.
    pub(crate) fn finish(self, result: &ExecutionResult<()>) -> Result<Response, Problem> {
        let Self { outputs, failed } = self;
        let around = match failed {
            Some(error) => Err(error),
            None => data::to_json(result),
        };
        let around = around.map_err(|error| json::internal(&error))?;
        let place = around.windows(PLACE.len()).position(|text| text == PLACE).unwrap_or_default();
        let mut text = Pieces::default();
        text.add(&around[..place]);
        text.add(br#""data":{"main":["#);
        for (index, output) in outputs.into_iter().enumerate() {
            text.add(if index == 0 { b"[" } else { b",[" });
            text.append(output);
            text.add(b"]");
        }
        text.add(b"]}");
        text.add(&around[place + PLACE.len()..]);
        Ok(text.answer())
    }
}

impl Pieces {
    fn item(&mut self, item: &Item) -> Result<(), serde_json::Error> {
        if !(self.full.is_empty() && self.last.is_empty()) {
            self.last.push(b',');
        }
        data::write_json(&mut self.last, item)?;
        if self.last.len() >= PIECE {
            self.close();
            self.last.reserve(PIECE + PIECE / 8);
        }
        Ok(())
    }

    fn add(&mut self, text: &[u8]) {
        self.last.extend_from_slice(text);
    }

    fn append(&mut self, mut other: Self) {
        if !other.full.is_empty() {
            self.close();
            self.full.append(&mut other.full);
        }
        self.add(&other.last);
    }

    fn answer(mut self) -> Response {
        self.close();
        let length: usize = self.full.iter().map(Bytes::len).sum();
        let mut answer = json::text(Body::from_stream(stream::iter(self.full.into_iter().map(Ok::<_, Infallible>))));
        answer.headers_mut().insert(header::CONTENT_LENGTH, length.into());
        answer
    }

    /// Ends the last piece.
    fn close(&mut self) {
        if !self.last.is_empty() {
            self.full.push(std::mem::take(&mut self.last).into());
        }
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;
    use nodehost_runtime::{OutputData, Stats, Status};
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn an_answer_in_pieces_is_the_result_in_one() {
        let end = ExecutionResult {
            execution_id: r#"a","data":null"#.to_owned(),
            status: Status::Success,
            started_at: "2026-01-01T00:00:00.000Z".to_owned(),
            execution_time: 1,
            data: (),
            error: None,
            stats: Stats::default(),
            warnings: Vec::new(),
        };
        for (declared, given) in [(1, vec![]), (2, vec![(0, 1)]), (1, vec![(2, 3), (0, 700)]), (2, vec![(1, 2000)])] {
            let item = |n: usize| Item::new(json!({"n": n, "text": "\"data\":null".repeat(20)})).paired_with(n);
            let (mut answer, mut main) = (Answer::with_outputs(declared), vec![Vec::new(); declared]);
            for (output, count) in given {
                for n in 0..count {
                    let outputs = [(output, vec![item(n)])].into();
                    answer.take(Outcome { item_index: n, attempts: 1, outputs: Some(outputs), error: None });
                    main.resize(main.len().max(output + 1), Vec::new());
                    main[output].push(item(n));
                }
            }
            let answer = answer.finish(&end).unwrap();
            let length = answer.headers()[header::CONTENT_LENGTH].to_str().unwrap().parse::<usize>().unwrap();
            let text = answer.into_body().collect().await.unwrap().to_bytes();
            let whole = data::to_json(&end.clone().with_data(OutputData { main })).unwrap();
            assert_eq!((length, text.as_ref()), (text.len(), whole.as_slice()));
        }
    }
}
