//! Every operation of the descriptor, each with a good case, empty and cleared values, a refusal, and an error of Halo's; lists with pages.
//! An operation without an example fails the test.

use std::mem;

use nodehost_halopsa_simulator::{Fault, Simulator, SimulatorConfig};
use serde_json::{Map, Value, json};

use super::Bench;

/// What shows an operation at work. Records with the id 1, or the first UUID, are there.
struct Example {
    /// Parameters of a good case, and what is in the first item then.
    good: Value,
    gives: Value,
    /// Parameters with empty and cleared values, and what is sent for them: the body, or the query where there is none.
    cleared: Value,
    sent: Value,
    /// Parameters that are refused, and where.
    refused: Value,
    at: &'static str,
}

/// Path, id parameters of getById, update and delete, and the collection of options of getById, by resource.
const RESOURCES: [(&str, &str, [&str; 3], &str); 13] = [
    ("agents", "Agent", ["agentId", "id", "id"], "additionalOptions"),
    ("assets", "Asset", ["id", "id", "id"], "options"),
    ("client", "Client", ["clientId", "clientId", "clientId"], "additionalFields"),
    ("fieldInfo", "FieldInfo", ["id", "", "id"], "additionalOptions"),
    ("invoices", "Invoice", ["invoiceId", "invoiceId", "invoiceId"], ""),
    ("sites", "Site", ["siteId", "id", "id"], "additionalOptions"),
    ("tickets", "Tickets", ["ticketId", "ticketId", "ticketId"], "options"),
    ("ticketStatuses", "Status", ["statusId", "ticketStatusId", "ticketStatusId"], "options"),
    ("ticketTypes", "TicketType", ["ticketTypeId", "ticketTypeId", "ticketTypeId"], "additionalOptions"),
    ("timesheet", "Timesheet", ["timesheetId", "timesheetId", "timesheetId"], ""),
    (
        "timesheetEvent",
        "TimesheetEvent",
        ["timesheetEventId", "timesheetEventId", "timesheetEventId"],
        "additionalFields",
    ),
    ("webhooks", "Webhook", ["webhook_id", "webhook_id", "webhook_id"], "additionalOptions"),
    ("webhookEvents", "WebhookEvent", ["webhookEvent_id", "webhookEvent_id", "webhookEvent_id"], "additionalOptions"),
];

const UUID: &str = "00000001-0000-4000-8000-000000000001";

fn example(resource: &str, operation: &str) -> Option<Example> {
    let (_, _, ids, options) = RESOURCES.into_iter().find(|(name, ..)| *name == resource)?;
    let id = if resource.starts_with("webhook") { json!(UUID) } else { json!(1) };
    match operation {
        "create" | "updateLines" | "execute" | "void" => own(resource, operation, &id),
        "update" => own(resource, operation, &id).or_else(|| update(resource, ids[1], &id)),
        "delete" => Some(Example {
            good: json!({ ids[2]: id }),
            gives: json!({ "success": true, "id": id }),
            cleared: json!({ ids[2]: id }),
            sent: if resource == "invoices" { json!([["bypass_accounts_sync", "false"]]) } else { json!([]) },
            refused: json!({ ids[2]: "" }),
            at: ids[2],
        }),
        "getById" => Some(Example {
            good: json!({ ids[0]: id }),
            gives: json!({ "id": id, "json": { "kept": true } }),
            cleared: get_options(ids[0], &id, options),
            sent: if resource == "timesheet" { json!([]) } else { json!([["includedetails", "false"]]) },
            refused: json!({ ids[0]: if id == 1 { json!(0) } else { json!("") } }),
            at: ids[0],
        }),
        "getAll" => Some(list(resource)),
        _ => None,
    }
}

fn get_options(name: &str, id: &Value, options: &str) -> Value {
    if options.is_empty() { json!({ name: id }) } else { json!({ name: id, options: { "includedetails": false } }) }
}

