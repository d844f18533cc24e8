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
        for file in [&kept, "_cacache/content-v2/sha512/ab/cd/ef", "_logs/x", "_cacache/index-v5/a"] {
            fs::write(&cache.path().join(file), "x").unwrap();
        }
        let lock = format!(r#"{{"packages":{{"node_modules/a":{{"integrity":"sha512-{}=="}}}}}}"#, "A".repeat(86));
        trim(cache.path(), &lock).unwrap();
        assert!(cache.path().join(kept).exists());
        assert!(cache.path().join("_cacache/index-v5/a").exists());
        assert!(!cache.path().join("_cacache/content-v2/sha512/ab/cd/ef").exists());
        assert!(!cache.path().join("_logs").exists());
    }
}
