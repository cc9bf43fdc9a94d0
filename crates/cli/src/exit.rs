//! How the command ends: what a script can tell from its exit code.

use std::process::ExitCode;

/// The exit codes, the same for every command. Documented in `--help` and in the README.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: all went well; every item succeeded.
    Success,
    /// 1: the command itself failed: a file, an address, a defect.
    Failure,
    /// 3: the execution ran, and at least one item failed; an expression or a credential failed.
    ItemsFailed,
    /// 4: the request, or a definition, was refused; nothing ran.
    Refused,
    /// 5: the execution was cut short, by its timeout or by a signal.
    Canceled,
}

/// The codes as `--help` explains them. 2 is clap's.
pub(crate) const HELP: &str = "\
Exit codes:
  0  success: every item succeeded
  1  the command failed (a file, an address, a defect)
  2  wrong usage
  3  the execution ran, and at least one item failed; the expression, the credential, the case failed
  4  the request, or a definition, was refused, and nothing ran
  5  the execution was cut short, by its timeout or by a signal";

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Success => 0,
            Exit::Failure => 1,
            Exit::ItemsFailed => 3,
            Exit::Refused => 4,
            Exit::Canceled => 5,
        })
    }
}
