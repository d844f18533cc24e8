use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::below;
use crate::{Error, Result};

/// The state of a tree, cheap to take: no file is read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Listing(BTreeMap<PathBuf, State>);

#[derive(Debug, PartialEq, Eq)]
struct State {
    mode: u32,
    /// Folders have none: their size and times change with every file in them.
    file: Option<File>,
}

#[derive(Debug, PartialEq, Eq)]
struct File {
    size: u64,
    /// The change time cannot be set by a program, so whatever was written shows.
    changed: (i64, i64),
    inode: u64,
}

impl Listing {
    /// Lists `root` without what lies at or below the paths of `except`.
    pub fn of(root: &Path, except: &[PathBuf]) -> Result<Self> {
        let mut all = BTreeMap::new();
        let walk = walkdir::WalkDir::new(root).min_depth(1);
        for entry in walk.into_iter().filter_entry(|entry| !except.iter().any(|one| one == entry.path())) {
            let read = entry.and_then(|entry| Ok((entry.metadata()?, entry)));
            let (meta, entry) = read.map_err(|error| {
                Error::user("fs/failed", format!("could not list {}", root.display())).because(error)
            })?;
            let file = (!meta.is_dir()).then(|| File {
                size: meta.len(),
                changed: (meta.ctime(), meta.ctime_nsec()),
                inode: meta.ino(),
            });
            all.insert(below(entry.path(), root).to_path_buf(), State { mode: meta.mode(), file });
        }
        Ok(Self(all))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the same files of the same sizes are there. For content-addressed caches, where a file
    /// that was written again has the same content.
    pub fn same_content(&self, other: &Self) -> bool {
        let shape = |one: &Self| -> Vec<_> {
            let sizes = one.0.iter().map(|(path, state)| (path.clone(), state.file.as_ref().map(|file| file.size)));
            sizes.collect()
        };
        shape(self) == shape(other)
    }

    /// What is new or changed since `before`, and what is gone.
    pub fn since(&self, before: &Self) -> (Vec<PathBuf>, Vec<PathBuf>) {
        let changed = self.0.iter().filter(|(path, state)| before.0.get(*path) != Some(state));
        let gone = before.0.keys().filter(|path| !self.0.contains_key(*path));
        (changed.map(|(path, _)| path.clone()).collect(), gone.cloned().collect())
    }
}
