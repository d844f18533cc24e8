//! Executables without what only debuggers read: the symbol table, its names, and debugging information.
//!
//! What `strip` does, for the plain case alone: everything that goes lies behind everything that is loaded, so
//! that no segment moves and no number of a loaded section changes. A file that is any other way, or that
//! holds a byte whose meaning we do not know, stays as it is. Layout: System V ABI, "Object Files".

/// Sizes of the file's header, of a section's and of a segment's, in 64 bits.
const HEADER: usize = 64;
const SECTION: usize = 64;
const SEGMENT: usize = 56;
/// `ELFCLASS64`, `ELFDATA2LSB`, `EV_CURRENT`: what our platforms run.
const IDENT: [u8; 7] = [0x7f, b'E', b'L', b'F', 2, 1, 1];
/// `ET_EXEC`, and `ET_DYN`: executables for any address, and libraries.
const TYPES: [u64; 2] = [2, 3];
/// `EM_X86_64` and `EM_AARCH64`.
const MACHINES: [u64; 2] = [62, 183];

/// Types of sections.
const NULL: u32 = 0;
const PROGBITS: u32 = 1;
const SYMTAB: u32 = 2;
const STRTAB: u32 = 3;
const RELA: u32 = 4;
const NOTE: u32 = 7;
const NOBITS: u32 = 8;
const REL: u32 = 9;
/// `SHT_AARCH64_ATTRIBUTES`: what the compiler promised.
const ATTRIBUTES: u32 = 0x7000_0003;
/// More sections than any program has, and a larger alignment of texts than any compiler asks for.
const MOST_SECTIONS: u64 = 1024;
const MOST_ALIGNED: usize = 4096;
/// Flags of sections.
const ALLOC: u64 = 0x2;
const MERGE_STRINGS: u64 = 0x30;
const INFO_LINK: u64 = 0x40;
const COMPRESSED: u64 = 0x800;

/// Whether a file begins like one.
pub fn is_elf(start: &[u8]) -> bool {
    start.starts_with(&IDENT)
}

/// The file without its symbol table, if it has one and is of the plain case.
pub fn strip(file: &[u8]) -> Option<Vec<u8>> {
    let parts = Parts::read(file)?;
    let loaded = parts.end_of_loaded(file)?;
    let gone = parts.removable(file)?;
    parts.is_plain(file, loaded, &gone)?;
    parts.write(file, loaded, &gone)
}

/// A section, as far as it counts here.
#[derive(Clone, Copy)]
struct Section {
    name: usize,
    kind: u32,
    flags: u64,
    offset: usize,
    size: usize,
    link: usize,
    info: usize,
    align: usize,
}

impl Section {
    fn is_loaded(&self) -> bool {
        self.flags & ALLOC != 0
    }

    /// Where it ends in the file.
    fn end(&self) -> Option<usize> {
        if self.kind == NOBITS { Some(self.offset) } else { self.offset.checked_add(self.size) }
    }
}

/// Where everything lies.
struct Parts {
    sections: Vec<Section>,
    /// Where the table of the sections begins.
    table: usize,
    /// The section with the sections' names.
    names: usize,
    /// Beginning and end of the segments, and of their table.
    segments: Vec<(usize, usize)>,
}

