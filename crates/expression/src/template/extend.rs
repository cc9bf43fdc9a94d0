//! n8n's extension methods: `value.method(args)` becomes `extend(value, "method", [args])` for a closed list of names.
//!
//! n8n rewrites a template only if one of the names is called somewhere in it. In such a template optional chains are
//! spelled out as well, with consequences that can be seen (`a.b?.()` loses its receiver), so they are spelled out here.

use std::sync::LazyLock;

use oxc_ast::ast::{CallExpression, ChainElement, ChainExpression, Expression};
use oxc_ast_visit::{Visit, walk};
use oxc_span::{GetSpan, Span};
use regex::Regex;

use super::parse::{self, Parsed};
use super::split::{Chunk, join, split_for_extensions};
use crate::error::{Code, ExpressionError};
use crate::extensions::{NAMES, is_extension};

static CALL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(r"(\$if|\.({})\s*(\?\.)?)\s*\(", NAMES.join("|"))).expect("a constant pattern")
});
static FIRST_QUOTED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"("|').*?("|')"#).expect("a constant pattern"));

/// Rewrites the extension calls of a template; the template itself where there are none.
///
/// # Errors
/// n8n's "invalid syntax" where a block of a template that uses extensions cannot be parsed.
pub(super) fn extend(template: &str) -> Result<String, ExpressionError> {
    let chunks = split_for_extensions(template);
    let uses_extensions = chunks.iter().any(|chunk| match chunk {
        Chunk::Code { source, .. } => CALL.is_match(FIRST_QUOTED.replace(source, "").trim()),
        Chunk::Text(_) => false,
    });
    if !uses_extensions {
        return Ok(template.to_owned());
    }
    let mut extended = Vec::with_capacity(chunks.len());
    for chunk in chunks {
        extended.push(match chunk {
            Chunk::Code { source, closed } => Chunk::Code { source: extend_code(&source)?, closed },
            text @ Chunk::Text(_) => text,
        });
    }
    Ok(join(&extended))
}

fn extend_code(source: &str) -> Result<String, ExpressionError> {
    let mut text = transform(source);
    if text.is_none() && source.trim_start().starts_with('{') {
        text = transform(&format!("({source})"));
    }
    let invalid = || ExpressionError::new("ExpressionExtensionError", "invalid syntax", Code::ExpressionError);
    let text = text.filter(|text| !text.is_empty()).ok_or_else(invalid)?;
    Ok(match text.trim().strip_suffix(';') {
        Some(stripped) => stripped.to_owned(),
        None => text,
    })
}

/// The rewritten source; none if it does not parse, or calls `$if` with too few arguments.
fn transform(source: &str) -> Option<String> {
    parse::with(source, |Parsed { program, .. }| {
        let mut extender = Extender { source, edits: Vec::new(), chains: 0, failed: false };
        extender.visit_program(program);
        (!extender.failed).then(|| apply(source, Span::new(0, source.len() as u32), &extender.edits))
    })
    .ok()
    .flatten()
}

struct Extender<'s> {
    source: &'s str,
    /// Replaced spans, in source order, not nested.
    edits: Vec<(Span, String)>,
    chains: usize,
    failed: bool,
}

impl<'a> Visit<'a> for Extender<'_> {
    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        if let Some(text) = self.call(call) {
            self.edits.push((call.span, text));
        } else {
            walk::walk_call_expression(self, call);
        }
    }

    fn visit_chain_expression(&mut self, chain: &ChainExpression<'a>) {
        let text = self.chain(chain);
        self.edits.push((chain.span, text));
    }
}

impl Extender<'_> {
    /// The source of a span with everything in it that `visit` finds rewritten.
    fn nested(&mut self, span: Span, visit: impl FnOnce(&mut Self)) -> String {
        let outer = std::mem::take(&mut self.edits);
        visit(self);
        let edits = std::mem::replace(&mut self.edits, outer);
        apply(self.source, span, &edits)
    }

    fn expression(&mut self, expression: &Expression<'_>) -> String {
        self.nested(expression.span(), |this| this.visit_expression(expression))
    }

    fn arguments(&mut self, call: &CallExpression<'_>) -> Vec<String> {
        call.arguments
            .iter()
            .map(|argument| self.nested(argument.span(), |this| this.visit_argument(argument)))
            .collect()
    }

    /// A call of an extension method or of `$if`, rewritten.
    fn call(&mut self, call: &CallExpression<'_>) -> Option<String> {
        match &call.callee {
            Expression::StaticMemberExpression(member) if is_extension(&member.property.name) => {
                let object = self.expression(&member.object);
                let arguments = self.arguments(call).join(", ");
                Some(format!("extend({object}, \"{}\", [{arguments}])", member.property.name))
            }
            Expression::Identifier(callee)
                if callee.name == "$if" && !call.arguments.iter().any(|argument| argument.is_spread()) =>
            {
                let arguments = self.arguments(call);
                let [test, consequent, alternative @ ..] = arguments.as_slice() else {
                    self.failed = true;
                    return Some(String::new());
                };
                let alternative = alternative.first().map_or("false", String::as_str);
                Some(format!("(({test}) ? ({consequent}) : ({alternative}))"))
            }
            _ => None,
        }
    }

    /// An optional chain as a sequence of steps, each of which is skipped once one before it came to null or undefined.
    fn chain(&mut self, chain: &ChainExpression<'_>) -> String {
        let mut links = Vec::new();
        let base = match &chain.expression {
            ChainElement::CallExpression(call) => self.call_link(call, &mut links),
            ChainElement::StaticMemberExpression(member) => {
                let base = self.links(&member.object, &mut links);
                links.push(Link::member(
                    format!(".{}", member.property.name),
                    Some(&member.property.name),
                    member.optional,
                ));
                base
            }
            ChainElement::ComputedMemberExpression(member) => {
                let base = self.links(&member.object, &mut links);
                let text = self.computed(&member.expression);
                links.push(Link::member(text, None, member.optional));
                base
            }
            _ => {
                self.failed = true;
                return String::new();
            }
        };
        self.chains += 1;
        render_chain(&base, &links, self.chains)
    }

    /// Collects the links of a chain below `expression`; answers the source of the chain's start.
    fn links(&mut self, expression: &Expression<'_>, links: &mut Vec<Link>) -> String {
        match expression {
            Expression::CallExpression(call) => self.call_link(call, links),
            Expression::StaticMemberExpression(member) => {
                let base = self.links(&member.object, links);
                links.push(Link::member(
                    format!(".{}", member.property.name),
                    Some(&member.property.name),
                    member.optional,
                ));
                base
            }
            Expression::ComputedMemberExpression(member) => {
                let base = self.links(&member.object, links);
                let text = self.computed(&member.expression);
                links.push(Link::member(text, None, member.optional));
                base
            }
            other => self.expression(other),
        }
    }

    fn call_link(&mut self, call: &CallExpression<'_>, links: &mut Vec<Link>) -> String {
        let base = self.links(&call.callee, links);
        let arguments = self.arguments(call).join(", ");
        links.push(Link { kind: LinkKind::Call, text: arguments, name: None, optional: call.optional });
        base
    }

    /// n8n drops the brackets of a computed member in a chain unless a literal, a member or a sum stands in them.
    fn computed(&mut self, property: &Expression<'_>) -> String {
        let text = self.expression(property);
        match property {
            Expression::Identifier(name) => format!(".{}", name.name),
            _ => format!("[{text}]"),
        }
    }
}

