//! Rewriting a block so that it can see nothing but its scope.
//!
//! Every free name becomes a lookup in the scope object (`name` -> `___n8n_data.name`, undefined where the scope has no
//! such name), `this` and `globalThis` become empty objects, computed member names pass a check at run time.

use oxc_ast::ast::*;
use oxc_ast_visit::{Visit, walk};
use oxc_semantic::Scoping;
use oxc_span::{GetSpan, Span};
use oxc_syntax::scope::ScopeFlags;

use super::parse::{self, Parsed};
use super::{CompileError, security};
use crate::extensions::FORBIDDEN_PROPERTIES;

/// The name of the scope object in compiled source.
pub(super) const DATA: &str = "___n8n_data";
/// The name of the engine's own functions in compiled source; no expression can bind or reach it.
pub(super) const GUARDS: &str = "___guards";

/// Names that stay what they are in JavaScript.
const EXEMPT: [&str; 7] = ["isFinite", "isNaN", "NaN", "Date", "RegExp", "Math", "undefined"];
/// Names that n8n leaves alone: `global` is an empty object of the block, the others do not exist.
const UNTOUCHED: [&str; 3] = ["this", "window", "global"];
const EMPTY_THIS: &str = "{process: {}, require: {}, module: {}, Buffer: {}}";
const DOLLAR_ERROR: &str = "Cannot access \"$\" without calling it as a function";

/// A block as a JavaScript expression.
#[derive(Debug)]
pub(super) struct Rewritten {
    pub(super) source: String,
    /// Whether n8n catches what the block throws (it does where there is a call or a member access).
    pub(super) caught: bool,
    /// Whether the block assigns to a name of the scope.
    pub(super) writes_scope: bool,
    /// Whether the block uses the empty object `global`.
    pub(super) uses_global: bool,
}

/// Rewrites a block of a template.
pub(super) fn rewrite(code: &str) -> Result<Rewritten, CompileError> {
    let wrapped = if code.trim_start().starts_with('{') { format!("({code})") } else { code.to_owned() };
    parse::with(&wrapped, |parsed| rewrite_program(&wrapped, &parsed)).map_err(|_| CompileError::Syntax)?
}

fn rewrite_program(source: &str, parsed: &Parsed<'_, '_>) -> Result<Rewritten, CompileError> {
    if let Some(directive) = parsed.program.directives.first() {
        let source = directive.expression.span.source_text(source).to_owned();
        return Ok(Rewritten { source, caught: false, writes_scope: false, uses_global: false });
    }
    let Some(Statement::ExpressionStatement(statement)) = parsed.program.body.first() else {
        return Err(CompileError::Syntax);
    };
    let mut rewriter = Rewriter::new(source, parsed.scoping);
    rewriter.root = Some(statement.expression.without_parentheses().span());
    rewriter.visit_expression(&statement.expression);
    match rewriter.failure {
        Some(failure) => Err(failure),
        None => Ok(Rewritten {
            source: rewriter.edits.apply(source, statement.expression.span()),
            caught: rewriter.caught,
            writes_scope: rewriter.writes_scope,
            uses_global: rewriter.uses_global,
        }),
    }
}

struct Rewriter<'s> {
    source: &'s str,
    scoping: &'s Scoping,
    edits: Edits,
    /// The whole expression, without parentheses around it.
    root: Option<Span>,
    failure: Option<CompileError>,
    caught: bool,
    writes_scope: bool,
    uses_global: bool,
    /// Whether BigInts can come up, whose sizes are bounded.
    uses_big_ints: bool,
}

impl<'s> Rewriter<'s> {
    fn new(source: &'s str, scoping: &'s Scoping) -> Self {
        Self {
            source,
            scoping,
            edits: Edits::default(),
            root: None,
            failure: None,
            caught: false,
            writes_scope: false,
            uses_global: false,
            uses_big_ints: mentions_big_ints(source),
        }
    }

