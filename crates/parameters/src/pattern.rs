//! JavaScript's regular expressions, for those who read more of a descriptor than its parameters.

use crate::js::regexp::Regexp;

/// A compiled pattern of JavaScript's, in bounded time (docs/descriptors.md, Regular expressions).
#[derive(Debug)]
pub struct Pattern(Regexp);

impl Pattern {
    /// `new RegExp(pattern)`; the reason if it is none.
    ///
    /// # Errors
    /// The text is no pattern of JavaScript's, or too large.
    pub fn new(pattern: &str) -> Result<Self, String> {
        Regexp::new(pattern).map(Self).map_err(|error| error.to_string())
    }

    /// `regexp.exec(text)`: the match and its groups, those that took no part as `None`; nothing where the text does not
    /// match, or the pattern took too long.
    pub fn captures<'t>(&self, text: &'t str) -> Option<Vec<Option<&'t str>>> {
        self.0.captures(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_javascripts() {
        let word = Pattern::new(r"(\w+)").unwrap();
        assert_eq!(word.captures("東京 abc"), Some(vec![Some("abc"), Some("abc")]));
        assert_eq!(word.captures("東京"), None);
        assert_eq!(Pattern::new("a(b)?").unwrap().captures("a"), Some(vec![Some("a"), None]));
        assert_eq!(Pattern::new("(?<=x)(y)").unwrap().captures("xy"), Some(vec![Some("y"), Some("y")]));
        assert!(Pattern::new("(").is_err());
    }
}
