//! `application/x-ndjson`: a JSON value on each line, in requests and in answers.

mod answer;
mod items;
mod lines;

pub(crate) use answer::body;
pub(crate) use items::{input_error, item, items};
pub(crate) use lines::{Line, LineError, Lines};
