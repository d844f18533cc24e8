//! Unpacking a tar archive that nobody has to trust (what it withstands: `hostile_tests.rs`).

use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use tar::{Entry, EntryType};

use super::decompress;
use super::meter::{Allowance, Meter};
use super::options::{Links, Unpack};
use super::tree::{Tree, Trouble};
use crate::{Error, Result};

/// What headers, long names and extended attributes between two files may take, in bytes.
const HEADERS: u64 = 8 << 20;
/// What may follow the end of the archive, in bytes: tapes are padded.
const PADDING: u64 = 64 << 20;

/// Unpacks a tar archive (plain, gzip, xz or zstd) so that `root` appears whole or not at all.
///
/// `root` may be missing or an empty folder; the folder above it is made. Owners, times, setuid,
/// setgid and sticky bits are not kept. The errors are `archive/unknown-format`, `archive/damaged`,
/// `archive/unsafe-entry`, `archive/limit`, `archive/nothing-left` and `archive/write`.
pub fn unpack(reader: impl Read, root: &Path, options: Unpack<'_>) -> Result<()> {
    let failed = |error: io::Error| {
        Error::user("archive/write", format!("{} could not be filled from the archive", root.display())).because(error)
    };
    let parent = root.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
    crate::fs::create_dir(parent)?;
    let scratch = tempfile::Builder::new().prefix(".unpack-").tempdir_in(parent).map_err(failed)?;
    let folder = Dir::open_ambient_dir(scratch.path(), ambient_authority()).map_err(failed)?;
    let mut tree = Tree::new(folder).map_err(failed)?;
    // A scratch folder belongs to its owner alone, a layer is read by everybody.
    tree.folder(Path::new(""), 0o755).map_err(failed)?;
    Run::new(tree, options).all(decompress::plain(reader)?)?;
    crate::fs::rename(scratch.path(), root)?;
    // Renamed away: there is nothing left to remove.
    let _ = scratch.keep();
    Ok(())
}

/// As [`unpack`], into a folder that has content already: equal names are replaced, and an archive that
/// fails leaves what it wrote so far. For trees that we packed ourselves.
pub fn unpack_over(reader: impl Read, root: &Path, options: Unpack<'_>) -> Result<()> {
    let folder = Dir::open_ambient_dir(root, ambient_authority()).and_then(Tree::new).map_err(|error| {
        Error::user("archive/write", format!("{} could not be filled from the archive", root.display())).because(error)
    })?;
    Run::new(folder, options).all(decompress::plain(reader)?)
}

struct Run<'a> {
    tree: Tree,
    options: Unpack<'a>,
    allowance: Allowance,
    seen: Seen,
}

#[derive(Default)]
struct Seen {
    entries: u64,
    bytes: u64,
    /// Entries that stripping left nothing of, without folders.
    cut: u64,
    /// Entries that stripping left something of.
    left: u64,
    /// Links whose path goes down and then up again: only the finished tree tells where that leads.
    winding: Vec<PathBuf>,
}

impl<'a> Run<'a> {
    fn new(tree: Tree, options: Unpack<'a>) -> Self {
        Self { tree, options, allowance: Allowance::default(), seen: Seen::default() }
    }

    fn all(mut self, plain: impl Read) -> Result<()> {
        let mut archive = tar::Archive::new(Meter::new(plain, self.allowance.clone()));
        self.allowance.set(HEADERS);
        let mut entries = archive.entries().map_err(|error| self.damaged(error))?;
        loop {
            self.allowance.set(HEADERS);
            let Some(entry) = entries.next() else { break };
            let mut entry = entry.map_err(|error| self.damaged(error))?;
            self.one(&mut entry)?;
        }
        self.allowance.set(PADDING);
        // The end mark is not the end: only there does a compressed archive prove that it is whole.
        io::copy(&mut archive.into_inner(), &mut io::sink()).map_err(|error| self.damaged(error))?;
        for link in &self.seen.winding {
            if self.tree.leads_outside(link) {
                return Err(refuse(link, "its link leads outside"));
            }
        }
        if self.seen.left == 0 && self.seen.cut > 0 {
            let strip = self.options.strip_components;
            return Err(Error::user(
                "archive/nothing-left",
                format!("the archive has nothing below {strip} leading folders"),
            )
            .hint("Compare strip-components of the dependency with the folders that its archive begins with."));
        }
        Ok(())
    }

    fn one(&mut self, entry: &mut Entry<'_, impl Read>) -> Result<()> {
        self.seen.entries += 1;
        if self.seen.entries > self.options.limits.entries {
            return Err(too_much(&format!("it has more than {} entries", self.options.limits.entries)));
        }
        check_pax(entry)?;
        let kind = kind(entry);
        if kind == EntryType::XGlobalHeader {
            return Ok(());
        }
        let whole = entry.path().map_err(|error| self.damaged(error))?.into_owned();
        let Some(path) = clean(&whole, self.options.strip_components).map_err(|why| refuse(&whole, why))? else {
            self.seen.cut += u64::from(kind != EntryType::Directory);
            return Ok(());
        };
        self.seen.left += 1;
        if path.components().count() > self.options.limits.depth {
            let depth = self.options.limits.depth;
            return Err(too_much(&format!("it has folders more than {depth} deep")));
        }
        if self.options.keep.is_some_and(|keep| !keep(&path)) {
            self.allow(entry.size())?;
            io::copy(entry, &mut io::sink()).map_err(|error| self.damaged(error))?;
            return Ok(());
        }
        self.write(entry, kind, &path)
    }

