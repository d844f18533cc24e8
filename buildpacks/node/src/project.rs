use std::path::{Path, PathBuf};

use libpack::Result;
use libpack::context::Surroundings;

use crate::package_json::PackageJson;

/// The setting that names a part of the app.
const SETTING: &str = "BP_NODE_PROJECT_PATH";

/// The part of the app that is the Node.js project.
pub struct Project {
    /// Its folder.
    pub path: PathBuf,
    /// Its folder below the app's; empty when they are the same.
    pub relative: PathBuf,
    /// Its manifest, if it has one.
    pub package: Option<PackageJson>,
}

impl Project {
    /// Finds it and reads its manifest.
    /// Errors: `settings/folder-missing`, `settings/folder-outside`, `node/package-json-invalid`.
    pub fn of(around: &Surroundings) -> Result<Self> {
        let path = around.folder(SETTING)?;
        let relative = path.strip_prefix(around.app()).unwrap_or(Path::new("")).to_path_buf();
        let package = PackageJson::read(&path)?;
        Ok(Self { path, relative, package })
    }

    /// Why a component that needs a manifest stays away.
    pub fn no_package(&self) -> String {
        format!("no 'package.json' found in project path {}", self.path.display())
    }
}

#[cfg(test)]
pub mod tests {
    /// A project of these files and their texts.
    pub fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (file, text) in files {
            libpack::fs::write(&folder.path().join(file), text).unwrap();
        }
        folder
    }
}
