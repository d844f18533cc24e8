//! Hostile and broken archives, one test each. After each failure nothing
//! may lie beside or below the target.

use std::fs;
use std::io::{self, Read, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use tar::{EntryType, Header};

use super::*;
use crate::Error;

/// An entry as it stands in the archive, with nothing checked.
struct Raw(Vec<u8>);

impl Raw {
    fn new() -> Self {
        Self(Vec::new())
    }

    fn entry(mut self, kind: EntryType, name: &[u8], link: &[u8], mode: u32, data: &[u8]) -> Self {
        self.header(kind, name, link, mode, data.len() as u64);
        self.data(data);
        self
    }

    fn header(&mut self, kind: EntryType, name: &[u8], link: &[u8], mode: u32, size: u64) {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_size(size);
        header.as_old_mut().name[..name.len()].copy_from_slice(name);
        header.as_old_mut().linkname[..link.len()].copy_from_slice(link);
        header.set_cksum();
        self.0.extend_from_slice(header.as_bytes());
    }

    fn data(&mut self, data: &[u8]) {
        self.0.extend_from_slice(data);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
    }

    fn file(self, name: &str, data: &str) -> Self {
        self.entry(EntryType::Regular, name.as_bytes(), b"", 0o644, data.as_bytes())
    }

    fn folder(self, name: &str, mode: u32) -> Self {
        self.entry(EntryType::Directory, name.as_bytes(), b"", mode, b"")
    }

    fn link(self, name: &str, target: &str) -> Self {
        self.entry(EntryType::Symlink, name.as_bytes(), target.as_bytes(), 0o777, b"")
    }

    fn hard(self, name: &str, target: &str) -> Self {
        self.entry(EntryType::Link, name.as_bytes(), target.as_bytes(), 0o644, b"")
    }

    fn end(mut self) -> Vec<u8> {
        self.0.extend_from_slice(&[0; 1024]);
        self.0
    }
}

struct Attempt {
    folder: tempfile::TempDir,
    outcome: crate::Result<()>,
}

impl Attempt {
    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join("box/root").join(name)
    }

    fn text(&self, name: &str) -> String {
        self.outcome.as_ref().unwrap();
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The error's id, after a look around for anything that was left behind.
    fn refused(self) -> &'static str {
        let error: Error = self.outcome.expect_err("it must be refused");
        assert_eq!(fs::read_to_string(self.folder.path().join("secret")).unwrap(), "secret");
        assert_eq!(fs::read_dir(self.folder.path()).unwrap().count(), 2, "nothing beside the box");
        assert_eq!(fs::read_dir(self.folder.path().join("box")).unwrap().count(), 0, "nothing in the box");
        error.id()
    }
}

fn attempt_with(archive: impl Read, options: Unpack<'_>) -> Attempt {
    let folder = tempfile::tempdir().unwrap();
    crate::fs::write(&folder.path().join("secret"), "secret").unwrap();
    crate::fs::create_dir(&folder.path().join("box")).unwrap();
    let outcome = unpack(archive, &folder.path().join("box/root"), options);
    Attempt { folder, outcome }
}

fn attempt(raw: Raw) -> Attempt {
    attempt_with(raw.end().as_slice(), Unpack::default())
}

fn strip(count: usize) -> Unpack<'static> {
    Unpack { strip_components: count, ..Unpack::default() }
}

#[test]
fn a1_a2_names_that_lead_outside() {
    for name in ["../secret", "a/../../secret", "../../etc/passwd", "/etc/passwd", "/", "a/.."] {
        assert_eq!(attempt(Raw::new().file(name, "evil")).refused(), "archive/unsafe-entry", "{name}");
    }
}

#[test]
fn a3_a4_files_through_links_that_the_archive_brought() {
    for target in ["..", "../..", "/", "/etc", "a/../../..", "./.."] {
        let archive = Raw::new().link("out", target).file("out/secret", "evil");
        assert_eq!(attempt(archive).refused(), "archive/unsafe-entry", "{target}");
    }
    // Also a link that stays inside is not written through.
    let archive = Raw::new().folder("real", 0o755).link("alias", "real").file("alias/file", "x");
    assert_eq!(attempt(archive).refused(), "archive/unsafe-entry");
}

