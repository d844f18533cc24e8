//! npm's download cache, kept small.

use std::collections::BTreeSet;
use std::path::Path;

use libpack::sbom::{Algorithm, Hash};
use libpack::{Result, fs};
use serde_json::Value;

/// Leaves only the archives that the lock names: the cache is one file that the lifecycle carries
/// around on every build. What npm writes beside them changes from run to run and helps nobody.
pub fn trim(cache: &Path, lock: &str) -> Result<()> {
    for name in fs::list(cache)?.iter().filter(|name| *name != "_cacache") {
        fs::remove(&cache.join(name))?;
    }
    fs::remove(&cache.join("_cacache/tmp"))?;
    let wanted = integrities(lock);
    let contents = cache.join("_cacache/content-v2/sha512");
    for first in fs::list(&contents)? {
        for second in fs::list(&contents.join(&first))? {
            let folder = contents.join(&first).join(&second);
            for rest in fs::list(&folder)? {
                if !wanted.contains(&format!("{first}{second}{rest}")) {
                    fs::remove(&folder.join(rest))?;
                }
            }
        }
    }
    trim_index(&cache.join("_cacache/index-v5"), &wanted)
}

/// Forgets what npm once asked for and the cache no longer holds: npm believes its index, and fails on
/// an answer that it cannot read. A lock of version 1 makes it ask for more than archives.
fn trim_index(index: &Path, wanted: &BTreeSet<String>) -> Result<()> {
    for first in fs::list(index)? {
        for second in fs::list(&index.join(&first))? {
            let folder = index.join(&first).join(&second);
            for rest in fs::list(&folder)? {
                let text = fs::read_text(&folder.join(&rest))?;
                if text.lines().filter_map(sum_of_entry).any(|sum| !wanted.contains(&sum)) {
                    fs::remove(&folder.join(rest))?;
                }
            }
        }
    }
    Ok(())
}

/// The SHA-512 sum of the content that a line of npm's index leads to: `<checksum>\t<JSON>`.
fn sum_of_entry(line: &str) -> Option<String> {
    let entry: Value = serde_json::from_str(line.split_once('\t')?.1).ok()?;
    let sums = Hash::of_integrity(entry.get("integrity")?.as_str()?);
    sums.into_iter().find(|sum| sum.algorithm() == Algorithm::Sha512).map(|sum| sum.hex().to_owned())
}

/// The SHA-512 sums of a lock, in hex as npm names its files.
fn integrities(lock: &str) -> BTreeSet<String> {
    let lock: Value = serde_json::from_str(lock).unwrap_or_default();
    let mut found = BTreeSet::new();
    let mut open = vec![&lock];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(fields) => {
                let integrity = fields.get("integrity").and_then(Value::as_str).unwrap_or_default();
                let sums = Hash::of_integrity(integrity).into_iter().filter(|sum| sum.algorithm() == Algorithm::Sha512);
                found.extend(sums.map(|sum| sum.hex().to_owned()));
                open.extend(fields.values());
            }
            Value::Array(values) => open.extend(values),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_whose_content_went_goes_too() {
        let cache = tempfile::tempdir().unwrap();
        let entry = |letter: &str| format!("\nab12\t{{\"key\":\"k\",\"integrity\":\"sha512-{}==\"}}", letter.repeat(86));
        let index = cache.path().join("_cacache/index-v5/00/11");
        fs::write(&index.join("archive"), entry("A")).unwrap();
        fs::write(&index.join("answer"), entry("Q")).unwrap();
        let lock = format!(r#"{{"packages":{{"node_modules/a":{{"integrity":"sha512-{}=="}}}}}}"#, "A".repeat(86));
        trim(cache.path(), &lock).unwrap();
        assert_eq!(fs::list(&index).unwrap(), ["archive"]);
    }

    #[test]
    fn what_the_lock_does_not_name_goes() {
        let cache = tempfile::tempdir().unwrap();
        let sum = "00".repeat(64);
        let kept = format!("_cacache/content-v2/sha512/00/00/{}", &sum[4..]);
        for file in [&kept, "_cacache/content-v2/sha512/ab/cd/ef", "_logs/x", "_cacache/index-v5/00/11/a"] {
            fs::write(&cache.path().join(file), "x").unwrap();
        }
        let lock = format!(r#"{{"packages":{{"node_modules/a":{{"integrity":"sha512-{}=="}}}}}}"#, "A".repeat(86));
        trim(cache.path(), &lock).unwrap();
        assert!(cache.path().join(kept).exists());
        assert!(cache.path().join("_cacache/index-v5/00/11/a").exists());
        assert!(!cache.path().join("_cacache/content-v2/sha512/ab/cd/ef").exists());
        assert!(!cache.path().join("_logs").exists());
    }
}
