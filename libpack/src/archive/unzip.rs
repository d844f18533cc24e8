//! Entries of a zip archive (PKWARE, APPNOTE.TXT; the modes of unix in the external attributes as
//! Info-ZIP writes them).

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use zip::read::ZipFile;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::guard::{Guard, damaged, refuse};
use super::window::Window;
use crate::{Error, Result};

/// The bits of a mode that tell the kind of a file, and the kinds (POSIX, `sys/stat.h`).
const KIND: u32 = 0o170_000;
const FOLDER: u32 = 0o040_000;
const FILE: u32 = 0o100_000;
const LINK: u32 = 0o120_000;
/// Where a packer of another system left no mode.
const FILE_MODE: u32 = 0o644;
const FOLDER_MODE: u32 = 0o755;
/// The longest target that Linux accepts, in bytes.
const TARGET: u64 = 4096;

/// Writes all entries of the archive in a file.
pub(super) fn unzip(file: File, mut guard: Guard<'_>) -> Result<()> {
    let mut archive = ZipArchive::new(Window::new(file).map_err(damaged)?).map_err(unreadable)?;
    for index in 0..archive.len() {
        guard.count()?;
        let known = archive.by_index_data(index).map_err(unreadable)?;
        if known.encrypted() {
            return Err(foreign("an entry with a password"));
        }
        if !matches!(known.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            return Err(foreign("an entry with another compression than deflate"));
        }
        let mut entry = archive.by_index(index).map_err(unreadable)?;
        one(&mut entry, &mut guard)?;
    }
    guard.finish()
}

fn one(entry: &mut ZipFile<'_, Window>, guard: &mut Guard<'_>) -> Result<()> {
    // The bytes as they are: packers on unix write UTF-8 and do not always say so.
    let whole = PathBuf::from(OsStr::from_bytes(entry.name_raw()));
    let mode = entry.unix_mode();
    let is_folder = entry.name_raw().ends_with(b"/");
    guard.count_bytes(entry.size())?;
    let Some(path) = guard.place(&whole, is_folder)? else {
        return Ok(());
    };
    match mode.map(|mode| mode & KIND) {
        Some(FOLDER) => guard.folder(&path, mode.unwrap_or(FOLDER_MODE)),
        Some(0 | FILE) | None if is_folder => guard.folder(&path, mode.unwrap_or(FOLDER_MODE)),
        Some(0 | FILE) | None => {
            let size = entry.size();
            guard.file(&path, mode.unwrap_or(FILE_MODE), size, entry, damaged)?;
            ended(entry, &path)
        }
        Some(LINK) => {
            let target = target(entry, &path)?;
            guard.symlink(&path, &target)
        }
        Some(_) => Err(refuse(&path, "it is a device or a pipe")),
    }
}

/// Reading on to the end compares the checksum; what goes on lied about its size.
fn ended(entry: &mut ZipFile<'_, Window>, path: &Path) -> Result<()> {
    match entry.read(&mut [0]).map_err(damaged)? {
        0 => Ok(()),
        _ => Err(damaged(io::Error::other(format!("{} is longer than it says", path.display())))),
    }
}

/// A link's target is its content.
fn target(entry: &mut ZipFile<'_, Window>, path: &Path) -> Result<PathBuf> {
    let mut target = Vec::new();
    entry.by_ref().take(TARGET).read_to_end(&mut target).map_err(damaged)?;
    ended(entry, path)?;
    if target.is_empty() {
        return Err(refuse(path, "its link has no target"));
    }
    Ok(PathBuf::from(OsStr::from_bytes(&target)))
}

fn unreadable(error: ZipError) -> Error {
    match error {
        ZipError::UnsupportedArchive(what) => foreign(what),
        other => damaged(other.into()),
    }
}

fn foreign(what: &str) -> Error {
    Error::user("archive/unknown-format", format!("the zip archive has what cannot be unpacked here: {what}"))
        .hint("Pack it again with deflate or without compression, and without a password.")
}
