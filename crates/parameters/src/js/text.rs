//! JavaScript strings: UTF-16 lengths, units and order over Rust's UTF-8.

use std::cmp::Ordering;

/// `text.length`.
pub(crate) fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

/// The character at a UTF-16 index. Half of a surrogate pair, which Rust cannot hold, is the whole
/// character.
pub(crate) fn unit(text: &str, index: usize) -> Option<&str> {
    let mut passed = 0;
    for (start, character) in text.char_indices() {
        passed += character.len_utf16();
        if index < passed {
            return Some(&text[start..start + character.len_utf8()]);
        }
    }
    None
}

/// Order by UTF-16 units, as `<` compares strings.
pub(crate) fn compare(left: &str, right: &str) -> Ordering {
    if left.is_ascii() && right.is_ascii() { left.cmp(right) } else { left.encode_utf16().cmp(right.encode_utf16()) }
}

/// JavaScript's white space: Unicode's, line ends and the byte order mark, without NEL.
pub(crate) fn is_space(character: char) -> bool {
    (character.is_whitespace() && character != '\u{85}') || character == '\u{feff}'
}

/// `text.trim()`.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}
