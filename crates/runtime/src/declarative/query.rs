//! Query strings as npm's `qs` writes them, which n8n uses.

use nodehost_expression::data;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// How lists are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum ArrayFormat {
    /// `a[0]=b`
    #[default]
    Indices,
    /// `a[]=b`
    Brackets,
    /// `a=b&a=c`
    Repeat,
    /// `a=b,c`
    Comma,
}

impl ArrayFormat {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "indices" => Self::Indices,
            "brackets" => Self::Brackets,
            "repeat" => Self::Repeat,
            "comma" => Self::Comma,
            _ => return None,
        })
    }
}

/// What `encodeURIComponent` of qs leaves as it is.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The query string of an object or list; empty for anything else.
pub(crate) fn stringify(value: &Value, format: ArrayFormat) -> String {
    let mut out = String::new();
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                write(&mut out, key, value, format);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                write(&mut out, &index.to_string(), value, format);
            }
        }
        _ => {}
    }
    out
}

fn write(out: &mut String, key: &str, value: &Value, format: ArrayFormat) {
    match value {
        Value::Object(map) => {
            for (inner, value) in map {
                write(out, &format!("{key}[{inner}]"), value, format);
            }
        }
        Value::Array(list) if format == ArrayFormat::Comma => {
            if !list.is_empty() {
                let joined: Vec<String> = list.iter().map(plain).collect();
                pair(out, key, &joined.join(","));
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                match format {
                    ArrayFormat::Indices => write(out, &format!("{key}[{index}]"), value, format),
                    ArrayFormat::Brackets => write(out, &format!("{key}[]"), value, format),
                    ArrayFormat::Repeat | ArrayFormat::Comma => write(out, key, value, format),
                }
            }
        }
        value => pair(out, key, &plain(value)),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        value => data::to_js_string(value),
    }
}

fn pair(out: &mut String, key: &str, value: &str) {
    if !out.is_empty() {
        out.push('&');
    }
    out.extend(utf8_percent_encode(key, KEPT));
    out.push('=');
    out.extend(utf8_percent_encode(value, KEPT));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_nest_and_lists_have_indices() {
        let value = json!({"a": [1, {"b": true}], "c": {"d e": "ü&'()*"}, "n": null, "empty": [], "o": {}});
        assert_eq!(
            stringify(&value, ArrayFormat::Indices),
            "a%5B0%5D=1&a%5B1%5D%5Bb%5D=true&c%5Bd%20e%5D=%C3%BC%26%27%28%29%2A&n="
        );
    }

    #[test]
    fn lists_have_four_formats() {
        let value = json!({"a": ["x", "y"]});
        let written = |format| stringify(&value, format);
        assert_eq!(written(ArrayFormat::Brackets), "a%5B%5D=x&a%5B%5D=y");
        assert_eq!(written(ArrayFormat::Repeat), "a=x&a=y");
        assert_eq!(written(ArrayFormat::Comma), "a=x%2Cy");
    }
}
