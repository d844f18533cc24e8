//! The trees that come as a zip: modules of Go, above all the Go toolchain.

use std::fs::File;
use std::io::{self, BufReader, Read as _, Write};
use std::path::Path;

use tar::EntryType;
use zip::ZipArchive;
use zip::read::ZipFile;

use super::{Files, read_full};
use crate::progress::Task;
use crate::tarball::Entry;

/// Of the mode in an entry's external attributes: what kind of file it is (stat.h).
const KIND: u32 = 0o170_000;

/// Whether a file begins as a zip does.
pub fn is_zip(path: &Path) -> io::Result<bool> {
    let mut magic = [0; 4];
    let count = read_full(&mut File::open(path)?, &mut magic)?;
    Ok(magic[..count] == *b"PK\x03\x04")
}

/// Writes each entry as one of a tar, by name: the same zip gives the same tar. `false` when one is of a
/// special kind.
pub fn copy(path: &Path, files: &mut Files<'_, impl Write>, task: &Task) -> io::Result<bool> {
    let mut archive = ZipArchive::new(BufReader::new(File::open(path)?))?;
    let mut order = Vec::with_capacity(archive.len());
    for index in 0..archive.len() {
        order.push((archive.by_index_raw(index)?.name_raw().to_vec(), index));
    }
    order.sort();
    for (name, index) in order {
        let mut entry = archive.by_index(index)?;
        let Some((kind, mode)) = kind(&entry) else {
            return Ok(false);
        };
        let size = entry.size();
        match kind {
            EntryType::Directory => {
                files.append(&Entry { name: &name, kind, mode, size: 0, link: None }, io::empty())?;
            }
            EntryType::Symlink => {
                let mut target = Vec::new();
                entry.read_to_end(&mut target)?;
                files.append(&Entry { name: &name, kind, mode, size: 0, link: Some(&target) }, io::empty())?;
            }
            _ => files.append(&Entry { name: &name, kind, mode, size, link: None }, &mut entry)?,
        }
        // Only at its end does an entry prove that it is whole.
        if io::copy(&mut entry, &mut io::sink())? > 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a file is longer than its entry says"));
        }
        task.advance(usize::try_from(size).unwrap_or(usize::MAX));
    }
    Ok(true)
}

/// What an entry is, with its permissions: zips that were made without them get the usual ones.
fn kind<R: io::Read>(entry: &ZipFile<'_, R>) -> Option<(EntryType, u32)> {
    let written = entry.unix_mode().unwrap_or_default();
    let (kind, usual) = match written & KIND {
        _ if entry.is_dir() => (EntryType::Directory, 0o755),
        0 | 0o100_000 => (EntryType::Regular, 0o644),
        0o120_000 => (EntryType::Symlink, 0o777),
        _ => return None,
    };
    let permissions = written & 0o777;
    Some((kind, if permissions == 0 { usual } else { permissions }))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::super::{How, repack};
    use super::*;

    const TREE: How = How { tree: true, strip: false };

    fn zip(folder: &Path, fill: impl FnOnce(&mut ZipWriter<File>)) -> std::path::PathBuf {
        let path = folder.join("module.zip");
        let mut writer = ZipWriter::new(File::create(&path).unwrap());
        fill(&mut writer);
        writer.finish().unwrap();
        path
    }

    fn with_mode(mode: u32) -> SimpleFileOptions {
        SimpleFileOptions::default().unix_permissions(mode)
    }

    #[test]
    fn a_zip_becomes_a_tar_by_name_with_its_modes_and_links() {
        let folder = tempfile::tempdir().unwrap();
        let from = zip(folder.path(), |zip| {
            for (name, mode, body) in
                [("m@v1/src/_go.mod", 0o644, "module std"), ("m@v1/bin/go", 0o4755, "ELF"), ("m@v1/LICENSE", 0o600, "")]
            {
                zip.start_file(name, with_mode(mode)).unwrap();
                zip.write_all(body.as_bytes()).unwrap();
            }
            zip.add_symlink("m@v1/go", "bin/go", with_mode(0o777)).unwrap();
            zip.add_directory("m@v1/api", with_mode(0o700)).unwrap();
        });
        let to = folder.path().join("cache/module.tar.zst");
        assert!(repack("a module", &from, &to, TREE).unwrap());
        let bytes = std::fs::read(&to).unwrap();
        let tar = zstd::decode_all(&bytes[..]).unwrap();
        let mut archive = tar::Archive::new(&tar[..]);
        let entries: Vec<_> = archive
            .entries()
            .unwrap()
            .map(|entry| {
                let mut entry = entry.unwrap();
                let mut body = String::new();
                entry.read_to_string(&mut body).unwrap();
                let link = entry.link_name().unwrap().map(|link| format!(" -> {}", link.display())).unwrap_or_default();
                let mode = entry.header().mode().unwrap();
                format!("{} {mode:o} {body}{link}", entry.path().unwrap().display())
            })
            .collect();
        assert_eq!(
            entries,
            [
                "m@v1/LICENSE 600 ",
                "m@v1/api/ 700 ",
                "m@v1/bin/go 755 ELF",
                "m@v1/go 777  -> bin/go",
                "m@v1/src/_go.mod 644 module std"
            ]
        );
        assert!(repack("a module", &from, &folder.path().join("again"), TREE).unwrap());
        assert!(bytes == std::fs::read(folder.path().join("again")).unwrap(), "the same bytes");
    }

    #[test]
    fn a_jar_stays_a_zip() {
        let folder = tempfile::tempdir().unwrap();
        let from = zip(folder.path(), |zip| zip.start_file("META-INF/MANIFEST.MF", with_mode(0o644)).unwrap());
        assert!(!repack("a jar", &from, &folder.path().join("out"), How::default()).unwrap());
        assert!(!folder.path().join("out").exists());
    }

    #[test]
    fn a_damaged_zip_and_a_special_file_leave_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("out");
        let from = zip(folder.path(), |zip| {
            zip.start_file("a", with_mode(0o644).compression_method(zip::CompressionMethod::Stored)).unwrap();
            zip.write_all(b"the content of a").unwrap();
        });
        let whole = std::fs::read(&from).unwrap();
        let at = whole.windows(7).position(|window| window == b"content").unwrap();
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        for damaged in [&flipped[..], &whole[..whole.len() - 30], b"PK\x03\x04 and no more"] {
            std::fs::write(&from, damaged).unwrap();
            assert_eq!(repack("a zip", &from, &to, TREE).unwrap_err().id(), "repack/failed");
        }
        // The kind of the one entry, in its record of the central directory: a pipe.
        let mut pipe = whole;
        let record = pipe.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
        pipe[record + 40..record + 42].copy_from_slice(&0o010_644_u16.to_le_bytes());
        std::fs::write(&from, pipe).unwrap();
        assert!(!repack("a zip", &from, &to, TREE).unwrap());
        assert!(!to.exists());
    }
}
