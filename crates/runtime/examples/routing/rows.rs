//! Which row of docs/compatibility.md a case differs by, where the case itself tells.

use serde_json::{Map, Value};

use crate::case::Difference;

/// A row, and what it changes in an answer of the host's to make it n8n's; the last is what n8n was answered.
type Rule = (&'static str, fn(&mut Value, &Value, &Value));

const RULES: [Rule; 9] = [
    ("header-bytes", header_bytes),
    ("rejected-once", rejected_once),
    ("undefined-in-lists", undefined_in_lists),
    ("query-order", query_order),
    ("description-text", |found, wanted, _| each_error(found, wanted, &as_n8n_describes)),
    ("http-code-kept", |found, wanted, _| each_error(found, wanted, &without_code)),
    ("service-message", |found, wanted, answers| {
        let answers = answers.to_string();
        each_error(found, wanted, &|found, wanted| undescribed(found, wanted, &answers));
    }),
    ("credential-words", |found, wanted, _| each_error(found, wanted, &of_credential)),
    ("errors-not-cut", errors_not_cut),
];

/// The row by which the differences go away, or the first of several.
pub(crate) fn row(expected: &Value, differences: &[Difference]) -> Option<&'static str> {
    let message = expected["error"]["message"].as_str().unwrap_or_default();
    if message.starts_with("Cannot read properties of") && message.ends_with("error')") {
        return Some("error-output-without-json");
    }
    let repeats = |difference: &Difference| difference.found.to_string().contains("is the same as the page before it");
    let ends = differences.iter().any(repeats);
    let mut used = None;
    for Difference { what, wanted, found } in differences {
        let mut found = found.clone();
        for (row, change) in RULES {
            let before = found.clone();
            change(&mut found, wanted, &expected["requests"]);
            if found != before {
                used = used.or(Some(row));
            }
        }
        if found != *wanted && *what == "output" && is_buffer(wanted) && !is_buffer(&found) {
            used = used.or(Some("response-stays"));
        } else if found != *wanted && ends {
            used = used.or(Some("paging-watch"));
        } else if found != *wanted {
            if *what != "lineage" {
                return None;
            }
            used = used.or(Some("lineage"));
        }
    }
    used
}