enum LinkKind {
    Member,
    Call,
}

struct Link {
    kind: LinkKind,
    /// A member's access as it is written (`.name`, `[0]`), a call's arguments.
    text: String,
    /// The name of a member that is not computed.
    name: Option<String>,
    optional: bool,
}

impl Link {
    fn member(text: String, name: Option<&str>, optional: bool) -> Self {
        Self { kind: LinkKind::Member, text, name: name.map(str::to_owned), optional }
    }
}

fn render_chain(base: &str, links: &[Link], chain: usize) -> String {
    let value = format!("global.chainValue{chain}");
    let cancel = format!("global.chainCancelToken{chain}");
    // A step starts at every optional link, on the value of the step before it.
    let mut steps: Vec<String> = vec![base.to_owned()];
    for (at, link) in links.iter().enumerate() {
        let extension = |name: &Option<String>| name.as_deref().filter(|name| is_extension(name)).map(str::to_owned);
        if link.optional {
            steps.push(value.clone());
        }
        let step = steps.last_mut().expect("there is the base");
        match link.kind {
            LinkKind::Member => {
                let called = links.get(at + 1);
                match (extension(&link.name), called) {
                    // `value.method?.()`: the method is found by name before it is called.
                    (Some(name), Some(call)) if matches!(call.kind, LinkKind::Call) && call.optional => {
                        *step = format!("extendOptional({step}, \"{name}\")");
                    }
                    _ => step.push_str(&link.text),
                }
            }
            LinkKind::Call => {
                let method = at.checked_sub(1).and_then(|before| extension(&links[before].name));
                match method {
                    Some(name) if !link.optional => {
                        let receiver = step.strip_suffix(&format!(".{name}")).unwrap_or(step).to_owned();
                        *step = format!("extend({receiver}, \"{name}\", [{}])", link.text);
                    }
                    _ => *step = format!("{step}({})", link.text),
                }
            }
        }
    }
    let last = steps.len() - 1;
    let parts: Vec<String> = steps
        .into_iter()
        .enumerate()
        .map(|(at, step)| {
            let step = if at == last {
                step
            } else {
                format!("({cancel} = ((({value} = {step}) ?? undefined) === undefined))")
            };
            if at == 0 { step } else { format!("({cancel} === true ? undefined : {step})") }
        })
        .collect();
    format!("({})", parts.join(", "))
}

/// The source of a span with the edits made.
fn apply(source: &str, span: Span, edits: &[(Span, String)]) -> String {
    let mut text = String::with_capacity(span.size() as usize);
    let mut at = span.start;
    for (edited, replacement) in edits {
        text.push_str(&source[at as usize..edited.start as usize]);
        text.push_str(replacement);
        at = edited.end;
    }
    text.push_str(&source[at as usize..span.end as usize]);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_names_are_extension_calls() {
        assert_eq!(extend("{{ a.map(x) }}").unwrap(), "{{ a.map(x) }}");
        assert_eq!(
            extend("x {{ a.b.first(1).last() }}").unwrap(),
            r#"x {{ extend(extend(a.b, "first", [1]), "last", []) }}"#
        );
        assert_eq!(extend("{{ $if(a, 'b') }}").unwrap(), "{{ ((a) ? ('b') : (false)) }}");
        assert!(extend("{{ a.first( }}").is_err());
    }

    #[test]
    fn optional_chains_are_spelled_out() {
        let text = extend("{{ a?.b.first() }}").unwrap();
        assert!(text.contains(r#"extend(global.chainValue1.b, "first", [])"#), "{text}");
        let text = extend("{{ a.first?.() }}").unwrap();
        assert!(text.contains(r#"extendOptional(a, "first")"#), "{text}");
    }
}
