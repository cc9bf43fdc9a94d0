//! `application/x-ndjson`: a JSON value on each line, in requests and in answers.

mod lines;

pub(crate) use lines::{Line, LineError, Lines};
