//! JavaScript regular expressions in bounded time.
//!
//! A pattern is parsed by JavaScript's own grammar and written again for the `regex` crate, whose
//! time is linear in the text. Lookaround and back-references, which no linear engine has, go to
//! `fancy-regex` under a limit of steps. Both search by characters and not by UTF-16 units.

use std::fmt::Write;

use oxc_allocator::Allocator;
use oxc_regular_expression::ast::{
    Alternative, BoundaryAssertionKind, CharacterClass, CharacterClassContents, CharacterClassEscapeKind, Disjunction,
    LookAroundAssertionKind, Modifier, Quantifier, Term,
};
use oxc_regular_expression::{LiteralParser, Options};

/// Steps back a pattern may take; then it counts as timed out, as n8n stops one after 250 ms.
const BACKTRACK_LIMIT: usize = 200_000;
/// What a compiled pattern may take in memory.
const SIZE_LIMIT: usize = 4 << 20;
/// Patterns longer than this are refused.
const MAX_LENGTH: usize = 64 << 10;
/// Groups nested deeper than this are refused.
const MAX_DEPTH: usize = 100;

/// A compiled pattern.
#[derive(Debug)]
pub(crate) enum Regexp {
    Linear(regex::Regex),
    Bounded(Box<fancy_regex::Regex>),
}

/// Why a pattern cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RegexpError {
    #[error("Invalid regular expression: {0}")]
    Invalid(String),
    #[error("Regular expression execution timed out")]
    TimedOut,
}

impl Regexp {
    /// `new RegExp(pattern)`.
    pub(crate) fn new(pattern: &str) -> Result<Self, RegexpError> {
        let invalid = |message: &str| RegexpError::Invalid(message.to_owned());
        if pattern.len() > MAX_LENGTH || depth(pattern) > MAX_DEPTH {
            return Err(invalid("the pattern is too large"));
        }
        let allocator = Allocator::default();
        let parsed = LiteralParser::new(&allocator, pattern, Some(""), Options::default()).parse();
        let parsed = parsed.map_err(|error| invalid(&error.to_string()))?;
        let mut writer = Writer::default();
        writer.disjunction(&parsed.body);
        if writer.needs_backtracking {
            let built = fancy_regex::RegexBuilder::new(&writer.out)
                .backtrack_limit(BACKTRACK_LIMIT)
                .delegate_size_limit(SIZE_LIMIT)
                .build();
            return built.map(|regex| Self::Bounded(Box::new(regex))).map_err(|error| invalid(&error.to_string()));
        }
        let built = regex::RegexBuilder::new(&writer.out).size_limit(SIZE_LIMIT).build();
        built.map(Self::Linear).map_err(|error| invalid(&error.to_string()))
    }

    /// `regexp.test(text)`.
    pub(crate) fn test(&self, text: &str) -> Result<bool, RegexpError> {
        match self {
            Self::Linear(regex) => Ok(regex.is_match(text)),
            Self::Bounded(regex) => regex.is_match(text).map_err(|_| RegexpError::TimedOut),
        }
    }

    /// `regexp.exec(text)`; nothing where it took too long.
    pub(crate) fn captures<'t>(&self, text: &'t str) -> Option<Vec<Option<&'t str>>> {
        match self {
            Self::Linear(regex) => {
                let found = regex.captures(text)?;
                Some(found.iter().map(|group| group.map(|group| group.as_str())).collect())
            }
            Self::Bounded(regex) => {
                let found = regex.captures(text).ok()??;
                Some(found.iter().map(|group| group.map(|group| group.as_str())).collect())
            }
        }
    }
}

