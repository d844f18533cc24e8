//! Unpacking an archive that nobody has to trust (what it withstands: `hostile_tests.rs`).

use std::fs::File;
use std::io::{self, BufRead, Read, Write as _};
use std::path::Path;

use cap_std::ambient_authority;
use cap_std::fs::Dir;

use super::decompress::{Peeked, plain};
use super::guard::{Guard, damaged, too_much};
use super::options::Unpack;
use super::tree::Tree;
use super::untar::untar;
use super::unzip::unzip;
use crate::{Error, Result};

/// Unpacks a tar archive (plain, gzip, xz or zstd) or a zip archive so that `root` appears whole or not
/// at all.
///
/// `root` may be missing or an empty folder; the folder above it is made. Owners, times, setuid,
/// setgid and sticky bits are not kept. The errors are `archive/unknown-format`, `archive/damaged`,
/// `archive/unsafe-entry`, `archive/limit`, `archive/nothing-left` and `archive/write`.
///
/// A zip archive is read from its end, so it is written to a scratch file first: what is a file already
/// is better given to [`unpack_file`](super::unpack_file).
pub fn unpack(reader: impl Read, root: &Path, options: Unpack<'_>) -> Result<()> {
    whole(root, |tree| fill(reader, root, Guard::new(tree, options), options.limits.bytes))
}

/// [`unpack`] of an open file, from its beginning.
pub(super) fn unpack_opened(file: File, root: &Path, options: Unpack<'_>) -> Result<()> {
    whole(root, |tree| {
        let guard = Guard::new(tree, options);
        let peeked = Peeked::new(&file)?;
        if peeked.is_zip() {
            drop(peeked);
            return unzip(file, guard);
        }
        untar(plain(peeked)?, guard)
    })
}

/// A zip archive in an open file, whatever its first bytes are.
pub(super) fn unzip_opened(file: File, root: &Path, options: Unpack<'_>) -> Result<()> {
    whole(root, |tree| unzip(file, Guard::new(tree, options)))
}

/// As [`unpack_over`], of a zip archive in an open file, whatever its first bytes are.
pub fn unzip_over(file: File, root: &Path, options: Unpack<'_>) -> Result<()> {
    unzip(file, Guard::new(open_tree(root)?, options))
}

fn open_tree(root: &Path) -> Result<Tree> {
    Dir::open_ambient_dir(root, ambient_authority()).and_then(Tree::new).map_err(|error| unfilled(root, error))
}

/// As [`unpack`], into a folder that has content already: equal names are replaced, and an archive that
/// fails leaves what it wrote so far. For trees that we packed ourselves.
pub fn unpack_over(reader: impl Read, root: &Path, options: Unpack<'_>) -> Result<()> {
    let tree = open_tree(root)?;
    fill(reader, root, Guard::new(tree, options), options.limits.bytes)
}

/// Fills a scratch folder beside `root`, which takes its place when all is well.
fn whole(root: &Path, fill: impl FnOnce(Tree) -> Result<()>) -> Result<()> {
    let failed = |error: io::Error| unfilled(root, error);
    let parent = root.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
    crate::fs::create_dir(parent)?;
    let scratch = tempfile::Builder::new().prefix(".unpack-").tempdir_in(parent).map_err(failed)?;
    let folder = Dir::open_ambient_dir(scratch.path(), ambient_authority()).map_err(failed)?;
    let mut tree = Tree::new(folder).map_err(failed)?;
    // A scratch folder belongs to its owner alone, a layer is read by everybody.
    tree.folder(Path::new(""), 0o755).map_err(failed)?;
    fill(tree)?;
    crate::fs::rename(scratch.path(), root)?;
    // Renamed away: there is nothing left to remove.
    let _ = scratch.keep();
    Ok(())
}

fn fill(reader: impl Read, root: &Path, guard: Guard<'_>, most: u64) -> Result<()> {
    let peeked = Peeked::new(reader)?;
    if peeked.is_zip() {
        return unzip(spool(peeked.whole(), root, most)?, guard);
    }
    untar(plain(peeked)?, guard)
}

/// A file without a name that holds all that is read.
fn spool(mut reader: impl BufRead, root: &Path, most: u64) -> Result<File> {
    let mut file = tempfile::tempfile().map_err(|error| unfilled(root, error))?;
    let mut count = 0;
    loop {
        let bytes = reader.fill_buf().map_err(damaged)?;
        if bytes.is_empty() {
            return Ok(file);
        }
        file.write_all(bytes).map_err(|error| unfilled(root, error))?;
        let length = bytes.len();
        count += length as u64;
        if count > most {
            return Err(too_much(&format!("it has more than {most} bytes")));
        }
        reader.consume(length);
    }
}

fn unfilled(root: &Path, error: io::Error) -> Error {
    Error::user("archive/write", format!("{} could not be filled from the archive", root.display())).because(error)
}
