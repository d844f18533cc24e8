//! What is in a package for one platform, by its path in the buildpack's folder.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Component, Path, PathBuf};

use libpack::{Error, Result};

use crate::arguments::Platform;

/// One file or link of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    File { from: PathBuf, mode: u32 },
    Text(String),
    Link(String),
}

/// The modes of files, whatever theirs were.
pub const PLAIN: u32 = 0o644;
pub const PROGRAM: u32 = 0o755;

/// Entries by path, sorted: every format writes them in this order.
pub type Tree = BTreeMap<String, Entry>;

/// The author's files that go into every package of a folder, before what is compiled or vendored.
pub struct Files<'a> {
    /// The buildpack's folder.
    pub folder: &'a Path,
    /// `metadata.include-files`; none means `bin`.
    pub include: &'a [String],
    /// Whether `bin/build` and `bin/detect` come from the compiler.
    pub compiled: bool,
}

const PLATFORMS: [&str; 2] = ["linux/amd64", "linux/arm64"];
const EXECUTABLES: [&str; 2] = ["bin/build", "bin/detect"];

impl Files<'_> {
    /// The files for a platform: those of `linux/<arch>/…` lose that prefix and win over shared ones.
    pub fn collect(&self, platform: &Platform) -> Result<Tree> {
        let default = ["bin".to_owned()];
        let include = match (self.include, self.compiled) {
            ([], true) => &[],
            ([], false) => &default[..],
            (include, _) => include,
        };
        let mut shared = Tree::new();
        let mut specific = Tree::new();
        for entry in include {
            let entry = clean(entry)?;
            match split(&entry) {
                (Some(of), _) if of != platform.to_string() => {}
                (_, inside) if self.compiled && EXECUTABLES.contains(&inside) => {}
                _ => self.expand(&entry, platform, &mut shared, &mut specific)?,
            }
        }
        shared.extend(specific);
        if self.compiled {
            shared.retain(|name, _| !EXECUTABLES.contains(&name.as_str()));
        }
        Ok(shared)
    }

    fn expand(&self, entry: &str, platform: &Platform, shared: &mut Tree, specific: &mut Tree) -> Result<()> {
        let root = self.folder.join(entry);
        let inside = root.parent().and_then(|parent| parent.canonicalize().ok());
        let folder = self.folder.canonicalize().ok();
        if root.symlink_metadata().is_err()
            || inside.zip(folder).is_none_or(|(inside, folder)| !inside.starts_with(folder))
        {
            return Err(Error::user("package/include-missing", format!("{entry} is not in {}", self.folder.display()))
                .hint("Make it before packaging (`pre-package`), or take it out of `include-files`."));
        }
        for found in walkdir::WalkDir::new(&root).sort_by_file_name() {
            let found = found.map_err(|error| {
                Error::user("fs/failed", format!("could not read {}", root.display())).because(error)
            })?;
            let path = found.path();
            let name = usable(path.strip_prefix(self.folder).unwrap_or(path))?;
            let (of, inside) = split(&name);
            if name == "buildpack.toml" || found.file_type().is_dir() || of.is_some_and(|of| of != platform.to_string())
            {
                continue;
            }
            let into = if of.is_some() { &mut *specific } else { &mut *shared };
            into.insert(inside.to_owned(), read(path, inside)?);
        }
        Ok(())
    }
}

/// All of a folder, under a place in the package, as nobody may change it: not even who owns it.
pub fn read_only(folder: &Path, under: &Path) -> Result<Tree> {
    let mut tree = Tree::new();
    for found in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let found = found
            .map_err(|error| Error::user("fs/failed", format!("could not read {}", folder.display())).because(error))?;
        if !found.file_type().is_dir() {
            let path = found.path();
            let name = usable(&under.join(path.strip_prefix(folder).unwrap_or(path)))?;
            let entry = match read(path, &name)? {
                Entry::File { from, mode } => Entry::File { from, mode: mode & 0o555 },
                other => other,
            };
            tree.insert(name, entry);
        }
    }
    Ok(tree)
}

