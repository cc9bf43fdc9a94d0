//! Loads a bundle for the conformance run (docs/conformance.md): a line for each entry, with its text and what is wrong.

#![allow(clippy::print_stdout, reason = "the lines are the program's answer")]

use nodehost_descriptor::{DescriptorError, load, schema};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: load_bundle BUNDLE_JSON")?;
    let loaded = load::file(path.as_ref(), None).map_err(|errors| errors[0].clone())?;
    for node in &loaded.nodes {
        print(node.text(), schema::check_node, node.descriptor().err().as_ref());
    }
    for credential in &loaded.credentials {
        print(credential.text(), schema::check_credential, credential.descriptor().err().as_ref());
    }
    Ok(())
}

fn print(text: &str, check: fn(&Value) -> Result<(), Vec<DescriptorError>>, model: Option<&DescriptorError>) {
    let mut problems: Vec<String> = model.iter().map(ToString::to_string).collect();
    match serde_json::from_str(text) {
        Ok(value) => problems.extend(check(&value).err().into_iter().flatten().map(|error| error.to_string())),
        Err(error) => problems.push(error.to_string()),
    }
    println!("{}", json!({ "text": text, "problems": problems }));
}
