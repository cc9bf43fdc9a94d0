//! What is refused before anything is sent, resource by resource.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]
#![allow(clippy::needless_pass_by_value, reason = "cases read better as json!({})")]

use std::sync::{Arc, LazyLock};

use nodehost_parameters::{CompiledNode, CompiledVersion, Mode, Validator};
use serde_json::{Map, Value, json};

static NODE: LazyLock<Arc<CompiledVersion>> = LazyLock::new(|| {
    let source = nodehost_halopsa::node().unwrap();
    CompiledNode::new(source.descriptor().unwrap()).version(1.0)
});

/// The refusals of parameters: where, and the message.
fn refusals(resource: &str, operation: &str, more: Value) -> Vec<(String, String)> {
    let mut given: Map<String, Value> = serde_json::from_value(more).unwrap();
    given.insert("resource".into(), resource.into());
    given.insert("operation".into(), operation.into());
    let validator = Validator::new(Arc::clone(&NODE), &given, Mode::Strict);
    validator.constants().violations.iter().map(|found| (found.pointer.clone(), found.message.clone())).collect()
}

/// Asserts that exactly this is refused, and that the message holds these words.
fn refused(resource: &str, operation: &str, more: Value, pointer: &str, words: &str) {
    let found = refusals(resource, operation, more.clone());
    let fits = found.iter().any(|(at, message)| at == pointer && message.contains(words));
    assert!(fits && !found.is_empty(), "{resource} {operation} {more}: {found:?}");
}

fn accepted(resource: &str, operation: &str, more: Value) {
    assert_eq!(refusals(resource, operation, more.clone()), [], "{resource} {operation} {more}");
}

#[test]
fn webhooks_are_accepted() {
    accepted("webhooks", "create", json!({"name": "n", "additionalFields": {"url": "https://x.test/a?b=c"}}));
    accepted("webhooks", "create", json!({"name": "n", "additionalFields": {"type": 1}}));
    let all = json!({
        "active": false, "authentication_type": 1, "auto_disable_attempts": 0, "basic_username": "u", "basic_password": "p",
        "batch_delay_seconds": 30, "batch_limit": 0, "batch_method": 1, "content_type": "application/json",
        "custom_payload": true, "method": 4, "infinite_loop_threshold": 1, "log_retention_policy_days": 365,
        "note": "x".repeat(4000), "notify_on_failure": true, "payload_type": 2, "type": 0, "url": "HTTP://x.test"
    });
    accepted("webhooks", "create", json!({"name": "n", "additionalFields": all}));
    let header = json!({"url": "https://x.test", "authentication_type": 3, "authentication_header": "X-Key"});
    accepted("webhooks", "create", json!({"name": "n", "additionalFields": header}));
    accepted("webhooks", "update", json!({"webhook_id": "a-1", "updateFields": {"active": false}}));
    accepted("webhooks", "update", json!({"webhook_id": "a-1", "updateFields": {"note": ""}}));
    accepted(
        "webhooks",
        "execute",
        json!({"webhook_id": "a-1", "additionalOptions": {"customParameters": "{\"a\": 1}"}}),
    );
    accepted("webhooks", "getAll", json!({}));
}

