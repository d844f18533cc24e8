//! The app folder behind a build: what was built in place of the sources, and those of them that the user keeps
//! (paketo-buildpacks/libbs, `application.go`; paketo-buildpacks/source-removal).

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use libpack::archive::{Unpack, ZipReader, unzip_file};
use libpack::context::Surroundings;
use libpack::glob::Pattern;
use libpack::{Error, Result, fs};

use super::arguments::explicit;

/// Where the result waits while the sources go, in the app folder: a move within one file system costs nothing.
const STAGE: &str = ".libpack-package";

const INCLUDE: &str = "BP_INCLUDE_FILES";
const EXCLUDE: &str = "BP_EXCLUDE_FILES";

/// Which of the sources stay.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct KeptFiles {
    include: Vec<Pattern>,
    exclude: Vec<Pattern>,
    /// Whether all stay that no pattern speaks of: the user said so by an empty setting.
    keeps: bool,
    text: String,
}

/// What a path becomes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Removed,
    /// It stays, what is in it is looked at.
    Entered,
    /// It stays with all that is in it.
    Kept,
}

impl KeptFiles {
    /// The settings' patterns, before anything runs. Errors: `java/kept-files-invalid`.
    pub fn of(around: &Surroundings) -> Result<Self> {
        Self::new(explicit(around, INCLUDE).as_deref(), explicit(around, EXCLUDE).as_deref())
    }

    fn new(include: Option<&str>, exclude: Option<&str>) -> Result<Self> {
        let keeps = include.or(exclude).is_some();
        let said = format!("+{} -{}", include.unwrap_or_default(), exclude.unwrap_or_default());
        let text = if keeps { said } else { String::new() };
        let mut kept = Self { include: patterns(INCLUDE, include)?, exclude: patterns(EXCLUDE, exclude)?, keeps, text };
        // What leads to a kept file counts as a pattern of its own (source-removal, `logic/include.go`).
        let leading: Vec<_> = kept.include.iter().flat_map(Pattern::leading).collect();
        kept.include.splice(0..0, leading);
        Ok(kept)
    }

    /// The settings, for the key.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Removes what does not stay, except for the stage.
    fn purge(&self, app: &Path) -> Result<()> {
        let everything = !self.keeps;
        let including = |path: &Path| self.fate(path);
        let excluding = |path: &Path| {
            let is_named = self.exclude.iter().any(|pattern| pattern.matches(path));
            if is_named { Fate::Removed } else { Fate::Entered }
        };
        if everything {
            return clear(app, app, &|_| Fate::Removed);
        }
        if !self.include.is_empty() {
            clear(app, app, &including)?;
        }
        if !self.exclude.is_empty() {
            clear(app, app, &excluding)?;
        }
        Ok(())
    }

    fn fate(&self, path: &Path) -> Fate {
        let named = self.include.iter().find(|pattern| pattern.matches(path));
        named.map_or(Fate::Removed, |pattern| if pattern.ends_in_star() { Fate::Kept } else { Fate::Entered })
    }
}

/// Puts what was built in place of the sources that do not stay. Nothing is removed before the result is whole.
///
/// One archive is unpacked; a single folder, and each of several artifacts, gets its own name. Errors:
/// `java/artifact-unreadable`, `java/source-removal`.
pub fn replace(app: &Path, kept: &KeptFiles, artifacts: &[PathBuf]) -> Result<()> {
    let stage = app.join(STAGE);
    fs::remove(&stage)?;
    collect(artifacts, &stage)?;
    kept.purge(app)?;
    merge(&stage, app)?;
    fs::remove(&stage)
}

fn collect(artifacts: &[PathBuf], stage: &Path) -> Result<()> {
    if let [artifact] = artifacts
        && artifact.is_file()
        && ZipReader::open(artifact)?.is_some()
    {
        return unzip_file(artifact, stage, Unpack::default()).map_err(|error| unreadable(artifact, error));
    }
    fs::create_dir(stage)?;
    for artifact in artifacts {
        let to = stage.join(artifact.file_name().unwrap_or_default());
        // Patterns may match links, and two modules' artifacts of one name: as in Paketo the last one stays.
        if artifact.is_dir() {
            fs::copy_tree(artifact, &to, &|_, _| None)?;
        } else {
            std::fs::copy(artifact, &to).map_err(|error| unreadable(artifact, error))?;
        }
    }
    Ok(())
}

/// Removes by a rule over paths below the app; the rule is asked for a folder before what is in it.
fn clear(app: &Path, folder: &Path, rule: &dyn Fn(&Path) -> Fate) -> Result<()> {
    for name in names(folder)? {
        let path = folder.join(name);
        let below = path.strip_prefix(app).unwrap_or(&path);
        if below == Path::new(STAGE) {
            continue;
        }
        match rule(below) {
            Fate::Removed => fs::remove(&path).map_err(|error| unremoved(&path, error))?,
            Fate::Entered if is_folder(&path) => clear(app, &path, rule)?,
            Fate::Entered | Fate::Kept => {}
        }
    }
    Ok(())
}

/// Moves all that is in a folder into another one; folders of one name become one, files are replaced.
fn merge(from: &Path, to: &Path) -> Result<()> {
    for name in names(from)? {
        let (source, target) = (from.join(&name), to.join(&name));
        if is_folder(&source) && is_folder(&target) {
            merge(&source, &target)?;
        } else {
            fs::remove(&target)?;
            fs::rename(&source, &target)?;
        }
    }
    Ok(())
}

fn is_folder(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|meta| meta.is_dir())
}

/// The names in a folder, also those that are no text.
fn names(folder: &Path) -> Result<Vec<OsString>> {
    let failed = |error: std::io::Error| unremoved(folder, error);
    let entries = std::fs::read_dir(folder).map_err(failed)?;
    entries.map(|entry| entry.map(|entry| entry.file_name()).map_err(failed)).collect()
}

fn patterns(setting: &str, value: Option<&str>) -> Result<Vec<Pattern>> {
    let members = value.unwrap_or_default().split(':').filter(|member| !member.is_empty());
    let read = |member: &str| {
        Pattern::parse(member).ok_or_else(|| {
            Error::user("java/kept-files-invalid", format!("syntax error in pattern {member:?} of {setting}"))
                .hint("Name paths below the application's folder, and close each `[` with a `]`.")
        })
    };
    members.map(read).collect()
}

fn unreadable(artifact: &Path, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::user("java/artifact-unreadable", format!("what was built cannot be read: {}", artifact.display()))
        .hint("Run the same build elsewhere and look at the file: `unzip -t` tells what is wrong with an archive.")
        .because(error)
}

fn unremoved(path: &Path, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::user("java/source-removal", format!("failed to remove source: {}", path.display()))
        .hint("Let the user that runs the build own what it uploads.")
        .because(error)
}

#[cfg(test)]
mod tests;
