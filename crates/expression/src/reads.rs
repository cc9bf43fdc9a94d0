//! What expressions can look at, told from their text alone.

use serde_json::Value;

/// Ways to a name other than by writing it.
const DETOURS: [&str; 9] = ["\\", "this", "This", "items", "evaluate", "arguments", "unction", "eval", "constructor"];

/// Whether the expressions in a parameter value can only look at these names, written without their `$`. In doubt they
/// may look further.
///
/// ```
/// use nodehost_expression::reads_only;
/// use serde_json::json;
///
/// assert!(reads_only(&json!({"name": "={{ $json.name.trim() }}"}), &["json"]));
/// assert!(!reads_only(&json!("={{ $input.all().length }}"), &["json"]));
/// ```
#[must_use]
pub fn reads_only(value: &Value, names: &[&str]) -> bool {
    match value {
        Value::String(text) if text.starts_with('=') => {
            let known = |(at, _): (usize, &str)| {
                let after = &text[at + 1..];
                let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '$');
                let end = after.find(|letter| !is_part(letter)).unwrap_or(after.len());
                match &after[..end] {
                    // The end of a regular expression, a sign in a text, a gap in one.
                    "" => after.starts_with(['"', '\'', '/', '{']),
                    name => names.contains(&name),
                }
            };
            text.match_indices('$').all(known) && !DETOURS.iter().any(|way| text.contains(way))
        }
        Value::Array(list) => list.iter().all(|value| reads_only(value, names)),
        Value::Object(map) => map.values().all(|value| reads_only(value, names)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_may_look_further_is_found() {
        let reads = |text: &str| reads_only(&json!([{ "deep": text }]), &["json", "parameter"]);
        for text in [
            "no expression: $input",
            "=text",
            "={{ $json.a }}",
            "={{ $json[\"a\"] + $parameter.b }}",
            "={{ `${$json.a}` + '$' }}",
            "={{ /x$/.test($json.a) }}",
        ] {
            assert!(reads(text), "{text}");
        }
        for text in [
            "={{ $input.all() }}",
            "={{ $('Node').all() }}",
            "={{ $jsonata }}",
            "={{ $json$ }}",
            "={{ $ }}",
            "={{ \\u0024input.all() }}",
            "={{ this['$' + 'input'] }}",
            "={{ globalThis }}",
            "={{ items }}",
        ] {
            assert!(!reads(text), "{text}");
        }
    }
}