#[test]
fn a3_links_that_only_together_lead_outside() {
    // `here` is the root itself, so that three steps down and three up are three steps up.
    let archive =
        Raw::new().folder("d", 0o755).link("d/here", ".").link("d/x", "here/here/../../../secret").file("z", "z");
    assert_eq!(attempt(archive).refused(), "archive/unsafe-entry");
    let harmless = Raw::new().file("lib/tool", "tool").link("bin/tool", "../share/../lib/tool").folder("share", 0o755);
    assert_eq!(attempt(harmless).text("bin/tool"), "tool");
}

#[test]
fn a5_a6_hard_links_outside_or_to_nothing() {
    for target in ["../secret", "/etc/passwd", "missing", "missing/file", "self"] {
        let archive = Raw::new().file("first", "1").hard("self", target);
        assert_eq!(attempt(archive).refused(), "archive/unsafe-entry", "{target}");
    }
    let through = Raw::new().folder("d", 0o755).file("d/file", "1").link("alias", "d").hard("copy", "alias/file");
    assert_eq!(attempt(through).refused(), "archive/unsafe-entry");
    let stripped = Raw::new().file("top/one", "1").hard("top/two", "top/one").end();
    let attempt = attempt_with(stripped.as_slice(), strip(1));
    assert_eq!(attempt.text("two"), "1");
    assert_eq!(fs::metadata(attempt.path("one")).unwrap().nlink(), 2);
}

#[test]
fn a7_a_circle_of_links_is_just_links() {
    let attempt = attempt(Raw::new().link("a", "b").link("b", "a").link("c", "c/../c"));
    attempt.outcome.as_ref().unwrap();
    assert_eq!(fs::read_link(attempt.path("a")).unwrap(), Path::new("b"));
}

#[test]
fn a8_the_last_of_two_entries_with_one_name_counts_and_nothing_is_written_through() {
    let file_then_link = attempt(Raw::new().file("x", "1").link("x", "y").file("y", "2"));
    assert_eq!(file_then_link.text("x"), "2");
    let link_then_file = attempt(Raw::new().file("y", "2").link("x", "y").file("x", "1"));
    assert_eq!((link_then_file.text("x"), link_then_file.text("y")), ("1".into(), "2".into()));
    let link_then_folder = attempt(Raw::new().folder("y", 0o755).link("x", "y").folder("x", 0o755).file("x/f", "1"));
    assert_eq!(link_then_folder.text("x/f"), "1");
    assert!(!link_then_folder.path("y/f").exists());
    let hard_then_file = attempt(Raw::new().file("a", "1").hard("b", "a").file("b", "2"));
    assert_eq!((hard_then_file.text("a"), hard_then_file.text("b")), ("1".into(), "2".into()));
    let folder_then_link = attempt(Raw::new().folder("d", 0o755).file("d/f", "1").link("d", "."));
    assert_eq!(folder_then_link.refused(), "archive/unsafe-entry");
    let file_then_below = attempt(Raw::new().file("d", "1").file("d/f", "1"));
    assert_eq!(file_then_below.refused(), "archive/unsafe-entry");
}

#[test]
fn a9_a10_the_owner_can_always_write_and_nobody_becomes_somebody_else() {
    let archive = Raw::new()
        .entry(EntryType::Regular, b"d/tool", b"", 0o6755, b"x")
        .entry(EntryType::Regular, b"d/closed", b"", 0, b"x")
        .entry(EntryType::Regular, b"d/open", b"", 0o666, b"x")
        .folder("d", 0)
        .folder("sticky", 0o1777);
    let attempt = attempt(archive);
    attempt.outcome.as_ref().unwrap();
    let mode = |name| fs::metadata(attempt.path(name)).unwrap().permissions().mode() & 0o7777;
    assert_eq!(["d/tool", "d/closed", "d/open", "d", "sticky"].map(mode), [0o755, 0o400, 0o666, 0o700, 0o777]);
}

