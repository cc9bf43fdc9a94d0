//! What an HTML page says: web servers and proxies answer failures with pages, of which only the text helps.

/// The most characters of a page that an error shows.
const LIMIT: usize = 300;

/// The text of a page, in one line; none for what is no page, or a page without text.
pub(crate) fn text_of(body: &str) -> Option<String> {
    let body = body.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    let is_page = |name: &str| body.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    if !is_page("<!doctype html") && !is_page("<html") {
        return None;
    }
    let mut text = String::new();
    let mut rest = body;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        // A tag's end, or the end of what is not shown.
        let hidden = ["script", "style"]
            .into_iter()
            .find(|name| tag.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)));
        let after = match hidden {
            Some(_) => tag.split_once("</").map(|(_, after)| after),
            None if tag.starts_with("!--") => {
                tag.split_once("--").and_then(|(_, after)| after.split_once("--")).map(|(_, after)| after)
            }
            None => Some(tag),
        };
        rest = after.and_then(|after| after.split_once('>')).map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    let text = decoded(&text);
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    let shown: String = line.chars().take(LIMIT).collect();
    let more = if shown.len() < line.len() { "…" } else { "" };
    (!shown.is_empty()).then(|| shown + more)
}

fn decoded(text: &str) -> String {
    let pairs = [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    pairs.into_iter().fold(text.to_owned(), |text, (entity, plain)| text.replace(entity, plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_told_by_its_text() {
        assert_eq!(text_of("<html><body>Server Error</body></html>").as_deref(), Some("Server Error"));
        let page = "\u{feff}\r\n<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title><style>a > b { x: '<' }</style></head>\
                    <!-- a <b> note --><body><h1>Bad&nbsp;Gateway</h1>\n<p>nginx &amp; co";
        assert_eq!(text_of(page).as_deref(), Some("502 Bad Gateway Bad Gateway nginx & co"));
        assert_eq!(text_of("<html><body"), None);
        assert_eq!(text_of("not <html>"), None);
        assert_eq!(text_of("<error>x</error>"), None);
    }

    #[test]
    fn long_pages_are_cut() {
        let text = text_of(&format!("<html>{}", "ü".repeat(1000))).unwrap();
        assert_eq!(text.chars().count(), LIMIT + 1);
    }
}
