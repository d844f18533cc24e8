//! What the Go linker writes into every executable (golang/go, `src/debug/buildinfo` and
//! `src/runtime/debug/mod.go`).

use std::fs::File;
use std::path::Path;

use super::elf::Elf;
use super::quoted::unquote;
use crate::{Error, Result};

/// It stands on an address that is a multiple of this, in a header of this size.
const ALIGNMENT: usize = 16;
const HEADER: usize = 32;
const MAGIC: &[u8] = b"\xff Go buildinf:";
/// How much is searched at once, in bytes.
const PIECE: u64 = 1 << 20;
/// More than any list of modules takes, in bytes.
const LONGEST: u64 = 64 << 20;
/// The Go command frames the list of modules with so many bytes on each side.
const FRAME: usize = 16;

/// What an executable was built from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildInfo {
    /// `go1.26.8`.
    pub go_version: String,
    /// The import path of the main package; empty before Go 1.18 for an app without modules.
    pub path: String,
    /// The module of the main package; absent for an app without modules.
    pub main: Option<Module>,
    /// All other modules that are linked in.
    pub modules: Vec<Module>,
    /// How it was built (`-ldflags`, `GOARCH`, `vcs.revision` …), in the order of the linker.
    pub settings: Vec<(String, String)>,
}

/// A module as it was linked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Module {
    /// `github.com/gorilla/mux`.
    pub path: String,
    /// `v1.8.1`; `(devel)` where nobody knows it.
    pub version: String,
    /// The `h1:` sum; absent for vendored and replaced modules.
    pub sum: Option<String>,
    /// What was taken in its place; without a version it is a folder.
    pub replace: Option<Box<Module>>,
}

impl BuildInfo {
    /// Of a file; `None` when it is no ELF executable that Go linked. Fails with `fs/failed` when it
    /// cannot be opened.
    pub fn read(path: &Path) -> Result<Option<Self>> {
        let file = File::open(path)
            .map_err(|error| Error::user("fs/failed", format!("could not open {}", path.display())).because(error))?;
        Ok(Elf::open(file).and_then(|elf| of_elf(&elf)))
    }

    /// The value of a build setting.
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.settings.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The lines of the list of modules; what a later Go adds is left alone.
    fn parse(go_version: String, text: &str) -> Self {
        let mut info = Self { go_version, ..Self::default() };
        let mut last = Last::None;
        for line in text.lines() {
            let Some((kind, rest)) = line.split_once('\t') else { continue };
            match kind {
                "path" => rest.clone_into(&mut info.path),
                "mod" => (info.main, last) = (module(rest), Last::Main),
                "dep" => {
                    info.modules.extend(module(rest));
                    last = Last::Dependency;
                }
                "=>" => {
                    let replaced = match last {
                        Last::None => None,
                        Last::Main => info.main.as_mut(),
                        Last::Dependency => info.modules.last_mut(),
                    };
                    if let Some(replaced) = replaced {
                        replaced.replace = module(rest).map(Box::new);
                    }
                }
                "build" => info.settings.extend(setting(rest)),
                _ => {}
            }
        }
        info
    }
}

/// The module that a line of a replacement is about.
enum Last {
    None,
    Main,
    Dependency,
}

fn module(line: &str) -> Option<Module> {
    let mut columns = line.split('\t');
    let path = columns.next().filter(|path| !path.is_empty())?.to_owned();
    let version = columns.next()?.to_owned();
    let sum = columns.next().filter(|sum| !sum.is_empty()).map(str::to_owned);
    Some(Module { path, version, sum, replace: None })
}

/// `key=value`, where either may be quoted.
fn setting(line: &str) -> Option<(String, String)> {
    let (key, rest) = if line.starts_with('"') {
        let (key, length) = unquote(line).ok()?;
        (key, line[length..].strip_prefix('=')?)
    } else {
        let (key, rest) = line.split_once('=')?;
        (key.to_owned(), rest)
    };
    let value = if rest.starts_with('"') { unquote(rest).ok()?.0 } else { rest.trim_matches('`').to_owned() };
    Some((key, value))
}

fn of_elf(elf: &Elf) -> Option<BuildInfo> {
    let at = find(elf)?;
    let header = elf.read(at, HEADER as u64).filter(|header| header.len() == HEADER)?;
    let (pointer_size, flags) = (usize::from(header[14]), header[15]);
    let (version, text) = if flags & 2 != 0 {
        // Since Go 1.18: both texts stand behind the header, each after its length.
        let (version, next) = inline(elf, at.checked_add(HEADER as u64)?)?;
        (version, inline(elf, next).map(|(text, _)| text).unwrap_or_default())
    } else {
        let big = flags & 1 != 0;
        let text = |at: usize| pointed(elf, header.get(at..)?, pointer_size, big);
        (text(16)?, text(16 + pointer_size).unwrap_or_default())
    };
    let version = String::from_utf8(version).ok().filter(|version| !version.is_empty())?;
    let framed = text.len() > 2 * FRAME && text[text.len() - FRAME - 1] == b'\n';
    let text = if framed { &text[FRAME..text.len() - FRAME] } else { &[] };
    Some(BuildInfo::parse(version, &String::from_utf8_lossy(text)))
}

/// The address of the header.
fn find(elf: &Elf) -> Option<u64> {
    let (start, size) = elf.data()?;
    let mut at = start.checked_next_multiple_of(ALIGNMENT as u64)?;
    let end = start.checked_add(size)?;
    while at < end {
        let wanted = PIECE.min(end - at);
        let piece = elf.read(at, wanted)?;
        let found = piece.chunks(ALIGNMENT).position(|chunk| chunk.starts_with(MAGIC));
        if let Some(index) = found {
            return Some(at + (index * ALIGNMENT) as u64);
        }
        // The segment ends before the section says that it does.
        if piece.len() as u64 != wanted {
            return None;
        }
        at += wanted;
    }
    None
}

/// A text behind its length, and the address after it (golang/go, `encoding/binary`, varint).
fn inline(elf: &Elf, at: u64) -> Option<(Vec<u8>, u64)> {
    let bytes = elf.read(at, 10)?;
    let last = bytes.iter().position(|byte| byte & 0x80 == 0)?;
    let length = bytes[..=last]
        .iter()
        .rev()
        .try_fold(0_u64, |length, byte| length.checked_mul(128).map(|length| length + u64::from(byte & 0x7f)))?;
    let start = at.checked_add(last as u64 + 1)?;
    Some((exactly(elf, start, length)?, start.checked_add(length)?))
}

/// A Go string where a pointer leads: its address and its length.
fn pointed(elf: &Elf, pointer: &[u8], size: usize, big: bool) -> Option<Vec<u8>> {
    if size != 4 && size != 8 {
        return None;
    }
    let header = elf.read(Elf::pointer(pointer, size, big)?, 2 * size as u64)?;
    let start = Elf::pointer(&header, size, big)?;
    exactly(elf, start, Elf::pointer(header.get(size..)?, size, big)?)
}

fn exactly(elf: &Elf, start: u64, length: u64) -> Option<Vec<u8>> {
    if length == 0 {
        return Some(Vec::new());
    }
    elf.read(start, length.min(LONGEST)).filter(|bytes| bytes.len() as u64 == length)
}

#[cfg(test)]
mod tests;
