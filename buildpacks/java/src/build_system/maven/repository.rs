//! Maven's local repository and its wrapper's downloads, between builds: `~/.m2`.

use std::path::{Path, PathBuf};

use super::super::tool_cache::{ToolCache, first};

/// `~/.m2`.
pub const CACHE: ToolCache = ToolCache { name: "maven", folder: ".m2", unit, waste };

/// The files of one version of an artifact, or of one Maven that a wrapper fetched.
fn unit(path: &Path) -> Option<PathBuf> {
    if path.starts_with("wrapper/dists") {
        return first(path, 4);
    }
    path.starts_with("repository").then(|| path.parent().map(Path::to_path_buf)).flatten()
}

/// What Maven notes of a download that failed, and what it compares a download with and never again.
fn waste(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_download = ["sha1", "md5", "sha256", "sha512", "part", "tmp", "lock", "lastUpdated"]
        .iter()
        .any(|ending| path.extension().is_some_and(|own| own == *ending));
    path.starts_with("repository") && (is_download || name == "resolver-status.properties")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_one_unit_and_a_failed_download_is_waste() {
        let of = |path: &str| unit(Path::new(path)).map(|unit| unit.display().to_string());
        assert_eq!(of("repository/com/x/1.0/x-1.0.jar").as_deref(), Some("repository/com/x/1.0"));
        let maven = "wrapper/dists/apache-maven-3.9.9-bin/3n1/apache-maven-3.9.9/bin/mvn";
        assert_eq!(of(maven).as_deref(), Some("wrapper/dists/apache-maven-3.9.9-bin/3n1"));
        assert_eq!(of("settings.xml"), None);
        for (path, is_waste) in [
            ("repository/com/x/1.0/x-1.0.jar.lastUpdated", true),
            ("repository/com/x/resolver-status.properties", true),
            ("repository/com/x/1.0/x-1.0.jar.sha1", true),
            ("repository/com/x/1.0/_remote.repositories", false),
            ("repository/com/x/1.0/x-1.0.jar", false),
            ("wrapper/dists/a/b/apache-maven/conf/x.lock", false),
        ] {
            assert_eq!(waste(Path::new(path)), is_waste, "{path}");
        }
    }
}
