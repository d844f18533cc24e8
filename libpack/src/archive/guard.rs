//! What every archive must keep to, whatever its format: nothing leads outside, nothing goes on without end.

use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Component, Path, PathBuf};

use super::options::{Links, Unpack};
use super::tree::{Tree, Trouble};
use crate::{Error, Result};

pub(super) struct Guard<'a> {
    tree: Tree,
    options: Unpack<'a>,
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

impl<'a> Guard<'a> {
    pub fn new(tree: Tree, options: Unpack<'a>) -> Self {
        Self { tree, options, seen: Seen::default() }
    }

    /// Counts an entry of any kind.
    pub fn count(&mut self) -> Result<()> {
        self.seen.entries += 1;
        let most = self.options.limits.entries;
        if self.seen.entries > most { Err(too_much(&format!("it has more than {most} entries"))) } else { Ok(()) }
    }

    /// Counts the bytes of an entry.
    pub fn count_bytes(&mut self, size: u64) -> Result<()> {
        self.seen.bytes = self.seen.bytes.saturating_add(size);
        let most = self.options.limits.bytes;
        if self.seen.bytes > most { Err(too_much(&format!("it has more than {most} bytes"))) } else { Ok(()) }
    }

    /// Where an entry is written; `None` when it is left out.
    pub fn place(&mut self, whole: &Path, is_folder: bool) -> Result<Option<PathBuf>> {
        let Some(path) = self.clean(whole).map_err(|why| refuse(whole, why))? else {
            self.seen.cut += u64::from(!is_folder);
            return Ok(None);
        };
        self.seen.left += 1;
        let depth = self.options.limits.depth;
        if path.components().count() > depth {
            return Err(too_much(&format!("it has folders more than {depth} deep")));
        }
        Ok(self.options.keep.is_none_or(|keep| keep(&path)).then_some(path))
    }

    pub fn folder(&mut self, path: &Path, mode: u32) -> Result<()> {
        self.tree.folder(path, mode).map_err(|error| unwritable(path, error))
    }

    /// A file of exactly `size` bytes; what goes wrong with `content` is the format's to tell.
    pub fn file(
        &mut self,
        path: &Path,
        mode: u32,
        size: u64,
        content: &mut impl io::Read,
        damaged: impl FnOnce(io::Error) -> Error,
    ) -> Result<()> {
        self.tree.file(path, mode, size, content).map_err(|trouble| match trouble {
            Trouble::Archive(error) => damaged(error),
            Trouble::Folder(error) => unwritable(path, error),
        })
    }

    pub fn symlink(&mut self, path: &Path, target: &Path) -> Result<()> {
        self.judge(path, target)?;
        self.tree.symlink(path, target).map_err(|error| unwritable(path, error))
    }

    pub fn hard_link(&mut self, path: &Path, target: &Path) -> Result<()> {
        let original = self.clean(target).ok().flatten();
        let original = original.ok_or_else(|| refuse(path, &format!("its hard link leads outside, to {target:?}")))?;
        self.tree.hard_link(path, &original).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => refuse(path, &format!("its hard link leads to {target:?}, which is missing")),
            _ => unwritable(path, error),
        })
    }

    /// What only the finished tree tells.
    pub fn finish(self) -> Result<()> {
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

    /// The path below the stripped folders under its new name, or `None` when nothing is left of it.
    fn clean(&self, path: &Path) -> Result<Option<PathBuf>, &'static str> {
        if path.as_os_str().as_bytes().contains(&0) {
            return Err("its name has a NUL byte");
        }
        let mut parts = Vec::new();
        for component in path.components() {
            match component {
                Component::Normal(part) => parts.push(part),
                Component::CurDir => {}
                Component::ParentDir => return Err("it leads outside"),
                Component::RootDir | Component::Prefix(_) => return Err("it is absolute"),
            }
        }
        let strip = self.options.strip_components;
        let path: PathBuf = parts.iter().skip(strip).collect();
        let renamed = parts.last().and_then(|name| self.options.names.and_then(|names| names(name)));
        let path = renamed.map_or_else(|| path.clone(), |name| path.with_file_name(name));
        Ok((parts.len() > strip).then_some(path))
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
}

pub(super) fn refuse(path: &Path, why: &str) -> Error {
    Error::user("archive/unsafe-entry", format!("the archive's entry {path:?} is refused: {why}"))
        .hint("Get the archive from its publisher again; if it is the same there, tell them.")
}

pub(super) fn damaged(error: io::Error) -> Error {
    Error::network("archive/damaged", "the archive is damaged or ends too early")
        .hint("Compare it with the checksum that its publisher gives, and get it again.")
        .because(error)
}

pub(super) fn too_much(why: &str) -> Error {
    Error::user("archive/limit", format!("the archive is too much to unpack: {why}"))
        .hint("If it is meant to be like that, please open an issue: the limits are far above any toolchain.")
}

fn unwritable(path: &Path, error: io::Error) -> Error {
    // The tree's own refusals carry no number of the operating system.
    if error.raw_os_error().is_none() {
        return refuse(path, &error.to_string());
    }
    Error::user("archive/write", format!("the archive's entry {path:?} could not be written")).because(error)
}