fn usable(name: &Path) -> Result<String> {
    let text = name.to_str().filter(|name| !name.contains(".."));
    text.map(str::to_owned).ok_or_else(|| {
        Error::user("package/file-name", format!("{} has a name that a package cannot hold", name.display()))
            .hint("Use UTF-8 names without two dots in a row.")
    })
}

/// Splits `linux/arm64/bin/build` into its platform and the rest.
fn split(name: &str) -> (Option<&str>, &str) {
    for platform in PLATFORMS {
        if let Some(rest) = name.strip_prefix(platform) {
            if rest.is_empty() {
                return (Some(platform), rest);
            }
            if let Some(inside) = rest.strip_prefix('/') {
                return (Some(platform), inside);
            }
        }
    }
    (None, name)
}

fn clean(entry: &str) -> Result<String> {
    let mut parts = Vec::new();
    for part in Path::new(entry).components() {
        match part {
            Component::CurDir => {}
            Component::Normal(name) => parts.push(name.to_string_lossy()),
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                return Err(Error::user("package/include-outside", format!("include-files names {entry}"))
                    .hint("Name files by their path inside the buildpack's folder."));
            }
        }
    }
    Ok(parts.join("/"))
}

fn read(path: &Path, name: &str) -> Result<Entry> {
    let failed = |error| Error::user("fs/failed", format!("could not read {}", path.display())).because(error);
    let metadata = path.symlink_metadata().map_err(failed)?;
    if metadata.is_file() {
        let executable = metadata.permissions().mode() & 0o111 != 0 || EXECUTABLES.contains(&name);
        return Ok(Entry::File { from: path.to_owned(), mode: if executable { PROGRAM } else { PLAIN } });
    }
    let target = metadata.is_symlink().then(|| std::fs::read_link(path).map_err(failed)).transpose()?;
    match target.as_deref().and_then(Path::to_str) {
        Some(target) if stays_inside(name, target) => Ok(Entry::Link(target.to_owned())),
        _ => Err(Error::user("package/file-kind", format!("{} can not be packaged", path.display()))
            .hint("Packages hold files, folders, and relative links to what is in the package.")),
    }
}

fn stays_inside(name: &str, target: &str) -> bool {
    let mut depth = name.matches('/').count();
    for part in Path::new(target).components() {
        match part {
            Component::CurDir => {}
            Component::Normal(_) => depth += 1,
            Component::ParentDir if depth > 0 => depth -= 1,
            _ => return false,
        }
    }
    true
}

/// A package without executables would fail in every build.
pub fn check(tree: &Tree, platform: &Platform) -> Result<()> {
    for name in EXECUTABLES {
        if !tree.contains_key(name) {
            return Err(Error::user("package/no-executable", format!("the package for {platform} has no {name}"))
                .hint("Add it to `include-files`, or make it in `pre-package`."));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_may_point_around_in_the_package_but_not_out_of_it() {
        assert!(stays_inside("bin/detect", "build"));
        assert!(stays_inside("bin/detect", "../lib/run"));
        assert!(!stays_inside("bin/detect", "../../run"));
        assert!(!stays_inside("bin/detect", "/bin/bash"));
    }

    #[test]
    fn entries_outside_the_folder_are_refused() {
        assert_eq!(clean("./bin//build/").unwrap(), "bin/build");
        assert_eq!(clean("../secret").unwrap_err().id(), "package/include-outside");
        assert_eq!(clean("/etc/passwd").unwrap_err().id(), "package/include-outside");
    }

    #[test]
    fn only_our_platforms_are_prefixes() {
        assert_eq!(split("linux/arm64/bin/build"), (Some("linux/arm64"), "bin/build"));
        assert_eq!(split("linux/notes.txt"), (None, "linux/notes.txt"));
        assert_eq!(split("linux/arm64x/a"), (None, "linux/arm64x/a"));
    }
}
