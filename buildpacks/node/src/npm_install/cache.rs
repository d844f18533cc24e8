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

/// Forgets what leads to content that is gone, such as the descriptions of packages: npm does not fetch
/// again what its index says is there, it fails.
fn trim_index(folder: &Path, wanted: &BTreeSet<String>) -> Result<()> {
    for name in fs::list(folder)? {
        let path = folder.join(name);
        if path.is_dir() {
            trim_index(&path, wanted)?;
            continue;
        }
        let text = fs::read_text(&path)?;
        // A line is the sum of an entry and the entry (npm/cacache, lib/entry-index.js).
        let kept = |line: &&str| {
            let entry = line.split_once('\t').map_or(*line, |(_, entry)| entry);
            integrities(entry).iter().any(|sum| wanted.contains(sum))
        };
        let lines: String = text.lines().filter(kept).flat_map(|line| ["\n", line]).collect();
        if lines.is_empty() { fs::remove(&path)? } else { fs::write(&path, lines)? }
    }
    Ok(())
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
    fn what_the_lock_does_not_name_goes() {
        let cache = tempfile::tempdir().unwrap();
        let sum = "00".repeat(64);
        let kept = format!("_cacache/content-v2/sha512/00/00/{}", &sum[4..]);
        for file in [&kept, "_cacache/content-v2/sha512/ab/cd/ef", "_logs/x"] {
            fs::write(&cache.path().join(file), "x").unwrap();
        }
        let index = |name: &str| cache.path().join("_cacache/index-v5/aa/bb").join(name);
        let entry = |letter: &str| format!("\n0123\t{{\"integrity\":\"sha512-{}==\"}}", letter.repeat(86));
        fs::write(&index("both"), format!("{}{}", entry("A"), entry("B"))).unwrap();
        fs::write(&index("gone"), entry("B")).unwrap();
        let lock = format!(r#"{{"packages":{{"node_modules/a":{{"integrity":"sha512-{}=="}}}}}}"#, "A".repeat(86));
        trim(cache.path(), &lock).unwrap();
        assert!(cache.path().join(kept).exists());
        assert_eq!(fs::read_text(&index("both")).unwrap(), entry("A"));
        assert!(!index("gone").exists());
        assert!(!cache.path().join("_cacache/content-v2/sha512/ab/cd/ef").exists());
        assert!(!cache.path().join("_logs").exists());
    }
}
