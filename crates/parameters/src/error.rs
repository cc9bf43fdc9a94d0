//! Where n8n throws instead of answering.

/// n8n would throw here, and so the parameters cannot be worked out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// The properties' conditions depend on each other in a circle.
    #[error("the display options of these parameters depend on each other, so no order resolves them all")]
    Dependencies,
    /// A value has a shape the descriptor's property cannot be read from.
    #[error("parameter \"{parameter}\": {reason}")]
    Shape {
        /// The property.
        parameter: String,
        /// What could not be done with the value.
        reason: &'static str,
    },
    /// A collection has no list of properties, a group no values.
    #[error("the descriptor gives \"{parameter}\" no properties to hold its value")]
    NoProperties {
        /// The property.
        parameter: String,
    },
    /// A display condition cannot be evaluated.
    #[error("the display options of \"{parameter}\" cannot be evaluated: {reason}")]
    Condition {
        /// The property.
        parameter: String,
        /// What is wrong with the condition.
        reason: String,
    },
    /// A regular expression is malformed or takes too long.
    #[error("parameter \"{parameter}\": {reason}")]
    Regex {
        /// The property.
        parameter: String,
        /// What is wrong with the expression.
        reason: String,
    },
}

impl ParameterError {
    pub(crate) fn shape(parameter: &str, reason: &'static str) -> Self {
        Self::Shape { parameter: parameter.to_owned(), reason }
    }
}