#[test]
fn webhooks_are_refused() {
    let create = |fields: Value, pointer: &str, words: &str| {
        refused("webhooks", "create", json!({"name": "n", "additionalFields": fields}), pointer, words);
    };
    refused("webhooks", "create", json!({"additionalFields": {"url": "https://x.test"}}), "/name", "required");
    refused("webhooks", "create", json!({"name": " ", "additionalFields": {"type": 1}}), "/name", "Name is required");
    refused("webhooks", "create", json!({"name": "n"}), "/additionalFields/url", "URL is required");
    create(json!({"url": ""}), "/additionalFields/url", "URL is required");
    create(json!({"url": "ftp://x.test"}), "/additionalFields/url", "http:// or https://");
    create(json!({"url": "x.test"}), "/additionalFields/url", "http:// or https://");
    create(json!({"url": "http://"}), "/additionalFields/url", "http:// or https://");
    let with = |more: Value| {
        let mut fields = json!({"url": "https://x.test"});
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        fields
    };
    let basic = with(json!({"authentication_type": 1, "basic_username": "u"}));
    create(basic, "/additionalFields/basic_password", "Password is required for Basic Auth");
    let basic = with(json!({"authentication_type": 1, "basic_username": "", "basic_password": "p"}));
    create(basic, "/additionalFields/basic_username", "User Name is required for Basic Auth: add");
    create(with(json!({"authentication_type": 2})), "/additionalFields/authentication_header", "Bearer Token");
    create(with(json!({"authentication_type": 3})), "/additionalFields/authentication_header", "API Key");
    create(with(json!({"authentication_type": 4})), "/additionalFields/certificate_id", "certificate");
    create(with(json!({"authentication_type": 5})), "/additionalFields/authentication_type", "none of its options");
    create(with(json!({"method": 5})), "/additionalFields/method", "none of its options");
    create(with(json!({"payload_type": 3})), "/additionalFields/payload_type", "none of its options");
    create(with(json!({"type": 2})), "/additionalFields/type", "none of its options");
    create(with(json!({"batch_method": 1})), "/additionalFields/batch_delay_seconds", "Batch Delay");
    create(with(json!({"batch_method": 2, "batch_limit": 0})), "/additionalFields/batch_limit", "Batch Limit");
    create(with(json!({"batch_delay_seconds": 0})), "/additionalFields/batch_delay_seconds", "at least 1");
    create(with(json!({"batch_limit": -1})), "/additionalFields/batch_limit", "at least 0");
    create(with(json!({"auto_disable_attempts": -1})), "/additionalFields/auto_disable_attempts", "at least 0");
    create(with(json!({"infinite_loop_threshold": 0})), "/additionalFields/infinite_loop_threshold", "at least 1");
    create(with(json!({"log_retention_policy_days": 0})), "/additionalFields/log_retention_policy_days", "at least 1");
    create(
        with(json!({"log_retention_policy_days": 366})),
        "/additionalFields/log_retention_policy_days",
        "at most 365",
    );
    create(with(json!({"note": "x".repeat(4001)})), "/additionalFields/note", "at most 4000");
    create(with(json!({"colour": "red"})), "/additionalFields/colour", "no parameter \"colour\"");
    create(with(json!({"events": "[1,"})), "/additionalFields/events", "line 1, column 3");
    refused(
        "webhooks",
        "update",
        json!({"webhook_id": "a", "updateFields": {}}),
        "/updateFields",
        "At least one field",
    );
    refused(
        "webhooks",
        "update",
        json!({"webhook_id": "a", "updateFields": {"url": "x"}}),
        "/updateFields/url",
        "http://",
    );
    refused("webhooks", "getById", json!({"webhook_id": ""}), "/webhook_id", "required");
    refused("webhooks", "delete", json!({}), "/webhook_id", "required");
    let parameters = json!({"webhook_id": "a", "additionalOptions": {"customParameters": "{"}});
    refused("webhooks", "execute", parameters, "/additionalOptions/customParameters", "no valid JSON");
}

#[test]
fn ids_have_to_be_numbers_of_records() {
    let ids = [
        ("agents", "delete", "id"),
        ("agents", "getById", "agentId"),
        ("assets", "update", "id"),
        ("client", "getById", "clientId"),
        ("fieldInfo", "delete", "id"),
        ("invoices", "void", "invoiceId"),
        ("sites", "getById", "siteId"),
        ("tickets", "update", "ticketId"),
        ("ticketStatuses", "delete", "ticketStatusId"),
        ("ticketTypes", "getById", "ticketTypeId"),
        ("timesheet", "delete", "timesheetId"),
        ("timesheetEvent", "getById", "timesheetEventId"),
    ];
    for (resource, operation, name) in ids {
        let pointer = format!("/{name}");
        let mut parameters = json!({});
        for bad in [json!(0), json!(-3), json!(1.5), json!("a/b"), json!("12abc")] {
            parameters[name] = bad;
            let found = refusals(resource, operation, parameters.clone());
            let told: Vec<_> = found.iter().filter(|(at, _)| *at == pointer).map(|(_, message)| message).collect();
            let is_named =
                |message: &str| ["number", "at least 1", "is required"].iter().any(|rule| message.contains(rule));
            assert!(told.len() == 1 && is_named(told[0]), "{resource} {operation} {parameters}: {found:?}");
        }
        for good in [json!(7), json!("7")] {
            parameters[name] = good;
            if operation == "update" {
                parameters["updateFields"] = json!({"inactive": true});
            }
            let found = refusals(resource, operation, parameters.clone());
            assert!(found.iter().all(|(at, _)| *at != pointer), "{resource} {operation}: {found:?}");
        }
    }
}

