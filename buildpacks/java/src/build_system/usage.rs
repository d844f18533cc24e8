//! What a tool used of its cache. Tools do not say, but the file system notes when a file was read, if it was not
//! read for a day before (Linux, `relatime`); and what is written has a new time anyway.

use std::collections::BTreeSet;
use std::fs::{File, FileTimes, Metadata};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use libpack::{Error, Result, fs};
use walkdir::WalkDir;

/// When all files were read and written that nobody has used since.
const LONG_AGO: Duration = Duration::from_secs(86_400);
/// The most that stays where reading cannot be seen, in bytes: some file systems are told not to note it.
const LIMIT: u64 = 2 << 30;

/// Which files are used together: those of one version of a library. A file of none stays.
pub type Unit = fn(&Path) -> Option<PathBuf>;

/// From now on, whatever has another time was used.
pub fn begin(folder: &Path) -> Result<()> {
    let long_ago = UNIX_EPOCH + LONG_AGO;
    for file in files(folder) {
        set_times(&file, long_ago)
            .map_err(|error| Error::user("fs/failed", format!("could not date {}", file.display())).because(error))?;
    }
    Ok(())
}

/// Removes the units of which no file was used.
pub fn remove_unused(folder: &Path, unit: Unit) -> Result<()> {
    remove_beyond(folder, unit, LIMIT)
}

fn remove_beyond(folder: &Path, unit: Unit, limit: u64) -> Result<()> {
    let (mut read, mut written, mut all, mut size) = (BTreeSet::new(), BTreeSet::new(), Vec::new(), 0);
    let mut sees_reading = false;
    for file in files(folder) {
        let Ok(meta) = file.metadata() else { continue };
        size += meta.len();
        let was_written = is_new(&meta, Metadata::modified);
        let was_read = is_new(&meta, Metadata::accessed);
        sees_reading |= was_read && !was_written;
        let Some(unit) = unit(file.strip_prefix(folder).unwrap_or(&file)) else { continue };
        if was_read {
            read.insert(unit.clone());
        }
        if was_written {
            written.insert(unit.clone());
        }
        all.push((file, unit));
    }
    let unused = |unit: &PathBuf| {
        let was_used = written.contains(unit) || read.contains(unit);
        if sees_reading { !was_used } else { size > limit && !written.contains(unit) }
    };
    for (file, _) in all.iter().filter(|(_, unit)| unused(unit)) {
        fs::remove(file)?;
    }
    remove_empty_folders(folder);
    Ok(())
}

fn is_new(meta: &Metadata, time: fn(&Metadata) -> std::io::Result<SystemTime>) -> bool {
    time(meta).is_ok_and(|time| time != UNIX_EPOCH + LONG_AGO)
}

fn files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = WalkDir::new(folder).into_iter().flatten();
    entries.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path)
}

fn set_times(file: &Path, time: SystemTime) -> std::io::Result<()> {
    File::open(file)?.set_times(FileTimes::new().set_accessed(time).set_modified(time))
}

fn remove_empty_folders(folder: &Path) {
    for entry in WalkDir::new(folder).min_depth(1).contents_first(true).into_iter().flatten() {
        if entry.file_type().is_dir() {
            // One with content stays, and says so.
            let _ = std::fs::remove_dir(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parent(path: &Path) -> Option<PathBuf> {
        path.parent().filter(|parent| *parent != Path::new("")).map(Path::to_path_buf)
    }

    /// A cache that a tool has opened, and read or written some of.
    fn cache(read: &[&str], written: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for path in ["a/1/a.jar", "a/1/a.pom", "a/2/a.jar", "b/1/b.jar", "settings"] {
            fs::write(&folder.path().join(path), path).unwrap();
        }
        begin(folder.path()).unwrap();
        for path in read {
            // A reader's trace, also where the tests' file system leaves none.
            let times = FileTimes::new().set_accessed(SystemTime::UNIX_EPOCH + LONG_AGO * 9);
            File::open(folder.path().join(path)).unwrap().set_times(times).unwrap();
        }
        for path in written {
            fs::write(&folder.path().join(path), "new").unwrap();
        }
        folder
    }

    #[test]
    fn a_unit_stays_when_one_file_of_it_was_read_or_written() {
        let folder = cache(&["a/1/a.pom"], &["c/1/c.jar"]);
        remove_unused(folder.path(), parent).unwrap();
        assert_eq!(libpack::testing::tree(folder.path()), ["a/1/a.jar", "a/1/a.pom", "c/1/c.jar", "settings"]);
    }

    #[test]
    fn where_reading_leaves_no_trace_everything_stays_up_to_a_size() {
        let folder = cache(&[], &["c/1/c.jar"]);
        remove_beyond(folder.path(), parent, 1000).unwrap();
        assert_eq!(libpack::testing::tree(folder.path()).len(), 6);
        remove_beyond(folder.path(), parent, 10).unwrap();
        assert_eq!(libpack::testing::tree(folder.path()), ["c/1/c.jar", "settings"]);
    }
}
