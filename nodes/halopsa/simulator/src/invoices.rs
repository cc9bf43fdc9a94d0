//! What invoices can do beyond the routes all resources have.

use hyper::StatusCode;
use serde_json::{Map, Value, json};

use crate::api::Answer;
use crate::check;
use crate::resource::{Resource, invoice_line};
use crate::state::{State, id_text};

/// `POST /Invoice/updatelines`: lines are found by `id`; one without goes to the invoice named by `ihid`.
pub(crate) fn update_lines(state: &mut State, invoices: &'static Resource, body: &Value) -> Answer {
    let Value::Array(lines) = body else { return Answer::refused("$", "The body must be an array of invoice lines.") };
    let fields = &invoice_line().fields;
    let mut answer = Answer::ok(Value::Null);
    for (index, line) in lines.iter().enumerate() {
        let Value::Object(line) = line else {
            return Answer::refused(&format!("$[{index}]"), "An invoice line must be an object.");
        };
        let complaints = check::record(&format!("$[{index}]"), line, fields);
        if !complaints.is_empty() {
            return Answer::json(StatusCode::BAD_REQUEST, check::problem(&complaints));
        }
        answer.unknown_fields.extend(check::unknown(line, fields));
    }
    let mut updated = Vec::new();
    for line in lines.iter().filter_map(Value::as_object) {
        match store(state, invoices, line) {
            Some(stored) => updated.push(stored),
            None => {
                return Answer::json(StatusCode::NOT_FOUND, json!({ "Message": "The invoice line was not found." }));
            }
        }
    }
    answer.body = Value::Array(updated);
    answer
}

/// `POST /Invoice/{id}/void`.
pub(crate) fn void(state: &mut State, invoices: &'static Resource, id: &str) -> Answer {
    match state.records(invoices).get_mut(id) {
        Some(Value::Object(invoice)) => {
            invoice.insert("voided".into(), json!(true));
            Answer::ok(Value::Object(invoice.clone()))
        }
        _ => Answer::not_found(),
    }
}

fn store(state: &mut State, invoices: &'static Resource, line: &Map<String, Value>) -> Option<Value> {
    let wanted = line.get("id").and_then(id_text);
    let invoice_id = line.get("ihid").and_then(id_text);
    let ids: Vec<String> = state.records(invoices).all().filter_map(|record| id_text(record.get("id")?)).collect();
    for id in ids {
        let invoice = state.records(invoices).get_mut(&id)?;
        let lines = invoice.as_object_mut()?.entry("lines").or_insert_with(|| json!([])).as_array_mut()?;
        let found = wanted
            .as_ref()
            .and_then(|wanted| lines.iter_mut().find(|line| line.get("id").and_then(id_text).as_ref() == Some(wanted)));
        if let Some(Value::Object(found)) = found {
            found.extend(line.clone());
            return Some(Value::Object(found.clone()));
        }
        if wanted.is_none() && invoice_id.as_ref() == Some(&id) {
            let mut new = line.clone();
            new.insert("id".into(), json!(lines.len() + 1));
            lines.push(Value::Object(new.clone()));
            return Some(Value::Object(new));
        }
    }
    None
}
