//! Secrets planted in credentials and keys turn up in no output, whatever is logged.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use http::Method;
use nodehost_tests::http::Call;
use serde_json::json;

use crate::run::Halo;
use crate::support::{nodehost, output};

const SECRET: &str = "canary-0f4c9a-secret";
const KEY: &str = "canary-77b1de-key";

fn assert_clean(where_: &str, text: &str) {
    for canary in [SECRET, KEY] {
        assert!(!text.contains(canary), "{where_} holds {canary}:\n{text}");
    }
}

#[test]
fn no_secret_leaves_the_command_at_trace_level() {
    let halo = Halo::start();
    let mut request = halo.request(json!([{ "name": "a" }]));
    request["node"]["credentials"]["haloPSAApi"]["data"]["clientSecret"] = json!(SECRET);
    for format in ["text", "json"] {
        let command = nodehost(&["run", "--allow-host", "127.0.0.1", "--log", "trace", "--log-format", format]);
        let output = output(command, &request.to_string());
        assert_ne!(output.status.code(), Some(0), "the secret is a wrong one");
        assert_clean("the result", &String::from_utf8_lossy(&output.stdout));
        assert_clean("the log", &String::from_utf8_lossy(&output.stderr));
        assert!(output.stderr.len() > 100, "the log is not empty");
    }
}

#[test]
fn malformed_credentials_are_not_repeated() {
    let given = format!(r#"{{"haloPSAApi": {{"clientSecret": "{SECRET}""#);
    let output = output(nodehost(&["run", "--node", "haloPsa", "--credentials", &given]), "");
    assert_eq!(output.status.code(), Some(1));
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(log.contains("--credentials is not JSON"), "{log}");
    assert_clean("the message", &log);
}

#[test]
fn no_secret_leaves_the_server_at_trace_level() {
    let halo = Halo::start();
    let mut command = nodehost(&["serve", "--listen", "127.0.0.1:0", "--allow-host", "127.0.0.1"]);
    command.env("NODEHOST_API_KEY", KEY).env("NODEHOST_LOG", "trace");
    let mut server = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().rsplit_once("//").unwrap().1.parse().unwrap();
    let reader = std::thread::spawn({
        let mut log = server.stderr.take().unwrap();
        move || {
            let mut text = Vec::new();
            log.read_to_end(&mut text).map(|_| String::from_utf8_lossy(&text).into_owned())
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut request = halo.request(json!([{ "name": "a" }]));
    request["node"]["credentials"]["haloPSAApi"]["data"]["clientSecret"] = json!(SECRET);
    let call = |method, path| Call::new(method, address, path).header("authorization", &format!("Bearer {KEY}"));
    let answers = [
        call(Method::POST, "/v1/executions").json(&request),
        call(Method::GET, "/metrics"),
        Call::new(Method::GET, address, "/v1/nodes").header("x-api-key", &format!("{KEY}x")),
    ];
    for answer in answers {
        let answer = runtime.block_on(answer.send());
        assert_clean("an answer", &String::from_utf8_lossy(&answer.body));
    }
    assert!(Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap().success());
    assert_eq!(server.wait().unwrap().code(), Some(0));
    let log = reader.join().unwrap().unwrap();
    assert!(log.contains("answered"), "{log}");
    assert_clean("the log", &log);
}