    fn write(&mut self, entry: &mut Entry<'_, impl Read>, kind: EntryType, path: &Path) -> Result<()> {
        let mode = entry.header().mode().map_err(|error| self.damaged(error))?;
        match kind {
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                let size = entry.size();
                self.allow(size)?;
                self.tree.file(path, mode, size, entry).map_err(|trouble| match trouble {
                    Trouble::Archive(error) => self.damaged(error),
                    Trouble::Folder(error) => unwritable(path, error),
                })
            }
            EntryType::Directory => self.tree.folder(path, mode).map_err(|error| unwritable(path, error)),
            EntryType::Symlink => {
                let target = self.target(entry, path)?;
                self.judge(path, &target)?;
                self.tree.symlink(path, &target).map_err(|error| unwritable(path, error))
            }
            EntryType::Link => {
                let target = self.target(entry, path)?;
                let original = clean(&target, self.options.strip_components)
                    .ok()
                    .flatten()
                    .ok_or_else(|| refuse(path, &format!("its hard link leads outside, to {target:?}")))?;
                self.tree.hard_link(path, &original).map_err(|error| match error.kind() {
                    io::ErrorKind::NotFound => {
                        refuse(path, &format!("its hard link leads to {target:?}, which is missing"))
                    }
                    _ => unwritable(path, error),
                })
            }
            EntryType::Block | EntryType::Char | EntryType::Fifo => Err(refuse(path, "it is a device or a pipe")),
            other => Err(refuse(path, &format!("its type {:?} is unknown", char::from(other.as_byte())))),
        }
    }

    /// Lets the bytes of one entry through.
    fn allow(&mut self, size: u64) -> Result<()> {
        self.seen.bytes = self.seen.bytes.saturating_add(size);
        if self.seen.bytes > self.options.limits.bytes {
            return Err(too_much(&format!("it has more than {} bytes", self.options.limits.bytes)));
        }
        self.allowance.set(size.saturating_add(HEADERS));
        Ok(())
    }

    fn target(&self, entry: &Entry<'_, impl Read>, path: &Path) -> Result<PathBuf> {
        let target = entry.link_name().map_err(|error| self.damaged(error))?;
        target.map(std::borrow::Cow::into_owned).ok_or_else(|| refuse(path, "its link has no target"))
    }

    /// Ways up may stand only at the front and stay inside; all others are looked at in the end.
    fn judge(&mut self, path: &Path, target: &Path) -> Result<()> {
        if self.options.links == Links::Anywhere {
            return Ok(());
        }
        let mut depth = path.components().count() - 1;
        let (mut went_down, mut winds) = (false, false);
        for component in target.components() {
            match component {
                Component::Normal(_) => {
                    depth += 1;
                    went_down = true;
                }
                Component::CurDir => {}
                Component::ParentDir if depth > 0 => {
                    depth -= 1;
                    winds |= went_down;
                }
                _ => {
                    return Err(refuse(path, &format!("its link leads outside, to {target:?}")));
                }
            }
        }
        if winds {
            self.seen.winding.push(path.to_owned());
        }
        Ok(())
    }

    fn damaged(&self, error: io::Error) -> Error {
        if self.allowance.is_exceeded() {
            return too_much("its headers go on without end").because(error);
        }
        Error::network("archive/damaged", "the archive is damaged or ends too early")
            .hint("Compare it with the checksum that its publisher gives, and get it again.")
            .because(error)
    }
}

/// An older form of tar marks folders by a slash at the end of their names.
fn kind(entry: &Entry<'_, impl Read>) -> EntryType {
    match entry.header().entry_type() {
        EntryType::Regular if entry.path_bytes().ends_with(b"/") => EntryType::Directory,
        other => other,
    }
}

/// The tar crate passes over records that it cannot read; with a lost `path` or `linkpath` another
/// file would be written than the one meant.
fn check_pax(entry: &mut Entry<'_, impl Read>) -> Result<()> {
    let Ok(Some(mut records)) = entry.pax_extensions() else {
        return Ok(());
    };
    records.try_for_each(|record| record.map(drop)).map_err(|error| {
        Error::network("archive/damaged", "an extended header of the archive cannot be read").because(error)
    })
}

/// The path below the stripped folders, or `None` when nothing is left of it.
fn clean(path: &Path, strip: usize) -> Result<Option<PathBuf>, &'static str> {
    let mut parts = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(part) => parts.push(part),
            Component::CurDir => {}
            Component::ParentDir => return Err("it leads outside"),
            Component::RootDir | Component::Prefix(_) => return Err("it is absolute"),
        }
    }
    Ok((parts.len() > strip).then(|| parts.iter().skip(strip).collect()))
}

fn refuse(path: &Path, why: &str) -> Error {
    Error::user("archive/unsafe-entry", format!("the archive's entry {path:?} is refused: {why}"))
        .hint("Get the archive from its publisher again; if it is the same there, tell them.")
}

fn unwritable(path: &Path, error: io::Error) -> Error {
    // The tree's own refusals carry no number of the operating system.
    if error.raw_os_error().is_none() {
        return refuse(path, &error.to_string());
    }
    Error::user("archive/write", format!("the archive's entry {path:?} could not be written")).because(error)
}

fn too_much(why: &str) -> Error {
    Error::user("archive/limit", format!("the archive is too much to unpack: {why}"))
        .hint("If it is meant to be like that, please open an issue: the limits are far above any toolchain.")
}