impl Parts {
    fn read(file: &[u8]) -> Option<Self> {
        let plain = is_elf(file)
            && TYPES.contains(&number(file, 16, 2)?)
            && MACHINES.contains(&number(file, 18, 2)?)
            && number(file, 52, 2)? == HEADER as u64
            && number(file, 54, 2)? == SEGMENT as u64
            && number(file, 58, 2)? == SECTION as u64;
        let (table, count, names) = (position(file, 40)?, number(file, 60, 2)?, number(file, 62, 2)?);
        if !plain || count == 0 || count > MOST_SECTIONS || names == 0 || names >= count {
            return None;
        }
        let at = |index: u64| table.checked_add(usize::try_from(index).ok()?.checked_mul(SECTION)?);
        let sections = (0..count).map(|index| section(file, at(index)?)).collect::<Option<Vec<_>>>()?;
        let (first, count) = (position(file, 32)?, usize::try_from(number(file, 56, 2)?).ok()?);
        let mut segments = vec![(first, first.checked_add(count.checked_mul(SEGMENT)?)?)];
        for index in 0..count {
            let at = first.checked_add(index * SEGMENT)?;
            let (offset, size) = (position(file, at.checked_add(8)?)?, position(file, at.checked_add(32)?)?);
            segments.push((offset, offset.checked_add(size)?));
        }
        Some(Self { sections, table, names: usize::try_from(names).ok()?, segments })
    }

    /// The end of what programs see of the file.
    fn end_of_loaded(&self, file: &[u8]) -> Option<usize> {
        let sections = self.sections.iter().filter(|section| section.is_loaded()).map(Section::end);
        let segments = self.segments.iter().map(|(_, end)| Some(*end));
        let ends = sections.chain(segments).collect::<Option<Vec<_>>>()?;
        ends.into_iter().max().filter(|end| (HEADER..=file.len()).contains(end))
    }

    /// The indexes of the sections that only debuggers read.
    fn removable(&self, file: &[u8]) -> Option<Vec<usize>> {
        let unloaded = self.sections.iter().enumerate().filter(|(_, section)| !section.is_loaded());
        let mut gone = Vec::new();
        for (index, section) in unloaded {
            match section.kind {
                SYMTAB => gone.extend([index, section.link]),
                PROGBITS if is_debug(self.name(file, section)?) => gone.push(index),
                _ => {}
            }
        }
        gone.sort_unstable();
        gone.dedup();
        Some(gone).filter(|gone| !gone.is_empty())
    }

    fn name<'a>(&self, file: &'a [u8], section: &Section) -> Option<&'a [u8]> {
        let names = self.sections.get(self.names)?;
        let text = file.get(names.offset.checked_add(section.name)?..names.end()?)?;
        text.split(|byte| *byte == 0).next()
    }

    /// Nothing when any of what the writing relies on does not hold.
    fn is_plain(&self, file: &[u8], loaded: usize, gone: &[usize]) -> Option<()> {
        let last_loaded = self.sections.iter().rposition(Section::is_loaded).unwrap_or_default();
        // Symbols of the loaded parts name sections by their numbers.
        let behind = gone.iter().all(|index| *index > last_loaded && *index != self.names);
        let rest = || self.sections.iter().enumerate().filter(|(_, section)| !section.is_loaded());
        let known = rest().all(|(index, section)| is_known(index, section) && section.align <= MOST_ALIGNED);
        let outside = rest().all(|(_, section)| section.kind == NULL || section.offset >= loaded);
        // A table of names that somebody else uses too must stay.
        let kept = |index: usize| !gone.contains(&index);
        let free = self.sections.iter().enumerate().filter(|(index, _)| kept(*index));
        let free = free.flat_map(|(_, section)| references(section)).all(kept);
        let names = gone.iter().all(|index| {
            self.sections.get(*index).is_some_and(|section| [SYMTAB, STRTAB, PROGBITS].contains(&section.kind))
        });
        (behind && known && outside && free && names && self.table >= loaded && self.is_whole(file, loaded)?)
            .then_some(())
    }

    /// Whether every byte behind what is loaded belongs to one part, or is padding.
    fn is_whole(&self, file: &[u8], loaded: usize) -> Option<bool> {
        let mut parts = vec![(self.table, self.table.checked_add(self.sections.len().checked_mul(SECTION)?)?)];
        for section in self.sections.iter().filter(|section| !section.is_loaded() && section.kind != NULL) {
            parts.push((section.offset, section.end()?));
        }
        parts.sort_unstable();
        let mut at = loaded;
        for (start, end) in parts {
            if start < at || file.get(at..start)?.iter().any(|byte| *byte != 0) {
                return Some(false);
            }
            at = end;
        }
        // Programs append what they find by the file's end.
        Some(at == file.len())
    }

    /// What is loaded byte by byte, then the sections that stay, then their table.
    fn write(&self, file: &[u8], loaded: usize, gone: &[usize]) -> Option<Vec<u8>> {
        let mut out = file.get(..loaded)?.to_vec();
        let mut table = Vec::new();
        let renumber = |index: usize| index - gone.iter().filter(|gone| **gone < index).count();
        for (index, section) in self.sections.iter().enumerate().filter(|(index, _)| !gone.contains(index)) {
            let at = self.table + index * SECTION;
            let mut head = file.get(at..at + SECTION)?.to_vec();
            if !section.is_loaded() && section.kind != NULL {
                let content = file.get(section.offset..section.end()?)?;
                out.resize(out.len().checked_next_multiple_of(section.align.max(1))?, 0);
                put(&mut head, 24, 8, out.len())?;
                out.extend_from_slice(content);
            }
            put(&mut head, 40, 4, renumber(section.link))?;
            if refers_by_info(section) {
                put(&mut head, 44, 4, renumber(section.info))?;
            }
            table.extend(head);
        }
        out.resize(out.len().next_multiple_of(8), 0);
        let (start, count) = (out.len(), table.len() / SECTION);
        out.extend(table);
        put(&mut out, 40, 8, start)?;
        put(&mut out, 60, 2, count)?;
        put(&mut out, 62, 2, renumber(self.names))?;
        Some(out).filter(|out| out.len() < file.len())
    }
}

