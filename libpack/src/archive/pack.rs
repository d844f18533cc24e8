//! Packing trees: equal trees give equal bytes, whoever packs them and when.

use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tar::{EntryType, Header};
use walkdir::WalkDir;

use crate::{Error, Result};

/// 1980-01-01T00:00:01Z, the time that the lifecycle and pack give to files of an image
/// (buildpacks/lifecycle, `archive/writer.go`; buildpacks/pack, `pkg/archive/archive.go`).
pub const MODIFIED: u64 = 315_532_801;

/// How a tree is packed.
#[derive(Clone, Copy)]
pub struct Pack<'a> {
    /// zstd's level, 1 to 22: 3 is quick, 19 is small.
    pub level: i32,
    /// Asked with the path below the root; what it refuses is left out, a folder with all below it.
    pub keep: Option<&'a (dyn Fn(&Path) -> bool + Sync)>,
}

impl Default for Pack<'_> {
    fn default() -> Self {
        Self { level: 3, keep: None }
    }
}

/// Writes what lies below `root` as a tar archive in one zstd frame, and hands back the writer.
///
/// Sorted by name, with [`MODIFIED`] as time, no owner and permissions without setuid, setgid and
/// sticky. Sockets, pipes and devices are left out. The error is `archive/pack`.
pub fn pack<W: Write>(root: &Path, options: Pack<'_>, writer: W) -> Result<W> {
    let failed = |error: io::Error| {
        Error::user("archive/pack", format!("{} could not be packed", root.display())).because(error)
    };
    let mut encoder = zstd::Encoder::new(writer, options.level).map_err(failed)?;
    // So that damage is seen when nobody kept a checksum of the whole.
    encoder.include_checksum(true).map_err(failed)?;
    let mut tree = TreeWriter::new(encoder);
    tree.tree(root, Path::new(""), options.keep)?;
    tree.finish()?.finish().map_err(failed)
}

/// Writes single entries of a reproducible tar archive, in the order of the calls.
pub struct TreeWriter<W: Write> {
    builder: tar::Builder<W>,
}

impl<W: Write> TreeWriter<W> {
    /// Onto a writer, uncompressed.
    pub fn new(writer: W) -> Self {
        Self { builder: tar::Builder::new(writer) }
    }

    /// Adds what lies below a folder of the disk, under a path of the archive. The error is `archive/pack`.
    pub fn tree(&mut self, root: &Path, under: &Path, keep: Option<&(dyn Fn(&Path) -> bool + Sync)>) -> Result<()> {
        let below = |path: &Path| path.strip_prefix(root).unwrap_or(path).to_owned();
        let walk = WalkDir::new(root).min_depth(1).sort_by_file_name().into_iter();
        let kept = walk.filter_entry(|entry| entry.depth() == 0 || keep.is_none_or(|keep| keep(&below(entry.path()))));
        for entry in kept {
            let entry = entry.map_err(|error| refuse(root, error.into()))?;
            let path = under.join(below(entry.path()));
            let metadata = entry.metadata().map_err(|error| refuse(entry.path(), error.into()))?;
            self.entry(entry.path(), &path, &metadata).map_err(|error| refuse(entry.path(), error))?;
        }
        Ok(())
    }

    fn entry(&mut self, file: &Path, path: &Path, metadata: &Metadata) -> io::Result<()> {
        let mode = metadata.permissions().mode();
        if metadata.is_dir() {
            self.append(EntryType::Directory, path, mode, 0, io::empty())
        } else if metadata.is_symlink() {
            let target = fs::read_link(file)?;
            let mut header = header(EntryType::Symlink, 0o777, 0);
            self.builder.append_link(&mut header, path, target)
        } else if metadata.is_file() {
            let content = Exactly { inner: File::open(file)?, missing: metadata.len() };
            self.append(EntryType::Regular, path, mode, metadata.len(), content)
        } else {
            Ok(())
        }
    }

    /// Adds a folder. The error is `archive/pack`.
    pub fn folder(&mut self, path: &Path, mode: u32) -> Result<()> {
        self.append(EntryType::Directory, path, mode, 0, io::empty()).map_err(|error| refuse(path, error))
    }

    /// Adds a file of bytes. The error is `archive/pack`.
    pub fn file(&mut self, path: &Path, mode: u32, content: &[u8]) -> Result<()> {
        self.append(EntryType::Regular, path, mode, content.len() as u64, content).map_err(|error| refuse(path, error))
    }

    /// Adds a symbolic link. The error is `archive/pack`.
    pub fn symlink(&mut self, path: &Path, target: &Path) -> Result<()> {
        let mut header = header(EntryType::Symlink, 0o777, 0);
        self.builder.append_link(&mut header, path, target).map_err(|error| refuse(path, error))
    }

    fn append(&mut self, kind: EntryType, path: &Path, mode: u32, size: u64, content: impl Read) -> io::Result<()> {
        self.builder.append_data(&mut header(kind, mode & 0o777, size), path, content)
    }

    /// Writes the end mark and hands back the writer. The error is `archive/pack`.
    pub fn finish(self) -> Result<W> {
        self.builder
            .into_inner()
            .map_err(|error| Error::user("archive/pack", "the end of the archive could not be written").because(error))
    }
}

fn header(kind: EntryType, mode: u32, size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(size);
    header.set_mtime(MODIFIED);
    header.set_uid(0);
    header.set_gid(0);
    header
}

/// A file that changes its length while it is packed would shift everything behind it.
struct Exactly<R> {
    inner: R,
    missing: u64,
}

impl<R: Read> Read for Exactly<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = (&mut self.inner).take(self.missing).read(buffer)?;
        if count == 0 && self.missing > 0 && !buffer.is_empty() {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file became shorter while it was read"));
        }
        self.missing -= count as u64;
        Ok(count)
    }
}

fn refuse(path: &Path, error: io::Error) -> Error {
    Error::user("archive/pack", format!("{} could not be packed", path.display())).because(error)
}
