//! The node and the cases of docs/descriptors.md are what it says they are.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

use nodehost_runtime::Host;

const DOCUMENT: &str = include_str!("../../../docs/descriptors.md");

/// The files of a document: a line that names one, in code, and then its JSON.
fn files(text: &str) -> Vec<(&str, &str)> {
    let mut files = Vec::new();
    let (mut rest, mut named) = (text, None);
    while let Some((line, below)) = rest.split_once('\n') {
        rest = below;
        if line == "```json" {
            let (content, below) = rest.split_once("\n```\n").unwrap();
            files.extend(named.take().map(|name| (name, content)));
            rest = below;
        } else if !line.is_empty() {
            named = line.strip_prefix('`').and_then(|line| line.split_once('`')).map(|(name, _)| name);
            named = named.filter(|name| name.ends_with(".json"));
        }
    }
    files
}

#[tokio::test]
async fn the_cases_of_the_documentation_pass() {
    let folder = tempfile::tempdir().unwrap();
    let files = files(DOCUMENT);
    let names: Vec<_> = files.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["shop/node.json", "shop/cases/order.json", "shop/cases/cases.json"]);
    for (name, content) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    let shop = folder.path().join("shop");
    let host = |egress| Host::builder().load(&shop, None).and_then(|builder| builder.egress(egress).build());
    let report = nodehost_kit::check(&shop.join("cases"), host).await.unwrap();
    assert!(report.passed(), "{report}");
    assert_eq!(report.cases.len(), 1);
}
