//! Asking for a credential's fields on the terminal.

use std::io::{IsTerminal, Write, stdin, stdout};

use anyhow::{Result, bail};
use nodehost_descriptor::{CredentialDescriptor, Options, Property, PropertyType};
use nodehost_parameters::is_displayed;
use serde_json::{Map, Value};

/// Asks for each field that applies to what was answered so far; what is a secret is not shown.
pub(super) fn ask(descriptor: Value) -> Result<Map<String, Value>> {
    if !stdin().is_terminal() {
        bail!("there is no terminal to ask for the fields: give --data");
    }
    let properties = CredentialDescriptor::from_value(descriptor)?.properties;
    fields(
        &properties,
        |property| if is_secret(property) { hidden(&prompt(property)) } else { line(&prompt(property)) },
    )
}

/// The fields' values; `answer` is called for each that applies, again while a required one stays empty.
fn fields(properties: &[Property], answer: impl Fn(&Property) -> Result<String>) -> Result<Map<String, Value>> {
    let mut data = Map::new();
    // What conditions see: defaults, those of fields nobody sees included, and answers over them.
    let mut values = Map::new();
    for property in properties {
        // As in n8n, a type's own field stands over that of the type it extends.
        values.insert(property.name.clone(), property.default.clone().unwrap_or_default());
    }
    // What others depend on comes first: nobody is asked for what a later answer makes needless.
    let decides = |name: &str| properties.iter().any(|other| depends_on(other, name));
    let (first, then): (Vec<_>, Vec<_>) = properties.iter().partition(|property| decides(&property.name));
    for property in first.into_iter().chain(then) {
        if matches!(property.kind, PropertyType::Hidden | PropertyType::Notice)
            || !is_displayed(property.display_options.as_ref(), &values, &values, None)?
        {
            continue;
        }
        let mut given = answer(property)?;
        while given.is_empty() && property.required && is_blank(property.default.as_ref()) {
            eprintln!("{} is required.", property.display_name);
            given = answer(property)?;
        }
        if !given.is_empty() {
            let value = typed(property, given);
            values.insert(property.name.clone(), value.clone());
            data.insert(property.name.clone(), value);
        }
    }
    Ok(data)
}

/// Whether a property is shown or hidden by another's value.
fn depends_on(property: &Property, name: &str) -> bool {
    let rules = property.display_options.iter().flat_map(|options| [options.show(), options.hide()]).flatten();
    rules.filter_map(Value::as_object).any(|rules| rules.contains_key(name))
}

fn is_secret(property: &Property) -> bool {
    property.type_options.get("password") == Some(&Value::Bool(true))
}

fn is_blank(default: Option<&Value>) -> bool {
    default.is_none_or(|default| default.is_null() || default == "")
}

fn prompt(property: &Property) -> String {
    let mut text = property.display_name.clone();
    if let Options::Choices(choices) = &property.options {
        let values: Vec<String> = choices.iter().filter_map(|choice| choice.value.as_ref().map(shown)).collect();
        text.push_str(&format!(" ({})", values.join(", ")));
    }
    match &property.default {
        Some(default) if !is_blank(Some(default)) => format!("{text} [{}]: ", shown(default)),
        _ => text + ": ",
    }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn line(prompt: &str) -> Result<String> {
    let mut out = stdout();
    out.write_all(prompt.as_bytes())?;
    out.flush()?;
    let mut line = String::new();
    if stdin().read_line(&mut line)? == 0 {
        bail!("the input ended before all fields were given; nothing was added");
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn hidden(prompt: &str) -> Result<String> {
    Ok(rpassword::prompt_password(prompt)?)
}

/// The answer as a field of this type holds it.
fn typed(property: &Property, answer: String) -> Value {
    match property.kind {
        PropertyType::Boolean | PropertyType::Number => serde_json::from_str(&answer).unwrap_or(Value::String(answer)),
        _ => Value::String(answer),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    /// The fields of HaloPSA's credential that are asked for, given these answers by name.
    fn asked(answers: &[(&str, &str)]) -> (Vec<String>, Map<String, Value>) {
        let host = nodehost_halopsa::register(nodehost_runtime::Host::builder()).unwrap().build().unwrap();
        let descriptor = serde_json::from_str(&host.credential_type("haloPSAApi", true).unwrap()).unwrap();
        let properties = CredentialDescriptor::from_value(descriptor).unwrap().properties;
        let names = RefCell::new(Vec::new());
        let data = fields(&properties, |property| {
            names.borrow_mut().push(property.name.clone());
            let tries = names.borrow().iter().filter(|name| **name == property.name).count();
            // A required field is left empty the first time.
            if property.required && is_blank(property.default.as_ref()) && tries == 1 {
                return Ok(String::new());
            }
            assert!(tries < 3, "{} is asked for again and again", property.name);
            let given = answers.iter().find(|(name, _)| *name == property.name);
            Ok(given.map(|(_, answer)| (*answer).to_owned()).unwrap_or_default())
        });
        let mut names = names.into_inner();
        names.dedup();
        (names, data.unwrap())
    }

    #[test]
    fn only_fields_that_apply_are_asked_for() {
        let (names, data) = asked(&[("baseUrl", "https://halo.example"), ("method", "apiKey"), ("apiKey", "a key")]);
        assert!(names.contains(&"apiKey".to_owned()) && !names.contains(&"clientSecret".to_owned()), "{names:?}");
        assert_eq!(data["apiKey"], "a key");
        let (names, data) = asked(&[("baseUrl", "https://halo.example"), ("clientId", "a"), ("clientSecret", "b")]);
        assert!(!names.contains(&"apiKey".to_owned()) && !names.contains(&"authUrl".to_owned()), "{names:?}");
        assert_eq!(data.keys().collect::<Vec<_>>(), ["clientId", "clientSecret", "baseUrl"]);
    }

    #[test]
    fn answers_have_the_type_of_their_field() {
        let property = |kind: &str| {
            let field =
                serde_json::json!({ "name": "a", "properties": [{ "name": "f", "type": kind, "default": "" }] });
            CredentialDescriptor::from_value(field).unwrap().properties.remove(0)
        };
        assert_eq!(typed(&property("number"), "5".to_owned()), 5);
        assert_eq!(typed(&property("boolean"), "true".to_owned()), true);
        assert_eq!(typed(&property("string"), "5".to_owned()), "5");
    }
}
