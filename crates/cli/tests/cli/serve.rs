use std::net::SocketAddr;
use std::process::Command;

use http::{Method, StatusCode};
use nodehost_tests::http::{Answer, Call};
use serde_json::json;

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
