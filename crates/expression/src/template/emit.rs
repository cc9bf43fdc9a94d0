//! The JavaScript function that a template becomes.

use std::fmt::Write as _;
use std::sync::LazyLock;

use regex::Regex;

use super::extend::extend;
use super::rewrite::{DATA, GUARDS, Rewritten, rewrite};
use super::split::{Chunk, split};
use super::{CompileError, CompileError as Error};

static CONSTRUCTOR: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\.\s*constructor").expect("a constant pattern"));

/// A compiled template: the source of a factory `(scope, fresh, rethrow, guards) => () => value`.
///
/// `scope` is the scope object, `fresh` makes a writable copy of it, `rethrow` throws what n8n does not swallow,
/// `guards` are functions that compiled source calls.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) source: String,
}

/// Compiles a template (without its `=`).
///
/// # Errors
/// [`CompileError`] where n8n refuses the template, or fails on it, before anything runs.
pub(crate) fn compile(template: &str) -> Result<Program, Error> {
    if CONSTRUCTOR.is_match(template) {
        return Err(CompileError::refused("Expression contains invalid constructor function call"));
    }
    let extended = extend(template).map_err(CompileError::Refused)?;
    let chunks = split(&extended);
    let mut blocks = Vec::new();
    for chunk in &chunks {
        if let Chunk::Code { source, .. } = chunk {
            blocks.push(rewrite(source)?);
        }
    }
    let whole = matches!(chunks.as_slice(), [Chunk::Text(text), Chunk::Code { .. }] if text.is_empty());
    let body = if whole { whole_value(&blocks[0]) } else { mixed_text(&chunks, &blocks) };
    let scope = if blocks.iter().any(|block| block.writes_scope) { "fresh()" } else { "scope" };
    let global = if blocks.iter().any(|block| block.uses_global) { "var global = {};" } else { "" };
    Ok(Program {
        source: format!(
            "(function(scope, fresh, rethrow, {GUARDS}) {{ return function() {{ var {DATA} = {scope}; {global}\n{body}\n}} }})"
        ),
    })
}

/// The value of a template that is one block: its type is kept.
fn whole_value(block: &Rewritten) -> String {
    let source = &block.source;
    if block.caught {
        format!("try {{ return (\n{source}\n) }} catch (e) {{ rethrow(e) }}")
    } else {
        format!("return (\n{source}\n)")
    }
}

/// The text of a template: blocks whose value is empty (but for 0 and false) leave nothing.
fn mixed_text(chunks: &[Chunk], blocks: &[Rewritten]) -> String {
    let mut body = String::new();
    let mut parts = Vec::new();
    let mut remaining = blocks.iter();
    for chunk in chunks {
        match (chunk, remaining.as_slice()) {
            (Chunk::Text(text), _) => {
                if !text.is_empty() {
                    parts.push(string_literal(text));
                }
            }
            (Chunk::Code { .. }, [block, ..]) => {
                remaining.next();
                let (name, source) = (format!("$part{}", parts.len()), &block.source);
                let assign = format!("{name} = (\n{source}\n)");
                let assign =
                    if block.caught { format!("try {{ {assign} }} catch (e) {{ rethrow(e) }}") } else { assign };
                let _ = writeln!(body, "var {name}; {assign};");
                let _ = writeln!(body, "if (!{name} && {name} !== 0 && {name} !== false) {name} = '';");
                parts.push(format!("`${{{name}}}`"));
            }
            (Chunk::Code { .. }, []) => {}
        }
    }
    let text = if parts.is_empty() { "''".to_owned() } else { parts.join(" + ") };
    let _ = write!(body, "return {text};");
    body
}

fn string_literal(text: &str) -> String {
    let literal = serde_json::Value::String(text.to_owned()).to_string();
    literal.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}
