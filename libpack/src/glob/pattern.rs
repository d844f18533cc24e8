use std::path::{Path, PathBuf};

use super::Glob;
use crate::{Result, fs};

/// A pattern for a path below a folder, a [`Glob`] for each of its names (golang/go, `path/filepath`, `Match` and
/// `Glob`): a wildcard never reaches over a slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(Vec<Glob>);

impl Pattern {
    /// Reads a pattern; slashes in front, `.` and `..` count as in a path below the folder. None when Go calls it
    /// malformed, or when it leads out of the folder.
    pub fn parse(text: &str) -> Option<Self> {
        let mut names = Vec::new();
        for name in text.split('/') {
            match name {
                "" | "." => {}
                ".." => drop(names.pop()?),
                name => names.push(Glob::parse(name)?),
            }
        }
        Some(Self(names))
    }

    /// Whether it matches a whole path.
    pub fn matches(&self, path: &Path) -> bool {
        let mut names = path.iter();
        let fits = self.0.iter().all(|glob| names.next().is_some_and(|name| glob.matches(&name.to_string_lossy())));
        fits && names.next().is_none()
    }

    /// What leads to it: for `a/*/x` these are `a` and `a/*`.
    pub fn leading(&self) -> impl Iterator<Item = Self> {
        (1..self.0.len()).map(|length| Self(self.0[..length].to_vec()))
    }

    /// Whether it ends in `/*`, or is `*`.
    pub fn ends_in_star(&self) -> bool {
        self.0.last().is_some_and(Glob::is_star)
    }

    /// What it matches below a folder, in the order of the names; links to folders are followed.
    pub fn find(&self, root: &Path) -> Result<Vec<PathBuf>> {
        let mut found = vec![root.to_path_buf()];
        for glob in &self.0 {
            let mut deeper = Vec::new();
            for folder in found.iter().filter(|folder| folder.is_dir()) {
                if let Some(name) = glob.literal() {
                    let path = folder.join(name);
                    deeper.extend(path.symlink_metadata().is_ok().then_some(path));
                    continue;
                }
                let names = fs::list(folder)?;
                deeper.extend(names.iter().filter(|name| glob.matches(name)).map(|name| folder.join(name)));
            }
            found = deeper;
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_stays_within_one_name() {
        for (pattern, path, matches) in [
            ("target/*.[ejw]ar", "target/app.war", true),
            ("target/*.[ejw]ar", "target/sub/app.war", false),
            ("/target//./*.jar", "target/app.jar", true),
            ("a/../b", "b", true),
            ("*", "a/b", false),
            ("a/*", "a", false),
        ] {
            assert_eq!(Pattern::parse(pattern).unwrap().matches(Path::new(path)), matches, "{pattern} {path}");
        }
        assert_eq!(Pattern::parse("../*.jar"), None);
        assert_eq!(Pattern::parse("target/[.jar"), None);
    }

    #[test]
    fn what_lies_there_is_found_in_order_with_hidden_files_and_through_links() {
        let root = tempfile::tempdir().unwrap();
        for path in ["a/target/x.jar", "b/target/y.jar", "b/target/.z.jar", "b/target/y.txt", "c/x.jar"] {
            fs::write(&root.path().join(path), "").unwrap();
        }
        fs::symlink(Path::new("a"), &root.path().join("d")).unwrap();
        let find = |pattern: &str| -> Vec<String> {
            let found = Pattern::parse(pattern).unwrap().find(root.path()).unwrap();
            found.iter().map(|path| path.strip_prefix(root.path()).unwrap().display().to_string()).collect()
        };
        assert_eq!(find("*/target/*.jar"), ["a/target/x.jar", "b/target/.z.jar", "b/target/y.jar", "d/target/x.jar"]);
        assert_eq!(find("c/x.jar"), ["c/x.jar"]);
        assert_eq!(find("c/x.jar/y"), [""; 0]);
        assert_eq!(find("none/*"), [""; 0]);
    }
}