/// Filters that are set to nothing are left out.
fn list(resource: &str) -> Example {
    let (filters, sent) = match resource {
        "agents" => (json!({ "search": "", "showall": false }), json!([["showall", "false"]])),
        "client" | "sites" | "tickets" | "assets" => {
            (json!({ "search": "", "orderdesc": false }), json!([["orderdesc", "false"]]))
        }
        "invoices" | "webhookEvents" => (json!({ "order": "", "orderdesc": false }), json!([["orderdesc", "false"]])),
        "ticketStatuses" | "ticketTypes" => (json!({ "view_id": 0, "showall": false }), json!([["showall", "false"]])),
        "fieldInfo" => (json!({ "typeid": 0, "excludetables": false }), json!([["excludetables", "false"]])),
        "webhooks" => (json!({ "type": 0, "isazureautomation": false }), json!([["isazureautomation", "false"]])),
        _ => (json!({ "agent_id": 0 }), json!([])),
    };
    let (refused, at) = match resource {
        "ticketStatuses" => (json!({ "filters": { "nonsense": 1 } }), "filters/nonsense"),
        _ => (json!({ "limit": 0 }), "limit"),
    };
    Example { good: json!({}), gives: json!({}), cleared: json!({ "filters": filters }), sent, refused, at }
}

fn update(resource: &str, id_name: &str, id: &Value) -> Option<Example> {
    let (fields, sent) = match resource {
        "agents" => (json!({ "lastname": "", "isadmin": false }), json!({ "is_admin": false, "surname": "" })),
        "assets" => {
            (json!({ "inventory_number": "", "contract_id": 0 }), json!({ "contract_id": 0, "inventory_number": "" }))
        }
        "client" | "sites" => (json!({ "inactive": false, "notes": "" }), json!({ "inactive": false, "notes": "" })),
        "invoices" => (json!({ "notes_1": "", "posted": false }), json!({ "notes_1": "", "posted": false })),
        "tickets" => (json!({ "agent_id": 0, "category_1": "" }), json!({ "agent_id": 0, "category_1": "" })),
        "ticketStatuses" => (json!({ "sequence": 0, "shortname": "" }), json!({ "sequence": 0, "shortname": "" })),
        "ticketTypes" => {
            (json!({ "default_summary": "", "group_id": 0 }), json!({ "default_summary": "", "group_id": 0 }))
        }
        "timesheet" => (json!({ "agent_name": "", "break_hours": 0 }), json!({ "agent_name": "", "break_hours": 0 })),
        "timesheetEvent" => (json!({ "note": "", "timetaken": 0 }), json!({ "note": "", "timetaken": 0 })),
        "webhooks" => (json!({ "active": false, "note": "" }), json!({ "active": false, "note": "" })),
        "webhookEvents" => {
            (json!({ "active": false, "description": "" }), json!({ "active": false, "description": "" }))
        }
        _ => return None,
    };
    let mut record = Map::from_iter([("id".to_owned(), id.clone())]);
    record.extend(sent.as_object()?.clone());
    let gives = Value::Object(record.clone());
    let good = json!({ id_name: id, "updateFields": fields });
    Some(Example {
        good: good.clone(),
        gives,
        cleared: good,
        sent: json!([record]),
        refused: json!({ id_name: id, "updateFields": {} }),
        at: "updateFields",
    })
}

