//! What came of cases.

use std::fmt;
use std::path::PathBuf;

use serde_json::Value;
use similar::TextDiff;

use crate::Difference;

/// The most differences of a case that are told one by one.
const TOLD: usize = 20;

/// What came of cases; its text tells the failed ones, with a diff each.
#[derive(Debug, Default)]
pub struct Report {
    /// The cases, by path.
    pub cases: Vec<CaseReport>,
}

/// What came of one case.
#[derive(Debug)]
pub struct CaseReport {
    /// The file it stands in.
    pub file: PathBuf,
    /// What it is called.
    pub name: String,
    /// Where it went another way; empty if it passed.
    pub differences: Vec<Difference>,
    /// What the case expects, and what was found, in the form of case files.
    pub(crate) expected: Value,
    pub(crate) found: Value,
}

impl Report {
    /// Whether all cases passed.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failed().next().is_none()
    }

    /// The cases that failed.
    pub fn failed(&self) -> impl Iterator<Item = &CaseReport> {
        self.cases.iter().filter(|case| !case.differences.is_empty())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for case in self.failed() {
            writeln!(f, "{case}")?;
        }
        let (all, failed) = (self.cases.len(), self.failed().count());
        match (all, failed) {
            (1, 0) => write!(f, "1 case passed"),
            (all, 0) => write!(f, "{all} cases passed"),
            (all, failed) => write!(f, "{failed} of {all} cases failed"),
        }
    }
}

impl fmt::Display for CaseReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.differences.is_empty() {
            return write!(f, "passed: {} ({})", self.file.display(), self.name);
        }
        writeln!(f, "failed: {} ({})", self.file.display(), self.name)?;
        for difference in self.differences.iter().take(TOLD) {
            writeln!(f, "  {difference}")?;
        }
        if let Some(more @ 1..) = self.differences.len().checked_sub(TOLD) {
            writeln!(f, "  and {more} more")?;
        }
        let (expected, found) = (pretty(&self.expected), pretty(&self.found));
        let diff = TextDiff::from_lines(&expected, &found);
        write!(f, "{}", diff.unified_diff().context_radius(3).header("expected", "found"))
    }
}

/// Sorted by key, so that only what differs is shown.
fn pretty(value: &Value) -> String {
    let mut value = value.clone();
    value.sort_all_objects();
    serde_json::to_string_pretty(&value).unwrap_or_default() + "\n"
}
