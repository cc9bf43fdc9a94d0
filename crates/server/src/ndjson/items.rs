//! The items of a streamed body, one a line.

use futures::StreamExt;
use futures::stream;
use nodehost_runtime::{ErrorCode, InputError, InputStream, Item};

use super::{Line, LineError, Lines};

/// The remaining lines as items. The first that is none ends the stream.
pub(crate) fn items(lines: Lines) -> InputStream {
    let read = async |mut lines: Lines| {
        let item = match lines.next().await? {
            Ok(line) => item(&line),
            Err(error) => Err(input_error(&error)),
        };
        Some((item, lines))
    };
    stream::unfold(lines, read).boxed()
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
