//! `postReceive`: what becomes of an answer's items.

use std::sync::Arc;

use nodehost_expression::{ExpressionError, Scope, data};
use serde_json::{Map, Value};

use super::build::truthy;
use super::resolve::with;
use super::response::{Answer, AnswerBody, binary, is_buffer};
use super::routing::{Action, Setting};
use super::{buffer, lodash};
use crate::values::Values;
use crate::{ErrorCode, Item, ItemError};

/// The items of an answer before any action: one with its body, or one for each element of a list.
pub(crate) fn items_of(answer: Answer, has_actions: bool) -> Vec<Item> {
    match answer.body.into_value() {
        Value::Array(list) if !has_actions => list.into_iter().map(Item::new).collect(),
        body => vec![Item::new(body)],
    }
}

/// Applies one action.
pub(crate) fn apply(
    action: &Action,
    items: Vec<Item>,
    answer: &Answer,
    scope: &ActionScope,
    values: &mut Values<'_>,
) -> Result<Vec<Item>, ActionError> {
    let ActionScope { plain, credentials } = scope;
    let mut evaluate =
        |setting: &Setting, scope: &Scope| values.evaluate(&setting.value, scope).map_err(ActionError::Expression);
    match action {
        Action::RootProperty(path) => Ok(root_property(items, answer, path)),
        Action::Filter(pass) => {
            let mut kept = Vec::with_capacity(items.len());
            for item in items {
                let mut scope = scope.for_item(&item);
                if let Some(credentials) = credentials {
                    scope = with(&scope, "$credentials", Arc::clone(credentials));
                }
                if truthy(evaluate(pass, &scope)?.as_ref()) {
                    kept.push(item);
                }
            }
            Ok(kept)
        }
        Action::Limit(max) => {
            let max = evaluate(max, plain)?;
            Ok(limit(items, max.as_ref()))
        }
        Action::Set(value) => Ok(vec![Item { json: evaluate(value, plain)?, ..Item::default() }]),
        Action::SetKeyValue(entries) => {
            let mut made = Vec::with_capacity(items.len());
            for item in items {
                let scope = scope.for_item(&item);
                let mut map = Map::with_capacity(entries.len());
                for (key, setting) in entries {
                    if let Some(value) = evaluate(setting, &scope)? {
                        map.insert(key.clone(), value);
                    }
                }
                made.push(Item::new(Value::Object(map)));
            }
            Ok(made)
        }
        Action::Sort(key) => sort(items, key).map_err(ActionError::Item),
        Action::BinaryData(destination) => {
            let name = evaluate(destination, plain)?;
            binary_data(items, answer, name.as_ref())
        }
        Action::Hook(_) | Action::Unknown => Ok(Vec::new()),
    }
}

/// Why an action failed.
#[derive(Debug)]
pub(crate) enum ActionError {
    Expression(ExpressionError),
    Item(ItemError),
}

/// What the expressions of actions see.
#[derive(Debug)]
pub(crate) struct ActionScope {
    /// `$response`, `$value`, `$version`.
    pub(crate) plain: Scope,
    /// `$credentials`, which filters see.
    pub(crate) credentials: Option<Arc<Value>>,
}

impl ActionScope {
    fn for_item(&self, item: &Item) -> Scope {
        match &item.json {
            Some(json) => with(&self.plain, "$responseItem", Arc::new(json.clone())),
            None => self.plain.clone(),
        }
    }
}

fn root_property(items: Vec<Item>, answer: &Answer, path: &str) -> Vec<Item> {
    let mut out = Vec::new();
    for item in items {
        let found = item.json.as_ref().and_then(|json| match &answer.body {
            AnswerBody::Bytes(bytes) if is_buffer(json) => property_of_bytes(bytes, path),
            _ => lodash::get(json, path).cloned(),
        });
        match found {
            Some(Value::Array(list)) => out.extend(list.into_iter().map(Item::new)),
            json => out.push(Item { json, ..Item::default() }),
        }
    }
    out
}

/// What a `Buffer` has of its own: its bytes and how many they are. The `type` and `data` of its JSON are not there yet.
fn property_of_bytes(bytes: &[u8], path: &str) -> Option<Value> {
    match path {
        "length" | "byteLength" => Some(Value::from(bytes.len())),
        path => path.parse::<usize>().ok().and_then(|at| bytes.get(at)).map(|byte| Value::from(*byte)),
    }
}

/// The first items; JavaScript's `slice(0, parseInt(max, 10))`.
fn limit(mut items: Vec<Item>, max: Option<&Value>) -> Vec<Item> {
    let text = max.map(data::to_js_string).unwrap_or_default();
    let digits: String = {
        let trimmed = text.trim_start();
        let (sign, rest) = match trimmed.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None => ("", trimmed.strip_prefix('+').unwrap_or(trimmed)),
        };
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        format!("{sign}{digits}")
    };
    let keep = match digits.parse::<i64>() {
        Ok(max) if max >= 0 => usize::try_from(max).unwrap_or(usize::MAX),
        Ok(max) => items.len().saturating_sub(usize::try_from(-max).unwrap_or(usize::MAX)),
        Err(_) => 0,
    };
    items.truncate(keep);
    items
}

/// Sorts by the text of a key, in lower case, by UTF-16 units as JavaScript compares. Where there is something to compare,
/// an item whose data is null or undefined fails as it does there: the second item is looked at first.
fn sort(mut items: Vec<Item>, key: &str) -> Result<Vec<Item>, ItemError> {
    let nothing = |item: &Item| match &item.json {
        None => Some("undefined"),
        Some(Value::Null) => Some("null"),
        Some(_) => None,
    };
    if let [first, second, rest @ ..] = items.as_slice()
        && let Some(kind) = [second, first].into_iter().chain(rest).find_map(nothing)
    {
        let message = format!("Cannot read properties of {kind} (reading '{key}')");
        return Err(ItemError::new("TypeError", ErrorCode::InvalidResponse, message));
    }
    let text = |item: &Item| -> Vec<u16> {
        match item.json.as_ref().and_then(|json| json.get(key)) {
            None | Some(Value::Null) => Vec::new(),
            Some(value) => data::to_js_string(value).to_lowercase().encode_utf16().collect(),
        }
    };
    items.sort_by_cached_key(text);
    Ok(items)
}

fn binary_data(items: Vec<Item>, answer: &Answer, name: Option<&Value>) -> Result<Vec<Item>, ActionError> {
    let bytes = match &answer.body {
        AnswerBody::Bytes(bytes) => bytes.clone(),
        AnswerBody::Data(value) => match buffer::bytes_of(value) {
            Ok(bytes) => bytes.into(),
            Err(message) => {
                return Err(ActionError::Item(ItemError::new("TypeError", ErrorCode::BinaryData, message)));
            }
        },
    };
    let name = name.map_or_else(|| "undefined".to_owned(), data::to_js_string);
    let value = binary(&bytes);
    let stamp = |mut item: Item| {
        if item.json.as_ref().is_some_and(Value::is_string) {
            item.json = Some(Value::Object(Map::new()));
        }
        item.binary = Some(Map::from_iter([(name.clone(), value.clone())]));
        item
    };
    Ok(items.into_iter().map(stamp).collect())
}
