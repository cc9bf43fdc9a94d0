//! Custom fields keep the others, and JSON fields take any field of the API.

use serde_json::{Value, json};

use super::Bench;

const RESOURCES: [(&str, &str, &str); 4] = [
    ("tickets", "Tickets", "ticketId"),
    ("client", "Client", "clientId"),
    ("sites", "Site", "id"),
    ("assets", "Asset", "id"),
];

fn present() -> Value {
    json!([{ "id": 1, "name": "CFa", "value": "1" }, { "id": 2, "name": "CFb", "value": "2" }])
}

#[tokio::test]
async fn updating_some_custom_fields_keeps_the_others() {
    let bench = Bench::start().await;
    for (resource, path, id) in RESOURCES {
        bench.halo.seed(path, [json!({ "name": "x", "customfields": present() })]);
        let fields =
            json!({ "customfields": { "field": [{ "name": "CFb", "value": "" }, { "id": "9", "value": "new" }] } });
        bench.items(resource, "update", json!({ id: 1, "updateFields": fields })).await;
        let expected = json!([
            { "id": 1, "name": "CFa", "value": "1" },
            { "id": 2, "name": "CFb", "value": "" },
            { "id": 9, "value": "new" },
        ]);
        assert_eq!(bench.halo.records(path)[0]["customfields"], expected, "{resource}");

        let fields = json!({ "customfields": { "field": [{ "id": "9", "value": "z" }] }, "keepCustomFields": false });
        bench.items(resource, "update", json!({ id: 1, "updateFields": fields })).await;
        assert_eq!(bench.halo.records(path)[0]["customfields"], json!([{ "id": 9, "value": "z" }]), "{resource}");
    }
}

#[tokio::test]
async fn an_empty_list_of_custom_fields_clears_none() {
    let bench = Bench::start().await;
    for (resource, path, id) in RESOURCES {
        bench.halo.seed(path, [json!({ "name": "x", "customfields": present() })]);
        let given = |keep: bool| {
            let fields = json!({ "customfields": {}, "jsonFields": { "third_party_id": 5 }, "keepCustomFields": keep });
            json!({ id: 1, "updateFields": fields })
        };
        bench.items(resource, "update", given(true)).await;
        assert_eq!(bench.halo.records(path)[0]["customfields"], present(), "{resource}");
        bench.items(resource, "update", given(false)).await;
        assert_eq!(bench.halo.records(path)[0]["customfields"], json!([]), "{resource}");
    }
}

#[tokio::test]
async fn no_custom_fields_are_sent_without_having_read_the_others() {
    let bench = Bench::start().await;
    bench.halo.seed("Tickets", [json!({ "summary": "x", "customfields": present() })]);
    let fields = json!({ "customfields": { "field": [{ "name": "CFb", "value": "new" }] } });
    // What Halo makes of such an ID is its own affair; the fields are merged before.
    bench.run("tickets", "update", json!({ "ticketId": " 1 ", "updateFields": fields })).await;
    let read = bench.halo.api_log().remove(0);
    assert_eq!((read.method.as_str(), read.path.as_str()), ("GET", "/api/Tickets/1"));
    assert_eq!(bench.halo.api_log()[1].body[0]["customfields"][0], present()[0]);

    let mut request =
        bench.request("tickets", "update", json!({ "ticketId": "1x", "updateFields": fields }), json!([{}]));
    request["settings"] = json!({ "validation": "off" });
    let sent = bench.halo.api_log().len();
    let error = bench.result(&request).await["error"].clone();
    assert!(error["message"].as_str().unwrap().contains("none were changed"), "{error}");
    assert_eq!(bench.halo.api_log().len(), sent);
}

#[tokio::test]
async fn updates_of_one_record_do_not_overtake_each_other() {
    let bench = Bench::start().await;
    bench.halo.seed("Client", [json!({ "name": "x", "customfields": [] })]);
    let field =
        json!({ "customfields": { "field": [{ "name": "={{ 'CF' + $json.n }}", "value": "={{ $json.n }}" }] } });
    let items: Vec<Value> = (0..20).map(|n| json!({ "n": n })).collect();
    let mut request = bench.request("client", "update", json!({ "clientId": 1, "updateFields": field }), json!(items));
    request["settings"] = json!({ "concurrency": 10 });
    let result = bench.result(&request).await;
    assert_eq!(result["stats"]["succeeded"], 20, "{}", result["error"]);
    assert_eq!(bench.halo.records("Client")[0]["customfields"].as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn custom_fields_are_set_when_a_record_is_made() {
    let bench = Bench::start().await;
    let fields = json!({ "customfields": { "field": [{ "name": "CFa", "value": "1" }] } });
    bench.items("tickets", "create", json!({ "summary": "s", "additionalFields": fields })).await;
    assert_eq!(bench.halo.records("Tickets")[0]["customfields"], json!([{ "name": "CFa", "value": "1" }]));
}

#[tokio::test]
async fn json_fields_go_over_the_body_and_unknown_names_are_told() {
    let bench = Bench::start().await;
    let json_fields = "{\"website\": \"https://x.test\", \"notes\": \"over\", \"colr\": 1}";
    let fields = json!({ "notes": "under", "jsonFields": json_fields });
    let result = bench.run("client", "create", json!({ "name": "Acme", "additionalFields": fields })).await;
    assert_eq!(result["status"], "success", "{result}");
    let held = &bench.halo.records("Client")[0];
    assert_eq!(
        (&held["website"], &held["notes"], &held["colr"]),
        (&json!("https://x.test"), &json!("over"), &json!(1))
    );
    let warnings = result["warnings"].as_array().unwrap();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0]["message"].as_str().unwrap().contains("colr"));

    let object = json!({ "name": "={{ $json.n }}", "additionalFields": { "jsonFields": "={{ ({ ref: $json.n }) }}" } });
    let request = bench.request("client", "create", object, json!([{ "n": "B" }]));
    assert_eq!(bench.result(&request).await["status"], "success");
    assert_eq!(bench.halo.records("Client")[1]["ref"], "B");
    let list = json!({ "name": "C", "additionalFields": { "jsonFields": "[1]" } });
    let error = bench.run("client", "create", list).await["error"].clone();
    assert_eq!(error["code"], "invalid_parameter", "{error}");
}