    fn check(&mut self, result: Result<(), CompileError>) {
        if let Err(failure) = result {
            self.failure.get_or_insert(failure);
        }
    }

    /// Whether a name refers to nothing in the block.
    fn is_free(&self, identifier: &IdentifierReference<'_>) -> bool {
        let symbol = identifier.reference_id.get().and_then(|id| self.scoping.get_reference(id).symbol_id());
        symbol.is_none() && !EXEMPT.contains(&identifier.name.as_str())
    }

    /// The scope's name for a free name, if it is one to be looked up there.
    fn lookup(&mut self, identifier: &IdentifierReference<'_>) -> Option<String> {
        let name = identifier.name.as_str();
        if name == "window" || name == "global" {
            self.caught = true;
            self.uses_global |= name == "global" && self.is_free(identifier);
        }
        if !self.is_free(identifier) || UNTOUCHED.contains(&name) {
            return None;
        }
        if name == "globalThis" {
            return Some("({})".to_owned());
        }
        self.caught = true;
        self.check(security::property(name));
        Some(format!("{DATA}.{name}"))
    }

    /// A free name in an array pattern: n8n does not look it up in the scope, where the value would be seen again.
    fn dropped(&mut self, name: &IdentifierReference<'_>) {
        self.check(security::bound(&name.name));
        if self.is_free(name) {
            self.caught = true;
            self.edits.replace(name.span, format!("({{}}).{}", name.name));
        }
    }

    fn dollar(&mut self) {
        self.check(Err(CompileError::refused(DOLLAR_ERROR)));
    }
}

