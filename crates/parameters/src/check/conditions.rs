//! Display conditions on parameters that are not there, or on values they cannot have; rules that do not compile.

use nodehost_descriptor::{DisplayOptions, NodeDescriptor, Options, Property, PropertyType};
use serde_json::Value;

use super::{Finding, error, warning};
use crate::compile::{Conditions, NodeFacts, Values};
use crate::js::{Js, is_equal, path, regexp::Regexp};
use crate::validate::Constraint;

/// Checks every condition of a node.
pub(super) fn check(descriptor: &NodeDescriptor, found: &mut Vec<Finding>) {
    let mut checker = Checker { descriptor, found };
    checker.list(&descriptor.properties, "/properties");
    for (index, credential) in descriptor.credentials.iter().enumerate() {
        if let Some(options) = &credential.display_options {
            checker.options(options, &descriptor.properties, &format!("/credentials/{index}/displayOptions"));
        }
    }
    checker.constraints();
}

struct Checker<'c> {
    descriptor: &'c NodeDescriptor,
    found: &'c mut Vec<Finding>,
}

impl Checker<'_> {
    fn list(&mut self, properties: &[Property], pointer: &str) {
        for (index, property) in properties.iter().enumerate() {
            let pointer = format!("{pointer}/{index}");
            if let Some(options) = &property.display_options {
                self.options(options, properties, &format!("{pointer}/displayOptions"));
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
                Options::None | Options::Choices(_) => {}
            }
        }
    }

    fn options(&mut self, options: &DisplayOptions, siblings: &[Property], pointer: &str) {
        for (side, rules) in [("show", options.show()), ("hide", options.hide())] {
            for (name, conditions) in rules.and_then(Value::as_object).into_iter().flatten() {
                let pointer = format!("{pointer}/{side}/{}", name.replace('~', "~0").replace('/', "~1"));
                self.rule(name, conditions, siblings, &pointer);
            }
        }
    }

    fn rule(&mut self, name: &str, conditions: &Value, siblings: &[Property], pointer: &str) {
        match name {
            "@version" => self.versions(conditions, pointer),
            "@tool" | "@feature" => {}
            _ if name.starts_with('@') => {
                let message = format!("\"{name}\" is nothing a condition can look at");
                self.found.push(error(pointer.to_owned(), message, "Use @version, @tool or @feature."));
            }
            _ => {
                let list = if name.starts_with('/') { self.descriptor.properties.as_slice() } else { siblings };
                self.parameter(name.trim_start_matches('/'), conditions, list, pointer);
            }
        }
        self.texts(conditions, pointer);
    }

    fn versions(&mut self, conditions: &Value, pointer: &str) {
        let compiled = Conditions::compile(Some(conditions));
        let holds = |version: &f64| compiled.hold(Values::One(Js::Number(*version))) == Ok(true);
        if !self.descriptor.versions.iter().any(holds) {
            let message = "the condition holds for none of the node's versions".to_owned();
            self.found.push(warning(pointer.to_owned(), message, "Correct the version, or remove the property."));
        }
    }

    fn parameter(&mut self, path: &str, conditions: &Value, list: &[Property], pointer: &str) {
        let first = path::steps(path).into_iter().next().unwrap_or_default();
        let named: Vec<_> = list.iter().filter(|property| property.name == path || *property.name == *first).collect();
        if named.is_empty() {
            let message = format!("there is no parameter \"{path}\" to look at");
            let remedy = "Correct the name; a parameter of the node itself is \"/name\" from inside a collection.";
            return self.found.push(error(pointer.to_owned(), message, remedy));
        }
        if named.iter().any(|property| property.name != path) {
            return;
        }
        for (index, value) in conditions.as_array().into_iter().flatten().enumerate() {
            if !value.is_object() && !named.iter().any(|property| can_be(property, value)) {
                let message = format!("\"{path}\" is never {value}");
                let remedy = "Use one of the parameter's options, or remove the value.";
                self.found.push(warning(format!("{pointer}/{index}"), message, remedy));
            }
        }
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

    fn constraints(&mut self) {
        let facts = NodeFacts::new(self.descriptor, self.descriptor.versions.first().copied().unwrap_or(1.0));
        for (index, rule) in self.descriptor.constraints.iter().enumerate() {
            if let Some(reason) = Constraint::compile(rule, &facts).broken() {
                let message = format!("the rule's schema cannot be used: {reason}");
                let remedy = "Correct the JSON Schema (2020-12); $ref may only point into it.";
                self.found.push(error(format!("/constraints/{index}/schema"), message, remedy));
            }
            if let Some(Value::Object(when)) = rule.get("when") {
                for (name, conditions) in when {
                    let pointer = format!("/constraints/{index}/when/{}", name.replace('~', "~0").replace('/', "~1"));
                    let descriptor = self.descriptor;
                    self.rule(name, conditions, &descriptor.properties, &pointer);
                }
            }
        }
    }
}

/// Whether the property may have the value; true where the descriptor does not tell.
fn can_be(property: &Property, value: &Value) -> bool {
    let is_default = property.default.as_ref().is_some_and(|default| is_equal(default.into(), value.into()));
    match (&property.kind, &property.options) {
        _ if is_default => true,
        (PropertyType::Boolean, _) => value.is_boolean(),
        (PropertyType::Options | PropertyType::MultiOptions, Options::Choices(choices)) => {
            let is_open =
                ["loadOptionsMethod", "loadOptions"].iter().any(|name| property.type_options.get(name).is_some());
            is_open
                || choices.is_empty()
                || choices.iter().any(|choice| is_equal(choice.value.as_ref().into(), value.into()))
        }
        _ => true,
    }
}
