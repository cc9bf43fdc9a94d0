//! Display conditions on parameters that are not there, or on values they cannot have; rules that do not compile.

use std::cmp::Ordering;

use nodehost_descriptor::{DisplayOptions, NodeDescriptor, Options, Property};
use serde_json::Value;

use super::values::possible;
use super::{Finding, error, warning};
use crate::compile::{Conditions, NodeFacts, Values};
use crate::js::{Js, path, regexp::Regexp};
use crate::validate::{Constraint, nearest};

/// What `displayOptions` may hold; the last is for n8n's editor.
const SIDES: [&str; 3] = ["show", "hide", "hideOnCloud"];

/// Checks every condition of a node.
pub(super) fn check(descriptor: &NodeDescriptor, found: &mut Vec<Finding>) {
    let facts = descriptor.versions.iter().map(|version| NodeFacts::new(descriptor, *version)).collect();
    let mut checker = Checker { root: &descriptor.properties, is_whole: true, facts, found };
    checker.list(&descriptor.properties, "/properties");
    for (index, credential) in descriptor.credentials.iter().enumerate() {
        if let Some(options) = &credential.display_options {
            checker.options(options, &descriptor.properties, &format!("/credentials/{index}/displayOptions"));
        }
    }
    checker.constraints(descriptor);
}

/// Checks the conditions of a credential type's fields; those it inherits are not known here.
pub(super) fn check_fields(properties: &[Property], inherits: bool, found: &mut Vec<Finding>) {
    let mut checker = Checker { root: properties, is_whole: !inherits, facts: vec![NodeFacts::none()], found };
    checker.list(properties, "/properties");
}

struct Checker<'c> {
    /// The outermost properties.
    root: &'c [Property],
    /// Whether these are all there are.
    is_whole: bool,
    /// What is known of each version.
    facts: Vec<NodeFacts>,
    found: &'c mut Vec<Finding>,
}

