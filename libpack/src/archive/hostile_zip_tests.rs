//! Zip archives: good ones, and what `hostile_tests.rs` does to tar.

use std::fs;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::*;
use crate::Error;

const FILE: u32 = 0o100_644;
const FOLDER: u32 = 0o040_755;
const LINK: u32 = 0o120_777;
const UNIX: u8 = 3;
const DOS: u8 = 0;

/// An entry as it stands in the archive, with nothing checked.
#[derive(Clone)]
struct Item {
    name: Vec<u8>,
    data: Vec<u8>,
    mode: u32,
    system: u8,
    method: u16,
    flags: u16,
    /// What it says, whatever is true.
    says: Option<u32>,
    checksum: Option<u32>,
}

impl Item {
    fn new(name: &[u8], mode: u32, data: &[u8]) -> Self {
        let (name, data) = (name.to_vec(), data.to_vec());
        Self { name, data, mode, system: UNIX, method: 8, flags: 0, says: None, checksum: None }
    }

    /// The fields that stand in both headers.
    fn common(&self, stored: &[u8]) -> Vec<u8> {
        let mut crc = flate2::Crc::new();
        crc.update(&self.data);
        let mut common = Vec::new();
        for field in [20, self.flags, self.method, 0, 0x21] {
            common.extend(field.to_le_bytes());
        }
        let size = u32::try_from(self.data.len()).unwrap();
        for field in
            [self.checksum.unwrap_or(crc.sum()), u32::try_from(stored.len()).unwrap(), self.says.unwrap_or(size)]
        {
            common.extend(field.to_le_bytes());
        }
        common.extend(u16::try_from(self.name.len()).unwrap().to_le_bytes());
        common.extend([0, 0]);
        common
    }

    fn stored(&self) -> Vec<u8> {
        if self.method != 8 {
            return self.data.clone();
        }
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&self.data).unwrap();
        encoder.finish().unwrap()
    }
}

fn file(name: &str, data: &str) -> Item {
    Item::new(name.as_bytes(), FILE, data.as_bytes())
}

fn link(name: &str, target: &str) -> Item {
    Item::new(name.as_bytes(), LINK, target.as_bytes())
}

fn folder(name: &str) -> Item {
    Item::new(name.as_bytes(), FOLDER, b"")
}

fn zip(items: &[Item]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for item in items {
        let stored = item.stored();
        let common = item.common(&stored);
        let start = u32::try_from(bytes.len()).unwrap();
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&common);
        bytes.extend(&item.name);
        bytes.extend(&stored);
        directory.extend(b"PK\x01\x02");
        directory.extend([20, item.system]);
        directory.extend(&common);
        directory.extend([0; 6]);
        directory.extend((item.mode << 16).to_le_bytes());
        directory.extend(start.to_le_bytes());
        directory.extend(&item.name);
    }
    let start = u32::try_from(bytes.len()).unwrap();
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    let count = u16::try_from(items.len()).unwrap();
    bytes.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    bytes.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

struct Attempt {
    folder: tempfile::TempDir,
    outcome: crate::Result<()>,
}

