//! Where a value stands, put in words only when something is wrong with it.

use std::fmt::Write;

use super::token;

/// The way from the node's parameters to a value.
#[derive(Clone, Copy)]
pub(super) struct Trail<'t> {
    pub(super) before: Option<&'t Trail<'t>>,
    pub(super) step: Step<'t>,
}

/// One step of a trail.
#[derive(Clone, Copy)]
pub(super) enum Step<'t> {
    Name(&'t str),
    Index(usize),
}

impl<'t> Trail<'t> {
    pub(super) fn name(&'t self, name: &'t str) -> Self {
        Self { before: Some(self), step: Step::Name(name) }
    }

    pub(super) fn index(&'t self, index: usize) -> Self {
        Self { before: Some(self), step: Step::Index(index) }
    }

    /// As a JSON pointer.
    pub(super) fn pointer(&self) -> String {
        let mut text = self.before.map_or_else(String::new, Trail::pointer);
        text.push('/');
        match self.step {
            Step::Name(name) => text.push_str(&token(name)),
            Step::Index(index) => _ = write!(text, "{index}"),
        }
        text
    }

    /// As people write it: `fields.entry[0].name`.
    pub(super) fn path(&self) -> String {
        let mut text = self.before.map_or_else(String::new, Trail::path);
        match self.step {
            Step::Name(name) => {
                if self.before.is_some() {
                    text.push('.');
                }
                text.push_str(name);
            }
            Step::Index(index) => _ = write!(text, "[{index}]"),
        }
        text
    }
}
