//! Tar files whose bytes depend on nothing but what is in them.

use std::io::{self, Read, Write};

use tar::{EntryType, Header};

/// 1980-01-01T00:00:01Z: what pack and the lifecycle stamp on everything (buildpacks/pack, pkg/archive).
pub const TIME: u64 = 315_532_801;

/// One entry's head; owner and time are the same for all.
pub struct Entry<'a> {
    pub name: &'a [u8],
    pub kind: EntryType,
    pub mode: u32,
    pub size: u64,
    pub link: Option<&'a [u8]>,
}

/// Writes a tar, entry by entry, in the order that it is given.
pub struct Writer<W: Write> {
    into: W,
}

impl<W: Write> Writer<W> {
    pub fn new(into: W) -> Self {
        Self { into }
    }

    /// Writes one entry; `content` gives exactly `entry.size` bytes.
    pub fn append(&mut self, entry: &Entry<'_>, content: impl Read) -> io::Result<()> {
        if let Some(link) = entry.link.filter(|link| link.len() > 100) {
            self.long(EntryType::GNULongLink, link)?;
        }
        if entry.name.len() > 100 {
            self.long(EntryType::GNULongName, entry.name)?;
        }
        let mut header = header(entry.name, entry.kind, entry.mode, entry.size);
        if let Some(link) = entry.link {
            fill(&mut header.as_old_mut().linkname, link);
        }
        header.set_cksum();
        self.into.write_all(header.as_bytes())?;
        self.body(content, entry.size)
    }

    /// Names beyond the header's field stand in an entry before it (GNU tar's manual, "Basic Tar Format").
    fn long(&mut self, kind: EntryType, text: &[u8]) -> io::Result<()> {
        let size = text.len() as u64 + 1;
        let mut header = header(b"././@LongLink", kind, 0o644, size);
        header.set_cksum();
        self.into.write_all(header.as_bytes())?;
        self.body(text.chain(&b"\0"[..]), size)
    }

    fn body(&mut self, content: impl Read, size: u64) -> io::Result<()> {
        let copied = io::copy(&mut content.take(size), &mut self.into)?;
        if copied != size {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file became shorter while it was read"));
        }
        let rest = usize::try_from(size % 512).unwrap_or_default();
        if rest > 0 {
            self.into.write_all(&[0; 512][rest..])?;
        }
        Ok(())
    }

    /// Ends the tar and gives back what it was written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.into.write_all(&[0; 1024])?;
        Ok(self.into)
    }
}

fn header(name: &[u8], kind: EntryType, mode: u32, size: u64) -> Header {
    let mut header = Header::new_gnu();
    // The crate's own setter refuses absolute names, which layers of buildpacks have (docs/platforms.md R16).
    fill(&mut header.as_old_mut().name, name);
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(TIME);
    header.set_size(size);
    header
}

fn fill(field: &mut [u8], text: &[u8]) {
    let length = text.len().min(field.len());
    field[..length].copy_from_slice(&text[..length]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_absolute_names_come_back_as_they_were() {
        let name = format!("/cnb/{}/file", "x".repeat(200));
        let link = "y".repeat(150);
        let mut writer = Writer::new(Vec::new());
        let file = Entry { name: name.as_bytes(), kind: EntryType::Regular, mode: 0o644, size: 3, link: None };
        writer.append(&file, &b"abc"[..]).unwrap();
        let linked =
            Entry { name: b"/link", kind: EntryType::Symlink, mode: 0o777, size: 0, link: Some(link.as_bytes()) };
        writer.append(&linked, io::empty()).unwrap();
        let bytes = writer.finish().unwrap();

        let mut archive = tar::Archive::new(&bytes[..]);
        let entries: Vec<_> = archive.entries().unwrap().map(Result::unwrap).collect();
        assert_eq!(entries[0].path_bytes().as_ref(), name.as_bytes());
        assert_eq!(entries[0].header().mtime().unwrap(), TIME);
        assert_eq!(entries[1].link_name_bytes().unwrap().as_ref(), link.as_bytes());
    }

    #[test]
    fn a_file_that_shrinks_is_an_error() {
        let mut writer = Writer::new(Vec::new());
        let file = Entry { name: b"a", kind: EntryType::Regular, mode: 0o644, size: 9, link: None };
        assert!(writer.append(&file, &b"abc"[..]).is_err());
    }
}
