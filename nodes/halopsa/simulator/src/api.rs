//! `/api/...`: the routes every resource has.

use hyper::StatusCode;
use serde_json::{Map, Value, json};

use crate::check::{self, Complaints};
use crate::list;
use crate::resource::{self, IdType, Resource};
use crate::state::{State, id_text};
use crate::{invoices, token};

/// An API request, read in full.
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    /// The path's segments after `/api`, decoded.
    pub(crate) segments: Vec<String>,
    pub(crate) query: &'a [(String, String)],
    pub(crate) authorization: Option<&'a str>,
    pub(crate) body: &'a Value,
}

/// The answer to a request, and what the log says about it.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
    pub(crate) retry_after: Option<u64>,
    pub(crate) unknown_fields: Vec<String>,
    pub(crate) unknown_query: Vec<String>,
    pub(crate) outside_open_api: bool,
}

impl Answer {
    pub(crate) fn json(status: StatusCode, body: Value) -> Self {
        Self {
            status,
            body,
            retry_after: None,
            unknown_fields: Vec::new(),
            unknown_query: Vec::new(),
            outside_open_api: false,
        }
    }

    pub(crate) fn ok(body: Value) -> Self {
        Self::json(StatusCode::OK, body)
    }

    pub(crate) fn not_found() -> Self {
        Self::json(StatusCode::NOT_FOUND, json!({ "Message": "The record was not found." }))
    }

    pub(crate) fn refused(at: &str, complaint: &str) -> Self {
        let complaints: Complaints = vec![(at.to_owned(), complaint.to_owned())];
        Self::json(StatusCode::BAD_REQUEST, check::problem(&complaints))
    }
}

pub(crate) fn answer(state: &mut State, request: &Request<'_>) -> Answer {
    if let Err((status, body)) = token::check(state, request.authorization) {
        return Answer::json(status, body);
    }
    if let Some(answer) = rate_limited(state) {
        return answer;
    }
    let segments: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    let Some(resource) = segments.first().and_then(|name| resource::find(name)) else {
        return Answer::json(StatusCode::NOT_FOUND, json!({ "Message": "No such endpoint." }));
    };
    match (request.method, &segments[1..]) {
        ("GET", []) => list_records(state, resource, request.query),
        ("POST", []) => save(state, resource, request.body),
        ("POST", [action]) if resource.path == "Invoice" && action.eq_ignore_ascii_case("updatelines") => {
            invoices::update_lines(state, resource, request.body)
        }
        ("POST", [id, action]) if resource.path == "Invoice" && action.eq_ignore_ascii_case("void") => {
            invoices::void(state, resource, id)
        }
        ("GET", [id]) => get(state, resource, id, request.query),
        ("DELETE", [id]) => delete(state, resource, id),
        (_, [] | [_]) => Answer::json(StatusCode::METHOD_NOT_ALLOWED, json!({ "Message": "Method not allowed." })),
        _ => Answer::not_found(),
    }
}

fn rate_limited(state: &mut State) -> Option<Answer> {
    let limit = state.config.rate_limit?;
    let now = std::time::Instant::now();
    let (start, count) = &mut state.window;
    if now.duration_since(*start) >= limit.window {
        (*start, *count) = (now, 0);
    }
    *count += 1;
    (*count > limit.requests).then(|| {
        let left = limit.window.saturating_sub(now.duration_since(*start));
        let body = json!({ "Message": "API rate limit exceeded." });
        Answer { retry_after: Some(left.as_secs() + 1), ..Answer::json(StatusCode::TOO_MANY_REQUESTS, body) }
    })
}

fn list_records(state: &mut State, resource: &'static Resource, query: &[(String, String)]) -> Answer {
    let complaints = check::query(query, &resource.list_query);
    if !complaints.is_empty() {
        return Answer::json(StatusCode::BAD_REQUEST, check::problem(&complaints));
    }
    let page_cap = state.config.page_cap;
    let mut answer = Answer::ok(list::answer(resource, state.records(resource).all(), query, page_cap));
    answer.unknown_query = unknown_query(query, &resource.list_query);
    answer
}

fn get(state: &mut State, resource: &'static Resource, id: &str, query: &[(String, String)]) -> Answer {
    let mut complaints = check::query(query, &resource.get_query);
    complaints.extend(bad_id(resource, id));
    if !complaints.is_empty() {
        return Answer::json(StatusCode::BAD_REQUEST, check::problem(&complaints));
    }
    let Some(record) = state.records(resource).get(id) else { return Answer::not_found() };
    let detailed = list::flag(query, "includedetails");
    let record = if detailed { record.clone() } else { list::without_details(record) };
    let mut answer = Answer::ok(record);
    answer.unknown_query = unknown_query(query, &resource.get_query);
    answer
}

