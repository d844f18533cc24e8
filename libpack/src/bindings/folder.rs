//! Bindings that lie on disk, one folder each: the current layout (`type`, `provider`, keys) and the
//! older one (`metadata/kind`, `metadata/provider`, `secret/`). Facts: paketo-buildpacks/packit `servicebindings`, servicebinding.io.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::Binding;
use crate::{Error, Result, fs};

/// What a folder of bindings holds.
#[derive(Default)]
pub(super) struct Found {
    pub(super) bindings: Vec<Binding>,
    pub(super) warnings: Vec<String>,
}

/// Reads every binding below `root`, sorted by name. A missing root has none.
pub(super) fn read(root: &Path) -> Result<Found> {
    let mut found = Found::default();
    for (name, dir) in children(root)? {
        // Kubernetes keeps its own folders (`..data`) beside what it shows.
        if name.starts_with('.') || !dir.is_dir() {
            continue;
        }
        match read_one(&name, &dir)? {
            Ok(binding) => found.bindings.push(binding),
            Err(warning) => found.warnings.push(warning),
        }
    }
    Ok(found)
}

/// One binding, or why it is ignored.
fn read_one(name: &str, dir: &Path) -> Result<Result<Binding, String>> {
    let mut files = files(dir)?;
    let metadata = dir.join("metadata");
    let older = metadata.is_dir();
    let (kind, provider) = if older {
        files.extend(self::files(&metadata)?);
        let taken = (files.remove("kind").or(files.remove("type")), files.remove("provider"));
        files.extend(self::files(&dir.join("secret"))?);
        taken
    } else {
        (files.remove("type"), files.remove("provider"))
    };
    let Some(kind) = text_of(kind.as_deref())? else {
        let key = if older { "metadata/kind" } else { "type" };
        return Ok(Err(format!("Binding `{name}` is ignored: its `{key}` is missing or empty")));
    };
    let provider = text_of(provider.as_deref())?;
    Ok(Ok(Binding { name: name.to_owned(), kind, label: None, provider, dir: Some(dir.to_owned()), files }))
}

/// The files of a folder by name, links followed; folders, sockets and dangling links are no entries.
fn files(dir: &Path) -> Result<BTreeMap<String, PathBuf>> {
    Ok(children(dir)?.into_iter().filter(|(name, path)| !name.starts_with("..") && path.is_file()).collect())
}

/// What lies in a folder, sorted by name; nothing when there is no such folder.
fn children(dir: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let unreadable = |error| {
        Error::user("binding/unreadable", format!("could not read the bindings in {}", dir.display()))
            .hint("Let the user that runs the build read the folder.")
            .because(error)
    };
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(BTreeMap::new());
        }
        Err(error) => return Err(unreadable(error)),
    };
    entries
        .map(|entry| {
            let entry = entry.map_err(unreadable)?;
            Ok((entry.file_name().to_string_lossy().into_owned(), entry.path()))
        })
        .collect()
}

/// A trimmed word from a file; none when the file is missing, empty or not text.
fn text_of(path: Option<&Path>) -> Result<Option<String>> {
    let Some(path) = path else { return Ok(None) };
    let text = String::from_utf8(fs::read_bytes(path)?).unwrap_or_default();
    Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
}
