//! What a command prints as its result.

/// Prints a line of the result. Who reads no further (`| head`) ends the command: hand the error on.
macro_rules! say {
    ($($what:tt)*) => {{
        use std::io::Write as _;
        writeln!(std::io::stdout(), $($what)*)
    }};
}

/// Whether a command ended since nobody reads what it prints.
pub(crate) fn is_unread(error: &anyhow::Error) -> bool {
    let is_broken_pipe = |io: &std::io::Error| io.kind() == std::io::ErrorKind::BrokenPipe;
    error.downcast_ref().is_some_and(is_broken_pipe)
}

pub(crate) use say;