fn depth(pattern: &str) -> usize {
    let mut open = 0usize;
    let mut deepest = 0;
    for byte in pattern.bytes() {
        match byte {
            b'(' | b'[' => open += 1,
            b')' | b']' => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest
}

/// White space as JavaScript's `\s` has it, inside a class.
const SPACE: &str = r"\t-\r \u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\u{feff}";

/// Writes a parsed pattern in the syntax of the `regex` crate.
#[derive(Default)]
struct Writer {
    out: String,
    needs_backtracking: bool,
}

impl Writer {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn disjunction(&mut self, disjunction: &Disjunction<'_>) {
        for (index, alternative) in disjunction.body.iter().enumerate() {
            if index > 0 {
                self.push("|");
            }
            self.alternative(alternative);
        }
    }

    fn alternative(&mut self, alternative: &Alternative<'_>) {
        for term in &alternative.body {
            self.term(term);
        }
    }

    fn term(&mut self, term: &Term<'_>) {
        match term {
            Term::BoundaryAssertion(assertion) => self.push(match assertion.kind {
                BoundaryAssertionKind::Start => r"\A",
                BoundaryAssertionKind::End => r"\z",
                BoundaryAssertionKind::Boundary => r"(?-u:\b)",
                BoundaryAssertionKind::NegativeBoundary => r"(?-u:\B)",
            }),
            Term::LookAroundAssertion(look) => {
                self.needs_backtracking = true;
                self.push(match look.kind {
                    LookAroundAssertionKind::Lookahead => "(?=",
                    LookAroundAssertionKind::NegativeLookahead => "(?!",
                    LookAroundAssertionKind::Lookbehind => "(?<=",
                    LookAroundAssertionKind::NegativeLookbehind => "(?<!",
                });
                self.disjunction(&look.body);
                self.push(")");
            }
            Term::Quantifier(quantifier) => self.quantifier(quantifier),
            Term::Character(character) => self.character(character.value),
            Term::Dot(_) => self.push(r"[^\n\r\u{2028}\u{2029}]"),
            Term::CharacterClassEscape(escape) => self.class_escape(escape.kind),
            Term::UnicodePropertyEscape(_) => self.push("[a&&b]"),
            Term::CharacterClass(class) => self.class(class),
            Term::CapturingGroup(group) => {
                match &group.name {
                    Some(name) => _ = write!(self.out, "(?P<{name}>"),
                    None => self.push("("),
                }
                self.disjunction(&group.body);
                self.push(")");
            }
            Term::IgnoreGroup(group) => {
                let folds_case =
                    group.modifiers.as_ref().is_some_and(|modifiers| modifiers.enabling.contains(Modifier::I));
                self.push(if folds_case { "(?i:" } else { "(?:" });
                self.disjunction(&group.body);
                self.push(")");
            }
            Term::IndexedReference(reference) => {
                self.needs_backtracking = true;
                _ = write!(self.out, "(?:\\{})", reference.index);
            }
            Term::NamedReference(reference) => {
                self.needs_backtracking = true;
                _ = write!(self.out, "(?:\\k<{}>)", reference.name);
            }
        }
    }

    fn quantifier(&mut self, quantifier: &Quantifier<'_>) {
        self.push("(?:");
        self.term(&quantifier.body);
        self.push(")");
        match (quantifier.min, quantifier.max) {
            (0, None) => self.push("*"),
            (1, None) => self.push("+"),
            (0, Some(1)) => self.push("?"),
            (min, None) => _ = write!(self.out, "{{{min},}}"),
            (min, Some(max)) => _ = write!(self.out, "{{{min},{max}}}"),
        }
        if !quantifier.greedy {
            self.push("?");
        }
    }

    /// A character by its number; half of a surrogate pair matches nothing Rust's text can hold.
    fn character(&mut self, value: u32) {
        match char::from_u32(value) {
            Some(character) if character.is_ascii_alphanumeric() => self.out.push(character),
            Some(_) => _ = write!(self.out, "\\x{{{value:x}}}"),
            None => self.push("[a&&b]"),
        }
    }

    fn class_escape(&mut self, kind: CharacterClassEscapeKind) {
        self.push("[");
        self.class_escape_inside(kind);
        self.push("]");
    }

    fn class_escape_inside(&mut self, kind: CharacterClassEscapeKind) {
        match kind {
            CharacterClassEscapeKind::D => self.push("0-9"),
            CharacterClassEscapeKind::NegativeD => self.push("[^0-9]"),
            CharacterClassEscapeKind::W => self.push("A-Za-z0-9_"),
            CharacterClassEscapeKind::NegativeW => self.push("[^A-Za-z0-9_]"),
            CharacterClassEscapeKind::S => self.push(SPACE),
            CharacterClassEscapeKind::NegativeS => _ = write!(self.out, "[^{SPACE}]"),
        }
    }

    fn class(&mut self, class: &CharacterClass<'_>) {
        if class.body.is_empty() {
            return self.push(if class.negative { r"[\s\S]" } else { "[a&&b]" });
        }
        self.push(if class.negative { "[^" } else { "[" });
        for part in &class.body {
            match part {
                CharacterClassContents::CharacterClassRange(range) => {
                    self.class_range(range.min.value, range.max.value);
                }
                CharacterClassContents::CharacterClassEscape(escape) => self.class_escape_inside(escape.kind),
                CharacterClassContents::Character(character) => self.class_range(character.value, character.value),
                // Only in the unicode modes, which no pattern of a descriptor has.
                CharacterClassContents::UnicodePropertyEscape(_)
                | CharacterClassContents::NestedCharacterClass(_)
                | CharacterClassContents::ClassStringDisjunction(_) => {}
            }
        }
        self.push("]");
    }

    /// A range without the surrogates in it.
    fn class_range(&mut self, min: u32, max: u32) {
        let parts = [(min, max.min(0xd7ff)), (min.max(0xe000), max)];
        for (min, max) in parts.into_iter().filter(|(min, max)| min <= max) {
            _ = write!(self.out, "\\x{{{min:x}}}-\\x{{{max:x}}}");
        }
        if (0xd800..=0xdfff).contains(&min) && max <= 0xdfff {
            self.push("[a&&b]");
        }
    }
}
