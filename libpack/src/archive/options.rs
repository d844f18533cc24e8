//! How an archive is unpacked.

use std::ffi::{OsStr, OsString};
use std::path::Path;

/// How an archive is unpacked.
#[derive(Clone, Copy, Default)]
pub struct Unpack<'a> {
    /// Leading folders that are cut off each entry; what has no more than these is left out.
    pub strip_components: usize,
    /// Gives names other than those in the archive. The targets of symbolic links stay as they are.
    pub names: Option<Rename>,
    /// Asked with the path after stripping and renaming; what it refuses is never written.
    pub keep: Option<&'a (dyn Fn(&Path) -> bool + Sync)>,
    /// How far a symbolic link may reach.
    pub links: Links,
    /// When an archive is too much.
    pub limits: Limits,
}

/// The name that a file or folder is unpacked under, if not under its own.
pub type Rename = fn(&OsStr) -> Option<OsString>;

/// How far a symbolic link may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Links {
    /// Relative and inside the archive, also when nothing lies there.
    #[default]
    Inside,
    /// Anywhere: for trees that we packed ourselves.
    Anywhere,
}

/// When an archive is too much; the defaults are several times what the largest toolchain has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Entries of any kind.
    pub entries: u64,
    /// Bytes of all files together, unpacked.
    pub bytes: u64,
    /// Folders within folders.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { entries: 1_000_000, bytes: 8 << 30, depth: 200 }
    }
}
