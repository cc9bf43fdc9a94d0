//! When a property is shown.

use serde_json::{Map, Value};

/// `displayOptions` (or `disabledOptions`): rules that compare other parameters' values.
///
/// Each rule maps a parameter (a sibling's path, `/root.path`, `@version`, `@tool`, `@feature`) to
/// the values it may have, literal or as a condition `{"_cnd": {...}}`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DisplayOptions {
    rules: Map<String, Value>,
}

impl DisplayOptions {
    /// Options with these rules: `show`, `hide`.
    pub fn from_rules(rules: Map<String, Value>) -> Self {
        Self { rules }
    }

    /// All of these have to match for the property to be shown.
    pub fn show(&self) -> Option<&Value> {
        self.rules.get("show")
    }

    /// Any of these that matches hides the property.
    pub fn hide(&self) -> Option<&Value> {
        self.rules.get("hide")
    }

    /// Everything that stands there, `show` and `hide` included.
    pub fn rules(&self) -> &Map<String, Value> {
        &self.rules
    }
}
