//! The archives in a folder.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::archive::{Finds, Place};
use super::budget::Budget;
use super::facts::Facts;
use super::file_name;
use crate::archive::ZipReader;
use crate::sbom::{Algorithm, Catalog, ComponentId, Hash};
use crate::{Error, Result};

/// Folders within folders.
const DEPTH: usize = 100;
/// Large enough that the calls do not show beside the hashes.
const BUFFER: usize = 256 * 1024;
/// The longest manifest or pom of an exploded archive, in bytes.
const TEXT: u64 = 1 << 20;

/// The archives below a folder, each with those within it, and the folder itself where it is an exploded archive:
/// jars of applications, wars, and all that is named like one. Links to files count as these files, wherever they
/// lie; links to folders are not followed, since they may lead to all there is.
///
/// An archive has its Maven coordinates from its `pom.properties`, else from its manifest and its name; what was
/// shaded into it is listed too. What is broken, or more than any application has, is listed by its name and named
/// in [`Catalog::unread`]. Fails with `sbom/archives-unreadable` when a file or folder cannot be read at all.
pub fn from_folder(root: &Path) -> Result<Catalog> {
    let finds = Finds { catalog: Catalog::default(), budget: Budget::new() };
    let mut walk = Walk { finds };
    let direct = walk.folder(root, "", 0)?;
    let mut catalog = walk.finds.catalog;
    catalog.direct = direct;
    Ok(catalog)
}

struct Walk {
    finds: Finds,
}

impl Walk {
    /// All in a folder; its path within the root ends in `/`, if it is not the root itself.
    fn folder(&mut self, folder: &Path, name: &str, depth: usize) -> Result<Vec<ComponentId>> {
        let unreadable = |error| unreadable(folder, error);
        let mut ids = Vec::new();
        for entry in names(folder).map_err(unreadable)? {
            let path = folder.join(&entry);
            let inner = format!("{name}{}", entry.to_string_lossy());
            // A link may lead nowhere.
            let Ok(about) = fs::metadata(&path) else { continue };
            if about.is_file() && file_name::stem(&inner).is_some() && self.finds.budget.archive() {
                ids.extend(self.file(&path, &inner)?);
            } else if about.is_dir() && depth < DEPTH && !path.is_symlink() {
                ids.extend(self.folder(&path, &format!("{inner}/"), depth + 1)?);
            }
        }
        let facts = exploded(folder).map_err(unreadable)?;
        let path = if name.is_empty() { "." } else { name.trim_end_matches('/') };
        Ok(self.finds.add(&Place { path, stem: None, hashes: Vec::new() }, &facts, ids))
    }

    fn file(&mut self, path: &Path, name: &str) -> Result<Vec<ComponentId>> {
        let hashes = hashes(path).map_err(|error| unreadable(path, error))?;
        Ok(self.finds.archive(&Place { path: name, stem: file_name::stem(name), hashes }, ZipReader::open(path)?))
    }
}

/// What an exploded archive tells, which the folder is as soon as it tells anything.
fn exploded(folder: &Path) -> io::Result<Facts> {
    let mut facts = Facts::default();
    let meta = folder.join("META-INF");
    if !meta.is_dir() {
        return Ok(facts);
    }
    let mut texts: Vec<String> = vec!["META-INF/MANIFEST.MF".to_owned()];
    for group in names(&meta.join("maven"))? {
        for artifact in names(&meta.join("maven").join(&group))? {
            let place = format!("META-INF/maven/{}/{}", group.to_string_lossy(), artifact.to_string_lossy());
            texts.extend(["pom.properties", "pom.xml"].map(|file| format!("{place}/{file}")));
        }
    }
    for name in texts {
        let path = folder.join(&name);
        if path.is_file() {
            let mut text = Vec::new();
            File::open(path)?.take(TEXT).read_to_end(&mut text)?;
            facts.take(&name, &String::from_utf8_lossy(&text));
        }
    }
    Ok(facts)
}

/// The names in a folder, sorted; none where there is no folder.
fn names(folder: &Path) -> io::Result<Vec<OsString>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        entries => entries?,
    };
    let mut names = entries.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}

fn hashes(path: &Path) -> io::Result<Vec<Hash>> {
    let mut file = File::open(path)?;
    let (mut sha1, mut sha256) = (Sha1::new(), Sha256::new());
    let mut buffer = vec![0; BUFFER];
    loop {
        let count = file.read(&mut buffer)?;
        let Some(piece) = buffer.get(..count).filter(|piece| !piece.is_empty()) else { break };
        sha1.update(piece);
        sha256.update(piece);
    }
    Ok(vec![Hash::of_digest(Algorithm::Sha1, &sha1.finalize()), Hash::of_digest(Algorithm::Sha256, &sha256.finalize())])
}

fn unreadable(path: &Path, error: io::Error) -> Error {
    Error::user("sbom/archives-unreadable", format!("{} could not be read", path.display()))
        .hint("Make it readable for the user who builds.")
        .because(error)
}
