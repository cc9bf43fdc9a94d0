//! The items of a streamed body, one a line.

use futures::StreamExt;
use futures::stream;
use nodehost_runtime::{ErrorCode, InputError, InputStream, Item};

use super::{Line, LineError, Lines};

/// The remaining lines as items. The first that is none ends the stream, and so does one more than `most`, if there is a
/// most: an answer that is held whole must have a bound.
pub(crate) fn items(lines: Lines, most: Option<usize>) -> InputStream {
    let read = move |(mut lines, count): (Lines, usize)| async move {
        let item = match lines.next().await? {
            Ok(_) if most.is_some_and(|most| count >= most) => Err(InputError {
                code: ErrorCode::LimitExceeded,
                message: format!(
                    "an answer of JSON holds the outcomes of {count} items at most (max-items); \
                     ask for application/x-ndjson to run any number"
                ),
            }),
            Ok(line) => item(&line),
            Err(error) => Err(input_error(&error)),
        };
        Some((item, (lines, count + 1)))
    };
    stream::unfold((lines, 0), read).boxed()
}

/// The item of a line.
pub(crate) fn item(line: &Line) -> Result<Item, InputError> {
    let number = line.number;
    let malformed = |message: String| InputError { code: ErrorCode::MalformedLine, message };
    let value =
        crate::json::parse(&line.text).map_err(|error| malformed(format!("line {number} is not JSON: {error}")))?;
    Item::from_value(value, String::new).map_err(|error| {
        let place = if error.pointer.is_empty() { String::new() } else { format!(" at {}", error.pointer) };
        malformed(format!("line {number} is not an item{place}: {}", error.message))
    })
}

pub(crate) fn input_error(error: &LineError) -> InputError {
    let code = match error {
        LineError::TooLong { .. } => ErrorCode::LimitExceeded,
        LineError::Slow { .. } => ErrorCode::SlowBody,
        LineError::NoRoom { .. } => ErrorCode::TooManyRequests,
        LineError::BrokenOff { .. } => ErrorCode::MalformedLine,
    };
    InputError { code, message: error.to_string() }
}
