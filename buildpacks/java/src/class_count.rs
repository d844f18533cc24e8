//! How many classes an application may load, for the memory calculator (paketo-buildpacks/libjvm, `count`).

use std::collections::{BTreeMap, BTreeSet};
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use libpack::archive::ZipReader;
use libpack::checksum::{Algorithm, Hasher};
use libpack::{Error, Result};

/// What counts as a class, in a folder and in an archive.
const CLASSES: [&str; 5] = [".class", ".classdata", ".clj", ".groovy", ".kts"];
const ARCHIVE: &str = ".jar";

/// The classes below a folder: `.class`, `.classdata`, `.clj`, `.groovy` and `.kts` files, and entries of jars,
/// also one level inside of jars.
pub fn of_folder(folder: &Path) -> Result<u64> {
    Ok(Inventory::of(folder)?.count())
}

/// The classes of an archive and of the archives in it; none when it cannot be read as one.
pub fn of_archive(path: &Path) -> Option<u64> {
    let mut archive = ZipReader::open(path).ok()??;
    let inner: Vec<_> =
        archive.names().filter(|name| name.ends_with(ARCHIVE)).map(std::borrow::Cow::into_owned).collect();
    let inner =
        inner.iter().filter_map(|name| ZipReader::of_bytes(archive.read(name)?)).map(|inner| classes_in(&inner));
    let inner: u64 = inner.sum();
    Some(classes_in(&archive) + inner)
}

fn classes_in(archive: &ZipReader) -> u64 {
    let classes = archive.names().filter(|name| is_class(name)).count();
    classes.try_into().unwrap_or(u64::MAX)
}

fn is_class(name: &str) -> bool {
    CLASSES.iter().any(|ending| name.ends_with(ending))
}

/// What a folder holds of classes, without a look into its archives.
///
/// Links are followed, also to folders: an application's folder leads to the layers that its parts lie in. Names are
/// sorted, so that of several ways to one folder it is always the same that counts.
#[derive(Debug, Default)]
pub struct Inventory {
    loose: u64,
    /// By their paths below the folder: where they lie, and their sizes.
    archives: BTreeMap<PathBuf, (PathBuf, u64)>,
}

impl Inventory {
    /// Of a folder; a missing one holds nothing. `java/application-unreadable` when it cannot be listed.
    pub fn of(folder: &Path) -> Result<Self> {
        let mut inventory = Self::default();
        let Ok(metadata) = std::fs::metadata(folder) else { return Ok(inventory) };
        let real = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        let mut walk = Walk { inventory: &mut inventory, root: &real, seen: BTreeSet::new() };
        walk.enter(folder, Path::new(""), &metadata).map_err(|error| {
            Error::user(
                "java/application-unreadable",
                format!("could not list the application in {}", folder.display()),
            )
            .hint("Let the user of the container read the application's folder.")
            .because(error)
        })?;
        Ok(inventory)
    }

    /// Leaves out the archives of these paths below the folder, and says where they lie.
    pub fn leave_out<'a>(&mut self, names: impl IntoIterator<Item = &'a Path>) -> Vec<PathBuf> {
        names.into_iter().filter_map(|name| self.archives.remove(name)).map(|(path, _)| path).collect()
    }

    /// How many classes there are.
    pub fn count(&self) -> u64 {
        self.loose + self.archives.values().filter_map(|(path, _)| of_archive(path)).sum::<u64>()
    }

    /// The state in one short text: names and sizes of the archives and the number of the other classes. Equal before
    /// and after an export, which changes times and modes.
    pub fn fingerprint(&self) -> String {
        let mut hasher = Hasher::new(Algorithm::Sha256);
        hasher.update(&self.loose.to_le_bytes());
        for (name, (_, size)) in &self.archives {
            hasher.update(name.as_os_str().as_encoded_bytes());
            hasher.update(b"\0");
            hasher.update(&size.to_le_bytes());
        }
        hasher.finish().hex().chars().take(16).collect()
    }
}

/// A walk that enters no folder twice.
struct Walk<'a> {
    inventory: &'a mut Inventory,
    root: &'a Path,
    seen: BTreeSet<(u64, u64)>,
}

impl Walk<'_> {
    /// Folders below the first that cannot be listed are left out.
    fn enter(&mut self, folder: &Path, below: &Path, metadata: &Metadata) -> std::io::Result<()> {
        if !self.seen.insert((metadata.dev(), metadata.ino())) {
            return Ok(());
        }
        let mut deeper = Vec::new();
        for entry in std::fs::read_dir(folder)?.flatten() {
            let name = entry.file_name();
            let Ok(kind) = entry.file_type() else { continue };
            let text = name.to_string_lossy();
            if is_class(&text) && kind.is_file() {
                self.inventory.loose += 1;
            } else if kind.is_dir() || kind.is_symlink() || text.ends_with(ARCHIVE) {
                deeper.push((name, kind.is_symlink()));
            }
        }
        deeper.sort();
        for (name, linked) in deeper {
            self.look_into(&folder.join(&name), &below.join(&name), linked);
        }
        Ok(())
    }

    fn look_into(&mut self, path: &Path, below: &Path, linked: bool) {
        let Ok(metadata) = std::fs::metadata(path) else { return };
        if metadata.is_dir() {
            if !(linked && self.is_above(path)) {
                let _ = self.enter(path, below, &metadata);
            }
            return;
        }
        let name = below.to_string_lossy();
        if metadata.is_file() && name.ends_with(ARCHIVE) {
            self.inventory.archives.insert(below.to_owned(), (path.to_owned(), metadata.len()));
        } else if metadata.is_file() && is_class(&name) {
            self.inventory.loose += 1;
        }
    }

    /// Whether a link leads to a folder that the application lies in: that is not a part of it.
    fn is_above(&self, path: &Path) -> bool {
        std::fs::canonicalize(path).map_or(true, |target| self.root.starts_with(target))
    }
}

#[cfg(test)]
mod tests;
