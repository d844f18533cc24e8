//! Whole trees: their digest, copies, moves between file systems.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::{create_dir, failed, read_bytes, remove, symlink};
use crate::Result;
use crate::checksum::{Algorithm, Hasher, sha256};

/// A digest over names, links, permissions to execute and contents of files and trees below `root`.
/// What is not there counts as missing. 64 hex digits.
pub fn digest<P: AsRef<Path>>(root: &Path, paths: &[P]) -> Result<String> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut all = Hasher::new(Algorithm::Sha256);
    for start in paths {
        for entry in WalkDir::new(root.join(start)).sort_by_file_name() {
            // A path that is missing gives one error entry: it has no name in the digest.
            let Ok(entry) = entry else { continue };
            let name = entry.path().strip_prefix(root).unwrap_or(entry.path());
            all.update(name.as_os_str().as_encoded_bytes());
            if let Ok(target) = std::fs::read_link(entry.path()) {
                all.update(b"\0link\0");
                all.update(target.as_os_str().as_encoded_bytes());
            } else if entry.file_type().is_file() {
                let mode = entry.metadata().map_or(0, |meta| meta.permissions().mode());
                all.update(if mode & 0o111 == 0 { b"\0file\0" } else { b"\0exec\0" });
                all.update(sha256(&read_bytes(entry.path())?).hex().as_bytes());
            }
            all.update(b"\0");
        }
    }
    Ok(all.finish().hex().to_owned())
}

/// Copies a tree with its links and permissions. `link` may change what a link reads: it gets the
/// link's path below the tree and its target.
pub fn copy_tree(from: &Path, to: &Path, link: &dyn Fn(&Path, &Path) -> Option<PathBuf>) -> Result<()> {
    create_dir(to)?;
    for entry in WalkDir::new(from).min_depth(1) {
        let entry = entry.map_err(|error| failed("list", from, error.into()))?;
        let below = entry.path().strip_prefix(from).unwrap_or(entry.path());
        let target = to.join(below);
        if entry.file_type().is_symlink() {
            let read = std::fs::read_link(entry.path()).map_err(|error| failed("read", entry.path(), error))?;
            symlink(&link(below, &read).unwrap_or(read), &target)?;
        } else if entry.file_type().is_dir() {
            create_dir(&target)?;
        } else if entry.file_type().is_file() {
            std::fs::copy(entry.path(), &target).map_err(|error| failed("copy", entry.path(), error))?;
        }
    }
    Ok(())
}

/// Moves a tree or a single file, also to another file system; `link` as for [`copy_tree`]. A single link is
/// moved as it is.
pub fn move_tree(from: &Path, to: &Path, link: &dyn Fn(&Path, &Path) -> Option<PathBuf>) -> Result<()> {
    if let Some(parent) = to.parent() {
        create_dir(parent)?;
    }
    let metadata = std::fs::symlink_metadata(from).map_err(|error| failed("read", from, error))?;
    if std::fs::rename(from, to).is_err() {
        if metadata.is_dir() {
            copy_tree(from, to, link)?;
        } else if metadata.is_symlink() {
            symlink(&std::fs::read_link(from).map_err(|error| failed("read", from, error))?, to)?;
        } else {
            super::copy_file(from, to)?;
        }
        return remove(from);
    }
    for entry in WalkDir::new(to).min_depth(1) {
        let entry = entry.map_err(|error| failed("list", to, error.into()))?;
        if !entry.file_type().is_symlink() {
            continue;
        }
        let below = entry.path().strip_prefix(to).unwrap_or(entry.path());
        let read = std::fs::read_link(entry.path()).map_err(|error| failed("read", entry.path(), error))?;
        if let Some(new) = link(below, &read) {
            symlink(&new, entry.path())?;
        }
    }
    Ok(())
}

/// Lets everybody read and run below a folder what its owner may: an image runs as another user than the one that
/// unpacked it.
pub fn share_tree(root: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    for entry in WalkDir::new(root) {
        let entry = entry.map_err(|error| failed("list", root, error.into()))?;
        let metadata = entry.metadata().map_err(|error| failed("read", entry.path(), error.into()))?;
        let mode = metadata.permissions().mode();
        let shared = mode | (mode & 0o500) >> 3 | (mode & 0o500) >> 6;
        if !metadata.is_symlink() && mode != shared {
            std::fs::set_permissions(entry.path(), std::fs::Permissions::from_mode(shared))
                .map_err(|error| failed("change the mode of", entry.path(), error))?;
        }
    }
    Ok(())
}

/// Lets the owner list and change a folder and all folders below it.
pub(super) fn unlock(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            unlock(&entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::{make_executable, write};

    #[test]
    fn names_count_as_much_as_contents() {
        let root = tempfile::tempdir().unwrap();
        let of = || digest(root.path(), &["a", "missing"]).unwrap();
        write(&root.path().join("a/x"), "1").unwrap();
        let first = of();
        crate::fs::rename(&root.path().join("a/x"), &root.path().join("a/y")).unwrap();
        let renamed = of();
        make_executable(&root.path().join("a/y")).unwrap();
        assert!(first != renamed && renamed != of());
    }

    #[test]
    fn folders_that_nobody_may_write_are_removed_too() {
        use std::os::unix::fs::PermissionsExt as _;
        let root = tempfile::tempdir().unwrap();
        let cache = root.path().join("mod");
        write(&cache.join("a@v1/x/a.go"), "").unwrap();
        for folder in ["a@v1/x", "a@v1"] {
            std::fs::set_permissions(cache.join(folder), std::fs::Permissions::from_mode(0o555)).unwrap();
        }
        remove(&cache).unwrap();
        assert!(!cache.exists());
    }

    #[test]
    fn what_the_owner_may_everybody_may() {
        use std::os::unix::fs::PermissionsExt as _;
        let root = tempfile::tempdir().unwrap();
        let mode = |path: &str| std::fs::metadata(root.path().join(path)).unwrap().permissions().mode() & 0o777;
        write(&root.path().join("conf/server.xml"), "").unwrap();
        write(&root.path().join("conf/run.sh"), "").unwrap();
        symlink(Path::new("missing"), &root.path().join("link")).unwrap();
        for (path, before) in [("conf", 0o700), ("conf/server.xml", 0o600), ("conf/run.sh", 0o750)] {
            std::fs::set_permissions(root.path().join(path), std::fs::Permissions::from_mode(before)).unwrap();
        }
        share_tree(root.path()).unwrap();
        assert_eq!([mode("conf"), mode("conf/server.xml"), mode("conf/run.sh")], [0o755, 0o644, 0o755]);
    }

    #[test]
    fn a_move_rewrites_the_links_that_would_break() {
        let root = tempfile::tempdir().unwrap();
        symlink(Path::new("../../packages/a"), &root.path().join("app/node_modules/a")).unwrap();
        let rewrite = |_: &Path, _: &Path| Some(PathBuf::from("/app/packages/a"));
        move_tree(&root.path().join("app/node_modules"), &root.path().join("layer/node_modules"), &rewrite).unwrap();
        let read = std::fs::read_link(root.path().join("layer/node_modules/a")).unwrap();
        assert_eq!(read, Path::new("/app/packages/a"));
        assert!(!root.path().join("app/node_modules").exists());
    }
}
