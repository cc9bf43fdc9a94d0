//! The reference page: the OpenAPI document as HTML, without scripts and without anything from elsewhere.

mod html;
mod schema;

use std::sync::LazyLock;

use serde_json::Value;

use crate::openapi;
use html::{Page, entries, escape, text};

const STYLE: &str = include_str!("style.css");
const KEYS: &str = "A key goes into <code>Authorization: Bearer KEY</code> or <code>X-API-Key: KEY</code>; the health calls, \
                    this page and its document need none. ";
const AND_KEY: &str = ", <code>$KEY</code> a key";

/// The page of a server with or without keys, made once.
pub(crate) fn page(keyed: bool) -> &'static str {
    static OPEN: LazyLock<String> = LazyLock::new(|| render(openapi::document(false)));
    static KEYED: LazyLock<String> = LazyLock::new(|| render(openapi::document(true)));
    if keyed { &KEYED } else { &OPEN }
}

fn render(document: &Value) -> String {
    let title = text(&document["info"]["title"]);
    let mut page = Page::default();
    page.add(format_args!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}: the HTTP interface</title><style>{STYLE}</style>"
    ));
    let groups = groups(document);
    contents(&mut page, &title, &groups, document);
    let (keys, and_key) = if document["security"].is_array() { (KEYS, AND_KEY) } else { ("", "") };
    page.add(format_args!(
        "<main><h1>{title} {}</h1><p>{}</p><p>The same for programs: <a href=\"/openapi.json\">/openapi.json</a>. {keys}In \
         the examples <code>$RUNNER</code> is the address of the runner{and_key}.</p>",
        text(&document["info"]["version"]),
        text(&document["info"]["description"]),
    ));
    for (tag, calls) in &groups {
        page.add(format_args!("<h2>{}</h2>", escape(tag)));
        for call in calls {
            call.section(&mut page, !keys.is_empty());
        }
    }
    page.add(format_args!("<h2>Schemas</h2>"));
    for (name, schema) in entries(&document["components"]["schemas"]) {
        schema::section(&mut page, name, schema);
    }
    page.add(format_args!("</main></html>"));
    page.0
}

/// A call of the interface.
struct Call<'a> {
    method: &'a str,
    path: &'a str,
    operation: &'a Value,
}

/// The calls by their tags, in the order of the document.
fn groups(document: &Value) -> Vec<(&str, Vec<Call<'_>>)> {
    let mut groups: Vec<(&str, Vec<Call<'_>>)> = Vec::new();
    for (path, methods) in entries(&document["paths"]) {
        for (method, operation) in entries(methods) {
            let tag = operation["tags"][0].as_str().unwrap_or_default();
            let call = Call { method, path, operation };
            match groups.iter_mut().find(|(found, _)| *found == tag) {
                Some((_, calls)) => calls.push(call),
                None => groups.push((tag, vec![call])),
            }
        }
    }
    groups
}

fn contents(page: &mut Page, title: &str, groups: &[(&str, Vec<Call<'_>>)], document: &Value) {
    page.add(format_args!("<nav><strong>{title}</strong>"));
    for (tag, calls) in groups {
        page.add(format_args!("<h2>{}</h2><ul>", escape(tag)));
        for call in calls {
            page.add(format_args!("<li><a href=\"#{}\">{} {}</a>", call.anchor(), call.badge(), escape(call.path)));
        }
        page.add(format_args!("</ul>"));
    }
    page.add(format_args!("<h2>Schemas</h2><ul>"));
    for (name, _) in entries(&document["components"]["schemas"]) {
        page.add(format_args!("<li><a href=\"#{0}\">{0}</a>", escape(name)));
    }
    page.add(format_args!("</ul></nav>"));
}

impl Call<'_> {
    fn anchor(&self) -> String {
        let path: String = self.path.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '/').collect();
        format!("{}{}", self.method, path.replace('/', "-"))
    }

    fn badge(&self) -> String {
        let method = escape(self.method);
        format!("<span class=\"method {method}\">{method}</span>")
    }

    fn section(&self, page: &mut Page, keyed: bool) {
        let operation = self.operation;
        page.add(format_args!(
            "<section id=\"{}\"><h3><code>{} {}</code></h3><p>{}</p>",
            self.anchor(),
            self.badge(),
            escape(self.path),
            text(&operation["summary"])
        ));
        if let Value::String(description) = &operation["description"] {
            page.add(format_args!("<p>{}</p>", html::prose(description)));
        }
        self.parameters(page);
        if operation["requestBody"].is_object() {
            page.add(format_args!("<h4>Body</h4>"));
            bodies(page, &operation["requestBody"]["content"]);
        }
        self.example(page, keyed);
        page.add(format_args!("<h4>Answers</h4><div class=\"wide\"><table><tr><th>Status<th>When<th>Body</tr>"));
        for (status, response) in entries(&operation["responses"]) {
            page.add(format_args!(
                "<tr><td><code>{}</code><td>{}<td>",
                escape(status),
                html::prose(response["description"].as_str().unwrap_or_default())
            ));
            bodies(page, &response["content"]);
        }
        page.add(format_args!("</table></div></section>"));
    }

    fn parameters(&self, page: &mut Page) {
        let parameters = self.operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        if parameters.is_empty() {
            return;
        }
        page.add(format_args!(
            "<h4>Parameters</h4><div class=\"wide\"><table><tr><th>Name<th>In<th>Type<th>Meaning</tr>"
        ));
        for parameter in parameters {
            page.add(format_args!(
                "<tr><td><code>{}</code><td>{}<td>{}<td>{}",
                text(&parameter["name"]),
                text(&parameter["in"]),
                schema::kind(&parameter["schema"]),
                text(&parameter["description"])
            ));
        }
        page.add(format_args!("</table></div>"));
    }

    /// The call as a line of curl.
    fn example(&self, page: &mut Page, keyed: bool) {
        let path = self.path.replace("{type}", "haloPsa").replace("{name}", "haloPSAApi");
        let mut line = format!("curl -s \"$RUNNER{path}\"");
        if keyed {
            line.push_str(" -H \"x-api-key: $KEY\"");
        }
        if self.operation["requestBody"].is_object() {
            let example = &self.operation["requestBody"]["content"]["application/json"]["example"];
            line.push_str(" -H \"content-type: application/json\" -d '");
            line.push_str(&serde_json::to_string_pretty(example).unwrap_or_default());
            line.push('\'');
        }
        page.add(format_args!("<h4>Example</h4><pre>{}</pre>", escape(&line)));
    }
}

/// The formats of a body, each with what it holds.
fn bodies(page: &mut Page, content: &Value) {
    for (media_type, body) in entries(content) {
        page.add(format_args!(
            "<div><code>{}</code> <span class=\"soft\">{}</span></div>",
            escape(media_type),
            schema::kind(&body["schema"])
        ));
    }
}
