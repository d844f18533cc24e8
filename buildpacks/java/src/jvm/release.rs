//! The file `release`, in which a JVM that another buildpack installed says what it is.

use std::path::Path;

use libpack::fs;

use super::version;

/// A value of the file. None without the file, or when it does not say.
fn value(home: &Path, name: &str) -> Option<String> {
    let text = fs::read_text(&home.join("release")).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))?;
    Some(value.trim().trim_matches('"').to_owned())
}

/// The major version of the JVM in a folder.
pub fn major(home: &Path) -> Option<u64> {
    version::major(&value(home, "JAVA_VERSION")?)
}

/// What tells it from others in a key: its folder stays the same when its buildpack brings another one.
pub fn identity(home: &Path) -> String {
    let mut names = ["IMPLEMENTOR_VERSION", "JAVA_RUNTIME_VERSION", "JAVA_VERSION"].iter();
    let version = names.find_map(|name| value(home, name));
    format!("{} {}", home.display(), version.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jvm_says_its_version_in_a_file() {
        let home = fs::scratch().unwrap();
        let write = |text: &str| fs::write(&home.path().join("release"), text).unwrap();
        let bare = identity(home.path());
        assert_eq!(major(home.path()), None);
        write("IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"21.0.5\"\n");
        assert_eq!(major(home.path()), Some(21));
        let first = identity(home.path());
        write("JAVA_VERSION=\"1.8.0_292\"");
        assert_eq!(major(home.path()), Some(8));
        assert!(first.ends_with("21.0.5") && first != identity(home.path()) && first != bare);
    }
}