/// Debugging information, plain or compressed.
fn is_debug(name: &[u8]) -> bool {
    name.starts_with(b".debug_") || name.starts_with(b".zdebug_")
}

/// What may lie behind the loaded parts: texts and notes that tell of the compiler, tables of names and
/// symbols, and nothing that says where something else lies.
fn is_known(index: usize, section: &Section) -> bool {
    match section.kind {
        NULL => index == 0,
        PROGBITS => section.flags & !(MERGE_STRINGS | COMPRESSED) == 0,
        SYMTAB | STRTAB | NOTE | ATTRIBUTES => section.flags & !MERGE_STRINGS == 0,
        _ => false,
    }
}

/// The numbers of sections that one names.
fn references(section: &Section) -> Vec<usize> {
    let mut all = vec![section.link];
    if refers_by_info(section) {
        all.push(section.info);
    }
    all.retain(|index| *index != 0);
    all
}

fn refers_by_info(section: &Section) -> bool {
    section.flags & INFO_LINK != 0 || section.kind == RELA || section.kind == REL
}

fn section(file: &[u8], at: usize) -> Option<Section> {
    let field = |offset: usize, size: usize| number(file, at.checked_add(offset)?, size);
    let index = |offset: usize| usize::try_from(field(offset, 4)?).ok();
    Some(Section {
        name: index(0)?,
        kind: u32::try_from(field(4, 4)?).ok()?,
        flags: field(8, 8)?,
        offset: position(file, at.checked_add(24)?)?,
        size: position(file, at.checked_add(32)?)?,
        link: index(40)?,
        info: index(44)?,
        align: position(file, at.checked_add(48)?)?,
    })
}

/// A number of the file, least byte first.
fn number(file: &[u8], at: usize, size: usize) -> Option<u64> {
    let bytes = file.get(at..at.checked_add(size)?)?;
    Some(bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

/// A place in the file, or a size.
fn position(file: &[u8], at: usize) -> Option<usize> {
    usize::try_from(number(file, at, 8)?).ok()
}

fn put(into: &mut [u8], at: usize, size: usize, value: usize) -> Option<()> {
    let bytes = (value as u64).to_le_bytes();
    into.get_mut(at..at + size)?.copy_from_slice(bytes.get(..size)?);
    Some(())
}

#[cfg(test)]
mod tests;