#[test]
fn a11_devices_pipes_and_unknown_types() {
    for kind in [EntryType::Block, EntryType::Char, EntryType::Fifo, EntryType::new(b'Z')] {
        assert_eq!(
            attempt(Raw::new().file("a", "1").entry(kind, b"dev", b"", 0o644, b"")).refused(),
            "archive/unsafe-entry"
        );
    }
}

#[test]
fn a12_long_names_come_whole_and_overlong_ones_are_named() {
    let long = format!("{}/file", "n".repeat(200));
    let archive =
        Raw::new().entry(EntryType::GNULongName, b"././@LongLink", b"", 0o644, long.as_bytes()).file("short", "1");
    assert_eq!(attempt(archive).text(&long), "1");
    let record = |text: &str| format!("{} {text}\n", text.len() + 2 + (text.len() + 4).to_string().len());
    let pax = record(&format!("path={long}"));
    let archive = Raw::new().entry(EntryType::XHeader, b"pax", b"", 0o644, pax.as_bytes()).file("short", "1");
    assert_eq!(attempt(archive).text(&long), "1");
    let endless = "n/".repeat(150) + &"n".repeat(5000);
    let archive =
        Raw::new().entry(EntryType::GNULongName, b"././@LongLink", b"", 0o644, endless.as_bytes()).file("short", "1");
    assert_eq!(attempt(archive).refused(), "archive/write");
}

#[test]
fn a13_the_pax_size_counts_so_that_no_entry_hides_in_another() {
    // By its header the file is empty and what follows is an entry; by its record it is the file's content.
    let mut hidden = Raw::new();
    hidden.header(EntryType::Regular, b"hidden", b"", 0o644, 0);
    let archive = Raw::new().entry(EntryType::XHeader, b"pax", b"", 0o644, b"12 size=512\n");
    let mut archive = archive.file("outer", "");
    archive.data(&hidden.0);
    let attempt = attempt(archive.file("after", "1"));
    assert_eq!(attempt.text("after"), "1");
    assert!(!attempt.path("hidden").exists());
    assert_eq!(fs::metadata(attempt.path("outer")).unwrap().len(), 512);
}

#[test]
fn a14_broken_pax_records() {
    for record in ["9 path=ab", "999999999999 path=x\n", "x path=y\n", "path\n"] {
        let archive = Raw::new().entry(EntryType::XHeader, b"pax", b"", 0o644, record.as_bytes()).file("name", "1");
        assert_eq!(attempt(archive).refused(), "archive/damaged", "{record:?}");
    }
}

#[test]
fn a15_archives_that_end_too_early() {
    let noise: Vec<u8> = (0..200_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let tar = Raw::new().file("a", "1").entry(EntryType::Regular, b"big", b"", 0o644, &noise).end();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&tar).unwrap();
    let mut xz = liblzma::write::XzEncoder::new(Vec::new(), 0);
    xz.write_all(&tar).unwrap();
    for whole in
        [tar.clone(), gzip.finish().unwrap(), xz.finish().unwrap(), zstd::encode_all(tar.as_slice(), 1).unwrap()]
    {
        for cut in [whole.len() / 2, whole.len() - 1] {
            // Only the last byte of the end mark is missing: nothing is lost.
            if whole[..6] == tar[..6] && cut == whole.len() - 1 {
                continue;
            }
            assert_eq!(
                attempt_with(&whole[..cut], Unpack::default()).refused(),
                "archive/damaged",
                "{cut} of {}",
                whole.len()
            );
        }
    }
}

#[test]
fn a16_garbage_behind_a_compressed_archive() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&Raw::new().file("a", "1").end()).unwrap();
    let archive = [gzip.finish().unwrap(), b"garbage that is no member".to_vec()].concat();
    assert_eq!(attempt_with(archive.as_slice(), Unpack::default()).refused(), "archive/damaged");
}

