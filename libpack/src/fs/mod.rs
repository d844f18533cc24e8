//! Files: every write and every read that can fail names its path in the error.

mod tree;
mod way;

use std::path::Path;

pub use tree::{copy_tree, digest, move_tree, share_tree};
pub use way::{normal, relative};

use crate::{Error, Result};

fn failed(what: &str, path: &Path, error: std::io::Error) -> Error {
    let error_of = Error::user("fs/failed", format!("could not {what} {}", path.display()));
    error_of.because(error)
}

/// Reads a whole text file.
pub fn read_text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| failed("read", path, error))
}

/// Reads a text file that may be missing.
pub fn read_text_if_any(path: &Path) -> Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("read", path, error)),
    }
}

/// Reads a whole file.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| failed("read", path, error))
}

/// Writes a file, with the folders above it.
#[allow(clippy::disallowed_methods)]
pub fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    if let Some(parent) = path.parent() {
        create_dir(parent)?;
    }
    std::fs::write(path, content).map_err(|error| failed("write", path, error))
}

/// Copies a file with its permissions, with the folders above the copy.
pub fn copy_file(from: &Path, to: &Path) -> Result<()> {
    if let Some(parent) = to.parent() {
        create_dir(parent)?;
    }
    std::fs::copy(from, to).map(drop).map_err(|error| failed("copy", from, error))
}

/// Writes behind the end of a file that must be there.
pub fn append(path: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    use std::io::Write as _;
    let open = std::fs::OpenOptions::new().append(true).open(path);
    open.and_then(|mut file| file.write_all(content.as_ref())).map_err(|error| failed("write", path, error))
}

/// Makes a folder and those above it.
pub fn create_dir(path: &Path) -> Result<()> {
    std::fs::create_dir_all(path).map_err(|error| failed("create folder", path, error))
}

/// Removes a file, a link or a whole folder, also one with folders that nobody may write, such as
/// Go's module cache; a missing one is fine.
pub fn remove(path: &Path) -> Result<()> {
    let done = match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Ok(meta) if meta.is_dir() => match std::fs::remove_dir_all(path) {
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                tree::unlock(path).and_then(|()| std::fs::remove_dir_all(path))
            }
            done => done,
        },
        _ => std::fs::remove_file(path),
    };
    done.map_err(|error| failed("remove", path, error))
}

/// Renames within one file system.
pub fn rename(from: &Path, to: &Path) -> Result<()> {
    std::fs::rename(from, to).map_err(|error| failed("rename", from, error))
}

/// Makes a symbolic link at `link` that reads `target`, in place of whatever lies there.
pub fn symlink(target: &Path, link: &Path) -> Result<()> {
    remove(link)?;
    if let Some(parent) = link.parent() {
        create_dir(parent)?;
    }
    std::os::unix::fs::symlink(target, link).map_err(|error| failed("link", link, error))
}

/// Makes a file executable for everybody (0755).
pub fn make_executable(path: &Path) -> Result<()> {
    set_mode(path, 0o755)
}

/// Makes a file readable for everybody (0644).
pub fn make_readable(path: &Path) -> Result<()> {
    set_mode(path, 0o644)
}

/// Lets the owner's group write a file (0664): a container may run as another user of the same group.
pub fn make_group_writable(path: &Path) -> Result<()> {
    set_mode(path, 0o664)
}

fn set_mode(path: &Path, mode: u32) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
        .map_err(|error| failed("change the mode of", path, error))
}

/// The names in a folder, sorted; a missing folder has none. Names that are not UTF-8 are left out.
pub fn list(path: &Path) -> Result<Vec<String>> {
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed("list", path, error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| failed("list", path, error))?;
        names.extend(entry.file_name().into_string());
    }
    names.sort();
    Ok(names)
}

/// A folder in the system's place for temporary files; it vanishes with the value.
pub fn scratch() -> Result<tempfile::TempDir> {
    let place = std::env::temp_dir();
    let made = tempfile::Builder::new().prefix("libpack-").tempdir();
    made.map_err(|error| failed("create a temporary folder in", &place, error))
}

/// A folder below `place` that only its owner can enter (0700), with a name that nobody can guess; it vanishes
/// with the value.
pub fn private_scratch(place: &Path) -> Result<tempfile::TempDir> {
    use std::os::unix::fs::PermissionsExt as _;
    let made = tempfile::Builder::new()
        .prefix("libpack-")
        .permissions(std::fs::Permissions::from_mode(0o700))
        .tempdir_in(place);
    made.map_err(|error| failed("create a temporary folder in", place, error))
}

/// Removes what is in a folder, not the folder.
pub fn empty(path: &Path) -> Result<()> {
    list(path)?.iter().try_for_each(|name| remove(&path.join(name)))
}
