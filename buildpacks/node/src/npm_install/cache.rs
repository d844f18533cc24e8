//! npm's download cache, kept small.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

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
    for (sum, file) in leaves(&cache.join("_cacache/content-v2/sha512"))? {
        if !wanted.contains(&sum) {
            fs::remove(&file)?;
        }
    }
    // An entry whose content is gone is an error to npm, not a miss.
    for (_, file) in leaves(&cache.join("_cacache/index-v5"))? {
        let text = fs::read_text(&file)?;
        let kept: String = text.lines().filter(|line| names(line, &wanted)).flat_map(|line| ["\n", line]).collect();
        if kept.is_empty() {
            fs::remove(&file)?;
        } else if kept != text {
            fs::write(&file, kept)?;
        }
    }
    Ok(())
}

/// The files of cacache's trees, two folders deep, with what their whole path names.
fn leaves(root: &Path) -> Result<Vec<(String, PathBuf)>> {
    let mut all = Vec::new();
    for first in fs::list(root)? {
        for second in fs::list(&root.join(&first))? {
            let folder = root.join(&first).join(&second);
            let files = fs::list(&folder)?.into_iter();
            all.extend(files.map(|rest| (format!("{first}{second}{rest}"), folder.join(rest))));
        }
    }
    Ok(all)
}

/// Whether a line of a bucket (npm/cacache, lib/entry-index.js: a sum of the line, a tab, an entry as JSON) names
/// content that is kept.
fn names(line: &str, wanted: &BTreeSet<String>) -> bool {
    let entry = line.split_once('\t').and_then(|(_, entry)| serde_json::from_str::<Value>(entry).ok());
    let integrity = entry.as_ref().and_then(|entry| entry["integrity"].as_str()).unwrap_or_default();
    sums(integrity).any(|sum| wanted.contains(&sum))
}

fn sums(integrity: &str) -> impl Iterator<Item = String> {
    let all = Hash::of_integrity(integrity).into_iter();
    all.filter(|sum| sum.algorithm() == Algorithm::Sha512).map(|sum| sum.hex().to_owned())
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
                found.extend(sums(integrity));
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
    fn what_the_lock_does_not_name_goes() {
        let cache = tempfile::tempdir().unwrap();
        let sum = "00".repeat(64);
        let kept = format!("_cacache/content-v2/sha512/00/00/{}", &sum[4..]);
        for file in [&kept, "_cacache/content-v2/sha512/ab/cd/ef", "_logs/x"] {
            fs::write(&cache.path().join(file), "x").unwrap();
        }
        let entry = |letter: &str| format!("\nsum\t{{\"key\":\"k\",\"integrity\":\"sha512-{}==\"}}", letter.repeat(86));
        let index = cache.path().join("_cacache/index-v5");
        fs::write(&index.join("aa/aa/one"), [entry("A"), entry("B")].concat()).unwrap();
        fs::write(&index.join("aa/aa/two"), entry("B")).unwrap();
        let lock = format!(r#"{{"packages":{{"node_modules/a":{{"integrity":"sha512-{}=="}}}}}}"#, "A".repeat(86));
        trim(cache.path(), &lock).unwrap();
        assert!(cache.path().join(kept).exists());
        assert_eq!(
            fs::read_text(&index.join("aa/aa/one")).unwrap(),
            entry("A"),
            "npm fails on an entry without content"
        );
        assert!(!index.join("aa/aa/two").exists());
        assert!(!cache.path().join("_cacache/content-v2/sha512/ab/cd/ef").exists());
        assert!(!cache.path().join("_logs").exists());
    }
}
