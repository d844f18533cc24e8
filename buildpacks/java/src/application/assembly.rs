//! What a kind says of a new application before it is moved into layers.

use std::path::{Path, PathBuf};

use libpack::{Error, Result};
use serde::Serialize;

/// The application's own layer: what no part takes.
pub const APPLICATION: &str = "application";
/// The layer of libraries that are released.
pub const DEPENDENCIES: &str = "dependencies";
/// The layer of libraries that are still worked on.
pub const SNAPSHOT_DEPENDENCIES: &str = "snapshot-dependencies";

/// Files that change less often than the rest, in a layer of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub(super) layer: String,
    pub(super) paths: Vec<PathBuf>,
    pub(super) with_neighbours: bool,
}

/// A new application in the app folder.
pub struct Assembly<'a> {
    folder: &'a Path,
    pub(super) parts: Vec<Part>,
    pub(super) links: Vec<(PathBuf, PathBuf)>,
    pub(super) detail: serde_json::Value,
}

impl Part {
    /// Files or folders, relative to the app folder, for the layer of that name.
    pub fn new(layer: impl Into<String>, paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        let paths = paths.into_iter().map(Into::into).collect();
        Self { layer: layer.into(), paths, with_neighbours: false }
    }

    /// The layer also holds links to everything around the files. For jars that look for others beside them: the
    /// JVM takes a jar of its class path by its real path, and a `Class-Path` counts from there.
    pub fn with_neighbours(mut self) -> Self {
        self.with_neighbours = true;
        self
    }

    /// Libraries in two layers: those whose name says that they are still worked on apart.
    pub fn of_libraries(libraries: impl IntoIterator<Item = PathBuf>) -> [Self; 2] {
        let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (snapshots, released): (Vec<_>, Vec<_>) =
            libraries.into_iter().partition(|path| name(path).contains("SNAPSHOT"));
        [Self::new(DEPENDENCIES, released), Self::new(SNAPSHOT_DEPENDENCIES, snapshots)]
    }
}

impl<'a> Assembly<'a> {
    pub(super) fn new(folder: &'a Path) -> Self {
        Self { folder, parts: Vec::new(), links: Vec::new(), detail: serde_json::Value::Null }
    }

    /// The app folder.
    pub fn folder(&self) -> &Path {
        self.folder
    }

    /// Puts files into a layer of their own. Of several parts that name one path the first has it; one without
    /// paths makes no layer.
    pub fn part(&mut self, part: Part) {
        if !part.paths.is_empty() {
            self.parts.push(part);
        }
    }

    /// A link in the app folder to what a layer of ours holds beside the application, by its absolute path there.
    pub fn link(&mut self, path: impl Into<PathBuf>, target: impl Into<PathBuf>) {
        self.links.push((path.into(), target.into()));
    }

    /// Keeps what [`super::Kind::launch`] has to know. The error is `java/facts`.
    pub fn keep(&mut self, detail: impl Serialize) -> Result<()> {
        self.detail = serde_json::to_value(detail).map_err(|error| {
            Error::bug("java/facts", "what is known of the application cannot be kept").because(error)
        })?;
        Ok(())
    }
}
