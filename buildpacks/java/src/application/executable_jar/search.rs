//! Which JAR it is (paketo-buildpacks/executable-jar, `executable/executable_jar.go`).

use std::path::{Path, PathBuf};

use libpack::archive::ZipReader;
use libpack::context::Surroundings;
use libpack::{Result, fs};

use crate::application::pattern;
use crate::manifest::{self, Manifest};

/// Where to look first.
pub const LOCATION: &str = "BP_EXECUTABLE_JAR_LOCATION";
/// Whether to look at all (paketo-buildpacks/executable-jar issue 232).
pub const ENABLED: &str = "BP_EXECUTABLE_JAR_ENABLED";

/// An application that `java` starts by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The app folder is what was in a JAR.
    Exploded(Manifest),
    /// A JAR, by its path below the app folder.
    Archive(PathBuf, Manifest),
}

/// Looks for one.
///
/// A manifest in the app folder decides alone. Otherwise what [`LOCATION`] names comes first, then every JAR, breadth
/// first: the first with a `Main-Class`. What cannot be read is none: Paketo fails for it.
pub fn search(around: &Surroundings) -> Result<Option<Found>> {
    if !around.settings().flag(ENABLED)? {
        return Ok(None);
    }
    let app = around.app();
    if app.join(manifest::PATH).is_file() {
        let manifest = Manifest::of_folder(app)?;
        return Ok(manifest.get("Main-Class").is_some().then_some(Found::Exploded(manifest)));
    }
    // A WAR only where somebody points to it: others are for an application server (executable-jar issue 311).
    let named = pattern::find(around, LOCATION)?;
    if let Some(found) = named.iter().find_map(|path| executable(app, path, &["jar", "war"])) {
        return Ok(Some(found));
    }
    let mut folders = vec![app.to_path_buf()];
    while !folders.is_empty() {
        let mut deeper = Vec::new();
        for folder in &folders {
            for name in fs::list(folder)? {
                let path = folder.join(&name);
                let is_link = path.is_symlink();
                if path.is_dir() {
                    // Not into links: they may lead round in circles.
                    if !is_link && !is_foreign(folder, &name) {
                        deeper.push(path);
                    }
                } else if let Some(found) = executable(app, &path, &["jar"]) {
                    return Ok(Some(found));
                }
            }
        }
        folders = deeper;
    }
    Ok(None)
}

/// Folders whose JARs belong to a tool, not to the app (buildpacks/pack issue 2001).
fn is_foreign(folder: &Path, name: &str) -> bool {
    let wrapper_of_gradle = name == "wrapper" && folder.file_name().is_some_and(|folder| folder == "gradle");
    name.starts_with('.') || name == "node_modules" || wrapper_of_gradle
}

fn executable(app: &Path, path: &Path, endings: &[&str]) -> Option<Found> {
    let ending = path.extension()?.to_str()?;
    if !endings.contains(&ending) || path.file_name().is_some_and(|name| name == "sbt-launch.jar") {
        return None;
    }
    let mut archive = ZipReader::open(path).ok().flatten()?;
    let manifest = Manifest::of_archive(&mut archive);
    manifest.get("Main-Class")?;
    Some(Found::Archive(path.strip_prefix(app).ok()?.to_path_buf(), manifest))
}
