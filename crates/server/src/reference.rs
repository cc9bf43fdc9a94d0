//! The reference page: the OpenAPI document as HTML, without scripts and without anything from elsewhere.

use std::fmt::Write;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::openapi::DOCUMENT;

const STYLE: &str = "
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff }
h2 { margin-top: 2.5rem; border-top: 1px solid #ccc; padding-top: 1rem }
code, pre { font: 14px/1.4 ui-monospace, monospace } pre { background: #f4f4f4; padding: .75rem; overflow-x: auto }
h2 code { font-size: 1.1rem } td, th { text-align: left; vertical-align: top; padding: .15rem 1rem .15rem 0 }
summary { cursor: pointer } .method { color: #06c; text-transform: uppercase }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818 } pre { background: #262626 } .method { color: #6af } }
";

/// The page, made once.
pub(crate) fn page() -> &'static str {
    static PAGE: LazyLock<String> = LazyLock::new(|| render(&DOCUMENT));
    &PAGE
}

fn render(document: &Value) -> String {
    let title = text(&document["info"]["title"]);
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}</style><h1>{title} {}</h1><p>{}</p><p>The same for programs: \
         <a href=\"/openapi.json\">/openapi.json</a>.</p>",
        text(&document["info"]["version"]),
        text(&document["info"]["description"]),
    );
    for (path, methods) in entries(&document["paths"]) {
        for (method, operation) in entries(methods) {
            operation_section(&mut page, path, method, operation);
        }
    }
    page.push_str("<h2>Schemas</h2>");
    for (name, schema) in entries(&document["components"]["schemas"]) {
        let shown = serde_json::to_string_pretty(schema).unwrap_or_default();
        append(
            &mut page,
            format_args!(
                "<details id=\"{0}\"><summary>{0}</summary><pre>{1}</pre></details>",
                escape(name),
                escape(&shown)
            ),
        );
    }
    page
}

fn operation_section(page: &mut String, path: &str, method: &str, operation: &Value) {
    append(
        page,
        format_args!("<h2><code><span class=\"method\">{}</span> {}</code></h2>", escape(method), escape(path)),
    );
    append(page, format_args!("<p>{}</p>", text(&operation["summary"])));
    if let Value::String(description) = &operation["description"] {
        append(page, format_args!("<p>{}</p>", escape(description)));
    }
    let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !parameters.is_empty() {
        page.push_str("<table>");
        for parameter in parameters {
            let (name, place) = (text(&parameter["name"]), text(&parameter["in"]));
            append(page, format_args!("<tr><td><code>{name}</code><td>{place}<td>{}", text(&parameter["description"])));
        }
        page.push_str("</table>");
    }
    bodies(page, "Request", &operation["requestBody"]["content"]);
    for (status, response) in entries(&operation["responses"]) {
        let label = format!("{status}: {}", response["description"].as_str().unwrap_or_default());
        bodies(page, &label, &response["content"]);
    }
}

/// The formats of a body, each with its schema's name or the schema itself.
fn bodies(page: &mut String, label: &str, content: &Value) {
    for (media_type, body) in entries(content) {
        append(page, format_args!("<p>{} <code>{}</code> ", escape(label), escape(media_type)));
        match body["schema"]["$ref"].as_str().and_then(|reference| reference.strip_prefix("#/components/schemas/")) {
            Some(name) => append(page, format_args!("<a href=\"#{0}\">{0}</a></p>", escape(name))),
            None => append(page, format_args!("<code>{}</code></p>", escape(&body["schema"].to_string()))),
        }
    }
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn text(value: &Value) -> String {
    escape(value.as_str().unwrap_or_default())
}

fn append(page: &mut String, arguments: std::fmt::Arguments<'_>) {
    page.write_fmt(arguments).expect("a string takes any text");
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
