//! Conversions: to text, to a number, comparison with `<` and friends, JSON.

use std::cmp::Ordering;

use nodehost_expression::data;
use serde_json::Value;

use super::{Js, Throws, number, text};

impl Js<'_> {
    /// `String(value)`.
    pub(crate) fn to_text(self) -> Result<String, Throws> {
        Ok(match self {
            Js::Undefined => "undefined".to_owned(),
            Js::Null => "null".to_owned(),
            Js::Bool(flag) => flag.to_string(),
            Js::Number(number) => data::number_to_string(number),
            Js::Text(text) => text.to_owned(),
            Js::Array(list) => list.iter().map(element_to_text).collect::<Result<Vec<_>, _>>()?.join(","),
            // Its own `toString` is data and so no function, and `valueOf` answers the object itself.
            Js::Object(map) if map.contains_key("toString") => return Err(Throws::NoPrimitive),
            Js::Object(_) => "[object Object]".to_owned(),
            Js::Function(name) => format!("function {name}() {{ [native code] }}"),
        })
    }

    /// `value.toString()`, which calls the property whatever it is.
    pub(crate) fn call_to_string(self) -> Result<String, Throws> {
        match self {
            Js::Undefined | Js::Null => Err(Throws::PropertyOfNothing),
            Js::Object(map) if map.contains_key("toString") => Err(Throws::NoPrimitive),
            other => other.to_text(),
        }
    }

    /// `Number(value)`.
    pub(crate) fn to_number(self) -> Result<f64, Throws> {
        Ok(match self {
            Js::Undefined | Js::Function(_) => f64::NAN,
            Js::Null => 0.0,
            Js::Bool(flag) => f64::from(u8::from(flag)),
            Js::Number(number) => number,
            Js::Text(text) => number::from_text(text),
            Js::Array(_) | Js::Object(_) => number::from_text(&self.to_text()?),
        })
    }

    /// How `<`, `<=`, `>` and `>=` order two values; none where every one of them is false.
    pub(crate) fn compare(self, other: Js<'_>) -> Result<Option<Ordering>, Throws> {
        let own = self.is_textual().then(|| self.to_text()).transpose()?;
        let others = other.is_textual().then(|| other.to_text()).transpose()?;
        Ok(match (&own, &others) {
            (Some(left), Some(right)) => Some(text::compare(left, right)),
            _ => {
                let left = own.map_or_else(|| self.to_number(), |text| Ok(number::from_text(&text)))?;
                let right = others.map_or_else(|| other.to_number(), |text| Ok(number::from_text(&text)))?;
                left.partial_cmp(&right)
            }
        })
    }

    /// Whether the primitive form is text.
    fn is_textual(self) -> bool {
        matches!(self, Js::Text(_) | Js::Array(_) | Js::Object(_) | Js::Function(_))
    }

    /// `JSON.stringify(value)`.
    pub(crate) fn to_json_text(self) -> Option<String> {
        let mut out = String::new();
        match self {
            Js::Undefined | Js::Function(_) => return None,
            Js::Array(list) => write_list(list, &mut out),
            Js::Object(map) => write_map(map, &mut out),
            simple => out.push_str(&simple.to_json()?.to_string()),
        }
        Some(out)
    }
}

fn element_to_text(element: &Value) -> Result<String, Throws> {
    match element {
        Value::Null => Ok(String::new()),
        other => Js::from(other).to_text(),
    }
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Array(list) => write_list(list, out),
        Value::Object(map) => write_map(map, out),
        Value::Number(number) => match number.as_f64() {
            Some(number) => out.push_str(&data::number_to_string(number)),
            None => out.push_str("null"),
        },
        simple => out.push_str(&simple.to_string()),
    }
}

fn write_list(list: &[Value], out: &mut String) {
    out.push('[');
    for (index, element) in list.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(element, out);
    }
    out.push(']');
}

fn write_map(map: &serde_json::Map<String, Value>, out: &mut String) {
    out.push('{');
    for (index, (key, value)) in map.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(&Value::String(key.clone()).to_string());
        out.push(':');
        write(value, out);
    }
    out.push('}');
}
