use std::fs;

use serde_json::json;

use crate::run::Halo;
use crate::support::run;

#[test]
fn a_stored_credential_is_encrypted_tested_and_named_by_id() {
    let halo = Halo::start();
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let (store, key) = (path("store"), path("store.key"));
    let place = ["--credentials-dir", &store, "--store-key-file", &key, "--allow-host", "127.0.0.1"];
    let credentials = |arguments: &[&str], input: &str| run(&[&["credentials"], arguments, &place].concat(), input);

    let data = halo.credential().to_string();
    let (code, _, log) = credentials(&["add", "halo", "haloPSAApi", "--data", "@-"], &data);
    assert_eq!(code, 0, "{log}");
    let kept = fs::read_to_string(directory.path().join("store/halo.json")).unwrap();
    assert!(!kept.contains("demo-secret"), "{kept}");
    assert!(credentials(&["list"], "").1.contains("haloPSAApi"));
    let (code, _, log) = credentials(&["test", "halo"], "");
    assert_eq!(code, 0, "{log}");

    let mut request = halo.request(json!([{ "name": "a" }]));
    request["node"]["credentials"]["haloPSAApi"] = json!({ "id": "halo" });
    let (code, shown, log) = run(&[&["run"], &place[..]].concat(), &request.to_string());
    assert_eq!(code, 0, "{shown}{log}");

    let (code, _, log) = credentials(&["add", "halo.test", "haloPSAApi", "--data", "@-"], &data);
    assert_eq!(code, 0, "{log}");
    assert!(credentials(&["list"], "").1.contains("halo.test"));

    assert_eq!(credentials(&["remove", "halo"], "").0, 0);
    assert_eq!(run(&[&["run"], &place[..]].concat(), &request.to_string()).0, 4);
}

#[test]
fn what_is_no_credential_is_not_kept() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let (store, key) = (path("store"), path("store.key"));
    let place = ["--credentials-dir", &store, "--store-key-file", &key];
    let add = |arguments: &[&str]| run(&[&["credentials", "add"], arguments, &place].concat(), "").0;
    assert_eq!(add(&["halo", "noSuchType", "--data", "{}"]), 4);
    for id in ["../halo", "..", ".halo", ""] {
        assert_eq!(add(&[id, "haloPSAApi", "--data", "{}"]), 1, "{id:?}");
    }
    assert_eq!(add(&["halo", "haloPSAApi", "--data", "[]"]), 1);
    assert!(!directory.path().join("store/halo.json").exists());
}
