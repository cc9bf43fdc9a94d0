//! Lists: limits, pages, totals, filters.

use nodehost_halopsa_simulator::Fault;
use serde_json::{Value, json};

use super::Bench;

/// The resources whose lists Halo pages.
const PAGED: [(&str, &str); 6] = [
    ("assets", "Asset"),
    ("client", "Client"),
    ("invoices", "Invoice"),
    ("sites", "Site"),
    ("tickets", "Tickets"),
    ("webhookEvents", "WebhookEvent"),
];
const WHOLE: [(&str, &str); 7] = [
    ("agents", "Agent"),
    ("fieldInfo", "FieldInfo"),
    ("ticketStatuses", "Status"),
    ("ticketTypes", "TicketType"),
    ("timesheet", "Timesheet"),
    ("timesheetEvent", "TimesheetEvent"),
    ("webhooks", "Webhook"),
];

fn ids(items: &[Value]) -> Vec<Value> {
    items.iter().map(|item| item["id"].clone()).collect()
}

#[tokio::test]
async fn every_paged_list_is_read_to_its_end_over_the_servers_page_size() {
    let bench = Bench::start().await;
    for (resource, path) in PAGED {
        let seeded = bench.halo.seed(path, (1..=250).map(|n| json!({ "name": format!("n{n}") })));
        bench.halo.clear_log();
        let all = bench.items(resource, "getAll", json!({ "returnAll": true })).await;
        assert_eq!(ids(&all), ids(&seeded), "{resource}");
        let log = bench.halo.api_log();
        assert_eq!(log.len(), 3, "{resource}: 250 records are three pages of 100");
        assert!(log[2].query.contains(&("page_no".into(), "3".into())), "{:?}", log[2].query);
        assert!(log.iter().all(|request| request.unknown_query.is_empty()), "{resource}: {:?}", log[0].unknown_query);

        for limit in [1, 50, 130] {
            let some = bench.items(resource, "getAll", json!({ "limit": limit })).await;
            assert_eq!(ids(&some), ids(&seeded[..limit]), "{resource} limit {limit}");
        }
    }
}

#[tokio::test]
async fn other_lists_are_cut_to_the_limit_here() {
    let bench = Bench::start().await;
    for (resource, path) in WHOLE {
        let seeded = bench.halo.seed(path, (1..=120).map(|n| json!({ "name": format!("n{n}") })));
        if resource != "ticketStatuses" {
            let some = bench.items(resource, "getAll", json!({ "limit": 7 })).await;
            assert_eq!(ids(&some), ids(&seeded[..7]), "{resource}");
            let all = bench.items(resource, "getAll", json!({ "returnAll": true })).await;
            assert_eq!(all.len(), 120, "{resource}");
        } else {
            assert_eq!(bench.items(resource, "getAll", json!({})).await.len(), 120);
        }
    }
    assert!(bench.halo.api_log().iter().all(|request| request.query.is_empty()), "nothing asks for pages");
}

#[tokio::test]
async fn a_page_of_ones_own_is_that_page_alone() {
    let bench = Bench::start().await;
    let seeded = bench.halo.seed("Tickets", (1..=250).map(|n| json!({ "summary": format!("t{n}") })));
    let filters = json!({ "pageinate": true, "page_size": 20, "page_no": 3 });
    let page = bench.items("tickets", "getAll", json!({ "limit": 50, "filters": filters })).await;
    assert_eq!(ids(&page), ids(&seeded[40..60]));
    assert_eq!(bench.halo.api_log().len(), 1);
}

#[tokio::test]
async fn a_page_number_that_comes_out_as_nothing_leaves_paging_on() {
    let bench = Bench::start().await;
    bench.halo.seed("Client", (1..=250).map(|n| json!({ "name": format!("n{n}") })));
    let parameters = json!({ "returnAll": true, "filters": { "page_no": "={{ $json.page }}" } });
    let request = bench.request("client", "getAll", parameters, json!([{ "page": 0 }, { "page": 3 }]));
    let result = bench.result(&request).await;
    assert_eq!(super::data(&result, 0).len(), 300, "all of them, and page 3 of 100: {}", result["error"]);
}

#[tokio::test]
async fn a_total_that_is_not_reached_and_a_page_that_repeats_are_errors() {
    let bench = Bench::start().await;
    let short = json!({ "record_count": 5, "clients": [{ "id": 1 }] });
    bench.halo.fault(Fault::answer(200, &short).on("GET", "/api/Client"));
    bench.halo.fault(Fault::answer(200, &json!({ "record_count": 5, "clients": [] })).on("GET", "/api/Client"));
    let result = bench.run("client", "getAll", json!({ "returnAll": true })).await;
    assert_eq!(result["error"]["code"], "paging_incomplete", "{result}");
    bench.halo.fault(Fault::answer(200, &short).on("GET", "/api/Client").times(3));
    let result = bench.run("client", "getAll", json!({ "returnAll": true })).await;
    assert_eq!(result["error"]["code"], "paging_incomplete", "{result}");
}

#[tokio::test]
async fn filters_are_sent_and_empty_ones_left_out() {
    let bench = Bench::start().await;
    bench.halo.seed("Tickets", (0..40).map(|n| {
        json!({ "summary": format!("Printer {n}"), "client_id": n % 2, "status_id": n % 4, "dateoccurred": format!("2026-11-{:02}T08:00:00", n % 28 + 1) })
    }));
    let filters = json!({
        "search": "PRINTER 1", "client_id": 1, "status": [1, 3], "open_only": false, "agent_id": 0, "domain": "",
        "startdate": "2026-11-05", "datesearch": "dateoccurred",
    });
    let found = bench.items("tickets", "getAll", json!({ "returnAll": true, "filters": filters })).await;
    assert!(!found.is_empty() && found.iter().all(|ticket| ticket["client_id"] == 1));
    let query = bench.halo.api_log().pop().unwrap().query;
    assert!(query.contains(&("status".into(), "1,3".into())), "{query:?}");
    assert!(query.contains(&("open_only".into(), "false".into())));
    assert!(!query.iter().any(|(name, _)| name == "agent_id" || name == "domain"));
}
