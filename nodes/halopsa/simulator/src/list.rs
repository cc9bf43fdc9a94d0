//! List answers: filters, pages, the total.

use serde_json::{Map, Value, json};

use crate::resource::{Filter, How, Resource};

/// The answer to a list request over the records of a resource.
pub(crate) fn answer<'a>(
    resource: &Resource,
    records: impl Iterator<Item = &'a Value>,
    query: &[(String, String)],
    page_cap: usize,
) -> Value {
    let matching: Vec<&Value> = records.filter(|record| passes(resource, record, query)).collect();
    let total = matching.len();
    let page = if resource.paged { page(&matching, query, page_cap) } else { &matching[..] };
    let listed: Vec<Value> = page.iter().map(|record| without_details(record)).collect();
    let Some(key) = &resource.list_key else { return Value::Array(listed) };
    let mut answer = Map::new();
    if flag(query, "pageinate") {
        answer.insert("page_no".into(), json!(number(query, "page_no").unwrap_or(1)));
        answer.insert("page_size".into(), json!(number(query, "page_size").unwrap_or(page_cap)));
    }
    answer.insert("record_count".into(), json!(total));
    answer.insert(key.clone(), Value::Array(listed));
    Value::Object(answer)
}

fn page<'r, 'v>(matching: &'r [&'v Value], query: &[(String, String)], page_cap: usize) -> &'r [&'v Value] {
    if !flag(query, "pageinate") {
        let count = number(query, "count").filter(|count| *count > 0).unwrap_or(page_cap);
        return &matching[..count.min(page_cap).min(matching.len())];
    }
    let size = number(query, "page_size").filter(|size| *size > 0).unwrap_or(page_cap).min(page_cap);
    let first = (number(query, "page_no").unwrap_or(1).max(1) - 1).saturating_mul(size).min(matching.len());
    let last = first.saturating_add(size).min(matching.len());
    &matching[first..last]
}

/// Lists leave custom fields out, as the answer to a single record without `includedetails` does.
pub(crate) fn without_details(record: &Value) -> Value {
    let mut record = record.clone();
    if let Value::Object(fields) = &mut record {
        fields.shift_remove("customfields");
    }
    record
}

fn passes(resource: &Resource, record: &Value, query: &[(String, String)]) -> bool {
    query.iter().filter(|(_, wanted)| !wanted.is_empty()).all(|(name, wanted)| match resource.filters.get(name) {
        Some(filter) => filter_passes(filter, record, wanted),
        None => true,
    })
}

fn filter_passes(filter: &Filter, record: &Value, wanted: &str) -> bool {
    let values = || filter.fields.iter().filter_map(|field| record.get(field)).map(text);
    let any = |test: &dyn Fn(&str) -> bool| values().any(|value| test(&value));
    match filter.how {
        How::Equals => any(&|value| value == wanted),
        How::In => any(&|value| wanted.split(',').any(|one| one.trim() == value)),
        How::Contains => any(&|value| value.to_lowercase().contains(&wanted.to_lowercase())),
        How::From => any(&|value| value >= wanted),
        How::To => any(&|value| value.get(..wanted.len()).unwrap_or(value) <= wanted),
        How::Same => any(&|value| value.get(..10) == wanted.get(..10)),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn number(query: &[(String, String)], name: &str) -> Option<usize> {
    query.iter().find(|(key, _)| key == name)?.1.parse().ok()
}

pub(crate) fn flag(query: &[(String, String)], name: &str) -> bool {
    query.iter().any(|(key, value)| key == name && value.eq_ignore_ascii_case("true"))
}
