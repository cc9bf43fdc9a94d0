//! Parsing a block of a template.

use oxc_allocator::Allocator;
use oxc_ast::ast::Program;
use oxc_parser::Parser;
use oxc_semantic::{Scoping, SemanticBuilder};
use oxc_span::SourceType;

/// A block, parsed, with what each of its names refers to.
pub(super) struct Parsed<'p, 'a> {
    pub(super) program: &'p Program<'a>,
    pub(super) scoping: &'p Scoping,
}

/// The block is not JavaScript.
#[derive(Debug)]
pub(super) struct Invalid;

/// Longer or deeper source is refused before the recursive parser sees it.
const MAX_NESTING: usize = 400;

/// Parses `source` as n8n does (a module) and hands it to `body`.
pub(super) fn with<R>(source: &str, body: impl FnOnce(Parsed<'_, '_>) -> R) -> Result<R, Invalid> {
    if source.contains('\0') || nesting(source) > MAX_NESTING {
        return Err(Invalid);
    }
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, source, SourceType::mjs()).parse();
    if parsed.panicked || !parsed.diagnostics.is_empty() {
        return Err(Invalid);
    }
    let semantic = SemanticBuilder::new().build(&parsed.program);
    Ok(body(Parsed { program: &parsed.program, scoping: semantic.semantic.scoping() }))
}

/// An upper bound of how deep the source nests: brackets, and runs of operators that nest without any.
fn nesting(source: &str) -> usize {
    let mut depth = 0_usize;
    let mut deepest = 0;
    let mut operators = 0_usize;
    for byte in source.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'!' | b'~' | b'-' | b'+' | b'?' | b'=' | b'*' => operators += 1,
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest + operators / 8
}
