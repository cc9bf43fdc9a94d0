//! Secrets planted in credentials and keys turn up in no output, whatever is logged.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

use http::Method;
use nodehost_tests::http::Call;
use serde_json::json;

use crate::run::Halo;
use crate::support::{nodehost, output, whole_output};

pub(crate) const SECRET: &str = "canary-0f4c9a-secret";
pub(crate) const KEY: &str = "canary-77b1de-key";

pub(crate) fn assert_clean(where_: &str, text: &str) {
    for canary in [SECRET, KEY] {
        assert!(!text.contains(canary), "{where_} holds {canary}:\n{text}");
    }
}

/// A server that runs as a process, its log read along.
struct Logged {
    process: Child,
    log: JoinHandle<std::io::Result<String>>,
}

impl Logged {
    /// Starts it; where it listens.
    fn start(mut command: Command) -> (Self, SocketAddr) {
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let mut output = process.stderr.take().unwrap();
        let log = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            output.read_to_end(&mut bytes).map(|_| String::from_utf8_lossy(&bytes).into_owned())
        });
        (Self { process, log }, line.trim().rsplit_once("//").unwrap().1.parse().unwrap())
    }

    /// Ends it as a system does; what it has logged.
    fn stop(mut self) -> String {
        assert!(Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status().unwrap().success());
        assert_eq!(self.process.wait().unwrap().code(), Some(0));
        self.log.join().unwrap().unwrap()
    }
}

#[test]
fn no_secret_leaves_the_command_at_trace_level() {
    let halo = Halo::start();
    let mut request = halo.request(json!([{ "name": "a" }]));
    request["node"]["credentials"]["haloPSAApi"]["data"]["clientSecret"] = json!(SECRET);
    for format in ["text", "json"] {
        let command = nodehost(&["run", "--allow-host", "127.0.0.1", "--log", "trace", "--log-format", format]);
        let output = whole_output(command, &request.to_string());
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
    assert!(log.contains("--credentials is invalid JSON: "), "{log}");
    assert_clean("the message", &log);
}

#[test]
fn no_secret_of_the_store_leaves_the_server_or_stays_in_its_files() {
    let halo = Halo::start();
    let folder = tempfile::tempdir().unwrap();
    let mut request = halo.request(json!([{ "name": "a" }]));
    let mut data = request["node"]["credentials"]["haloPSAApi"]["data"].clone();
    data["clientSecret"] = json!(SECRET);
    let file = folder.path().join("halo.json");
    std::fs::write(&file, json!({ "type": "haloPSAApi", "data": data }).to_string()).unwrap();
    request["node"]["credentials"]["haloPSAApi"] = json!({ "id": "halo" });
    let mut command = nodehost(&["serve", "--listen", "127.0.0.1:0", "--allow-host", "127.0.0.1", "--credentials-dir"]);
    command.arg(folder.path()).env("NODEHOST_STORE_KEY", "0f".repeat(32)).env("NODEHOST_LOG", "trace");
    let (server, address) = Logged::start(command);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let options = json!({
        "parameters": { "resource": "tickets", "operation": "create" }, "property": "additionalFields.status_id",
        "credentials": { "haloPSAApi": { "id": "halo" } }
    });
    let calls = [
        ("/v1/executions", request),
        ("/v1/credential-types/haloPSAApi/test", json!({ "id": "halo" })),
        ("/v1/nodes/haloPsa/options", options),
    ];
    for (path, body) in calls {
        let answer = runtime.block_on(Call::new(Method::POST, address, path).json(&body).send());
        assert_clean(path, &String::from_utf8_lossy(&answer.body));
    }
    let log = server.stop();
    assert!(log.contains("answered"), "{log}");
    assert_clean("the log", &log);
    let stored = std::fs::read_to_string(&file).unwrap();
    assert!(stored.contains("sealed"), "the credential was used: {stored}");
    assert_clean("the file", &stored);
}

#[test]
fn no_secret_leaves_the_server_at_trace_level() {
    let halo = Halo::start();
    let mut command = nodehost(&["serve", "--listen", "127.0.0.1:0", "--allow-host", "127.0.0.1"]);
    command.env("NODEHOST_API_KEY", KEY).env("NODEHOST_LOG", "trace");
    let (server, address) = Logged::start(command);
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
    let log = server.stop();
    assert!(log.contains("answered"), "{log}");
    assert_clean("the log", &log);
}
