//! As much of ELF as it takes to find what the Go linker left (System V ABI, chapters 4 and 5). What is
//! not as it should be reads as nothing: an executable comes from anywhere.

use std::fs::File;
use std::os::unix::fs::FileExt as _;

/// A segment that is loaded from the file (`PT_LOAD`), and the one that may be written to.
const LOADED: u64 = 1;
const WRITABLE: u64 = 2;
/// Where the linker leaves the build info (golang/go, `src/cmd/link/internal/ld/data.go`).
const SECTION: &[u8] = b".go.buildinfo\0";

/// An open ELF file.
pub(super) struct Elf {
    file: File,
    length: u64,
    wide: bool,
    big: bool,
    segments: Vec<Segment>,
    marked: Option<(u64, u64)>,
}

#[derive(Debug, Clone, Copy)]
struct Segment {
    address: u64,
    offset: u64,
    size: u64,
    writable: bool,
}

/// Where a field stands in 64-bit and in 32-bit files, and whether it has the size of an address there.
/// Others have four bytes.
#[derive(Clone, Copy)]
struct Field(usize, usize, bool);

impl Elf {
    /// Reads the headers; `None` for what is no ELF file, or a broken one.
    pub fn open(file: File) -> Option<Self> {
        let length = file.metadata().ok()?.len();
        let mut elf = Self { file, length, wide: true, big: false, segments: Vec::new(), marked: None };
        let ident = elf.bytes(0, 64.min(length))?;
        let (class, data) = (*ident.get(4)?, *ident.get(5)?);
        if !ident.starts_with(b"\x7fELF") || !matches!((class, data), (1 | 2, 1 | 2)) {
            return None;
        }
        (elf.wide, elf.big) = (class == 2, data == 2);
        elf.segments = elf.read_segments(&ident)?;
        elf.marked = elf.find_section(&ident);
        Some(elf)
    }

    /// Address and size of what holds the build info: its own section, else the first data segment.
    pub fn data(&self) -> Option<(u64, u64)> {
        let segment = || self.segments.iter().find(|one| one.writable && one.size > 0);
        self.marked.or_else(|| segment().map(|one| (one.address, one.size)))
    }

    /// Up to `most` bytes at an address, fewer where its segment ends.
    pub fn read(&self, address: u64, most: u64) -> Option<Vec<u8>> {
        let within = |one: &&Segment| address.checked_sub(one.address).is_some_and(|inside| inside < one.size);
        let segment = self.segments.iter().find(within)?;
        let inside = address - segment.address;
        self.bytes(segment.offset.checked_add(inside)?, most.min(segment.size - inside))
    }

    /// An address of `size` bytes, 4 or 8, in the order that the caller knows.
    pub fn pointer(bytes: &[u8], size: usize, big: bool) -> Option<u64> {
        number(bytes.get(..size)?, big)
    }

    fn read_segments(&self, header: &[u8]) -> Option<Vec<Segment>> {
        let at = self.field(header, Field(32, 28, true))?;
        let count = self.half(header, if self.wide { 56 } else { 44 })?;
        let size = if self.wide { 56 } else { 32 };
        let table = self.table(at, count, size)?;
        let segments = table.chunks_exact(size).filter_map(|entry| {
            let loaded = self.field(entry, Field(0, 0, false))? == LOADED;
            let segment = Segment {
                address: self.field(entry, Field(16, 8, true))?,
                offset: self.field(entry, Field(8, 4, true))?,
                size: self.field(entry, Field(32, 16, true))?,
                writable: self.field(entry, Field(4, 24, false))? & WRITABLE != 0,
            };
            loaded.then_some(segment)
        });
        Some(segments.collect())
    }

    fn find_section(&self, header: &[u8]) -> Option<(u64, u64)> {
        let at = self.field(header, Field(40, 32, true))?;
        let (count, names) = if self.wide { (60, 62) } else { (48, 50) };
        let size = if self.wide { 64 } else { 40 };
        let table = self.table(at, self.half(header, count)?, size)?;
        let offset = |entry: &[u8]| self.field(entry, Field(24, 16, true));
        let names = table.chunks_exact(size).nth(usize::try_from(self.half(header, names)?).ok()?)?;
        let names = offset(names)?;
        let entry = table.chunks_exact(size).find(|entry| {
            let name = self.field(entry, Field(0, 0, false)).and_then(|name| names.checked_add(name));
            name.and_then(|at| self.bytes(at, SECTION.len() as u64)).is_some_and(|name| name == SECTION)
        })?;
        Some((self.field(entry, Field(16, 12, true))?, self.field(entry, Field(32, 20, true))?))
    }

    /// A table of at most 65,535 entries: the count has two bytes.
    fn table(&self, at: u64, count: u64, size: usize) -> Option<Vec<u8>> {
        self.bytes(at, count * size as u64)
    }

    /// Exactly so many bytes of the file, if it has them: no length makes us ask for more memory than that.
    fn bytes(&self, at: u64, count: u64) -> Option<Vec<u8>> {
        if at.checked_add(count)? > self.length {
            return None;
        }
        let mut bytes = vec![0; usize::try_from(count).ok()?];
        self.file.read_exact_at(&mut bytes, at).ok()?;
        Some(bytes)
    }

    fn field(&self, bytes: &[u8], field: Field) -> Option<u64> {
        let Field(wide, narrow, address) = field;
        let at = if self.wide { wide } else { narrow };
        let size = if address && self.wide { 8 } else { 4 };
        number(bytes.get(at..at + size)?, self.big)
    }

    fn half(&self, bytes: &[u8], at: usize) -> Option<u64> {
        number(bytes.get(at..at + 2)?, self.big)
    }
}

fn number(bytes: &[u8], big: bool) -> Option<u64> {
    let join = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
    (bytes.len() <= 8).then(|| if big { bytes.iter().fold(0, join) } else { bytes.iter().rev().fold(0, join) })
}