impl Attempt {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("box/root").join(name)
    }

    fn text(&self, name: &str) -> String {
        self.outcome.as_ref().unwrap();
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn mode(&self, name: &str) -> u32 {
        fs::metadata(self.path(name)).unwrap().permissions().mode() & 0o7777
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

fn attempt_with(archive: &[u8], options: Unpack<'_>) -> Attempt {
    let folder = tempfile::tempdir().unwrap();
    crate::fs::write(&folder.path().join("secret"), "secret").unwrap();
    crate::fs::create_dir(&folder.path().join("box")).unwrap();
    let outcome = unpack(archive, &folder.path().join("box/root"), options);
    Attempt { folder, outcome }
}

fn attempt(items: &[Item]) -> Attempt {
    attempt_with(&zip(items), Unpack::default())
}

#[test]
fn modes_and_links_come_back_from_the_external_attributes() {
    let items = [
        folder("bin/"),
        Item::new(b"bin/tool", 0o100_755, b"tool"),
        file("share/text", "text"),
        link("bin/alias", "tool"),
        Item { method: 0, ..file("stored", "as it is") },
        Item { mode: 0, ..file("plain", "") },
        Item { system: DOS, mode: 0, ..file("dos", "d") },
        Item { system: DOS, mode: 0, ..folder("empty/") },
        Item::new(b"by-mode", FOLDER, b""),
    ];
    let attempt = attempt(&items);
    assert_eq!((attempt.text("bin/alias"), attempt.text("stored")), ("tool".into(), "as it is".into()));
    assert_eq!(fs::read_link(attempt.path("bin/alias")).unwrap(), Path::new("tool"));
    assert_eq!(["bin", "bin/tool", "share", "share/text"].map(|name| attempt.mode(name)), [0o755, 0o755, 0o755, 0o644]);
    assert_eq!(["plain", "dos", "empty"].map(|name| attempt.mode(name)), [0o644, 0o644, 0o755]);
    assert!(attempt.path("by-mode").is_dir());
}

#[test]
fn a_file_and_a_stream_give_the_same_tree() {
    let items = [file("a@v1/b/_go.mod", "module b"), Item::new(b"a@v1/b/run", 0o100_755, b"x"), file("a@v1/c", "c")];
    let names: Rename = |name| (name == "_go.mod").then(|| "go.mod".into());
    let keep = |path: &Path| path != Path::new("c");
    let options = Unpack { strip_components: 1, names: Some(names), keep: Some(&keep), ..Unpack::default() };
    let place = tempfile::tempdir().unwrap();
    crate::fs::write(&place.path().join("a.zip"), zip(&items)).unwrap();
    unpack_file(&place.path().join("a.zip"), &place.path().join("one"), options).unwrap();
    unpack(zip(&items).as_slice(), &place.path().join("two"), options).unwrap();
    for root in ["one", "two"] {
        let root = place.path().join(root);
        assert_eq!(fs::read_to_string(root.join("b/go.mod")).unwrap(), "module b");
        assert_eq!(fs::metadata(root.join("b/run")).unwrap().permissions().mode() & 0o777, 0o755);
        assert!(!root.join("b/_go.mod").exists() && !root.join("c").exists());
    }
    crate::fs::create_dir(&place.path().join("over")).unwrap();
    unpack_over(zip(&items).as_slice(), &place.path().join("over"), options).unwrap();
    assert!(place.path().join("over/b/go.mod").exists());
}

#[test]
fn a1_a2_names_that_lead_outside() {
    for name in ["../secret", "a/../../secret", "/etc/passwd", "a/..", "..", "/"] {
        assert_eq!(attempt(&[file(name, "evil")]).refused(), "archive/unsafe-entry", "{name}");
    }
}

#[test]
fn a3_a4_links_that_lead_outside_and_files_through_links() {
    for target in ["..", "../secret", "/etc", "a/../../.."] {
        let items = [link("out", target), file("out/secret", "evil")];
        assert_eq!(attempt(&items).refused(), "archive/unsafe-entry", "{target}");
    }
    let inside = [folder("real/"), link("alias", "real"), file("alias/file", "x")];
    assert_eq!(attempt(&inside).refused(), "archive/unsafe-entry");
    let winding = [folder("d/"), link("d/here", "."), link("d/x", "here/here/../../../secret")];
    assert_eq!(attempt(&winding).refused(), "archive/unsafe-entry");
    assert_eq!(attempt(&[link("empty", "")]).refused(), "archive/unsafe-entry");
    assert_eq!(attempt(&[link("long", &"n/".repeat(2049))]).refused(), "archive/damaged");
}

#[test]
fn a8_of_two_entries_with_one_name_the_last_counts() {
    assert_eq!(attempt(&[file("x", "1"), file("x", "2")]).text("x"), "2");
    assert_eq!(attempt(&[file("d", "1"), file("d/f", "1")]).refused(), "archive/unsafe-entry");
    assert_eq!(attempt(&[folder("d/"), file("d/f", "1"), link("d", ".")]).refused(), "archive/unsafe-entry");
}

#[test]
fn a9_a10_a11_nobody_becomes_somebody_else() {
    let attempted = attempt(&[Item::new(b"tool", 0o106_755, b"x"), Item::new(b"closed", 0o100_000, b"x")]);
    attempted.outcome.as_ref().unwrap();
    assert_eq!(["tool", "closed"].map(|name| attempted.mode(name)), [0o755, 0o400]);
    for kind in [0o010_644, 0o020_644, 0o060_644, 0o140_644] {
        assert_eq!(attempt(&[file("a", "1"), Item::new(b"dev", kind, b"")]).refused(), "archive/unsafe-entry");
    }
}

#[test]
fn a13_a15_what_is_not_as_it_says_is_damaged() {
    for says in [0, 2, 4, 400_000] {
        let lies = Item { says: Some(says), ..file("a", "abc") };
        for method in [0, 8] {
            let outcome = attempt(&[Item { method, ..lies.clone() }]);
            assert_eq!(outcome.refused(), "archive/damaged", "{says} {method}");
        }
    }
    assert_eq!(attempt(&[Item { checksum: Some(7), ..file("a", "abc") }]).refused(), "archive/damaged");
    let whole = zip(&[file("a", "abcabc"), file("b", "b")]);
    for cut in 4..whole.len() {
        assert_eq!(attempt_with(&whole[..cut], Unpack::default()).refused(), "archive/damaged", "{cut}");
    }
}

#[test]
fn a_byte_that_changed_never_ends_the_program() {
    let items = [file("a/b", "abcabc"), link("l", "a/b"), folder("d/")];
    let whole = zip(&items);
    for at in 0..whole.len() {
        for change in [0x01, 0xff] {
            let mut broken = whole.clone();
            broken[at] ^= change;
            let attempt = attempt_with(&broken, Unpack::default());
            if attempt.outcome.is_err() {
                attempt.refused();
            }
        }
    }
}

#[test]
fn a17_bombs_of_bytes_of_entries_and_of_depth() {
    let limits = Limits { entries: 100, bytes: 10_000, depth: 5 };
    let refused = |items: &[Item]| attempt_with(&zip(items), Unpack { limits, ..Unpack::default() }).refused();
    assert_eq!(refused(&[Item { says: Some(10_001), ..file("big", "") }]), "archive/limit");
    assert_eq!(refused(&[file("a", &"a".repeat(6000)), file("b", &"b".repeat(6000))]), "archive/limit");
    assert_eq!(refused(&(0..101).map(|number| file(&number.to_string(), "")).collect::<Vec<_>>()), "archive/limit");
    assert_eq!(refused(&[folder("1/2/3/4/5/6/")]), "archive/limit");
    // What has no end is not written to the disk for ever.
    let limits = Limits { bytes: 1 << 20, ..Limits::default() };
    let endless = std::io::Read::chain(&b"PK\x03\x04"[..], std::io::repeat(0));
    let place = tempfile::tempdir().unwrap();
    let error = unpack(endless, &place.path().join("root"), Unpack { limits, ..Unpack::default() }).unwrap_err();
    assert_eq!(error.id(), "archive/limit");
}

#[test]
fn a18_names_of_any_bytes_stay_as_they_are() {
    for name in [&b"\xff\xfe"[..], b"line\nbreak", b"\x1b[31m", "\u{e9}".as_bytes(), b"a\\b"] {
        let attempt = attempt(&[Item::new(name, FILE, b"1")]);
        attempt.outcome.as_ref().unwrap();
        let names: Vec<_> = fs::read_dir(attempt.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names.iter().map(|name| name.as_bytes()).collect::<Vec<_>>(), [name]);
    }
    assert_eq!(attempt(&[file("a\0b", "1")]).refused(), "archive/unsafe-entry");
}

#[test]
fn a19_empty_archives_are_empty_folders_but_stripping_all_away_is_a_mistake() {
    attempt(&[]).outcome.unwrap();
    let strip = Unpack { strip_components: 2, ..Unpack::default() };
    assert_eq!(attempt_with(&zip(&[file("a/b", "1")]), strip).refused(), "archive/nothing-left");
}

#[test]
fn what_needs_a_password_or_another_method_is_named() {
    for (item, what) in [
        (Item { flags: 1, ..file("a", "abc") }, "password"),
        (Item { method: 12, ..file("a", "abc") }, "another compression"),
    ] {
        let attempt = attempt(&[item]);
        let error = attempt.outcome.as_ref().unwrap_err();
        assert!(error.message().contains(what), "{error}");
        assert_eq!(attempt.refused(), "archive/unknown-format");
    }
}
