//! A container of a few files.

use std::path::Path;

use libpack::fs;
use libpack::world::Variables;

use super::container::Container;
use super::options::{OPTIONS, Set};

/// The root of a container.
pub struct Place(tempfile::TempDir);

impl Place {
    pub fn with(files: &[(&str, &str)]) -> Self {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            fs::write(&root.path().join(path.trim_start_matches('/')), text).unwrap();
        }
        Self(root)
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn container(&self) -> Container {
        Container::below(self.path())
    }

    /// Variables, with `@` for the root in their values.
    pub fn variables(&self, pairs: &[(&str, &str)]) -> Variables {
        let root = self.path().display().to_string();
        pairs.iter().map(|(name, value)| (*name, value.replace('@', &root))).collect()
    }

    /// A text with `@` for the root.
    pub fn hide(&self, text: &str) -> String {
        text.replace(&self.path().display().to_string(), "@")
    }
}

/// The flags that a step leaves; empty when it sets none.
pub fn options(set: &Set) -> String {
    set.get(OPTIONS).cloned().unwrap_or_default()
}