impl<'a> Visit<'a> for Rewriter<'_> {
    fn visit_identifier_reference(&mut self, identifier: &IdentifierReference<'a>) {
        if identifier.name == "$" {
            self.dollar();
        }
        if let Some(text) = self.lookup(identifier) {
            self.edits.replace(identifier.span, text);
        }
    }

    fn visit_binding_identifier(&mut self, identifier: &BindingIdentifier<'a>) {
        if identifier.name == "$" {
            self.dollar();
        }
        self.check(security::bound(&identifier.name));
    }

    fn visit_this_expression(&mut self, this: &ThisExpression) {
        self.edits.replace(this.span, format!("(0, {EMPTY_THIS})"));
    }

    fn visit_import_expression(&mut self, _: &ImportExpression<'a>) {
        self.check(Err(CompileError::Swallowed));
    }

    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        self.caught = true;
        match call.callee.without_parentheses() {
            // A function that is called on the spot gets an empty `this`.
            Expression::FunctionExpression(function) if !call.optional => {
                self.visit_function_inside(function);
                let has_arguments = !call.arguments.is_empty();
                let open = call.callee.span().end;
                let first = call.arguments.first().map_or(call.span.end - 1, |argument| argument.span().start);
                self.edits.cut(Span::new(open, first));
                let separator = if has_arguments { ", " } else { "" };
                self.edits.insert(open, format!(".call({EMPTY_THIS}{separator}"));
                self.visit_arguments(&call.arguments);
            }
            Expression::Identifier(callee) if callee.name == "$" => {
                if let Some(text) = self.lookup(callee) {
                    self.edits.replace(callee.span, text);
                }
                self.visit_arguments(&call.arguments);
            }
            Expression::StaticMemberExpression(member) if member.property.name == "$" => {
                self.visit_expression(&member.object);
                self.visit_arguments(&call.arguments);
            }
            _ => walk::walk_call_expression(self, call),
        }
    }

    fn visit_function(&mut self, function: &Function<'a>, _: ScopeFlags) {
        if function.is_expression() {
            let span = function.span;
            self.edits.insert(span.start, "(".to_owned());
            self.visit_function_inside(function);
            self.edits.insert(span.end, format!(").bind({EMPTY_THIS})"));
            self.caught = true;
        } else {
            self.visit_function_inside(function);
        }
    }

    fn visit_static_member_expression(&mut self, member: &StaticMemberExpression<'a>) {
        self.caught = true;
        let name = member.property.name.as_str();
        self.visit_expression(&member.object);
        self.check(security::property(name));
        if name == "$" {
            let plain = matches!(
                member.object.without_parentheses(),
                Expression::Identifier(_)
                    | Expression::StaticMemberExpression(_)
                    | Expression::ComputedMemberExpression(_)
            );
            if !(plain && self.root == Some(member.span)) {
                self.dollar();
            }
        }
    }

    fn visit_private_field_expression(&mut self, _: &PrivateFieldExpression<'a>) {
        let message = "Unknown property type PrivateIdentifier while sanitising expression";
        self.check(Err(CompileError::refused_as("ExpressionDestructuringError", message)));
    }

    fn visit_catch_clause(&mut self, clause: &CatchClause<'a>) {
        let body = clause.body.span.start + 1;
        match &clause.param {
            Some(CatchParameter { pattern: BindingPattern::BindingIdentifier(name), .. }) => {
                self.edits.insert(body, format!("{0} = {GUARDS}.caught({0});", name.name));
            }
            Some(_) => {}
            None => {
                self.edits.insert(clause.span.start + "catch".len() as u32, "($caught)".to_owned());
                self.edits.insert(body, format!("{GUARDS}.caught($caught);"));
            }
        }
        walk::walk_catch_clause(self, clause);
    }

    fn visit_computed_member_expression(&mut self, member: &ComputedMemberExpression<'a>) {
        self.caught = true;
        self.visit_expression(&member.object);
        match member.expression.without_parentheses() {
            Expression::StringLiteral(literal) => self.check(security::property(&literal.value)),
            Expression::NumericLiteral(_)
            | Expression::BooleanLiteral(_)
            | Expression::NullLiteral(_)
            | Expression::BigIntLiteral(_)
            | Expression::RegExpLiteral(_) => {}
            property => {
                let span = property.span();
                self.edits.insert(span.start, format!("{DATA}.__sanitize("));
                self.visit_expression(property);
                self.edits.insert(span.end, ")".to_owned());
            }
        }
    }

    fn visit_object_property(&mut self, property: &ObjectProperty<'a>) {
        // n8n cannot print methods and accessors once it has bound their `this`.
        if property.method || property.kind != PropertyKind::Init {
            self.check(Err(CompileError::Syntax));
        }
        if !property.computed && property.key.is_specific_static_name("$") {
            self.dollar();
        }
        if property.shorthand {
            if let Expression::Identifier(identifier) = &property.value
                && let Some(text) = self.lookup(identifier)
            {
                self.edits.insert(identifier.span.end, format!(": {text}"));
            }
            return;
        }
        walk::walk_object_property(self, property);
    }

    fn visit_class(&mut self, class: &Class<'a>) {
        self.check(security::base_class(class));
        if class.body.body.iter().any(|element| !matches!(element, ClassElement::StaticBlock(_))) {
            self.check(Err(CompileError::Syntax));
        }
        walk::walk_class(self, class);
    }

    fn visit_object_pattern(&mut self, pattern: &ObjectPattern<'a>) {
        self.check(security::destructured(pattern));
        walk::walk_object_pattern(self, pattern);
    }

    fn visit_object_assignment_target(&mut self, target: &ObjectAssignmentTarget<'a>) {
        for property in &target.properties {
            match property {
                AssignmentTargetProperty::AssignmentTargetPropertyIdentifier(property) => {
                    if FORBIDDEN_PROPERTIES.contains(&property.binding.name.as_str()) {
                        let name = property.binding.name;
                        let message = format!("Cannot destructure \"{name}\" due to security concerns");
                        self.check(Err(CompileError::refused(message)));
                    }
                }
                AssignmentTargetProperty::AssignmentTargetPropertyProperty(property) => {
                    self.check(security::destructured_key(&property.name, property.computed));
                }
            }
        }
        walk::walk_object_assignment_target(self, target);
    }

    fn visit_assignment_target_property_identifier(&mut self, property: &AssignmentTargetPropertyIdentifier<'a>) {
        self.writes_scope = true;
        if let Some(text) = self.lookup(&property.binding) {
            self.edits.insert(property.binding.span.end, format!(": {text}"));
        }
        if let Some(init) = &property.init {
            self.visit_expression(init);
        }
    }

    fn visit_simple_assignment_target(&mut self, target: &SimpleAssignmentTarget<'a>) {
        match target {
            SimpleAssignmentTarget::AssignmentTargetIdentifier(_) => self.writes_scope = true,
            // Arrays are kept from growing without elements: `array[1e9] = 1`, `array.length = 1e9`.
            SimpleAssignmentTarget::ComputedMemberExpression(member) => {
                self.caught = true;
                let (object, property) = (member.object.span(), member.expression.span());
                self.edits.insert(member.span.start, format!("{GUARDS}.ref("));
                self.visit_expression(&member.object);
                if let Expression::StringLiteral(literal) = member.expression.without_parentheses() {
                    self.check(security::property(&literal.value));
                }
                self.edits.cut(Span::new(object.end, property.start));
                self.edits.insert(object.end, format!(", {DATA}.__sanitize("));
                self.visit_expression(&member.expression);
                self.edits.cut(Span::new(property.end, member.span.end));
                self.edits.insert(member.span.end, ")).v".to_owned());
                return;
            }
            SimpleAssignmentTarget::StaticMemberExpression(member) if member.property.name == "length" => {
                self.caught = true;
                self.edits.insert(member.span.start, format!("{GUARDS}.ref("));
                self.visit_expression(&member.object);
                self.edits.cut(Span::new(member.object.span().end, member.span.end));
                self.edits.insert(member.span.end, ", 'length').v".to_owned());
                return;
            }
            _ => {}
        }
        walk::walk_simple_assignment_target(self, target);
    }

    fn visit_binary_expression(&mut self, binary: &BinaryExpression<'a>) {
        let function = match binary.operator {
            BinaryOperator::Exponential => "power",
            BinaryOperator::ShiftLeft => "shift",
            BinaryOperator::Multiplication => "product",
            _ => return walk::walk_binary_expression(self, binary),
        };
        if !self.uses_big_ints {
            return walk::walk_binary_expression(self, binary);
        }
        let (left, right) = (binary.left.span(), binary.right.span());
        self.edits.insert(binary.span.start, format!("{GUARDS}.{function}("));
        self.visit_expression(&binary.left);
        self.edits.cut(Span::new(left.end, right.start));
        self.edits.insert(left.end, ", ".to_owned());
        self.visit_expression(&binary.right);
        self.edits.insert(binary.span.end, ")".to_owned());
    }

    fn visit_assignment_expression(&mut self, assignment: &AssignmentExpression<'a>) {
        let function = match assignment.operator {
            AssignmentOperator::Exponential => "power",
            AssignmentOperator::ShiftLeft => "shift",
            AssignmentOperator::Multiplication => "product",
            _ => return walk::walk_assignment_expression(self, assignment),
        };
        let AssignmentTarget::AssignmentTargetIdentifier(name) = &assignment.left else {
            if self.uses_big_ints {
                self.check(Err(CompileError::refused("A BigInt member cannot be multiplied in place")));
            }
            return walk::walk_assignment_expression(self, assignment);
        };
        if !self.uses_big_ints {
            return walk::walk_assignment_expression(self, assignment);
        }
        self.writes_scope = true;
        let target = self.lookup(name).unwrap_or_else(|| name.name.to_string());
        self.edits.insert(assignment.span.start, format!("{target} = {GUARDS}.{function}({target}, "));
        self.edits.cut(Span::new(assignment.span.start, assignment.right.span().start));
        self.visit_expression(&assignment.right);
        self.edits.insert(assignment.span.end, ")".to_owned());
    }

    fn visit_array_assignment_target(&mut self, target: &ArrayAssignmentTarget<'a>) {
        for element in target.elements.iter().flatten() {
            match element {
                AssignmentTargetMaybeDefault::AssignmentTargetIdentifier(name) => self.dropped(name),
                AssignmentTargetMaybeDefault::AssignmentTargetWithDefault(with_default) => {
                    match &with_default.binding {
                        AssignmentTarget::AssignmentTargetIdentifier(name) => self.dropped(name),
                        other => self.visit_assignment_target(other),
                    }
                    self.visit_expression(&with_default.init);
                }
                other => self.visit_assignment_target_maybe_default(other),
            }
        }
        match target.rest.as_ref().map(|rest| &rest.target) {
            Some(AssignmentTarget::AssignmentTargetIdentifier(name)) => self.dropped(name),
            Some(other) => self.visit_assignment_target(other),
            None => {}
        }
    }

    fn visit_unary_expression(&mut self, unary: &UnaryExpression<'a>) {
        self.writes_scope |= unary.operator == UnaryOperator::Delete;
        walk::walk_unary_expression(self, unary);
    }

    fn visit_template_element(&mut self, element: &TemplateElement<'a>) {
        // n8n writes raw line breaks in template strings as escapes.
        let raw = element.span.source_text(self.source);
        if raw.contains('\n') {
            self.edits.replace(element.span, raw.replace("\r\n", "\\n").replace('\n', "\\n"));
        }
    }

    fn visit_with_statement(&mut self, _: &WithStatement<'a>) {
        self.check(Err(CompileError::refused_as(
            "ExpressionWithStatementError",
            "Cannot use \"with\" statements due to security concerns",
        )));
    }
}

