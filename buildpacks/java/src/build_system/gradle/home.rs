//! Gradle's home folder between builds, `~/.gradle`: what it fetched, and what it made of that.

use std::path::{Path, PathBuf};

use super::super::tool_cache::{ToolCache, first};

/// `~/.gradle`.
pub const CACHE: ToolCache = ToolCache { name: "gradle", folder: ".gradle", unit, waste };

/// One version of a library, one distribution, what one Gradle made, one transformed library
/// (docs.gradle.org, "The Directories and Files Gradle Uses").
fn unit(path: &Path) -> Option<PathBuf> {
    if path.starts_with("wrapper/dists") {
        return first(path, 4);
    }
    if path.starts_with("caches/modules-2/files-2.1") {
        return first(path, 6);
    }
    if path.starts_with("caches/build-cache-1") {
        return Some(path.to_path_buf());
    }
    let of_caches = path.strip_prefix("caches").ok()?.iter().next()?.to_string_lossy().into_owned();
    if of_caches.starts_with("jars-") {
        return first(path, 3);
    }
    let of_one_gradle = of_caches.starts_with(|letter: char| letter.is_ascii_digit());
    let transformed = path.iter().nth(2).is_some_and(|name| name == "transforms");
    first(path, if transformed { 4 } else { 2 }).filter(|_| of_one_gradle)
}

/// What daemons and workers leave, and archives of distributions that lie there unpacked.
fn waste(path: &Path) -> bool {
    let of_processes = ["daemon", "workers", ".tmp", "notifications"].iter().any(|folder| path.starts_with(folder));
    let archive = path.starts_with("wrapper/dists") && path.iter().count() == 5;
    let is = |ending: &str| path.extension().is_some_and(|own| own == ending);
    of_processes || (archive && (is("zip") || is("part") || is("lck")))
}

/// Gradle without what people read, and what other systems run.
pub fn keep(path: &Path) -> bool {
    let paper = ["README", "LICENSE", "NOTICE"].iter().any(|name| path == Path::new(name));
    !(paper || path.starts_with("docs") || path.starts_with("src") || path.extension().is_some_and(|end| end == "bat"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_together_is_one_unit() {
        let of = |path: &str| unit(Path::new(path)).map(|unit| unit.display().to_string()).unwrap_or_default();
        for (path, expected) in [
            ("caches/modules-2/files-2.1/g/a/1/0f/a-1.jar", "caches/modules-2/files-2.1/g/a/1"),
            ("caches/modules-2/metadata-2.107/descriptors/g/a.bin", ""),
            ("wrapper/dists/gradle-9.5.0-bin/x1/gradle-9.5.0/bin/gradle", "wrapper/dists/gradle-9.5.0-bin/x1"),
            ("caches/9.5.0/fileHashes/fileHashes.bin", "caches/9.5.0"),
            ("caches/9.5.0/transforms/ab12/metadata.bin", "caches/9.5.0/transforms/ab12"),
            ("caches/jars-9/cd34/x.jar", "caches/jars-9/cd34"),
            ("caches/build-cache-1/ef56", "caches/build-cache-1/ef56"),
            ("init.d/x.gradle", ""),
        ] {
            assert_eq!(of(path), expected, "{path}");
        }
    }

    #[test]
    fn logs_of_daemons_and_archives_that_were_unpacked_go() {
        for (path, is_waste) in [
            ("daemon/9.5.0/daemon-1.out.log", true),
            ("wrapper/dists/gradle-9.5.0-bin/x1/gradle-9.5.0-bin.zip", true),
            ("wrapper/dists/gradle-9.5.0-bin/x1/gradle-9.5.0-bin.zip.ok", false),
            ("wrapper/dists/gradle-9.5.0-bin/x1/gradle-9.5.0/lib/x.zip", false),
            ("caches/journal-1/file-access.bin", false),
        ] {
            assert_eq!(waste(Path::new(path)), is_waste, "{path}");
        }
        assert!(keep(Path::new("lib/gradle-launcher-9.7.1.jar")) && keep(Path::new("init.d/readme.txt")));
        assert!(!keep(Path::new("bin/gradle.bat")) && !keep(Path::new("LICENSE")));
    }
}
