//! Archives and rows of dependencies that exist in the test only.

use std::io::Write as _;
use std::path::Path;

use tar::{EntryType, Header};
use toml::{Table, Value};
use zip::write::SimpleFileOptions;

/// An archive, entry by entry.
///
/// Names are written as they are given, so a test can also make one that climbs out of its root.
#[derive(Default)]
pub struct Archive {
    tar: Vec<u8>,
}

impl Archive {
    /// Without entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file that everybody may read (0644).
    pub fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        self.entry(EntryType::Regular, name, "", 0o644, content.as_ref())
    }

    /// Adds a file that everybody may run (0755).
    pub fn program(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        self.entry(EntryType::Regular, name, "", 0o755, content.as_ref())
    }

    /// Adds a symbolic link.
    pub fn symlink(self, name: &str, target: &str) -> Self {
        self.entry(EntryType::Symlink, name, target, 0o777, b"")
    }

    fn entry(mut self, kind: EntryType, name: &str, link: &str, mode: u32, content: &[u8]) -> Self {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_size(content.len() as u64);
        for (field, text) in [(0, name), (1, link)] {
            let old = header.as_old_mut();
            let field = if field == 0 { &mut old.name } else { &mut old.linkname };
            // The field has 100 bytes: names of tests are shorter.
            let length = text.len().min(field.len());
            field[..length].copy_from_slice(&text.as_bytes()[..length]);
        }
        header.set_cksum();
        self.tar.extend_from_slice(header.as_bytes());
        self.tar.extend_from_slice(content);
        self.tar.resize(self.tar.len().next_multiple_of(512), 0);
        self
    }

    /// The archive without compression.
    pub fn tar(&self) -> Vec<u8> {
        let mut tar = self.tar.clone();
        tar.resize(tar.len() + 1024, 0);
        tar
    }

    /// The archive as `.tar.gz`.
    ///
    /// # Panics
    /// Never: memory takes every byte.
    #[allow(clippy::expect_used)]
    pub fn gz(&self) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&self.tar()).expect("memory");
        encoder.finish().expect("memory")
    }

    /// The archive as `.tar.zst`.
    ///
    /// # Panics
    /// Never: memory takes every byte.
    #[allow(clippy::expect_used)]
    pub fn zst(&self) -> Vec<u8> {
        zstd::encode_all(&*self.tar(), 1).expect("memory")
    }

    /// The archive as `.zip`, as the Go module proxy serves it: with modes, without folders of their own.
    ///
    /// # Panics
    /// Never: memory takes every byte.
    #[allow(clippy::expect_used)]
    pub fn zip(&self) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let tar = self.tar();
        for entry in tar::Archive::new(&*tar).entries().expect("entries") {
            let mut entry = entry.expect("an entry");
            let options = SimpleFileOptions::default().unix_permissions(entry.header().mode().expect("a mode"));
            let name = entry.path().expect("a name").display().to_string();
            match entry.link_name().expect("a link") {
                Some(target) => {
                    writer.add_symlink(name, target.display().to_string(), options).expect("memory");
                }
                None => {
                    writer.start_file(name, options).expect("memory");
                    std::io::copy(&mut entry, &mut writer).expect("memory");
                }
            }
        }
        writer.finish().expect("memory").into_inner()
    }
}

/// A row of `[[metadata.dependencies]]`.
#[derive(Debug, Clone)]
pub struct Row(Table);

impl Row {
    /// A row with id and version; [`super::Rig::offer`] and [`super::Rig::vendor`] add where it lies
    /// and its checksum, unless they are set here.
    pub fn new(id: &str, version: &str) -> Self {
        let mut row = Table::new();
        row.insert("id".to_owned(), Value::String(id.to_owned()));
        row.insert("version".to_owned(), Value::String(version.to_owned()));
        Self(row)
    }

    /// Sets a key of the row, such as `strip-components` or `deprecation_date`.
    pub fn set(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }

    /// Where it is downloaded from: `https://downloads.example/<id>-<version>` unless it was set.
    pub fn uri(&self) -> String {
        let text = |key: &str| self.0.get(key).and_then(Value::as_str).unwrap_or_default();
        let set = text("uri");
        if set.is_empty() {
            format!("https://downloads.example/{}-{}", text("id"), text("version"))
        } else {
            set.to_owned()
        }
    }

    pub(super) fn complete(mut self, checksum: &str) -> Table {
        let uri = self.uri();
        self.0.entry("uri".to_owned()).or_insert(Value::String(uri));
        self.0.entry("checksum".to_owned()).or_insert_with(|| Value::String(format!("sha256:{checksum}")));
        self.0
    }
}

/// A tree as lines: paths sorted, links with their target, `*` behind what can be run.
///
/// # Panics
/// When it cannot be listed.
#[allow(clippy::expect_used)]
pub fn tree(root: &Path) -> Vec<String> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut tree = Vec::new();
    if !root.is_dir() {
        return tree;
    }
    for entry in walkdir::WalkDir::new(root).min_depth(1).sort_by_file_name() {
        let entry = entry.expect("a listing");
        let path = entry.path().strip_prefix(root).unwrap_or(entry.path()).display().to_string();
        if let Ok(target) = std::fs::read_link(entry.path()) {
            tree.push(format!("{path} -> {}", target.display()));
        } else if entry.file_type().is_dir() {
            let empty = std::fs::read_dir(entry.path()).is_ok_and(|mut all| all.next().is_none());
            if empty {
                tree.push(format!("{path}/"));
            }
        } else {
            let runs = entry.metadata().is_ok_and(|meta| meta.permissions().mode() & 0o111 != 0);
            tree.push(format!("{path}{}", if runs { "*" } else { "" }));
        }
    }
    tree
}