impl<'a> Rewriter<'_> {
    fn visit_function_inside(&mut self, function: &Function<'a>) {
        walk::walk_function(self, function, ScopeFlags::Function);
    }
}

/// Whether a source could make BigInts: by a literal, or by a name.
fn mentions_big_ints(source: &str) -> bool {
    let literal = source.as_bytes().windows(2).any(|pair| pair[0].is_ascii_digit() && pair[1] == b'n');
    literal || source.contains("0x") || source.contains("0X") || source.contains("Big") || source.contains("\\u")
}

/// Changes to a source text: insertions in the order they are to appear, and spans left out.
#[derive(Debug, Default)]
struct Edits {
    inserts: Vec<(u32, String)>,
    cuts: Vec<Span>,
}

impl Edits {
    fn insert(&mut self, at: u32, text: String) {
        self.inserts.push((at, text));
    }

    fn cut(&mut self, span: Span) {
        self.cuts.push(span);
    }

    fn replace(&mut self, span: Span, text: String) {
        self.insert(span.start, text);
        self.cut(span);
    }

    fn apply(mut self, source: &str, span: Span) -> String {
        self.inserts.sort_by_key(|(at, _)| *at);
        self.cuts.sort_by_key(|cut| cut.start);
        let mut text = String::with_capacity(span.size() as usize * 2);
        let mut at = span.start;
        let mut cuts = self.cuts.iter().peekable();
        let mut copy = |text: &mut String, from: &mut u32, to: u32| {
            while *from < to {
                while cuts.next_if(|cut| cut.end <= *from).is_some() {}
                match cuts.peek() {
                    Some(cut) if cut.start <= *from => *from = cut.end.min(to).max(*from + 1),
                    Some(cut) if cut.start < to => {
                        text.push_str(&source[*from as usize..cut.start as usize]);
                        *from = cut.start;
                    }
                    _ => {
                        text.push_str(&source[*from as usize..to as usize]);
                        *from = to;
                    }
                }
            }
        };
        for (position, insert) in &self.inserts {
            copy(&mut text, &mut at, *position);
            text.push_str(insert);
        }
        copy(&mut text, &mut at, span.end);
        text
    }
}
