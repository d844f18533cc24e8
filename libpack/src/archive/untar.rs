//! Entries of a tar archive.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use tar::{Entry, EntryType};

use super::guard::{self, Guard, refuse, too_much};
use super::meter::{Allowance, Meter};
use crate::{Error, Result};

/// What headers, long names and extended attributes between two files may take, in bytes.
const HEADERS: u64 = 8 << 20;
/// What may follow the end of the archive, in bytes: tapes are padded.
const PADDING: u64 = 64 << 20;

/// Writes all entries of a plain tar stream.
pub(super) fn untar(plain: impl Read, guard: Guard<'_>) -> Result<()> {
    Run { guard, allowance: Allowance::default() }.all(plain)
}

struct Run<'a> {
    guard: Guard<'a>,
    allowance: Allowance,
}

impl Run<'_> {
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
        self.guard.finish()
    }

    fn one(&mut self, entry: &mut Entry<'_, impl Read>) -> Result<()> {
        self.guard.count()?;
        check_pax(entry)?;
        let kind = kind(entry);
        if kind == EntryType::XGlobalHeader {
            return Ok(());
        }
        let whole = entry.path().map_err(|error| self.damaged(error))?.into_owned();
        let Some(path) = self.guard.place(&whole, kind == EntryType::Directory)? else {
            self.allow(entry.size())?;
            io::copy(entry, &mut io::sink()).map_err(|error| self.damaged(error))?;
            return Ok(());
        };
        self.write(entry, kind, &path)
    }

    fn write(&mut self, entry: &mut Entry<'_, impl Read>, kind: EntryType, path: &Path) -> Result<()> {
        let mode = entry.header().mode().map_err(|error| self.damaged(error))?;
        match kind {
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                let size = entry.size();
                self.allow(size)?;
                let allowance = self.allowance.clone();
                self.guard.file(path, mode, size, entry, |error| damaged(&allowance, error))
            }
            EntryType::Directory => self.guard.folder(path, mode),
            EntryType::Symlink => self.guard.symlink(path, &self.target(entry, path)?),
            EntryType::Link => self.guard.hard_link(path, &self.target(entry, path)?),
            EntryType::Block | EntryType::Char | EntryType::Fifo => Err(refuse(path, "it is a device or a pipe")),
            other => Err(refuse(path, &format!("its type {:?} is unknown", char::from(other.as_byte())))),
        }
    }

    /// Lets the bytes of one entry through.
    fn allow(&mut self, size: u64) -> Result<()> {
        self.guard.count_bytes(size)?;
        self.allowance.set(size.saturating_add(HEADERS));
        Ok(())
    }

    fn target(&self, entry: &Entry<'_, impl Read>, path: &Path) -> Result<PathBuf> {
        let target = entry.link_name().map_err(|error| self.damaged(error))?;
        target.map(std::borrow::Cow::into_owned).ok_or_else(|| refuse(path, "its link has no target"))
    }

    fn damaged(&self, error: io::Error) -> Error {
        damaged(&self.allowance, error)
    }
}

fn damaged(allowance: &Allowance, error: io::Error) -> Error {
    if allowance.is_exceeded() {
        return too_much("its headers go on without end").because(error);
    }
    guard::damaged(error)
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