/// Operations whose parameters are their own.
fn own(resource: &str, operation: &str, id: &Value) -> Option<Example> {
    let create = |required: Value, empty: Value, sent: Value, refused: Value, at: &'static str| {
        let mut cleared = required.clone();
        cleared["additionalFields"] = empty;
        Some(Example { gives: json!({ "id": 2 }), good: required, cleared, sent: json!([sent]), refused, at })
    };
    match (resource, operation) {
        ("agents", "create") => create(
            json!({ "emailaddress": "jo@x.test", "name": "Jo" }),
            json!({ "active": true, "lastname": "", "linemanager": 0 }),
            json!({ "email": "jo@x.test", "name": "Jo", "isdisabled": false, "surname": "", "linemanager": 0 }),
            json!({ "emailaddress": "jo", "name": "Jo" }),
            "emailaddress",
        ),
        ("assets", "create") => create(
            json!({ "assettype_id": 2, "client_id": 3 }),
            json!({ "inventory_number": "", "inactive": false }),
            json!({ "assettype_id": 2, "client_id": 3, "site_id": 0, "inactive": false, "inventory_number": "" }),
            json!({ "assettype_id": 2 }),
            "client_id",
        ),
        ("client", "create") => create(
            json!({ "name": "Acme" }),
            json!({ "colour": "", "notes": "" }),
            json!({ "name": "Acme", "colour": "", "notes": "" }),
            json!({ "name": "Acme", "additionalFields": { "colour": "teal" } }),
            "additionalFields/colour",
        ),
        ("fieldInfo", "create") => Some(Example {
            good: json!({ "fieldInfoData": { "name": "CFa", "label": "A" } }),
            gives: json!({ "id": 2, "name": "CFa", "label": "A" }),
            cleared: json!({ "fieldInfoData": "{\"name\": \"CFa\", \"label\": \"\"}" }),
            sent: json!([{ "name": "CFa", "label": "" }]),
            refused: json!({ "fieldInfoData": "{" }),
            at: "fieldInfoData",
        }),
        ("fieldInfo", "update") => Some(Example {
            good: json!({ "fieldInfoData": { "id": 1, "label": "A" } }),
            gives: json!({ "id": 1, "label": "A" }),
            cleared: json!({ "fieldInfoData": [{ "id": 1, "label": "" }] }),
            sent: json!([{ "id": 1, "label": "" }]),
            refused: json!({ "fieldInfoData": { "label": "A" } }),
            at: "fieldInfoData",
        }),
        ("invoices", "create") => create(
            json!({ "client_id": 3 }),
            json!({ "notes_1": "", "ticket_id": 0 }),
            json!({ "client_id": 3, "ticket_id": 0, "notes_1": "" }),
            json!({ "client_id": 3, "additionalFields": { "duedate": "soon" } }),
            "additionalFields/duedate",
        ),
        ("invoices", "updateLines") => Some(Example {
            good: json!({ "invoiceLines": "{\"id\": 5, \"qty_order\": 3}" }),
            gives: json!({ "id": 5, "qty_order": 3 }),
            cleared: json!({ "invoiceLines": [{ "id": 5, "item_shortdescription": "", "qty_order": 0 }] }),
            sent: json!([{ "id": 5, "item_shortdescription": "", "qty_order": 0 }]),
            refused: json!({ "invoiceLines": "[" }),
            at: "invoiceLines",
        }),
        ("invoices", "void") => Some(Example {
            good: json!({ "invoiceId": 1 }),
            gives: json!({ "id": 1, "voided": true }),
            cleared: json!({ "invoiceId": "1" }),
            sent: json!([]),
            refused: json!({ "invoiceId": 0 }),
            at: "invoiceId",
        }),
        ("sites", "create") => create(
            json!({ "name": "Main", "client_id": 3 }),
            json!({ "phonenumber": "", "sla_id": 0 }),
            json!({ "name": "Main", "client_id": 3, "phonenumber": "", "sla_id": 0 }),
            json!({ "name": "Main" }),
            "client_id",
        ),
        ("tickets", "create") => create(
            json!({ "summary": "Printer", "details": "" }),
            json!({ "agent_id": 0, "category_1": "" }),
            json!({ "summary": "Printer", "agent_id": 0, "category_1": "" }),
            json!({ "summary": " " }),
            "summary",
        ),
        ("ticketStatuses", "create") => create(
            json!({ "name": "Waiting" }),
            json!({ "sequence": 0, "shortname": "" }),
            json!({ "name": "Waiting", "sequence": 0, "shortname": "" }),
            json!({ "name": "" }),
            "name",
        ),
        ("ticketTypes", "create") => create(
            json!({ "name": "Incident" }),
            json!({ "default_sla": 0, "default_summary": "" }),
            json!({ "name": "Incident", "default_sla": 0, "default_summary": "" }),
            json!({ "name": " " }),
            "name",
        ),
        ("timesheet", "create") => create(
            json!({ "agent_id": 3, "date": "2026-11-23" }),
            json!({ "agent_name": "", "work_hours": 0 }),
            json!({ "agent_id": 3, "date": "2026-11-23", "agent_name": "", "work_hours": 0 }),
            json!({ "agent_id": 3, "date": "someday" }),
            "date",
        ),
        ("timesheetEvent", "create") => create(
            json!({ "agent_id": 3, "subject": "Work" }),
            json!({ "note": "", "timetaken": 0 }),
            json!({ "agent_id": 3, "subject": "Work", "note": "", "timetaken": 0 }),
            json!({ "agent_id": 3, "additionalFields": { "timetaken": -1 } }),
            "additionalFields/timetaken",
        ),
        ("webhooks", "create") => create(
            json!({ "name": "n", "additionalFields": { "url": "https://x.test" } }),
            json!({ "active": false, "note": "", "url": "https://x.test" }),
            json!({ "name": "n", "active": false, "note": "", "url": "https://x.test" }),
            json!({ "name": "n" }),
            "additionalFields/url",
        ),
        ("webhooks", "execute") => Some(Example {
            good: json!({ "webhook_id": id, "testMode": true }),
            gives: json!({ "id": id }),
            cleared: json!({ "webhook_id": id, "testMode": false, "additionalOptions": { "customParameters": "{}" } }),
            sent: json!([{ "id": id, "_test": false, "customParameters": "{}" }]),
            refused: json!({ "webhook_id": id, "additionalOptions": { "customParameters": "{" } }),
            at: "additionalOptions/customParameters",
        }),
        ("webhookEvents", "create") => create(
            json!({ "eventName": "changed" }),
            json!({ "active": false, "description": "" }),
            json!({ "eventname": "changed", "active": false, "description": "" }),
            json!({ "eventName": "" }),
            "eventName",
        ),
        _ => None,
    }
}

