//! The folder that Go runs in.

use std::path::{Component, Path, PathBuf};

use libpack::{Error, Result};

/// The setting that names it.
pub const SETTING: &str = "BP_GO_WORKDIR";

/// The folder that the setting names below the app's, the app's when it is empty or not set. A slash
/// in front is harmless (paketo-buildpacks/go-build, `build_configuration_parser.go`).
/// Errors: `go/workdir-missing`, `go/workdir-outside`.
pub fn find(app: &Path, setting: Option<&str>) -> Result<PathBuf> {
    let Some(value) = setting.filter(|value| !value.is_empty()) else { return Ok(app.to_path_buf()) };
    let hint = format!("Set {SETTING} to a folder of the application, relative to its root.");
    let path = resolve(&app.join(value.trim_start_matches('/')));
    if !path.starts_with(app) {
        let message = format!("{SETTING} path '{value}' lies outside of the application");
        return Err(Error::user("go/workdir-outside", message).hint(hint));
    }
    match std::fs::metadata(&path) {
        Ok(meta) if meta.is_dir() => Ok(path),
        Ok(_) => {
            Err(Error::user("go/workdir-missing", format!("{SETTING} path '{value}' is not a directory")).hint(hint))
        }
        Err(error) => Err(Error::user("go/workdir-missing", format!("{SETTING} path '{value}' does not exist"))
            .hint(hint)
            .because(error)),
    }
}

/// A path without `.` and `..` steps, as text: nothing is looked up.
pub fn resolve(path: &Path) -> PathBuf {
    let mut resolved = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                resolved.pop();
            }
            other => resolved.push(other),
        }
    }
    resolved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workdir_is_a_folder_of_the_app() {
        let app = tempfile::tempdir().unwrap();
        libpack::fs::write(&app.path().join("w/x/main.go"), "").unwrap();
        let find = |value| find(app.path(), value);
        assert_eq!(find(None).unwrap(), app.path());
        for value in ["", ".", "./", "w/.."] {
            assert_eq!(find(Some(value)).unwrap(), app.path(), "{value}");
        }
        for value in ["w/x", "./w/x/", "/w/x", "w//y/../x"] {
            assert_eq!(find(Some(value)).unwrap(), app.path().join("w/x"), "{value}");
        }
    }

    #[test]
    fn a_workdir_that_is_none_is_named() {
        let app = tempfile::tempdir().unwrap();
        libpack::fs::write(&app.path().join("testfile"), "").unwrap();
        for (value, id, message) in [
            ("nonexistent/dir", "go/workdir-missing", "BP_GO_WORKDIR path 'nonexistent/dir' does not exist"),
            ("testfile", "go/workdir-missing", "BP_GO_WORKDIR path 'testfile' is not a directory"),
            ("../x", "go/workdir-outside", "BP_GO_WORKDIR path '../x' lies outside of the application"),
        ] {
            let error = find(app.path(), Some(value)).unwrap_err();
            assert_eq!((error.id(), error.message()), (id, message));
            assert!(error.next_step().is_some());
        }
    }
}
