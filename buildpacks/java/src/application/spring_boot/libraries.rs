//! The libraries of an application, looked into once.

use std::collections::BTreeSet;
use std::path::Path;

use libpack::archive::ZipReader;
use libpack::{Result, fs};

use super::web_type;

/// Where a library says what can be configured.
pub const METADATA: &str = "META-INF/spring-configuration-metadata.json";

/// One library.
pub struct Library {
    /// Its file name.
    pub name: String,
    /// Those of the telling classes that are in it.
    pub classes: BTreeSet<&'static str>,
    /// Whether it has [`METADATA`].
    pub has_metadata: bool,
}

/// The JARs of a folder, sorted by name. What is no archive holds nothing.
pub fn of(app: &Path, folder: &Path) -> Result<Vec<Library>> {
    let folder = app.join(folder);
    let mut libraries = Vec::new();
    for name in fs::list(&folder)? {
        let path = folder.join(&name);
        if path.extension().is_none_or(|ending| ending != "jar") || !path.is_file() {
            continue;
        }
        let mut library = Library { name, classes: BTreeSet::new(), has_metadata: false };
        if let Some(archive) = ZipReader::open(&path)? {
            for entry in archive.names() {
                library.has_metadata |= entry == METADATA;
                library.classes.extend(web_type::TELLING.iter().filter(|class| **class == entry));
            }
        }
        libraries.push(library);
    }
    Ok(libraries)
}

/// Whether a file name is that of a library in some version, `<library>-<digit…>.jar`.
pub fn is_version_of(name: &str, library: &str) -> bool {
    let version = name.strip_prefix(library).and_then(|rest| rest.strip_prefix('-'));
    version.is_some_and(|version| version.starts_with(|first: char| first.is_ascii_digit()))
}
