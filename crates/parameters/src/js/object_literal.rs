//! JSON as people write it: `JSON.parse`, and where that fails a JavaScript object literal.

use nodehost_expression::data;
use oxc_allocator::Allocator;
use oxc_ast::ast::{
    Expression, ObjectExpression, ObjectPropertyKind, PropertyKey, PropertyKind, Statement, StringLiteral,
    UnaryOperator,
};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::{ParseOptions, Parser, ParserReturn};
use oxc_span::{GetSpan, SourceType};
use serde_json::{Map, Value};

use super::json_error;

/// Literals longer than this are not tried: it bounds what the parser may be made to do.
const MAX_LENGTH: usize = 1 << 20;
/// Nesting beyond this is not followed.
const MAX_DEPTH: usize = 128;
/// More commas than these are not filled in: the text is parsed again for each.
const MAX_COMMAS: usize = 16;

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
    let mut source = format!("({text})");
    let mut commas = Vec::new();
    loop {
        let allocator = Allocator::default();
        let options = ParseOptions { preserve_parens: false, ..ParseOptions::default() };
        let parsed = Parser::new(&allocator, &source, SourceType::script()).with_options(options).parse();
        match missing_comma(&parsed).filter(|at| commas.len() < MAX_COMMAS && source.is_char_boundary(*at)) {
            Some(at) => {
                source.insert(at, ',');
                commas.push(at);
            }
            None => return first_object(&parsed, commas),
        }
    }
}

/// Where the parser misses a comma: n8n's takes a property that follows a method without one.
fn missing_comma(parsed: &ParserReturn<'_>) -> Option<usize> {
    let missing = parsed.diagnostics.iter().find(|error| error.message.starts_with("Expected `,` or `}`"))?;
    usize::try_from(missing.labels.first()?.offset()).ok()
}

/// The first object of a program; none if it is none, or if commas were filled in elsewhere than after a method.
fn first_object(parsed: &ParserReturn<'_>, commas: Vec<usize>) -> Option<Option<Value>> {
    if parsed.panicked || !parsed.diagnostics.is_empty() {
        return None;
    }
    let mut quirks = Quirks { commas, ..Quirks::default() };
    quirks.visit_program(&parsed.program);
    if quirks.decimal_escapes || !quirks.commas.is_empty() {
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

/// Where n8n's parser and the language differ.
#[derive(Default)]
struct Quirks {
    /// Commas that were filled in, and have not been seen after a method.
    commas: Vec<usize>,
    /// `\8` and `\9` in string literals: the language's later editions read them as digits, n8n's parser refuses them.
    decimal_escapes: bool,
}

impl<'a> Visit<'a> for Quirks {
    fn visit_object_expression(&mut self, object: &ObjectExpression<'a>) {
        for pair in object.properties.windows(2) {
            if let [ObjectPropertyKind::ObjectProperty(before), after] = pair
                && before.method
                && before.kind == PropertyKind::Init
            {
                let between = before.span.end as usize..after.span().start as usize;
                self.commas.retain(|comma| !between.contains(comma));
            }
        }
        walk::walk_object_expression(self, object);
    }

    fn visit_string_literal(&mut self, literal: &StringLiteral<'a>) {
        let mut letters = literal.raw.as_deref().unwrap_or_default().bytes();
        while let Some(letter) = letters.next() {
            self.decimal_escapes |= letter == b'\\' && matches!(letters.next(), Some(b'8' | b'9'));
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_comma_may_be_missing_after_a_method_and_nowhere_else() {
        for (text, expected) in [
            ("{a(){}Z}", json!({"Z": "Z"})),
            ("{a(){} b(){} c:1}", json!({"c": 1})),
            ("{\"a\"(){}/* , */'b': 2, d: {async *e(){}[f](){}1:3}}", json!({"b": 2, "d": {"1": 3}})),
        ] {
            assert_eq!(parse_lenient(text).unwrap(), Some(expected), "{text}");
        }
        for text in
            ["{a:1 b:2}", "{get a(){} b}", "{a:function(){} b}", "{...a b}", "{a(){},,b}", "{a(){}c:2 d}", "{a(){}é é}"]
        {
            assert!(parse_lenient(text).is_err(), "{text}");
        }
    }
}
