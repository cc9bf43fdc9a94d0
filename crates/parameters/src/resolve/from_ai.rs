//! `$fromAI(...)`: a value that an AI tool call fills in.

use crate::js::text;

/// Starts the text of a placeholder that n8n's editor wrote.
const MARKER: &str = "/*n8n-auto-generated-fromAI-override*/";

/// Whether an expression is a single `$fromAI()` call with literal arguments and nothing else.
pub(crate) fn is_from_ai_only(expression: &str) -> bool {
    let text = text::trim(expression.strip_prefix('=').unwrap_or(expression));
    let inside = text.strip_prefix("{{").and_then(|text| text.strip_suffix("}}"));
    let text = inside.map_or(text, text::trim);
    let text = text.strip_prefix(MARKER).map_or(text, text::trim);
    let Some(arguments) = call_arguments(text) else { return false };
    end_of_call(arguments).is_some_and(|rest| text::trim(rest).is_empty())
}

/// What follows `$fromAI(`, whose name may be written in any case.
fn call_arguments(text: &str) -> Option<&str> {
    const NAME: &str = "$fromAI";
    let name = text.get(..NAME.len())?;
    let rest = text[NAME.len()..].trim_start_matches(text::is_space);
    if name.eq_ignore_ascii_case(NAME) { rest.strip_prefix('(') } else { None }
}

/// What follows the closing parenthesis; none where an argument is no literal.
fn end_of_call(arguments: &str) -> Option<&str> {
    let mut quote = None;
    let mut before = '\0';
    let mut characters = arguments.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        if let Some(open) = quote {
            match character {
                '\\' if characters.peek().is_some() => _ = characters.next(),
                '$' if open == '`' && characters.peek().is_some_and(|(_, next)| *next == '{') => return None,
                _ if character == open => quote = None,
                _ => {}
            }
            continue;
        }
        match character {
            '`' if before.is_ascii_alphanumeric() || before == '_' => return None,
            '"' | '\'' | '`' => quote = Some(character),
            ')' => return Some(&arguments[at + 1..]),
            _ if character.is_ascii_alphanumeric() || matches!(character, '.' | ',' | '-') => {}
            _ if text::is_space(character) => {}
            _ => return None,
        }
        if !text::is_space(character) {
            before = character;
        }
    }
    None
}
