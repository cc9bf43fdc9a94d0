//! Folders: a node's own, an n8n package, or a folder of either.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Loaded, file, include, node, package_name, read};
use crate::DescriptorError;
use crate::source::parse;

/// How far down descriptors are looked for.
const MAX_DEPTH: usize = 8;

pub(super) fn load(path: &Path, prefix: Option<&str>) -> Result<Loaded, Vec<DescriptorError>> {
    let mut search = Search { prefix, loaded: Loaded::default(), errors: Vec::new() };
    search.folder(path, 0);
    let Search { loaded, mut errors, .. } = search;
    if errors.is_empty() && loaded.nodes.is_empty() && loaded.credentials.is_empty() {
        let remedy = "Name a folder with node.json, *.credentials.json or an n8n package's dist/types.";
        errors.push(DescriptorError::new("", "no descriptors found", remedy).in_file(path));
    }
    if errors.is_empty() { Ok(loaded) } else { Err(errors) }
}

struct Search<'a> {
    prefix: Option<&'a str>,
    loaded: Loaded,
    errors: Vec<DescriptorError>,
}

impl Search<'_> {
    fn folder(&mut self, path: &Path, depth: usize) {
        if path.join("node.json").is_file() {
            let node = node_folder(path, self.prefix);
            self.take(node);
            self.credentials(path);
            return;
        }
        let bundles: Vec<_> =
            ["nodes.json", "credentials.json"].iter().map(|name| path.join("dist/types").join(name)).collect();
        if bundles.iter().any(|bundle| bundle.is_file()) {
            for bundle in bundles.iter().filter(|bundle| bundle.is_file()) {
                self.take(file(bundle, self.prefix));
            }
            return;
        }
        self.credentials(path);
        for name in ["nodes.json", "credentials.json"] {
            let bundle = path.join(name);
            if bundle.is_file() {
                self.take(file(&bundle, self.prefix));
            }
        }
        if depth < MAX_DEPTH {
            for inner in entries(path).into_iter().filter(|inner| inner.is_dir() && !is_skipped(inner)) {
                self.folder(&inner, depth + 1);
            }
        }
    }

    fn credentials(&mut self, path: &Path) {
        let is_credential = |file: &PathBuf| file.to_string_lossy().ends_with(".credentials.json");
        for found in entries(path).into_iter().filter(is_credential) {
            self.take(file(&found, self.prefix));
        }
    }

    fn take(&mut self, found: Result<Loaded, Vec<DescriptorError>>) {
        match found {
            Ok(found) => self.loaded.add(found),
            Err(errors) => self.errors.extend(errors),
        }
    }
}

/// Assembles the node of a folder with `node.json`.
fn node_folder(folder: &Path, prefix: Option<&str>) -> Result<Loaded, Vec<DescriptorError>> {
    let path = folder.join("node.json");
    let assembled = read(&path).and_then(|text| {
        let mut value = parse(&text)?;
        include::assemble(&mut value, &|name| fs::read_to_string(folder.join(name)).ok())?;
        Ok(value)
    });
    let assembled = assembled.map_err(|error| vec![error.in_file(&path)])?;
    let prefix = prefix.map_or_else(|| package_name(&path), str::to_owned);
    let source = node(&prefix, assembled, Some(&path))
        .map_err(|errors| errors.into_iter().map(|error| error.in_file(&path)).collect::<Vec<_>>())?;
    Ok(Loaded { nodes: vec![Arc::new(source)], credentials: Vec::new() })
}

/// What a folder holds, by name, so that the order does not depend on the file system.
fn entries(path: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    found.sort();
    found
}

fn is_skipped(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "node_modules" || name.to_string_lossy().starts_with('.'))
}
