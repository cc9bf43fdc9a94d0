//! What stands in `examples/` is what the binary takes.

use http::{Method, StatusCode};
use nodehost_tests::http::{Answer, Call};

use crate::support::{Running, nodehost};

const SERVICE: &str = include_str!("../../../../examples/deploy/nodehost.service");
const KUBERNETES: &str = include_str!("../../../../examples/deploy/kubernetes.yaml");
const CONTAINER: &str = include_str!("../../../../examples/deploy/Containerfile");
const CONFIG: &str = include_str!("../../../../examples/nodehost.toml");

/// A folder with a file of API keys and a config file.
fn folder(config: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("api-keys"), "a-key\n").unwrap();
    std::fs::write(folder.path().join("nodehost.toml"), config).unwrap();
    folder
}

/// Starts the runner with these arguments, on a port of loopback, and asks it whether it is ready.
fn readiness(arguments: &[String], variables: &[(String, String)], host: Option<&str>) -> Answer {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).chain(["--listen", "127.0.0.1:0"]).collect();
    let mut command = nodehost(&arguments);
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    let (server, address) = Running::serve(command);
    let mut call = Call::new(Method::GET, address, "/readyz");
    if let Some(host) = host {
        call = call.header("host", host);
    }
    let answer = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(call.send());
    assert_eq!(server.terminate().code(), Some(0));
    answer
}

#[test]
fn the_unit_starts_the_runner() {
    let folder = folder(CONFIG);
    let command = SERVICE.lines().find_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/nodehost ")).unwrap();
    let path = folder.path().to_str().unwrap();
    let command = command.replace("/etc/nodehost", path).replace("%d", path);
    let arguments: Vec<String> = command.split(' ').map(str::to_owned).collect();
    assert_eq!(readiness(&arguments, &[], None).status, StatusCode::OK);
}

#[test]
fn the_manifest_starts_the_runner_and_its_probes_are_answered() {
    let folder = folder(CONFIG);
    let arguments = KUBERNETES.lines().find_map(|line| line.trim().strip_prefix("args: ")).unwrap();
    let arguments = arguments.replace("/etc/nodehost", folder.path().to_str().unwrap());
    let arguments: Vec<String> = serde_json::from_str(&arguments).unwrap();
    let probe = KUBERNETES.lines().find(|line| line.contains("path: /readyz")).unwrap();
    let host = probe.split_once("name: Host, value: ").unwrap().1.split(' ').next().unwrap();
    assert_eq!(readiness(&arguments, &[], Some(host)).status, StatusCode::OK);
}

#[test]
fn the_image_starts_the_runner() {
    let after = |start: &str| CONTAINER.lines().find_map(|line| line.strip_prefix(start)).unwrap();
    let arguments: Vec<String> = serde_json::from_str(after("CMD ")).unwrap();
    let variables = after("ENV ").split(' ').map(|pair| pair.split_once('=').unwrap());
    let variables: Vec<_> = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    assert!(nodehost_names().contains(&variables[0].0) && nodehost_names().contains(&variables[1].0), "{variables:?}");
    assert_eq!(readiness(&arguments, &variables, None).status, StatusCode::OK);
}

/// The variables that `serve --help` lists.
fn nodehost_names() -> String {
    String::from_utf8(nodehost(&["serve", "--help"]).output().unwrap().stdout).unwrap()
}

#[test]
fn the_defaults_of_the_example_config_can_be_served() {
    let settings = CONFIG.lines().filter_map(|line| line.strip_prefix('#')).take_while(|line| !line.starts_with('['));
    let number = |line: &&str| line.split_once(" = ").is_some_and(|(_, value)| value.parse::<f64>().is_ok());
    let lines: Vec<&str> = settings.filter(number).collect();
    assert!(lines.len() > 8, "{lines:?}");
    let folder = folder(&lines.iter().map(|line| format!("{line}\n")).collect::<String>());
    let config = folder.path().join("nodehost.toml").to_str().unwrap().to_owned();
    assert_eq!(readiness(&["serve".into(), "--config".into(), config], &[], None).status, StatusCode::OK);
}
