//! What came of a case, in the form of case files: of everything, only what the case names.

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use nodehost_expression::data;
use nodehost_runtime::{ExecutionResult, Refusal};
use serde::Serialize;
use serde_json::{Map, Value, json};
use url::Url;

use crate::{Exchange, Expected};

/// A request as it came.
#[derive(Debug)]
pub(crate) struct Sent {
    exchange: Exchange,
    headers: HeaderMap,
}

impl Sent {
    /// A request to the gateway; none if it does not say where it was meant to go.
    pub(crate) fn of(parts: &Parts, body: &Bytes) -> Option<Self> {
        let mut url = Url::parse(parts.headers.get("x-original-url")?.to_str().ok()?).ok()?;
        let mut query = Map::new();
        for (name, value) in url.query_pairs() {
            let value = Value::from(value.into_owned());
            match query.get_mut(&*name) {
                None => drop(query.insert(name.into_owned(), value)),
                Some(Value::Array(values)) => values.push(value),
                Some(one) => *one = json!([one, value]),
            }
        }
        url.set_query(None);
        url.set_fragment(None);
        let mut exchange =
            Exchange { method: Some(parts.method.to_string()), url: Some(url.into()), query, ..Exchange::default() };
        if !body.is_empty() {
            match data::parse(body) {
                Ok(json) => exchange.body = Some(json),
                Err(_) => exchange.text = Some(String::from_utf8_lossy(body).into_owned()),
            }
        }
        Some(Self { exchange, headers: parts.headers.clone() })
    }

    /// Whether this is the expected request.
    pub(crate) fn is(&self, expected: &Exchange) -> bool {
        written(&self.beside(expected)) == written(&asked(expected))
    }

    /// Whether this goes where the expected request goes.
    pub(crate) fn goes_to(&self, expected: &Exchange) -> bool {
        let Exchange { method, url, .. } = &self.exchange;
        expected.method.is_some() && expected.method == *method && expected.url == *url
    }

    /// The request, with the headers that the expected one names.
    fn beside(&self, expected: &Exchange) -> Exchange {
        let text = |name: &String| {
            let values: Vec<_> =
                self.headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
            if values.is_empty() { Value::Null } else { Value::from(values.join(", ")) }
        };
        let headers = expected.headers.keys().map(|name| (name.clone(), text(name))).collect();
        Exchange { headers, ..self.exchange.clone() }
    }

    /// The request as a case has it.
    pub(crate) fn view(&self, expected: Option<&Exchange>) -> Value {
        let unnamed = Exchange::default();
        written(&self.beside(expected.unwrap_or(&unnamed)))
    }
}

/// An expected request without its reply.
pub(crate) fn asked(expected: &Exchange) -> Exchange {
    Exchange { reply: None, ..expected.clone() }
}

/// A request in the form of case files.
pub(crate) fn written(exchange: &impl Serialize) -> Value {
    serde_json::to_value(exchange).unwrap_or_default()
}

/// What came of an execution.
pub(crate) fn end(result: &Result<ExecutionResult, Refusal>, expected: &Expected) -> Map<String, Value> {
    let mut end = Map::new();
    match result {
        Err(refusal) => {
            let mut errors = refusal.errors.iter().map(written).collect::<Vec<_>>();
            if errors.is_empty() {
                errors.push(json!({ "pointer": "", "code": refusal.code, "message": refusal.message }));
            }
            let named = expected.refused.as_ref().and_then(Value::as_array);
            let errors = errors.into_iter().enumerate();
            let view = errors.map(|(at, error)| some_of(error, named.and_then(|named| named.get(at))));
            end.insert("refused".to_owned(), view.collect());
        }
        Ok(result) => {
            if let Some(error) = &result.error {
                end.insert("error".to_owned(), some_of(written(error), expected.error.as_ref()));
            }
            // An execution that stops at its error need not say what it put out before.
            if expected.output.is_some() || result.error.is_none() {
                end.insert("output".to_owned(), output(&written(&result.data.main), expected.output.as_ref()));
            }
        }
    }
    end
}

fn output(main: &Value, expected: Option<&Value>) -> Value {
    let items = |(at, items): (usize, &Value)| -> Value {
        let named = |index: usize| expected?.get(at)?.get(index);
        list(items).iter().enumerate().map(|(index, found)| item(found, named(index))).collect()
    };
    list(main).iter().enumerate().map(items).collect()
}

/// An item with what the expected one names; the json alone where that is all there is to say.
fn item(found: &Value, expected: Option<&Value>) -> Value {
    let full = ["json", "error", "binary", "pairedItem"];
    let named = expected.and_then(Value::as_object).filter(|map| map.keys().all(|key| full.contains(&key.as_str())));
    let named = named.filter(|map| !map.is_empty());
    let mut view = Map::new();
    for key in full {
        let wanted = named.and_then(|named| named.get(key));
        match found.get(key) {
            Some(error) if key == "error" => drop(view.insert(key.to_owned(), some_of(error.clone(), wanted))),
            Some(value) if wanted.is_some() => drop(view.insert(key.to_owned(), value.clone())),
            _ => {}
        }
    }
    let is_plain = named.is_none() && view.is_empty();
    match found.get("json") {
        Some(json)
            if is_plain && !json.as_object().is_some_and(|map| map.keys().any(|key| full.contains(&key.as_str()))) =>
        {
            json.clone()
        }
        Some(json) if is_plain => json!({ "json": json }),
        _ => Value::Object(view),
    }
}

/// The parts of an object that are named; all of it where nothing is.
fn some_of(found: Value, named: Option<&Value>) -> Value {
    match (found, named.and_then(Value::as_object)) {
        (Value::Object(found), Some(named)) => {
            Value::Object(found.into_iter().filter(|(key, _)| named.contains_key(key)).collect())
        }
        (found, _) => found,
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}
