//! Single entries of a zip archive, for what is asked about an archive without unpacking it: a manifest, the
//! names of classes, coordinates of a library.

use std::borrow::Cow;
use std::fs::File;
use std::io::{Cursor, Read, Seek};
use std::path::Path;

use zip::ZipArchive;

use super::meter::{Allowance, Meter};
use super::window::Window;
use crate::{Error, Result};

/// The most that is read of one entry, in bytes: a library in an application is smaller, and what is larger is
/// unpacked, not read.
const LIMIT: u64 = 512 * 1024 * 1024;
/// The most that is read of an archive's directory, in bytes: 300,000 entries, far above any application. All are
/// held in memory, and a few bytes of a nested archive unpack to as many as they like.
const DIRECTORY: u64 = 32 * 1024 * 1024;
/// What is set aside in memory because an archive says so, in bytes.
const ROOM: u64 = 64 * 1024 * 1024;

/// Both kinds of what an archive is read from.
trait Source: Read + Seek {}
impl<T: Read + Seek> Source for T {}

/// An open zip archive (zip, jar, war).
pub struct ZipReader {
    archive: ZipArchive<Meter<Box<dyn Source>>>,
}

/// An entry, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZipEntry {
    /// Its whole name, `META-INF/MANIFEST.MF`; folders end in `/`.
    pub name: String,
    /// Its size when unpacked, in bytes, as the archive says.
    pub size: u64,
}

impl ZipReader {
    /// Opens a file. None when it is no zip archive, or a damaged one.
    ///
    /// Errors: `archive/unreadable` when the file itself cannot be read.
    pub fn open(path: &Path) -> Result<Option<Self>> {
        let unread =
            |error| Error::user("archive/unreadable", format!("could not read {}", path.display())).because(error);
        let window = File::open(path).and_then(Window::new).map_err(unread)?;
        Ok(Self::of(Box::new(window)))
    }

    /// Opens an archive in memory, such as a library inside an application.
    pub fn of_bytes(bytes: Vec<u8>) -> Option<Self> {
        Self::of(Box::new(Cursor::new(bytes)))
    }

    fn of(source: Box<dyn Source>) -> Option<Self> {
        let allowance = Allowance::default();
        allowance.set(DIRECTORY);
        let archive = ZipArchive::new(Meter::new(source, allowance.clone())).ok()?;
        allowance.set(u64::MAX);
        Some(Self { archive })
    }

    /// The names of all entries, in the order of the archive's directory.
    pub fn names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.archive.file_names().filter_map(std::result::Result::ok)
    }

    /// All entries, in the order of the archive's directory.
    pub fn entries(&mut self) -> Vec<ZipEntry> {
        let count = self.archive.len();
        let one = |index| {
            let entry = self.archive.by_index_raw(index).ok()?;
            Some(ZipEntry { name: entry.name().ok()?.into_owned(), size: entry.size() })
        };
        (0..count).filter_map(one).collect()
    }

    /// The content of an entry. None when there is no such entry, or one that cannot be read.
    pub fn read(&mut self, name: &str) -> Option<Vec<u8>> {
        self.read_within(name, LIMIT)
    }

    /// The content of an entry of at most so many bytes. None when it is larger, whatever the archive says, or
    /// cannot be read.
    pub fn read_within(&mut self, name: &str, most: u64) -> Option<Vec<u8>> {
        let entry = self.archive.by_name(name).ok()?;
        if entry.size() > most {
            return None;
        }
        let mut content = Vec::with_capacity(usize::try_from(entry.size().min(ROOM)).ok()?);
        let read = entry.take(most + 1).read_to_end(&mut content).ok()?;
        (u64::try_from(read).ok()? <= most).then_some(content)
    }

    /// The text of an entry, with what is no UTF-8 replaced.
    pub fn read_text(&mut self, name: &str) -> Option<String> {
        Some(String::from_utf8_lossy(&self.read(name)?).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;
    use crate::fs;

    fn archive(entries: &[(&str, &str)]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in entries {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn entries_are_read_one_by_one_from_a_file_and_from_memory() {
        let scratch = fs::scratch().unwrap();
        let path = scratch.path().join("app.jar");
        let bytes = archive(&[("META-INF/MANIFEST.MF", "Main-Class: App\n"), ("App.class", "\u{cafe}")]);
        fs::write(&path, &bytes).unwrap();
        for mut jar in [ZipReader::open(&path).unwrap().unwrap(), ZipReader::of_bytes(bytes).unwrap()] {
            assert_eq!(jar.names().collect::<Vec<_>>(), ["META-INF/MANIFEST.MF", "App.class"]);
            assert_eq!(jar.entries()[0].size, 16);
            assert_eq!(jar.read_text("META-INF/MANIFEST.MF").unwrap(), "Main-Class: App\n");
            assert!(jar.read("Other.class").is_none());
        }
    }

    /// The directory alone is 40 MB, most of it names.
    #[test]
    fn a_directory_without_end_is_no_archive_of_ours() {
        let names: Vec<String> = (0..700).map(|at| format!("{at}{}", "n".repeat(60_000))).collect();
        let entries: Vec<(&str, &str)> = names.iter().map(|name| (&**name, "")).collect();
        assert!(ZipReader::of_bytes(archive(&entries)).is_none());
        assert!(ZipReader::of_bytes(archive(&entries[..400])).is_some());
    }

    #[test]
    fn an_entry_is_read_only_within_its_limit() {
        let mut jar = ZipReader::of_bytes(archive(&[("a", "12345")])).unwrap();
        assert_eq!(jar.read_within("a", 5).unwrap(), b"12345");
        assert!(jar.read_within("a", 4).is_none());
    }

    #[test]
    fn an_archive_behind_a_start_script_is_read_and_unpacked() {
        let scratch = fs::scratch().unwrap();
        let path = scratch.path().join("app.jar");
        fs::write(&path, [b"#!/bin/sh\n".as_slice(), &archive(&[("a/b", "content")])].concat()).unwrap();
        assert_eq!(ZipReader::open(&path).unwrap().unwrap().read_text("a/b").unwrap(), "content");
        let root = scratch.path().join("out");
        crate::archive::unzip_file(&path, &root, crate::archive::Unpack::default()).unwrap();
        assert_eq!(fs::read_text(&root.join("a/b")).unwrap(), "content");
    }

    #[test]
    fn what_is_no_archive_is_none_and_what_is_no_file_is_an_error() {
        let scratch = fs::scratch().unwrap();
        let path = scratch.path().join("app.jar");
        fs::write(&path, "PK, says the text").unwrap();
        assert!(ZipReader::open(&path).unwrap().is_none());
        assert_eq!(
            ZipReader::open(scratch.path().join("gone.jar").as_path()).err().unwrap().id(),
            "archive/unreadable"
        );
        let mut cut = archive(&[("a", "content of a")]);
        cut.truncate(cut.len() - 10);
        assert!(ZipReader::of_bytes(cut).is_none());
    }
}
