//! Schemas for people: what kind of value, and for objects a table of their properties.

use serde_json::Value;

use super::html::{Page, entries, escape, prose};

/// The section of a named schema, and of those inside it.
pub(super) fn section(page: &mut Page, name: &str, schema: &Value) {
    let title = name.replace('-', " / ");
    page.add(format_args!("<section id=\"{}\"><h3>{}</h3>", escape(name), escape(&title)));
    if let Some(description) = schema["description"].as_str() {
        page.add(format_args!("<p>{}</p>", prose(description)));
    }
    body(page, schema);
    page.add(format_args!("</section>"));
    for (inner, schema) in entries(&schema["$defs"]) {
        section(page, &format!("{name}-{inner}"), schema);
    }
}

fn body(page: &mut Page, schema: &Value) {
    let alternatives = ["oneOf", "anyOf"].iter().find_map(|key| schema[*key].as_array());
    if let Some(alternatives) = alternatives {
        for (at, alternative) in alternatives.iter().enumerate() {
            page.add(format_args!("<h4>{}</h4>", if at == 0 { "Either" } else { "Or" }));
            body(page, alternative);
        }
    } else if schema["properties"].is_object() {
        properties(page, schema);
    } else {
        page.add(format_args!("<p>{}</p>", kind(schema)));
    }
}

fn properties(page: &mut Page, schema: &Value) {
    let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    page.add(format_args!("<div class=\"wide\"><table><tr><th>Property<th>Type<th>Meaning</tr>"));
    for (name, property) in entries(&schema["properties"]) {
        let need = if required.iter().any(|one| one == name) { " <span class=\"need\">required</span>" } else { "" };
        let description = property["description"].as_str().unwrap_or_default();
        page.add(format_args!(
            "<tr><td><code>{}</code>{need}<td>{}<td>{}",
            escape(name),
            kind(property),
            prose(description)
        ));
        if let Some(default) = property.get("default") {
            page.add(format_args!(
                " <span class=\"soft\">Default: <code>{}</code></span>",
                escape(&default.to_string())
            ));
        }
        // An object without a name of its own is shown where it stands.
        if property["properties"].is_object() {
            properties(page, property);
        }
    }
    page.add(format_args!("</table></div>"));
}

/// What kind of value a schema takes, as HTML.
pub(super) fn kind(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.trim_start_matches("#/components/schemas/").replace("/$defs/", "-");
        let short = name.rsplit('-').next().unwrap_or_default();
        return format!("<a href=\"#{}\">{}</a>", escape(&name), escape(short));
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(alternatives) = schema[key].as_array() {
            return alternatives.iter().map(kind).collect::<Vec<_>>().join(" or ");
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        return one_of(values);
    }
    if let Some(value) = schema.get("const") {
        return one_of(std::slice::from_ref(value));
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => return "any value".to_owned(),
    };
    let shown = types.iter().map(|name| match *name {
        "array" if schema["items"].is_object() => format!("list of {}", kind(&schema["items"])),
        "array" => "list".to_owned(),
        "object" if schema["additionalProperties"].is_object() => {
            format!("object of {}", kind(&schema["additionalProperties"]))
        }
        other => other.to_owned(),
    });
    shown.collect::<Vec<_>>().join(" or ")
}

fn one_of(values: &[Value]) -> String {
    values.iter().map(|value| format!("<code>{}</code>", escape(&value.to_string()))).collect::<Vec<_>>().join(" or ")
}
