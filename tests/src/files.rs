//! Files as the tests need them.

use std::collections::BTreeSet;
use std::os::unix::fs::{PermissionsExt as _, lchown, symlink};
use std::path::Path;

use crate::tools;

/// A folder that vanishes and that every user can enter.
pub fn scratch() -> tempfile::TempDir {
    let folder = tempfile::Builder::new().prefix("libpack-test-").tempdir().expect("a temporary folder");
    set_mode(folder.path(), 0o755);
    folder
}

/// Writes a file and the folders above it.
pub fn write(path: &Path, content: impl AsRef<[u8]>) {
    libpack::fs::write(path, content).expect("a file");
}

/// Writes a script that can be started.
pub fn write_program(path: &Path, content: &str) {
    write(path, content);
    set_mode(path, 0o755);
}

/// Sets a mode.
pub fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("a mode");
}

/// Copies a tree with links, modes and times; big files are linked where the file system allows it.
pub fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.expect("a listing");
        let target = to.join(entry.path().strip_prefix(from).expect("a path below"));
        let kind = entry.file_type();
        if kind.is_dir() {
            std::fs::create_dir_all(&target).expect("a folder");
            set_mode(&target, 0o755);
        } else if kind.is_symlink() {
            symlink(std::fs::read_link(entry.path()).expect("a link"), &target).expect("a link");
        } else if entry.metadata().expect("a file").len() < 1 << 20
            || std::fs::hard_link(entry.path(), &target).is_err()
        {
            std::fs::copy(entry.path(), &target).expect("a copy");
        }
    }
}

/// Gives a tree to the user who runs the phases.
pub fn hand_over(root: &Path) {
    if !tools::is_root() {
        return;
    }
    for entry in walkdir::WalkDir::new(root) {
        let entry = entry.expect("a listing");
        lchown(entry.path(), Some(tools::USER.0), Some(tools::USER.1)).expect("a change of owner");
    }
}

/// Removes a tree, if it is there.
pub fn remove(path: &Path) {
    libpack::fs::remove(path).expect("a removal");
}

/// The files and links below a folder, by their relative paths.
pub fn list(root: &Path) -> BTreeSet<String> {
    let walk = walkdir::WalkDir::new(root).into_iter().filter_map(Result::ok);
    let files = walk.filter(|entry| !entry.file_type().is_dir());
    files.filter_map(|entry| Some(entry.path().strip_prefix(root).ok()?.display().to_string())).collect()
}

/// The names of the folders in a folder, sorted; none when it is not there.
pub fn folders(root: &Path) -> Vec<String> {
    let names = libpack::fs::list(root).expect("a listing");
    names.into_iter().filter(|name| root.join(name).is_dir()).collect()
}

/// The text of a file; empty when it is not there.
pub fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}