#[test]
fn records_need_what_the_api_needs() {
    refused("agents", "create", json!({"name": "n", "emailaddress": "jo"}), "/emailaddress", "email address");
    refused("assets", "create", json!({"assettype_id": 0, "client_id": 3}), "/assettype_id", "Asset Type ID");
    refused("client", "create", json!({"name": ""}), "/name", "required");
    refused("invoices", "create", json!({"client_id": 0}), "/client_id", "Client ID");
    refused("sites", "create", json!({"name": "n", "client_id": "x"}), "/client_id", "Client ID");
    refused("tickets", "create", json!({"summary": "  "}), "/summary", "Summary is required");
    refused("ticketStatuses", "create", json!({}), "/name", "required");
    refused("ticketTypes", "create", json!({"name": "\n"}), "/name", "Name is required");
    refused("webhookEvents", "create", json!({"eventName": ""}), "/eventName", "required");
    let id = json!({"id": 7, "updateFields": {}});
    for resource in ["agents", "assets", "sites"] {
        refused(resource, "update", id.clone(), "/updateFields", "At least one field to update is required");
    }
    let nothing = [
        json!({"keepCustomFields": false}),
        json!({"jsonFields": "{}"}),
        json!({"jsonFields": " { } ", "keepCustomFields": true}),
        json!({"customfields": {}}),
        json!({"customfields": {"field": []}, "jsonFields": {}}),
    ];
    for fields in nothing {
        let switch = json!({"ticketId": 7, "updateFields": fields});
        refused("tickets", "update", switch, "/updateFields", "At least one field to update is required: add it");
    }
    accepted("tickets", "update", json!({"ticketId": 7, "updateFields": {"jsonFields": "{\"a\": 1}"}}));
    let none_at_all = json!({"customfields": {}, "keepCustomFields": false});
    accepted("tickets", "update", json!({"ticketId": 7, "updateFields": none_at_all}));
    let empty = json!({"webhook_id": "a", "updateFields": {"jsonFields": "{}"}});
    refused("webhooks", "update", empty, "/updateFields", "At least one field to update is required: add it");
    let password = json!({"webhook_id": "a", "updateFields": {"basic_password": "p"}});
    refused("webhooks", "update", password, "/updateFields", "count with Authentication set to Basic Auth");
}

#[test]
fn values_have_to_make_sense() {
    accepted("client", "update", json!({"clientId": 1, "updateFields": {"colour": "#2bd3c6"}}));
    accepted("client", "update", json!({"clientId": 1, "updateFields": {"colour": ""}}));
    refused(
        "client",
        "update",
        json!({"clientId": 1, "updateFields": {"colour": "teal"}}),
        "/updateFields/colour",
        "#2bd3c6",
    );
    for good in ["", "2026-11-23", "2026-11-23T09:30", "2026-11-23T09:30:00.123Z", "2026-11-23 09:30:00+01:00"] {
        accepted("invoices", "update", json!({"invoiceId": 1, "updateFields": {"duedate": good}}));
    }
    for bad in ["tomorrow", "23/11/2026", "2026-11-23T"] {
        let parameters = json!({"invoiceId": 1, "updateFields": {"duedate": bad}});
        refused("invoices", "update", parameters, "/updateFields/duedate", "must be a date");
    }
    refused(
        "sites",
        "update",
        json!({"id": 1, "updateFields": {"geocoord1": 91}}),
        "/updateFields/geocoord1",
        "at most 90",
    );
    let hours = json!({"timesheetId": "1", "updateFields": {"work_hours": 25}});
    refused("timesheet", "update", hours, "/updateFields/work_hours", "at most 24");
    refused(
        "tickets",
        "create",
        json!({"summary": "s", "additionalFields": {"impact": 9}}),
        "/additionalFields/impact",
        "options",
    );
    refused("tickets", "getAll", json!({"limit": 0}), "/limit", "at least 1");
    for anonymous in
        [json!({"value": "x"}), json!({"id": "CFa"}), json!({"id": "CFa", "name": "CFa"}), json!({"id": 1.5})]
    {
        let fields = json!({"clientId": 1, "updateFields": {"customfields": {"field": [anonymous]}}});
        refused("client", "update", fields, "/updateFields/customfields/field", "leave the ID empty and give the name");
    }
    for named in [json!({"id": "7"}), json!({"id": 7}), json!({"id": "", "name": "CFa"}), json!({"name": "CFa"})] {
        accepted("client", "update", json!({"clientId": 1, "updateFields": {"customfields": {"field": [named]}}}));
    }
    let fields = json!({"clientId": 1, "updateFields": {"jsonFields": "{\n  \"a\": 1,\n}"}});
    refused("client", "update", fields, "/updateFields/jsonFields", "line 3, column 1");
    refused("fieldInfo", "create", json!({"fieldInfoData": "{"}), "/fieldInfoData", "no valid JSON");
    refused("invoices", "updateLines", json!({"invoiceLines": "x"}), "/invoiceLines", "no valid JSON");
}

