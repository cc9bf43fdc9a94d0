//! Where cases are found.

use std::path::{Path, PathBuf};

use nodehost_descriptor::DescriptorError;

use crate::case::error;
use crate::{Case, CaseErrors, Shared};

/// The file of a folder that holds what its cases share.
const SHARED: &str = "cases.json";
/// Folders deeper than this are not looked into: links may go round in circles.
const MAX_DEPTH: usize = 16;

/// Loads the case of a file, or all cases below a folder, by path. What a case shares with others stands in the nearest
/// `cases.json` beside or above it.
///
/// # Errors
/// Everything that is wrong with any of the files; a folder without cases.
pub fn load(path: &Path) -> Result<Vec<Case>, CaseErrors> {
    let mut files = Vec::new();
    let mut errors = Vec::new();
    find(path, 0, &mut files, &mut errors);
    if files.is_empty() && errors.is_empty() {
        let remedy = "A case is a file with the ending .json; see docs/descriptors.md.".to_owned();
        errors.push(error(path, "", "there is no case here".to_owned(), remedy));
    }
    let mut cases = Vec::new();
    for file in &files {
        match load_file(file) {
            Ok(case) => cases.push(case),
            // What is wrong with a shared file is told once.
            Err(CaseErrors(mut wrong)) => {
                wrong.retain(|one| !errors.contains(one));
                errors.extend(wrong);
            }
        }
    }
    if errors.is_empty() { Ok(cases) } else { Err(CaseErrors(errors)) }
}

fn load_file(file: &Path) -> Result<Case, CaseErrors> {
    let shared = match shared_of(file) {
        Some(shared) => Shared::parse(&read(&shared)?, &shared)?,
        None => Shared::default(),
    };
    Case::parse(&read(file)?, file, &shared)
}

/// The nearest `cases.json` beside or above a case.
fn shared_of(file: &Path) -> Option<PathBuf> {
    let file = std::path::absolute(file).ok()?;
    file.ancestors().skip(1).map(|folder| folder.join(SHARED)).find(|shared| shared.is_file())
}

fn find(path: &Path, depth: usize, files: &mut Vec<PathBuf>, errors: &mut Vec<DescriptorError>) {
    if depth == 0 && !path.is_dir() {
        return files.push(path.to_owned());
    }
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        Err(reason) => return errors.push(unreadable(path, &reason)),
    };
    let mut below: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    below.sort();
    for path in below {
        if path.is_dir() && depth < MAX_DEPTH {
            find(&path, depth + 1, files, errors);
        } else if path.extension().is_some_and(|ending| ending == "json") && !path.ends_with(SHARED) {
            files.push(path);
        }
    }
}

fn read(file: &Path) -> Result<Vec<u8>, CaseErrors> {
    std::fs::read(file).map_err(|reason| CaseErrors(vec![unreadable(file, &reason)]))
}

fn unreadable(path: &Path, reason: &std::io::Error) -> DescriptorError {
    error(path, "", format!("it cannot be read: {reason}"), "Give a file or folder that is there.".to_owned())
}
