//! The packaged folder.
//!
//! With one platform it is a buildpack as it is. With several, `<os>/<arch>` holds a whole buildpack
//! each: `pack buildpack package --target` takes that folder and nothing above it (buildpacks/pack,
//! `multi_architecture_helper.go`), so shared files lie in each. It wants a
//! `buildpack.toml` at the root too.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use libpack::{Error, Result, fs};

use crate::arguments::Platform;
use crate::content::{Entry, Tree};

/// Writes the trees below `folder`, in place of an earlier package.
pub fn write(folder: &Path, trees: &[(Platform, Tree)]) -> Result<()> {
    replaceable(folder, "buildpack.toml")?;
    fs::remove(folder)?;
    make_dir(folder)?;
    match trees {
        [(_, tree)] => write_tree(folder, tree),
        many => {
            for (platform, tree) in many {
                make_dir(&folder.join(&platform.os))?;
                write_tree(&folder.join(platform.to_string()), tree)?;
                if let Some(descriptor) = tree.get("buildpack.toml") {
                    write_entry(&folder.join("buildpack.toml"), descriptor)?;
                }
            }
            Ok(())
        }
    }
}

/// Refuses to remove a folder that is no earlier package: `marker` tells one.
pub fn replaceable(folder: &Path, marker: &str) -> Result<()> {
    let empty = std::fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none());
    if empty || folder.join(marker).is_file() {
        return Ok(());
    }
    Err(Error::user("package/out-taken", format!("{} is no earlier package", folder.display()))
        .hint("Choose another --out, or remove it."))
}

/// Makes a folder for everybody, whatever the umask says.
pub fn make_dir(folder: &Path) -> Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent() {
        fs::create_dir(parent)?;
    }
    fs::create_dir(folder)?;
    set_mode(folder, 0o755)
}

/// Sets the mode of a file or folder.
pub fn set_mode(path: &Path, mode: u32) -> Result<()> {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).map_err(|error| {
        Error::user("fs/failed", format!("could not set the mode of {}", path.display())).because(error)
    })
}

fn write_tree(folder: &Path, tree: &Tree) -> Result<()> {
    make_dir(folder)?;
    for (name, entry) in tree {
        let mut parent = folder.to_owned();
        for part in Path::new(name).parent().into_iter().flat_map(Path::components) {
            parent.push(part);
            make_dir(&parent)?;
        }
        write_entry(&folder.join(name), entry)?;
    }
    Ok(())
}

fn write_entry(path: &Path, entry: &Entry) -> Result<()> {
    match entry {
        Entry::Link(target) => fs::symlink(Path::new(target), path),
        Entry::Text(text) => {
            fs::write(path, text)?;
            set_mode(path, 0o644)
        }
        Entry::File { from, mode } => {
            std::fs::copy(from, path).map_err(|error| {
                Error::user("fs/failed", format!("could not copy {} to {}", from.display(), path.display()))
                    .because(error)
            })?;
            set_mode(path, *mode)
        }
    }
}
