//! Removing the sources behind the build, and what `BP_KEEP_FILES` keeps of them
//! (paketo-buildpacks/go-build, `source_deleter.go`).

use std::ffi::OsString;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use libpack::fs::remove;
use libpack::glob::Glob;
use libpack::{Error, Result};

/// The setting.
pub const SETTING: &str = "BP_KEEP_FILES";

/// To list, search and change a folder, its owner needs all three.
const OWNER: u32 = 0o700;

/// The patterns of the setting, each a list of patterns for the names on the way.
///
/// As in Paketo a pattern also keeps the folders on the way to what it matches, and a `*` that ends a
/// part of it keeps all that lies there. Beyond that a folder that a pattern matches keeps what is in
/// it, and `**` stands for any number of folders. What Paketo keeps is kept, except for the detours of
/// a `..`: a file too many in an image harms less than one that an app misses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeepFiles(Vec<Vec<Glob>>);

/// What becomes of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Removed,
    /// A folder that goes too when nothing in it is kept.
    Searched,
    /// It stays, what is in it is looked at.
    Entered,
    /// It stays with all that is in it.
    Kept,
}

impl KeepFiles {
    /// Reads the setting; `go/keep-files-invalid` for a pattern that Go calls malformed, before
    /// anything is removed.
    pub fn parse(setting: Option<&str>) -> Result<Self> {
        let members = setting.unwrap_or_default().split(':');
        let patterns = members.map(pattern).collect::<Result<Vec<_>>>()?;
        Ok(Self(patterns.into_iter().flatten().collect()))
    }

    /// Whether a pattern says this name first, as `vendor/*` says `vendor`.
    pub fn names(&self, folder: &str) -> bool {
        let exactly = Glob::parse(folder);
        self.0.iter().any(|pattern| pattern.first() == exactly.as_ref())
    }

    /// Removes everything else from the app's folder, links as links.
    pub fn clear(&self, app: &Path) -> Result<()> {
        self.clear_folder(app, &mut Vec::new()).map(drop)
    }

    /// Whether something in the folder is kept. `way` leads to it from the app's folder.
    fn clear_folder(&self, folder: &Path, way: &mut Vec<String>) -> Result<bool> {
        let locked = unlock(folder)?;
        let mut keeps = false;
        for name in names(folder)? {
            let path = folder.join(&name);
            let is_folder = std::fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_dir());
            way.push(name.to_string_lossy().into_owned());
            let stays = match self.fate(way) {
                Fate::Removed => false,
                Fate::Kept => true,
                Fate::Searched => is_folder && self.clear_folder(&path, way)?,
                Fate::Entered => {
                    if is_folder {
                        self.clear_folder(&path, way)?;
                    }
                    true
                }
            };
            way.pop();
            if !stays {
                remove(&path)?;
            }
            keeps |= stays;
        }
        if let Some(permissions) = locked {
            set_permissions(folder, permissions)?;
        }
        Ok(keeps)
    }

    fn fate(&self, way: &[String]) -> Fate {
        self.0.iter().map(|pattern| fate_by(pattern, way)).max().unwrap_or(Fate::Removed)
    }
}

fn fate_by(pattern: &[Glob], way: &[String]) -> Fate {
    let searched = search(pattern, way);
    let on_the_way = way.len() <= pattern.len() && pattern.iter().zip(way).all(|(glob, name)| glob.matches(name));
    match pattern.get(way.len() - 1).filter(|_| on_the_way) {
        Some(last) if last.is_star() => Fate::Kept,
        Some(_) => searched.max(Fate::Entered),
        None => searched,
    }
}

/// How far a pattern gets along a way when `**` stands for any number of names.
fn search(pattern: &[Glob], way: &[String]) -> Fate {
    let mut reached = vec![false; pattern.len() + 1];
    reached[0] = true;
    skip_double_stars(pattern, &mut reached);
    for name in way {
        let mut next = vec![false; pattern.len() + 1];
        for (at, glob) in pattern.iter().enumerate().filter(|(at, _)| reached[*at]) {
            next[at] |= glob.is_double_star();
            next[at + 1] |= glob.matches(name);
        }
        skip_double_stars(pattern, &mut next);
        // What lies in a folder that was matched whole is kept with it.
        if reached[pattern.len()] {
            return Fate::Kept;
        }
        reached = next;
    }
    match (reached[pattern.len()], reached.contains(&true)) {
        (true, _) => Fate::Kept,
        (false, true) => Fate::Searched,
        (false, false) => Fate::Removed,
    }
}

fn skip_double_stars(pattern: &[Glob], reached: &mut [bool]) {
    for (at, glob) in pattern.iter().enumerate() {
        reached[at + 1] |= reached[at] && glob.is_double_star();
    }
}

/// The parts of one member of the setting; none when it names the app itself or nothing in it.
fn pattern(member: &str) -> Result<Option<Vec<Glob>>> {
    let mut parts = Vec::new();
    for part in member.split('/') {
        match part {
            // Outside of the app there is nothing to keep.
            ".." if parts.pop().is_none() => return Ok(None),
            "" | "." | ".." => {}
            part => parts.push(Glob::parse(part).ok_or_else(|| malformed(member))?),
        }
    }
    Ok((!parts.is_empty()).then_some(parts))
}

fn malformed(member: &str) -> Error {
    Error::user("go/keep-files-invalid", format!("syntax error in pattern {member:?} of {SETTING}"))
        .hint("Close each `[` with a `]`, and write `\\[` for the bracket itself.")
}

/// The names in a folder, also those that are no text.
fn names(folder: &Path) -> Result<Vec<OsString>> {
    let entries = std::fs::read_dir(folder).map_err(|error| failed(folder, error))?;
    entries.map(|entry| entry.map(|entry| entry.file_name()).map_err(|error| failed(folder, error))).collect()
}

/// Makes a folder of the app changeable; its permissions when that was needed, to set them back.
fn unlock(folder: &Path) -> Result<Option<Permissions>> {
    let permissions = std::fs::metadata(folder).map_err(|error| failed(folder, error))?.permissions();
    if permissions.mode() & OWNER == OWNER {
        return Ok(None);
    }
    set_permissions(folder, Permissions::from_mode(permissions.mode() | OWNER))?;
    Ok(Some(permissions))
}

fn set_permissions(folder: &Path, permissions: Permissions) -> Result<()> {
    std::fs::set_permissions(folder, permissions).map_err(|error| failed(folder, error))
}

fn failed(folder: &Path, error: std::io::Error) -> Error {
    Error::user("go/source-removal", format!("failed to remove source: {}", folder.display()))
        .hint("Let the user that runs the build own what it uploads.")
        .because(error)
}

#[cfg(test)]
mod tests;