/// The operations of the descriptor, resource by resource.
fn operations() -> Vec<(String, String)> {
    let source = nodehost_halopsa::node().unwrap();
    let node: Value = serde_json::from_str(source.text()).unwrap();
    let properties = node["properties"].as_array().unwrap();
    let of = |property: &Value| {
        let resource = property["displayOptions"]["show"]["resource"][0].as_str().unwrap().to_owned();
        let values = property["options"].as_array().unwrap().iter();
        values.map(|option| (resource.clone(), option["value"].as_str().unwrap().to_owned())).collect::<Vec<_>>()
    };
    properties.iter().filter(|property| property["name"] == "operation").flat_map(of).collect()
}

/// One runner, and for each operation a Halo with one record of its resource.
struct Stage {
    bench: Bench,
    /// Those before; they keep their ports, by which the runner knows their tokens.
    earlier: Vec<Simulator>,
}

impl Stage {
    async fn start() -> Self {
        Self { bench: Bench::start().await, earlier: Vec::new() }
    }

    async fn set(&mut self, resource: &str) -> (&Bench, &'static str) {
        let halo = Simulator::start(SimulatorConfig::default()).await.unwrap();
        let (_, path, ..) = RESOURCES.into_iter().find(|(name, ..)| *name == resource).unwrap();
        let lines = json!([{ "id": 5, "qty_order": 1 }]);
        halo.seed(path, [json!({ "name": "one", "json": { "kept": true }, "lines": lines })]);
        self.earlier.push(mem::replace(&mut self.bench.halo, halo));
        (&self.bench, path)
    }
}

/// The fields of `part` are among those of `whole`, with the same values.
fn holds(whole: &Value, part: &Value) -> bool {
    part.as_object().unwrap().iter().all(|(name, value)| whole.get(name) == Some(value))
}

#[tokio::test]
async fn every_operation_has_an_example_that_works() {
    let mut stage = Stage::start().await;
    let all = operations();
    assert!(all.len() >= 68, "{}", all.len());
    for (resource, operation) in all {
        let case = format!("{resource} {operation}");
        let example = example(&resource, &operation).unwrap_or_else(|| panic!("{case} has no example: write one"));
        let (bench, path) = stage.set(&resource).await;
        let given = bench.items(&resource, &operation, example.good.clone()).await;
        let mut gives = example.gives;
        if resource.starts_with("webhook") && gives["id"] == 2 {
            gives = json!({});
        }
        assert!(given.len() == 1 && holds(&given[0], &gives), "{case}: {given:?}");
        if operation == "delete" {
            assert!(bench.halo.records(path).is_empty(), "{case}");
        }
        for request in bench.halo.api_log() {
            assert!(request.method == "POST" || request.body.is_null(), "{case}: a body");
        }
    }
}

