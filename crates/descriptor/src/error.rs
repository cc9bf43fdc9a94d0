//! What is wrong with a descriptor, and where.

use std::fmt;
use std::path::{Path, PathBuf};

/// A descriptor that cannot be used: the file, the place in it, what is wrong and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct DescriptorError {
    /// The file the descriptor came from, if it came from one.
    pub file: Option<PathBuf>,
    /// JSON pointer to the offending value, empty for the whole document.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

impl DescriptorError {
    /// An error at `pointer`, of no file yet.
    pub fn new(pointer: impl Into<String>, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { file: None, pointer: pointer.into(), message: message.into(), remedy: remedy.into() }
    }

    /// The same error, in `file`.
    #[must_use]
    pub fn in_file(mut self, file: &Path) -> Self {
        self.file.get_or_insert_with(|| file.to_owned());
        self
    }

    /// The same error, its pointer below `prefix`.
    #[must_use]
    pub(crate) fn below(mut self, prefix: &str) -> Self {
        self.pointer.insert_str(0, prefix);
        self
    }
}

impl fmt::Display for DescriptorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{}: ", file.display())?;
        }
        if !self.pointer.is_empty() {
            write!(f, "at {}: ", self.pointer)?;
        }
        write!(f, "{}. {}", self.message.trim_end_matches('.'), self.remedy)
    }
}

/// `token` as one step of a JSON pointer.
pub(crate) fn pointer_token(token: &str) -> String {
    if token.contains(['~', '/']) { token.replace('~', "~0").replace('/', "~1") } else { token.to_owned() }
}
