//! The shape of collections: n8n drops what does not have it, without a word.

use serde_json::{Map, Value};

use super::{Violation, shown, token};
use crate::compile::{Compiled, CompiledGroup, Multiple, Nested};
use crate::js::is_equal;

/// Checks what is given for a collection or a fixed collection.
pub(super) fn check(property: &Compiled, given: &Value, pointer: &str, found: &mut Vec<Violation>) {
    if is_equal(given.into(), property.default.as_ref().into()) {
        return;
    }
    let mut shape = Shape { property, found };
    match (&property.nested, property.multiple) {
        (Nested::Simple, _) | (_, Multiple::Odd) => {}
        (Nested::Collection(_), Multiple::Yes) => shape.list(given, pointer),
        (Nested::Collection(_) | Nested::Groups(None), _) => {
            shape.object(given, pointer);
        }
        (Nested::Groups(Some(groups)), _) => {
            if let Some(given) = shape.object(given, pointer) {
                shape.groups(groups, given, pointer);
            }
        }
    }
}

struct Shape<'s> {
    property: &'s Compiled,
    found: &'s mut Vec<Violation>,
}

impl Shape<'_> {
    /// An object with the values of fields or groups.
    fn object<'v>(&mut self, given: &'v Value, pointer: &str) -> Option<&'v Map<String, Value>> {
        match given {
            Value::Object(fields) => return Some(fields),
            Value::Null => {}
            // Nothing is lost with an empty list, which some languages write for an empty object.
            Value::Array(list) if list.is_empty() => {}
            Value::String(text) if text.starts_with('=') => {
                let rule = "has to be an object with its fields: an expression for the whole collection is not used; \
                            give each field an expression of its own.";
                self.refuse(pointer, rule);
            }
            _ => self.refuse(pointer, &format!("has to be an object with its fields; it is {}.", shown(given))),
        }
        None
    }

    fn groups(&mut self, groups: &[CompiledGroup], given: &Map<String, Value>, pointer: &str) {
        for (name, value) in given.iter().filter(|(name, _)| groups.iter().any(|group| group.name == **name)) {
            let pointer = format!("{pointer}/{}", token(name));
            match (self.property.multiple, value) {
                (Multiple::Yes, Value::Array(entries)) => {
                    for (index, entry) in entries.iter().enumerate() {
                        self.object(entry, &format!("{pointer}/{index}"));
                    }
                }
                (Multiple::Yes, Value::String(text)) if text.starts_with('=') => {
                    let rule = "has to be a list of entries: an expression for the whole list is not used; \
                                give each field of an entry an expression of its own.";
                    self.refuse(&pointer, rule);
                }
                (Multiple::Yes, Value::Null) => {}
                (Multiple::Yes, _) => {
                    self.refuse(&pointer, &format!("has to be a list of entries; it is {}.", shown(value)));
                }
                _ => {
                    self.object(value, &pointer);
                }
            }
        }
    }

    /// A collection used several times is taken as it is, an expression for all of it included.
    fn list(&mut self, given: &Value, pointer: &str) {
        match given {
            Value::Array(_) | Value::Object(_) | Value::Null => {}
            Value::String(text) if text.starts_with('=') => {}
            _ => self.refuse(pointer, &format!("has to be a list of objects; it is {}.", shown(given))),
        }
    }

    fn refuse(&mut self, pointer: &str, rule: &str) {
        let Compiled { display_name, name, .. } = self.property;
        self.found.push(Violation::invalid(pointer, format!("Parameter \"{display_name}\" ({name}) {rule}")));
    }
}
