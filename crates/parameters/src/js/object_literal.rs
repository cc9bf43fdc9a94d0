//! JSON as people write it: `JSON.parse`, and where that fails a JavaScript object literal.

use nodehost_expression::data;
use oxc_allocator::Allocator;
use oxc_ast::ast::{Expression, ObjectPropertyKind, PropertyKey, Statement, StringLiteral, UnaryOperator};
use oxc_ast_visit::Visit;
use oxc_parser::{ParseOptions, Parser};
use oxc_span::SourceType;
use serde_json::{Map, Value};

use super::json_error;

/// Literals longer than this are not tried: it bounds what the parser may be made to do.
const MAX_LENGTH: usize = 1 << 20;
/// Nesting beyond this is not followed.
const MAX_DEPTH: usize = 128;

/// Parses `text` as n8n's `jsonParse(text, { acceptJSObject: true })`.
///
/// The error is what V8 says of the JSON; `Ok(None)` is undefined, what n8n makes of JavaScript that
/// holds no object.
pub(crate) fn parse_lenient(text: &str) -> Result<Option<Value>, String> {
    match data::parse(text.as_bytes()) {
        Ok(value) => Ok(Some(value)),
        Err(_) => object_literal(text).ok_or_else(|| json_error::message(text)),
    }
}

/// The first object literal that stands as a statement of its own; none if `text` is no JavaScript.
fn object_literal(text: &str) -> Option<Option<Value>> {
    if text.len() > MAX_LENGTH || nesting(text) > MAX_DEPTH {
        return None;
    }
    let source = format!("({text})");
    let allocator = Allocator::default();
    let options = ParseOptions { preserve_parens: false, ..ParseOptions::default() };
    let parsed = Parser::new(&allocator, &source, SourceType::script()).with_options(options).parse();
    if parsed.panicked || !parsed.diagnostics.is_empty() {
        return None;
    }
    let mut decimals = DecimalEscapes::default();
    decimals.visit_program(&parsed.program);
    if decimals.found {
        return None;
    }
    let objects = parsed.program.body.iter().find_map(|statement| match statement {
        Statement::ExpressionStatement(statement)
            if matches!(statement.expression, Expression::ObjectExpression(_)) =>
        {
            Some(&statement.expression)
        }
        _ => None,
    });
    Some(objects.and_then(to_value))
}

/// Looks for `\8` and `\9` in string literals: the language's later editions read them as digits, n8n's parser refuses them.
#[derive(Default)]
struct DecimalEscapes {
    found: bool,
}

impl<'a> Visit<'a> for DecimalEscapes {
    fn visit_string_literal(&mut self, literal: &StringLiteral<'a>) {
        let mut letters = literal.raw.as_deref().unwrap_or_default().bytes();
        while let Some(letter) = letters.next() {
            self.found |= letter == b'\\' && matches!(letters.next(), Some(b'8' | b'9'));
        }
    }
}

fn nesting(text: &str) -> usize {
    let mut depth = 0usize;
    let mut deepest = 0;
    for byte in text.bytes() {
        match byte {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Literals by value, identifiers by name; anything else is undefined.
fn to_value(expression: &Expression<'_>) -> Option<Value> {
    match expression {
        Expression::ObjectExpression(object) => {
            let mut map = Map::new();
            for property in &object.properties {
                if let ObjectPropertyKind::ObjectProperty(property) = property {
                    let key = key(&property.key).unwrap_or_else(|| "undefined".to_owned());
                    match to_value(&property.value) {
                        Some(value) => map.insert(key, value),
                        None => map.shift_remove(&key),
                    };
                }
            }
            Some(Value::Object(map))
        }
        Expression::ArrayExpression(list) => {
            let element = |element: &oxc_ast::ast::ArrayExpressionElement<'_>| {
                element.as_expression().and_then(to_value).unwrap_or(Value::Null)
            };
            Some(Value::Array(list.elements.iter().map(element).collect()))
        }
        Expression::Identifier(identifier) => Some(Value::String(identifier.name.to_string())),
        Expression::StringLiteral(literal) => Some(Value::String(literal.value.to_string())),
        Expression::NumericLiteral(literal) => Some(data::number_value(literal.value)),
        Expression::BooleanLiteral(literal) => Some(Value::Bool(literal.value)),
        Expression::NullLiteral(_) => Some(Value::Null),
        // A RegExp, which as JSON is an object without fields.
        Expression::RegExpLiteral(_) => Some(Value::Object(Map::new())),
        Expression::UnaryExpression(unary) => match (unary.operator, to_value(&unary.argument)) {
            (UnaryOperator::UnaryNegation, Some(Value::Number(number))) => {
                Some(data::number_value(-number.as_f64().unwrap_or(f64::NAN)))
            }
            (_, value) => value,
        },
        _ => None,
    }
}

fn key(key: &PropertyKey<'_>) -> Option<String> {
    match key {
        PropertyKey::StaticIdentifier(identifier) => Some(identifier.name.to_string()),
        PropertyKey::StringLiteral(literal) => Some(literal.value.to_string()),
        PropertyKey::NumericLiteral(literal) => Some(data::number_to_string(literal.value)),
        _ => None,
    }
}
