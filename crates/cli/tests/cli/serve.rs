use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

use http::{Method, StatusCode};
use nodehost_halopsa_simulator::Fault;
use nodehost_tests::http::{Answer, Call};
use serde_json::json;

use crate::run::Halo;
use crate::support::{Running, nodehost, run};

fn serve(arguments: &[&str]) -> Command {
    nodehost(&[&["serve", "--listen", "127.0.0.1:0"], arguments].concat())
}

fn send(call: Call) -> Answer {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(call.send())
}

#[test]
fn a_server_answers_until_it_is_terminated() {
    let (server, address) = Running::serve(serve(&[]));
    let nodes = send(Call::new(Method::GET, address, "/v1/nodes")).json();
    assert!(nodes.to_string().contains("n8n-nodes-halopsacomplete.haloPsa"), "{nodes}");
    assert_eq!(server.terminate().code(), Some(0));
}

/// The `max-items` in force, as the refusal of a batch of 9 items tells it.
fn max_items(address: SocketAddr) -> String {
    let items: Vec<_> = (0..9).map(|n| json!({ "n": n })).collect();
    let call = Call::new(Method::POST, address, "/v1/executions");
    let answer = send(call.json(&json!({ "node": { "type": "haloPsa" }, "items": items })));
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let detail = answer.json()["detail"].as_str().unwrap().to_owned();
    detail.split_once("more than ").unwrap().1.split_once(' ').unwrap().0.to_owned()
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("nodehost.toml");
    std::fs::write(&file, "max-items = 1\n").unwrap();
    let file = file.to_str().unwrap();

    let (_server, address) = Running::serve(serve(&["--config", file]));
    assert_eq!(max_items(address), "1");

    let mut command = serve(&[]);
    command.env("NODEHOST_CONFIG", file).env("NODEHOST_MAX_ITEMS", "2");
    let (_server, address) = Running::serve(command);
    assert_eq!(max_items(address), "2");

    let mut command = serve(&["--config", file, "--max-items", "3"]);
    command.env("NODEHOST_MAX_ITEMS", "2");
    let (_server, address) = Running::serve(command);
    assert_eq!(max_items(address), "3");
}

#[test]
fn keys_of_every_place_open_the_server() {
    let directory = tempfile::tempdir().unwrap();
    let (keys, config) = (directory.path().join("keys"), directory.path().join("nodehost.toml"));
    std::fs::write(&keys, "# a comment\nfrom-file\n").unwrap();
    std::fs::write(&config, "[[api-keys]]\nname = \"named\"\nkey = \"from-config\"\nnodes = [\"none.*\"]\n").unwrap();
    let arguments = ["--api-key-file", keys.to_str().unwrap(), "--config", config.to_str().unwrap()];
    let mut command = serve(&arguments);
    command.env("NODEHOST_API_KEY", "from-environment");
    let (_server, address) = Running::serve(command);
    let nodes = |key: &str| send(Call::new(Method::GET, address, "/v1/nodes").header("x-api-key", key));
    assert_eq!(nodes("from-file").status, StatusCode::OK);
    assert_eq!(nodes("from-environment").status, StatusCode::OK);
    assert_eq!(nodes("from-config").json(), json!([]), "no node exists for this key");
    assert_eq!(nodes("another").status, StatusCode::UNAUTHORIZED);
}

#[test]
fn what_cannot_be_served_is_refused_with_a_remedy() {
    let refused = |arguments: &[&str], told: &str| {
        let (code, _, log) = run(&[&["serve"], arguments].concat(), "");
        assert_eq!(code, 1, "{log}");
        assert!(log.contains(told), "{log}");
    };
    refused(&["--listen", "0.0.0.0:0"], "--api-key-file");
    refused(&["--nodes", "/no/such/folder"], "/no/such/folder");
    refused(&["--config", "/no/such/file.toml"], "/no/such/file.toml");
    refused(&["--tls-cert", "cert.pem"], "tls-key");
    assert_eq!(run(&["serve", "--listen", "nowhere"], "").0, 2);
}

/// A server with a batch under way that is too long for its end, and the answer to that batch.
fn serving_a_long_batch(halo: &Halo, timeout: &str) -> (Running, SocketAddr, std::thread::JoinHandle<Answer>) {
    let arguments = ["--allow-host", "127.0.0.1", "--shutdown-timeout", timeout];
    let (server, address) = Running::serve(serve(&arguments));
    halo.simulator.fault(Fault::delay(Duration::from_millis(60)).on("POST", "/api/Webhook").times(usize::MAX));
    let mut request = halo.request((0..60).map(|n| json!({ "name": format!("hook {n}") })).collect());
    request["settings"] = json!({ "concurrency": 1 });
    let answer = std::thread::spawn(move || send(Call::new(Method::POST, address, "/v1/executions").json(&request)));
    while halo.simulator.records("Webhook").is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    (server, address, answer)
}

#[test]
fn what_runs_at_the_end_answers_with_the_outcomes_so_far_and_nothing_new_starts() {
    let halo = Halo::start();
    let (server, address, answer) = serving_a_long_batch(&halo, "1.5");
    server.ask_to_end();
    let new =
        || send(Call::new(Method::POST, address, "/v1/executions").json(&halo.request(json!([{ "name": "new" }]))));
    let refused = loop {
        // The signal is on its way until the runner says so.
        let readiness = send(Call::new(Method::GET, address, "/readyz"));
        if readiness.status == StatusCode::SERVICE_UNAVAILABLE {
            break new();
        }
    };
    assert_eq!((refused.status, &refused.json()["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("shutting_down")));
    let answer = answer.join().unwrap();
    let body = answer.json();
    assert_eq!((answer.status, &body["status"]), (StatusCode::OK, &json!("canceled")), "{body}");
    let succeeded = body["stats"]["succeeded"].as_u64().unwrap();
    assert!((1..60).contains(&succeeded), "{body}");
    assert_eq!(server.ended().code(), Some(0));
    assert_eq!(
        halo.simulator.records("Webhook").len() as u64,
        succeeded,
        "what was done is told, and nothing else was"
    );
}

#[test]
fn what_runs_at_the_end_may_come_to_its_own() {
    let halo = Halo::start();
    let (server, _, answer) = serving_a_long_batch(&halo, "60");
    server.ask_to_end();
    assert_eq!(server.ended().code(), Some(0), "the runner waits no longer than it has to");
    let body = answer.join().unwrap().json();
    assert_eq!((&body["status"], &body["stats"]["succeeded"]), (&json!("success"), &json!(60)), "{body}");
}
