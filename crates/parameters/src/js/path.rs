//! Paths as lodash's `get` reads them: `a.b`, `a[0]`, `a["b.c"]`.

use super::Js;

/// A path: the text itself, which may be a key of its own, and its steps.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Path {
    pub(crate) key: Box<str>,
    /// The steps; a single one where the text is no path.
    pub(crate) steps: Vec<Box<str>>,
}

impl Path {
    pub(crate) fn parse(text: &str) -> Self {
        let steps = if is_deep(text) { steps(text) } else { vec![text.into()] };
        Self { key: text.into(), steps }
    }

    pub(crate) fn is_simple(&self) -> bool {
        self.steps.len() == 1 && self.steps[0] == self.key
    }

    /// `get(object, path)`.
    pub(crate) fn get<'a>(&self, object: Js<'a>) -> Js<'a> {
        if object.is_nothing() {
            return Js::Undefined;
        }
        if self.is_simple() || object.has_own(&self.key) {
            return object.get(&self.key);
        }
        self.descend(object)
    }

    /// Follows the steps, whatever keys the object itself has.
    pub(crate) fn descend<'a>(&self, object: Js<'a>) -> Js<'a> {
        if self.steps.is_empty() {
            return Js::Undefined;
        }
        self.steps.iter().fold(object, |value, step| value.get(step))
    }
}

/// Whether lodash takes the text for a path.
pub(crate) fn is_deep(text: &str) -> bool {
    text.contains('.') || (text.contains('[') && text[text.find('[').unwrap_or(0)..].contains(']'))
}

/// The steps of a path; `a..b` has an empty one in between, `a.` one at the end.
pub(crate) fn steps(text: &str) -> Vec<Box<str>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    if text.starts_with('.') {
        found.push("".into());
    }
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'.' => {
                at += 1;
                if at == bytes.len() || bytes[at] == b'.' || text[at..].starts_with("[]") {
                    found.push("".into());
                }
            }
            b'[' => at = bracket(text, at, &mut found),
            b']' => at += 1,
            _ => {
                let end = text[at..].find(['.', '[', ']']).map_or(text.len(), |length| at + length);
                found.push(text[at..end].into());
                at = end;
            }
        }
    }
    found
}

/// Reads `[...]` at `start`; answers where to go on.
fn bracket(text: &str, start: usize, found: &mut Vec<Box<str>>) -> usize {
    let inside = &text[start + 1..];
    if let Some(quote) = inside.chars().next().filter(|first| matches!(first, '"' | '\''))
        && let Some((step, length)) = quoted(&inside[1..], quote)
    {
        found.push(step.into());
        return start + 1 + 1 + length;
    }
    match inside.find(']') {
        Some(end) if is_number(&inside[..end]) => {
            found.push(inside[..end].into());
            start + 1 + end + 1
        }
        _ => start + 1,
    }
}

/// The text up to a closing quote and bracket, escapes undone, and the length read.
fn quoted(text: &str, quote: char) -> Option<(String, usize)> {
    let mut step = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        if character == '\\' {
            step.push(characters.next()?.1);
        } else if character == quote {
            return text[at + 1..].starts_with(']').then_some((step, at + 2));
        } else {
            step.push(character);
        }
    }
    None
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    all_digits(whole) && fraction.is_none_or(all_digits)
}
