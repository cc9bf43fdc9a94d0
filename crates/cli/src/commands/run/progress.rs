//! How far a long batch has come, on a terminal; in a pipe there is nothing.

use std::io::{IsTerminal, stderr};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Below this many items there is no progress to be shown.
const LONG_BATCH: usize = 50;

/// A bar on standard error.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// For a batch of so many items.
    pub(super) fn of(items: usize) -> Self {
        if items <= LONG_BATCH || !stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::with_draw_target(Some(items as u64), ProgressDrawTarget::stderr());
        let template = "{bar:30} {human_pos} of {human_len} items, {elapsed} gone, about {eta} to go";
        let style = ProgressStyle::with_template(template).expect("the template is one").progress_chars("=> ");
        bar.set_style(style);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// One more item is done.
    pub(super) fn advance(&self) {
        self.0.inc(1);
    }

    /// Prints beside the bar.
    pub(super) fn beside<R>(&self, print: impl FnOnce() -> R) -> R {
        self.0.suspend(print)
    }

    /// Takes the bar away: the results tell the rest.
    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
    }
}
