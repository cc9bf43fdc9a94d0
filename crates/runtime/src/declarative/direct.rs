//! The short way of what most steps do: put a plain value under one key of the body or the query.
//!
//! n8n makes options of every property and merges them into those of the request. Where a property sends its own value
//! under a key that is no path, and the value has nothing inside, setting the key comes to the same.

use serde_json::Value;

use super::RequestOptions;
use super::lodash::{get_in, is_deep, is_of_prototype};
use super::options::Way;
use super::plan::{Step, StepValue};
use super::routing::Routing;
use crate::parameters::{Checked, Resolved};

/// A property that sends its own value under one key.
#[derive(Debug)]
pub(crate) struct DirectSend {
    parameter: usize,
    path: Vec<String>,
    part: &'static str,
    key: String,
}

/// All that a step does, if that is nothing but direct sends.
pub(crate) fn sends_of(step: &Step) -> Option<Vec<DirectSend>> {
    // What an entry of a fixedCollection sees is evaluated, and may fail.
    if step.entry.is_some() {
        return None;
    }
    let mut sends = Vec::new();
    if let Some(routing) = &step.routing {
        sends.push(send_of(routing, &step.value)?);
    }
    for child in &step.children {
        sends.extend(sends_of(child)?);
    }
    Some(sends)
}

fn send_of(routing: &Routing, value: &StepValue) -> Option<DirectSend> {
    let StepValue::At { parameter, path, extract: None } = value else { return None };
    let send = routing.send.as_ref()?;
    let says_more = !routing.request.is_empty()
        || !routing.operations.is_empty()
        || routing.output.max_results.is_some()
        || !routing.output.post_receive.is_empty()
        || send.value.is_some()
        || send.paginate.is_some()
        || !send.pre_send.is_empty();
    let key = send.property.as_ref()?.value.as_constant()?.as_str()?;
    if says_more || is_of_prototype(key) || (send.dotted && is_deep(key)) {
        return None;
    }
    Some(DirectSend { parameter: *parameter, path: path.clone(), part: send.part(), key: key.to_owned() })
}

/// Sends directly, if all values and the options allow it; else nothing is done, and the answer is no.
pub(crate) fn apply(
    sends: &[DirectSend],
    (checked, resolved): (&Checked, &Resolved),
    options: &mut RequestOptions,
) -> bool {
    let value = |send: &DirectSend| {
        let value = get_in(checked.value(resolved, send.parameter)?, &send.path)?;
        matches!(value, Value::Bool(_) | Value::Number(_) | Value::String(_)).then_some(value)
    };
    let values: Option<Vec<&Value>> = sends.iter().map(value).collect();
    let Some(values) = values.filter(|_| options.has_open_parts()) else { return false };
    // Parts that are objects refuse nothing.
    let mut each = sends.iter().zip(values);
    each.all(|(send, value)| options.send(send.part, &send.key, Way::Assign, Some(value.clone())).is_ok())
}