impl Checker<'_> {
    fn list(&mut self, properties: &[Property], pointer: &str) {
        for (index, property) in properties.iter().enumerate() {
            let pointer = format!("{pointer}/{index}");
            for (name, options) in
                [("displayOptions", &property.display_options), ("disabledOptions", &property.disabled_options)]
            {
                if let Some(options) = options {
                    self.options(options, properties, &format!("{pointer}/{name}"));
                }
            }
            self.pattern(property, &pointer);
            match &property.options {
                Options::Properties(inner) => self.list(inner, &format!("{pointer}/options")),
                Options::Groups(groups) => {
                    for (index, group) in groups.iter().enumerate() {
                        let inner = group.values.as_deref().unwrap_or(&[]);
                        self.list(inner, &format!("{pointer}/options/{index}/values"));
                    }
                }
                Options::Choices(choices) => {
                    for (index, choice) in choices.iter().enumerate() {
                        if let Some(options) = &choice.display_options {
                            self.options(options, properties, &format!("{pointer}/options/{index}/displayOptions"));
                        }
                    }
                }
                Options::None => {}
            }
        }
    }

    fn options(&mut self, options: &DisplayOptions, siblings: &[Property], pointer: &str) {
        for name in options.rules().keys().filter(|name| !SIDES.contains(&name.as_str())) {
            let message = format!("\"{name}\" is nothing n8n looks at");
            let remedy = match nearest(name, SIDES.into_iter()) {
                Some(near) => format!("Did you mean \"{near}\"?"),
                None => "Use \"show\" or \"hide\".".to_owned(),
            };
            self.found.push(warning(format!("{pointer}/{}", token(name)), message, &remedy));
        }
        for (side, rules) in [("show", options.show()), ("hide", options.hide())] {
            for (name, conditions) in rules.and_then(Value::as_object).into_iter().flatten() {
                let pointer = format!("{pointer}/{side}/{}", token(name));
                self.rule(name, conditions, siblings, &pointer);
            }
        }
    }

    fn rule(&mut self, name: &str, conditions: &Value, siblings: &[Property], pointer: &str) {
        match name {
            "@version" => self.versions(conditions, pointer),
            "@tool" => self.tool(conditions, pointer),
            "@feature" => self.features(conditions, pointer),
            _ if name.starts_with('@') => {
                let message = format!("\"{name}\" is nothing a condition can look at");
                self.found.push(error(pointer.to_owned(), message, "Use @version, @tool or @feature."));
            }
            _ => {
                let list = if name.starts_with('/') { self.root } else { siblings };
                self.parameter(name.trim_start_matches('/'), conditions, list, pointer);
            }
        }
        self.texts(conditions, pointer);
    }

    fn versions(&mut self, conditions: &Value, pointer: &str) {
        let compiled = Conditions::compile(Some(conditions));
        let holds = |facts: &NodeFacts| compiled.hold(Values::One(Js::Number(facts.version))) == Ok(true);
        if !self.facts.iter().any(holds) {
            let message = "the condition holds for none of the node's versions".to_owned();
            self.found.push(warning(pointer.to_owned(), message, "Correct the version, or remove the property."));
        }
    }

    fn tool(&mut self, conditions: &Value, pointer: &str) {
        let compiled = Conditions::compile(Some(conditions));
        if ![true, false].into_iter().any(|is_tool| compiled.hold(Values::One(Js::Bool(is_tool))) == Ok(true)) {
            let message = "the condition never holds: @tool is true or false".to_owned();
            self.found.push(warning(pointer.to_owned(), message, "Use true or false, without quotation marks."));
        }
    }

    fn features(&mut self, conditions: &Value, pointer: &str) {
        let compiled = Conditions::compile(Some(conditions));
        let holds = |facts: &NodeFacts| {
            facts.features.as_ref().is_ok_and(|names| compiled.hold(Values::Many(names)) == Ok(true))
        };
        if !self.facts.iter().any(holds) {
            let message = "the condition holds for none of the node's versions and their features".to_owned();
            let remedy = "Use a name that stands in the node's \"features\", or remove the property.";
            self.found.push(warning(pointer.to_owned(), message, remedy));
        }
    }

    fn parameter(&mut self, path: &str, conditions: &Value, list: &[Property], pointer: &str) {
        let first = path::steps(path).into_iter().next().unwrap_or_default();
        let named: Vec<_> = list.iter().filter(|property| property.name == path || *property.name == *first).collect();
        if named.is_empty() && self.is_whole {
            let message = format!("there is no parameter \"{path}\" to look at");
            let remedy = "Correct the name; a parameter of the node itself is \"/name\" from inside a collection.";
            return self.found.push(error(pointer.to_owned(), message, remedy));
        }
        // Below a parameter, or of an inherited field, the values are not known.
        let known = !named.is_empty() && named.iter().all(|property| property.name == path);
        for (index, condition) in conditions.as_array().into_iter().flatten().enumerate() {
            self.condition(path, condition, if known { &named } else { &[] }, &format!("{pointer}/{index}"));
        }
    }

    /// One condition on the parameter that `named` describe; on one of unknown values if there are none.
    fn condition(&mut self, path: &str, condition: &Value, named: &[&Property], pointer: &str) {
        let compiled = Conditions::compile(Some(&Value::Array(vec![condition.clone()])));
        let inner = condition.get("_cnd");
        if let Err(reason) = compiled.hold(Values::One(Js::Text(""))) {
            // A pattern that does not compile is told about with the other patterns.
            if !inner.is_some_and(|inner| inner.get("regex").is_some_and(Value::is_string)) {
                let message = format!("the condition cannot be evaluated: {}", reason.0);
                let remedy = "Give it a value of the kind that it compares, a text to one on text.";
                self.found.push(error(pointer.to_owned(), message, remedy));
            }
            return;
        }
        if inner.and_then(|inner| inner.get("between")).is_some_and(is_empty_range) {
            let message = "no value is \"between\" these".to_owned();
            return self.found.push(warning(
                pointer.to_owned(),
                message,
                "Give \"from\", and \"to\" that is not below it.",
            ));
        }
        let values: Option<Vec<_>> = named.iter().map(|property| possible(property, condition)).collect();
        let Some(values) = values.filter(|_| !named.is_empty()) else { return };
        if values.iter().flatten().any(|value| compiled.hold(Values::One(value.into())) == Ok(true)) {
            return;
        }
        let (message, remedy) = match inner {
            None => {
                (format!("\"{path}\" is never {condition}"), "Use one of the parameter's options, or remove the value.")
            }
            Some(inner) => (
                format!("\"{path}\" never fulfils {inner}"),
                "Compare with a value the parameter may have, or remove the condition.",
            ),
        };
        self.found.push(warning(pointer.to_owned(), message, remedy));
    }

    /// The patterns of conditions.
    fn texts(&mut self, conditions: &Value, pointer: &str) {
        for (index, condition) in conditions.as_array().into_iter().flatten().enumerate() {
            let regex = condition.get("_cnd").and_then(|condition| condition.get("regex")?.as_str());
            if let Some(Err(reason)) = regex.map(Regexp::new) {
                let remedy = "Correct the pattern; JavaScript's syntax is meant.";
                self.found.push(error(format!("{pointer}/{index}/_cnd/regex"), reason.to_string(), remedy));
            }
        }
    }

    /// The patterns of a property.
    fn pattern(&mut self, property: &Property, pointer: &str) {
        let remedy = "Correct the pattern; JavaScript's syntax is meant.";
        if let Some(Err(reason)) = property.type_options.text("regex").map(Regexp::new) {
            self.found.push(error(format!("{pointer}/typeOptions/regex"), reason.to_string(), remedy));
        }
        for (mode_index, mode) in property.modes.iter().flatten().enumerate() {
            for (index, validation) in mode.validation.iter().enumerate() {
                let regex = validation.get("properties").and_then(|properties| properties.get("regex")?.as_str());
                if let Some(Err(reason)) = regex.map(|regex| Regexp::new(&format!("^{regex}$"))) {
                    let pointer = format!("{pointer}/modes/{mode_index}/validation/{index}/properties/regex");
                    self.found.push(error(pointer, reason.to_string(), remedy));
                }
            }
        }
    }

    fn constraints(&mut self, descriptor: &NodeDescriptor) {
        let facts = NodeFacts::new(descriptor, descriptor.versions.first().copied().unwrap_or(1.0));
        for (index, rule) in descriptor.constraints.iter().enumerate() {
            if let Some(reason) = Constraint::compile(rule, &facts).broken() {
                let message = format!("the rule's schema cannot be used: {reason}");
                let remedy = "Correct the JSON Schema (2020-12); $ref may only point into it.";
                self.found.push(error(format!("/constraints/{index}/schema"), message, remedy));
            }
            if let Some(Value::Object(when)) = rule.get("when") {
                for (name, conditions) in when {
                    let pointer = format!("/constraints/{index}/when/{}", token(name));
                    self.rule(name, conditions, self.root, &pointer);
                }
            }
        }
    }
}

/// Whether nothing lies between the ends, or one of them is missing.
fn is_empty_range(range: &Value) -> bool {
    match (range.get("from"), range.get("to")) {
        (Some(from), Some(to)) => Js::from(from).compare(Js::from(to)).ok().flatten().is_none_or(Ordering::is_gt),
        _ => true,
    }
}

/// `name` as a step of a JSON pointer.
fn token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