fn delete(state: &mut State, resource: &'static Resource, id: &str) -> Answer {
    if let Some(complaint) = bad_id(resource, id) {
        return Answer::json(StatusCode::BAD_REQUEST, check::problem(&vec![complaint]));
    }
    let mut answer = match state.records(resource).remove(id) {
        Some(record) => Answer::ok(json!({ "id": record.get("id") })),
        None => Answer::not_found(),
    };
    answer.outside_open_api = resource.outside_open_api.iter().any(|method| method == "DELETE");
    answer
}

fn bad_id(resource: &Resource, id: &str) -> Option<(String, String)> {
    let fits = match resource.id {
        IdType::Integer => id.parse::<i64>().is_ok(),
        IdType::Uuid => check::is_uuid(id),
    };
    (!fits).then(|| ("id".to_owned(), format!("The value '{id}' is not valid.")))
}

/// `POST` of an array: each record is made, or updated where it has an id. One record is answered by itself.
fn save(state: &mut State, resource: &'static Resource, body: &Value) -> Answer {
    let Value::Array(posted) = body else { return Answer::refused("$", "The body must be an array of records.") };
    let mut complaints = Complaints::new();
    for (index, record) in posted.iter().enumerate() {
        complaints.extend(complaints_about(resource, &format!("$[{index}]"), record));
    }
    if !complaints.is_empty() {
        return Answer::json(StatusCode::BAD_REQUEST, check::problem(&complaints));
    }
    let mut answer = Answer::json(StatusCode::CREATED, Value::Null);
    let mut saved = Vec::new();
    for record in posted.iter().filter_map(Value::as_object) {
        answer.unknown_fields.extend(check::unknown(record, &resource.fields));
        match store(state, resource, record) {
            Some(stored) => saved.push(stored),
            None => return Answer { unknown_fields: answer.unknown_fields, ..Answer::not_found() },
        }
    }
    answer.body = if saved.len() == 1 { saved.swap_remove(0) } else { Value::Array(saved) };
    answer
}

fn complaints_about(resource: &Resource, at: &str, record: &Value) -> Complaints {
    let Value::Object(record) = record else { return vec![(at.to_owned(), "A record must be an object.".into())] };
    let mut complaints = check::record(at, record, &resource.fields);
    for (name, limit) in &resource.max_length {
        let length = record.get(name).and_then(Value::as_str).map_or(0, |text| text.chars().count());
        if length > *limit {
            complaints.push((format!("{at}.{name}"), format!("The field may be {limit} characters long at most.")));
        }
    }
    let is_new = record.get("id").and_then(id_text).is_none();
    for name in resource.required.iter().filter(|_| is_new) {
        if matches!(record.get(name), None | Some(Value::Null)) || record[name] == "" {
            complaints.push((format!("{at}.{name}"), format!("The {name} field is required.")));
        }
    }
    complaints
}

/// Stores a posted record. Fields that an update does not name are kept, but `customfields` is replaced as a whole.
fn store(state: &mut State, resource: &'static Resource, posted: &Map<String, Value>) -> Option<Value> {
    let Some(id) = posted.get("id").and_then(id_text) else {
        return Some(state.records(resource).insert(resource.id, posted.clone()));
    };
    let record = state.records(resource).get_mut(&id)?.as_object_mut()?;
    record.extend(posted.iter().filter(|(name, _)| *name != "id").map(|(name, value)| (name.clone(), value.clone())));
    let stored = Value::Object(record.clone());
    if resource.path == "Webhook" && posted.get("_test") == Some(&json!(true)) {
        log_delivery(state, &stored);
    }
    Some(stored)
}

/// A test of a webhook shows up among the webhook events.
fn log_delivery(state: &mut State, webhook: &Value) {
    let Some(events) = resource::find("WebhookEvent") else { return };
    let now = jiff::Timestamp::now().to_string();
    let fields =
        json!({ "webhook_id": webhook["id"], "timestamp": now, "status": 0, "responsestatus": 200, "error": false });
    if let Value::Object(fields) = fields {
        state.records(events).insert(events.id, fields);
    }
}

fn unknown_query(query: &[(String, String)], known: &resource::Fields) -> Vec<String> {
    query.iter().filter(|(name, _)| known.get(name).is_none()).map(|(name, _)| name.clone()).collect()
}