fn is_buffer(output: &Value) -> bool {
    output.to_string().contains(r#""type":"Buffer""#)
}

/// Node writes headers as UTF-8 where a form's first part follows at once.
fn header_bytes(found: &mut Value, wanted: &Value, _: &Value) {
    let (Some(found), Some(wanted)) = (found.as_array_mut(), wanted.as_array()) else { return };
    for (found, wanted) in found.iter_mut().zip(wanted) {
        let Some(headers) = found.get_mut("headers").and_then(Value::as_object_mut) else { continue };
        for (name, value) in headers {
            let bytes = value.as_str().map(|text| text.bytes().map(char::from).collect::<String>());
            if let (Some(bytes), Some(theirs)) = (bytes, wanted["headers"].get(name))
                && theirs != value
                && theirs.as_str() == Some(bytes.as_str())
            {
                *value = theirs.clone();
            }
        }
    }
}

/// n8n sends what was rejected with 401 once more, unchanged.
fn rejected_once(found: &mut Value, wanted: &Value, answers: &Value) {
    let (Some(found), Some(wanted), Some(answers)) = (found.as_array_mut(), wanted.as_array(), answers.as_array())
    else {
        return;
    };
    let keys = ["method", "url", "query", "body"];
    let rejected = |request: &Value| {
        answers
            .iter()
            .any(|one| one["response"]["status"] == 401 && keys.iter().all(|key| one.get(*key) == request.get(*key)))
    };
    for request in wanted.iter().filter(|request| request.get("method").is_some() && rejected(request)) {
        let count = |list: &[Value]| list.iter().filter(|one| *one == request).count();
        let (sent, asked) = (count(found), count(wanted));
        if sent > 0
            && sent < asked
            && let Some(at) = found.iter().position(|one| one == request)
        {
            found.insert(at, request.clone());
        }
    }
}

/// A list that ends in undefined is longer in JavaScript.
fn undefined_in_lists(found: &mut Value, wanted: &Value, _: &Value) {
    let (Some(found), Some(wanted)) = (found.as_array_mut(), wanted.as_array()) else { return };
    for (found, wanted) in found.iter_mut().zip(wanted) {
        if let (Some(Value::Array(list)), Some(Value::Array(other))) =
            (found.pointer_mut("/body/json"), wanted.pointer("/body/json"))
            && other.len() > list.len()
            && other[list.len()..].iter().all(Value::is_null)
        {
            list.resize(other.len(), Value::Null);
        }
    }
}

/// n8n does not name the credential.
fn of_credential(found: &mut Value, wanted: &Value) {
    let ours = found["message"].as_str().is_some_and(|text| text.starts_with("The access token of the credential"));
    if ours && wanted["message"].as_str().is_some_and(|text| text.contains("OAuth access token expired")) {
        *found = wanted.clone();
    }
}

/// A key whose value was undefined at first keeps its place in JavaScript.
fn query_order(found: &mut Value, wanted: &Value, _: &Value) {
    let (Some(found), Some(wanted)) = (found.as_array_mut(), wanted.as_array()) else { return };
    for (found, wanted) in found.iter_mut().zip(wanted) {
        let sorted = |request: &Value| {
            let mut pairs: Vec<String> = request["rawQuery"].as_str()?.split('&').map(str::to_owned).collect();
            pairs.sort();
            Some(pairs)
        };
        if sorted(found).is_some() && sorted(found) == sorted(wanted) {
            found["rawQuery"] = wanted["rawQuery"].clone();
        }
    }
}

/// n8n cuts error items, too.
fn errors_not_cut(found: &mut Value, wanted: &Value, _: &Value) {
    let (Some(found), Some(wanted)) = (found.as_array_mut(), wanted.as_array()) else { return };
    for (found, wanted) in found.iter_mut().zip(wanted) {
        let (Some(items), Some(wanted)) = (found.as_array_mut(), wanted.as_array()) else { continue };
        if items.len() <= wanted.len() {
            continue;
        }
        let mut left = wanted.iter().peekable();
        items.retain(|item| left.next_if_eq(&item).is_some() || (item.get("error").is_none() && !item.is_null()));
    }
}

/// Changes the errors in `found`, each with the one in the same place of `wanted` beside it.
fn each_error(found: &mut Value, wanted: &Value, change: &dyn Fn(&mut Value, &Value)) {
    let is_error = |map: &Map<String, Value>| map.contains_key("name") && map.contains_key("message");
    match (&mut *found, wanted) {
        (Value::Object(map), Value::Object(other)) if is_error(map) && is_error(other) => change(found, wanted),
        (Value::Object(map), Value::Object(other)) => {
            for (key, value) in &mut *map {
                each_error(value, other.get(key).unwrap_or(&Value::Null), change);
            }
            // An error item says in its json what its error says.
            let message = map.get("error").and_then(|error| error.get("message")).cloned();
            if let (Some(message), Some(Value::Object(json))) = (message, map.get_mut("json")) {
                json.insert("error".to_owned(), message);
            }
        }
        (Value::Array(list), Value::Array(other)) => {
            for (value, other) in list.iter_mut().zip(other) {
                each_error(value, other, change);
            }
        }
        _ => {}
    }
}

/// n8n passes a description on that is no text.
fn as_n8n_describes(found: &mut Value, wanted: &Value) {
    let theirs = &wanted["description"];
    if !theirs.is_string() && found["description"].as_str() == Some(theirs.to_string().as_str()) {
        found["description"] = theirs.clone();
    }
}

/// n8n's AxiosError has no code of its own.
fn without_code(found: &mut Value, wanted: &Value) {
    if wanted["name"] == "AxiosError" && wanted.get("httpCode").is_none() {
        drop(found.as_object_mut().and_then(|map| map.shift_remove("httpCode")));
    }
}

/// What n8n does not find in an answer.
fn undescribed(found: &mut Value, wanted: &Value, answers: &str) {
    let own = found["description"].as_str().is_some_and(|text| answers.contains(text));
    let plain = wanted
        .get("description")
        .is_none_or(|text| text.as_str().is_some_and(|text| text.starts_with("Request failed")));
    if own && plain {
        match wanted.get("description") {
            Some(text) => found["description"] = text.clone(),
            None => drop(found.as_object_mut().and_then(|map| map.shift_remove("description"))),
        }
    }
}
