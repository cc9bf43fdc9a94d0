//! The prefix of a node's type: the package it belongs to.

use std::fs;
use std::path::{Path, absolute};

use serde_json::Value;

use super::NO_PACKAGE;

/// The name in the nearest `package.json` above `path`, or [`NO_PACKAGE`].
pub fn package_name(path: &Path) -> String {
    let path = absolute(path).unwrap_or_else(|_| path.to_owned());
    let name_in = |folder: &Path| {
        let text = fs::read_to_string(folder.join("package.json")).ok()?;
        let package: Value = serde_json::from_str(&text).ok()?;
        Some(package.get("name")?.as_str()?.to_owned())
    };
    path.ancestors().find_map(name_in).unwrap_or_else(|| NO_PACKAGE.to_owned())
}
