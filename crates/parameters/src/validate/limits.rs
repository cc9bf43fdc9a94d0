//! One value against its property: its type, option lists, and the limits in `typeOptions`.

use nodehost_descriptor::{Options, PropertyType};
use nodehost_expression::data;
use serde_json::Value;

use super::trail::Trail;
use super::{Violation, shown};
use crate::compile::{Compiled, Multiple};
use crate::js::{Js, is_equal, number, text};

/// Checks a value that is in use; a list where the property takes several. `is_constant` says that it is no
/// expression's result.
pub(super) fn check(
    property: &Compiled,
    value: &Value,
    is_constant: bool,
    trail: &Trail<'_>,
    found: &mut Vec<Violation>,
) {
    let several = property.multiple == Multiple::Yes || property.kind == PropertyType::MultiOptions;
    match value {
        Value::Array(list) if several => {
            for (index, value) in list.iter().enumerate() {
                Subject { property, value, is_constant, trail, element: Some(index) }.check(found);
            }
        }
        _ => Subject { property, value, is_constant, trail, element: None }.check(found),
    }
}

struct Subject<'s> {
    property: &'s Compiled,
    value: &'s Value,
    is_constant: bool,
    trail: &'s Trail<'s>,
    /// Which of several values, where the property takes several.
    element: Option<usize>,
}

impl Subject<'_> {
    fn check(&self, found: &mut Vec<Violation>) {
        let broken = match self.property.kind {
            _ if self.value.is_null() => None,
            PropertyType::Options | PropertyType::MultiOptions => self.choice(),
            PropertyType::Boolean => self.flag(),
            PropertyType::Number => self.number(),
            PropertyType::String => self.text(),
            PropertyType::Json => self.json(),
            _ if self.property.is_locator() => self.locator_mode(),
            _ => None,
        };
        found.extend(broken.map(|rule| self.violation(&rule)));
    }

    fn violation(&self, rule: &str) -> Violation {
        let name = &self.property.display_name;
        let pointer = self.element.map_or_else(|| self.trail.pointer(), |index| self.trail.index(index).pointer());
        Violation::invalid(&pointer, format!("Parameter \"{name}\" ({}) {rule}", self.trail.path()))
    }

    fn is_secret(&self) -> bool {
        self.property.source.type_options.password()
    }

    /// The value in a message; of a secret one only its kind.
    fn told(&self) -> String {
        match self.value {
            value if !self.is_secret() => shown(value),
            Value::Null => "null".to_owned(),
            Value::Bool(_) => "true or false".to_owned(),
            Value::Number(_) => "a number".to_owned(),
            Value::String(_) => "another text".to_owned(),
            Value::Array(_) => "a list".to_owned(),
            Value::Object(_) => "an object".to_owned(),
        }
    }

    /// The value has to be one of the choices, where the descriptor lists them all.
    fn choice(&self) -> Option<String> {
        let options = &self.property.source.type_options;
        let is_open = ["loadOptionsMethod", "loadOptions", "allowArbitraryValues"];
        if is_open.iter().any(|name| options.get(name).is_some()) {
            return None;
        }
        let Options::Choices(choices) = &self.property.source.options else { return None };
        let values: Vec<_> = choices.iter().filter_map(|choice| choice.value.as_ref()).collect();
        let is_choice = values.iter().any(|choice| is_equal((*choice).into(), self.value.into()));
        if values.is_empty() || is_choice {
            return None;
        }
        let mut listed: Vec<_> = values.iter().take(20).map(|value| shown(value)).collect();
        if values.len() > listed.len() {
            listed.push("...".to_owned());
        }
        Some(format!("is {}, which is none of its options; use one of {}.", self.told(), listed.join(", ")))
    }

    /// Whether the property takes one value as its type says; others have rules of their own.
    fn is_plain(&self) -> bool {
        let single = matches!(self.property.multiple, Multiple::Unsaid | Multiple::No);
        single && self.property.validate_type.is_none() && self.property.source.type_options.get("editor").is_none()
    }

    fn flag(&self) -> Option<String> {
        let is_wrong = self.is_plain() && !self.value.is_boolean();
        is_wrong.then(|| format!("has to be true or false; it is {}.", self.told()))
    }

    fn number(&self) -> Option<String> {
        let options = &self.property.source.type_options;
        let (min, max) = (options.number("minValue"), options.number("maxValue"));
        let number = match self.value {
            Value::Number(number) => number.as_f64(),
            // An expression over text brings digits as text, which services take for the number.
            Value::String(digits) if !text::trim(digits).is_empty() => Some(number::from_text(digits)),
            _ => None,
        };
        let Some(number) = number.filter(|number| !number.is_nan()) else {
            return Some(format!("has to be a number; it is {}.", self.told()));
        };
        let told = || if self.is_secret() { self.told() } else { data::number_to_string(number) };
        match (min, max) {
            (Some(min), _) if number < min => {
                Some(format!("has to be at least {}; it is {}.", data::number_to_string(min), told()))
            }
            (_, Some(max)) if number > max => {
                Some(format!("may be at most {}; it is {}.", data::number_to_string(max), told()))
            }
            _ => None,
        }
    }

    fn text(&self) -> Option<String> {
        let value = match self.value {
            Value::String(value) => value,
            // A number stands for its digits, and what an expression brings may be a flag as well.
            Value::Number(_) => return None,
            Value::Bool(_) if !self.is_constant => return None,
            _ => return self.is_plain().then(|| format!("has to be text; it is {}.", self.told())),
        };
        let options = &self.property.source.type_options;
        let length = text::length(value) as f64;
        if let Some(max) = options.number("maxLength").filter(|max| length > *max) {
            return Some(format!("may have at most {} characters; it has {length}.", data::number_to_string(max)));
        }
        if let Some(min) = options.number("minLength").filter(|min| length < *min) {
            return Some(format!("has to have at least {} characters; it has {length}.", data::number_to_string(min)));
        }
        match self.property.pattern.as_ref()?.as_ref().map_err(Clone::clone).and_then(|regexp| regexp.test(value)) {
            Ok(true) => None,
            Ok(false) => {
                let pattern = options.text("regex").unwrap_or_default();
                Some(format!("has to match {pattern}; it is {}.", self.told()))
            }
            Err(error) => Some(format!("could not be checked against its pattern: {error}.")),
        }
    }

    /// Text in a JSON parameter has to be JSON; objects and lists are it already.
    fn json(&self) -> Option<String> {
        let Value::String(value) = self.value else { return None };
        if text::trim(value).is_empty() {
            return None;
        }
        let error = serde_json::from_str::<serde::de::IgnoredAny>(value).err()?;
        let (line, column) = (error.line(), error.column());
        let reason = error.to_string();
        let reason = reason.split(" at line ").next().unwrap_or_default();
        Some(format!("is no valid JSON at line {line}, column {column}: {reason}."))
    }

    /// A resource locator names its resource in one of the property's modes.
    fn locator_mode(&self) -> Option<String> {
        let modes = self.property.source_modes();
        let mode = Js::from(self.value).get("mode");
        match mode {
            Js::Text(mode) if !modes.is_empty() && !modes.contains(&mode) => {
                Some(format!("has no mode \"{mode}\"; use one of {}.", modes.join(", ")))
            }
            _ => None,
        }
    }
}
