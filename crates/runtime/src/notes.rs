//! Warnings that come up while items run.

use std::sync::{Mutex, PoisonError};

use crate::Warning;

/// Warnings of one execution, each told once.
#[derive(Debug, Default)]
pub(crate) struct Notes(Mutex<Vec<Warning>>);

impl Notes {
    /// More than this many tell nothing new.
    const MOST: usize = 100;

    pub(crate) fn add(&self, warning: Warning) {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if notes.len() < Self::MOST && !notes.contains(&warning) {
            notes.push(warning);
        }
    }

    pub(crate) fn all(&self) -> Vec<Warning> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
