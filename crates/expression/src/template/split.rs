//! Splitting a template into text and code, as n8n does it: twice, by slightly different rules.

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Chunk {
    /// Text, as it stands in the result.
    Text(String),
    /// The JavaScript between `{{` and `}}`; `closed` tells whether the `}}` was there.
    Code { source: String, closed: bool },
}

/// The rules about backslashes before brackets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Escapes {
    /// One backslash right before a bracket escapes it.
    Single,
    /// An odd number of backslashes escapes it, and text before an opening bracket has its pairs of them halved.
    Parity,
}

/// Splits a template (without its `=`) as the evaluator does. The first chunk is always text.
pub(crate) fn split(template: &str) -> Vec<Chunk> {
    scan(template, Escapes::Parity)
}

/// Splits a template as n8n does before it rewrites extension methods.
pub(super) fn split_for_extensions(template: &str) -> Vec<Chunk> {
    scan(template, Escapes::Single)
}

/// Puts chunks together again; only the first `}}` in a piece of code is escaped, as n8n does.
pub(super) fn join(chunks: &[Chunk]) -> String {
    let mut template = String::new();
    for chunk in chunks {
        match chunk {
            Chunk::Text(text) => template.push_str(text),
            Chunk::Code { source, closed } => {
                template.push_str("{{");
                template.push_str(&source.replacen("}}", "\\}}", 1));
                template.push_str(if *closed { "}}" } else { "" });
            }
        }
    }
    template
}

fn scan(template: &str, escapes: Escapes) -> Vec<Chunk> {
    if template.is_empty() {
        return vec![Chunk::Text(String::new())];
    }
    let mut chunks = Vec::new();
    let mut buffer = String::new();
    let mut rest = template;
    let mut in_code = false;
    while !rest.is_empty() {
        let Some(at) = rest.find(if in_code { "}}" } else { "{{" }) else {
            buffer.push_str(rest);
            chunks.push(if in_code { code(&buffer, false) } else { Chunk::Text(buffer) });
            return chunks;
        };
        let backslashes = rest[..at].bytes().rev().take_while(|byte| *byte == b'\\').count();
        let escaped = match escapes {
            Escapes::Single => backslashes > 0,
            Escapes::Parity => backslashes % 2 == 1,
        };
        if escaped {
            buffer.push_str(&rest[..at + 2]);
        } else {
            buffer.push_str(&rest[..at]);
            chunks.push(match (in_code, escapes) {
                (true, _) => code(&buffer, true),
                (false, Escapes::Parity) => Chunk::Text(buffer.replace("\\\\", "\\")),
                (false, Escapes::Single) => Chunk::Text(buffer.clone()),
            });
            in_code = !in_code;
            buffer.clear();
        }
        rest = &rest[at + 2..];
    }
    chunks
}

fn code(text: &str, closed: bool) -> Chunk {
    Chunk::Code { source: text.replacen("\\}}", "}}", 1), closed }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Chunk {
        Chunk::Text(text.to_owned())
    }

    #[test]
    fn a_template_is_text_and_code() {
        assert_eq!(split(""), [text("")]);
        assert_eq!(split("{{ a }}"), [text(""), code(" a ", true)]);
        assert_eq!(split("x {{ a }} y"), [text("x "), code(" a ", true), text(" y")]);
        assert_eq!(split("x {{ a"), [text("x "), code(" a", false)]);
    }

    #[test]
    fn backslashes_escape_brackets() {
        assert_eq!(split(r"a \{{ b"), [text(r"a \{{ b")]);
        assert_eq!(split(r"a \\{{ b }}"), [text(r"a \"), code(" b ", true)]);
        assert_eq!(split(r"{{ '\}}' }}"), [text(""), code(" '}}' ", true)]);
        assert_eq!(split_for_extensions(r"a \\{{ b }}"), [text(r"a \\{{ b }}")]);
    }
}