#[test]
fn a17_bombs_of_bytes_of_entries_and_of_depth() {
    let limits = Limits { entries: 100, bytes: 10_000, depth: 5 };
    let bounded = || Unpack { limits, ..Unpack::default() };
    let refused = |raw: Raw| attempt_with(raw.end().as_slice(), bounded()).refused();
    let mut claims = Raw::new();
    claims.header(EntryType::Regular, b"big", b"", 0o644, 10_001);
    assert_eq!(refused(claims), "archive/limit");
    assert_eq!(refused((0..101).fold(Raw::new(), |raw, number| raw.file(&number.to_string(), ""))), "archive/limit");
    assert_eq!(refused(Raw::new().folder("1/2/3/4/5/6", 0o755)), "archive/limit");
    // A gigabyte that says it is a name: only the allowance stops it.
    let mut name = Raw::new();
    name.header(EntryType::GNULongName, b"././@LongLink", b"", 0o644, 1 << 30);
    let bomb = io::Cursor::new(name.0).chain(io::repeat(b'n').take(1 << 30));
    assert_eq!(attempt_with(bomb, Unpack::default()).refused(), "archive/limit");
    // So does a link with a gigabyte of data, and zeros without end behind the end mark.
    let mut link = Raw::new();
    link.header(EntryType::Symlink, b"link", b"x", 0o644, 1 << 30);
    let bomb = io::Cursor::new(link.0).chain(io::repeat(b'n').take(1 << 30));
    assert_eq!(attempt_with(bomb, Unpack::default()).refused(), "archive/limit");
    let bomb = io::Cursor::new(Raw::new().file("a", "1").end()).chain(io::repeat(0).take(1 << 30));
    assert_eq!(attempt_with(bomb, Unpack::default()).refused(), "archive/limit");
}

#[test]
fn a18_names_of_any_bytes_stay_as_they_are() {
    for name in
        [&b"\xff\xfe"[..], b"line\nbreak", b"\x1b[31m", "e\u{301}".as_bytes(), "\u{e9}".as_bytes(), b"CASE", b"case"]
    {
        let attempt = attempt(Raw::new().entry(EntryType::Regular, name, b"", 0o644, b"1"));
        attempt.outcome.as_ref().unwrap();
        let names: Vec<_> = fs::read_dir(attempt.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names.iter().map(|name| name.as_bytes()).collect::<Vec<_>>(), [name]);
    }
    let error = attempt(Raw::new().entry(EntryType::Fifo, b"\x1b[31m\n", b"", 0o644, b"")).outcome.unwrap_err();
    assert!(!error.message().chars().any(char::is_control), "{error}");
}

#[test]
fn a19_empty_archives_are_empty_folders_but_stripping_all_away_is_a_mistake() {
    attempt(Raw::new()).outcome.unwrap();
    attempt_with(Raw::new().folder("top", 0o755).end().as_slice(), strip(1)).outcome.unwrap();
    assert_eq!(attempt_with(Raw::new().file("a/b", "1").end().as_slice(), strip(2)).refused(), "archive/nothing-left");
    assert_eq!(attempt_with(&b""[..], Unpack::default()).refused(), "archive/unknown-format");
}

#[test]
fn a20_what_is_no_archive_is_named() {
    let page = b"\n<!DOCTYPE html><title>Log in</title>".repeat(40);
    for (bytes, what) in [
        (page.as_slice(), "web page"),
        (b"BZh91AY&SY", "bzip2"),
        (b"\x7fELF", "no known format"),
        (&[b'x'; 4096], "no known format"),
    ] {
        let attempt = attempt_with(bytes, Unpack::default());
        assert!(attempt.outcome.as_ref().unwrap_err().message().contains(what));
        assert_eq!(attempt.refused(), "archive/unknown-format");
    }
}