#[test]
fn json_bodies_hold_records() {
    for empty in [json!("[]"), json!([]), json!("{}"), json!({}), json!("5"), json!([1])] {
        let words = "At least one line is required";
        refused("invoices", "updateLines", json!({ "invoiceLines": empty }), "/invoiceLines", words);
        let field = json!({ "fieldInfoData": empty });
        refused("fieldInfo", "create", field, "/fieldInfoData", "must be a JSON object");
    }
    accepted("invoices", "updateLines", json!({"invoiceLines": " [ {\"id\": 5} ]"}));
    accepted("invoices", "updateLines", json!({"invoiceLines": [{"id": 5}]}));
    accepted("fieldInfo", "create", json!({"fieldInfoData": "{\"label\": \"A\"}"}));
    accepted("fieldInfo", "update", json!({"fieldInfoData": {"id": 1, "label": "A"}}));
    for anonymous in [json!({"label": "A"}), json!("[{\"label\": \"A\"}]")] {
        refused("fieldInfo", "update", json!({ "fieldInfoData": anonymous }), "/fieldInfoData", "needs the id");
    }
}

#[test]
fn dates_of_filters_are_checked() {
    let filters = [
        ("tickets", "startdate"),
        ("tickets", "enddate"),
        ("tickets", "calendar_startdate"),
        ("tickets", "calendar_enddate"),
        ("invoices", "startdate"),
        ("invoices", "enddate"),
        ("invoices", "billing_date"),
        ("timesheet", "date"),
        ("timesheetEvent", "start_date"),
        ("timesheetEvent", "end_date"),
    ];
    for (resource, name) in filters {
        let pointer = format!("/filters/{name}");
        refused(resource, "getAll", json!({"filters": {name: "yesterday"}}), &pointer, "must be a date");
        for good in ["", "2026-11-23", "2026-11-23T09:30:00Z"] {
            accepted(resource, "getAll", json!({"filters": {name: good}}));
        }
    }
}

#[test]
fn the_recipes_of_the_page_are_accepted() {
    let page = include_str!("../../../docs/halopsa.md");
    let blocks: Vec<&str> = page.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() >= 6, "the page has recipes");
    for block in blocks {
        let recipe: Value = serde_json::from_str(block).unwrap_or_else(|error| panic!("{error}:\n{block}"));
        let parameters = recipe.pointer("/node/parameters").unwrap_or(&recipe);
        let text = |key: &str| parameters[key].as_str().unwrap().to_owned();
        accepted(&text("resource"), &text("operation"), parameters.clone());
    }
}

#[test]
fn one_cause_is_told_once_and_by_its_name() {
    let create = |name: Value| refusals("webhooks", "create", json!({"name": name, "additionalFields": {"type": 1}}));
    let told = |message: &str| vec![("/name".to_owned(), message.to_owned())];
    assert_eq!(create(json!(5)), told("Name has to be text"));
    assert_eq!(create(json!("")), told("Parameter \"Name\" is required."));
    assert_eq!(create(json!(" ")), told("Name is required: give the new webhook a name"));
    assert_eq!(create(json!("5")), []);
    let get = |id: Value| refusals("webhooks", "getById", json!({"webhook_id": id}));
    assert_eq!(get(json!(5)), [("/webhook_id".to_owned(), "Webhook ID has to be text".to_owned())]);
    assert_eq!(get(json!("")).len(), 1);
}