#[tokio::test]
async fn every_operation_sends_cleared_values_and_leaves_out_empty_filters() {
    let mut different = Vec::new();
    let mut stage = Stage::start().await;
    for (resource, operation) in operations() {
        let case = format!("{resource} {operation}");
        let Some(Example { cleared, sent, .. }) = example(&resource, &operation) else { panic!("{case}") };
        let (bench, _) = stage.set(&resource).await;
        bench.items(&resource, &operation, cleared).await;
        let request = bench.halo.api_log().pop().unwrap();
        if request.body.is_null() {
            let query: Vec<_> = request.query.into_iter().filter(|(name, _)| !name.starts_with("page")).collect();
            different.extend((json!(query) != sent).then(|| format!("{case}: {query:?}")));
        } else {
            different.extend((request.body != sent).then(|| format!("{case}: {}", request.body)));
        }
        assert!(request.unknown_query.is_empty() || resource == "timesheet", "{case}: {:?}", request.unknown_query);
    }
    assert_eq!(different, Vec::<String>::new());
}

#[tokio::test]
async fn every_operation_refuses_what_is_wrong_before_anything_is_sent() {
    let mut stage = Stage::start().await;
    for (resource, operation) in operations() {
        let case = format!("{resource} {operation}");
        let Some(Example { refused, at, .. }) = example(&resource, &operation) else { panic!("{case}") };
        let (bench, _) = stage.set(&resource).await;
        let errors = bench.refused(&resource, &operation, refused).await;
        let pointer = format!("/node/parameters/{at}");
        let told = errors.iter().find(|error| error["pointer"] == pointer);
        let message = told.and_then(|error| error["message"].as_str()).unwrap_or_default();
        assert!(message.len() > 10, "{case}: {errors:?}");
    }
}

#[tokio::test]
async fn every_operation_tells_halos_errors() {
    let mut stage = Stage::start().await;
    for (resource, operation) in operations() {
        let case = format!("{resource} {operation}");
        let Some(Example { good, .. }) = example(&resource, &operation) else { panic!("{case}") };
        let (bench, _) = stage.set(&resource).await;
        let message = json!({ "ClassName": "System.Exception", "Message": "Halo says no" });
        for method in ["GET", "POST", "DELETE"] {
            bench.halo.fault(Fault::answer(422, &message).on(method, "/api/*"));
        }
        let result = bench.run(&resource, &operation, good).await;
        assert_eq!(result["status"], "error", "{case}: {result}");
        let error = &result["error"];
        assert_eq!(
            (&error["httpCode"], &error["description"]),
            (&json!("422"), &json!("Halo says no")),
            "{case}: {error}"
        );
        assert_eq!(bench.halo.api_log().len(), 1, "{case}: sent once");
    }
}

#[tokio::test]
async fn every_list_gives_250_records_over_a_page_size_of_100() {
    let mut stage = Stage::start().await;
    for (resource, operation) in operations().into_iter().filter(|(_, operation)| operation == "getAll") {
        let (bench, path) = stage.set(&resource).await;
        bench.halo.seed(path, (2..=250).map(|n| json!({ "name": format!("n{n}") })));
        let ids = |records: &[Value]| records.iter().map(|record| record["id"].clone()).collect::<Vec<_>>();
        let everything = ids(&bench.halo.records(path));
        for whole in [json!(true), json!("={{ 1 < 2 }}")] {
            let all = bench.items(&resource, &operation, json!({ "returnAll": whole, "limit": 3 })).await;
            assert_eq!(ids(&all), everything, "{resource}");
        }
        if resource != "ticketStatuses" {
            let some = bench.items(&resource, &operation, json!({ "returnAll": "={{ 1 > 2 }}", "limit": 130 })).await;
            assert_eq!(ids(&some), everything[..130], "{resource}");
        }
    }
}
