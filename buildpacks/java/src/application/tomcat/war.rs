//! What lies in the app folder: one exploded WAR, or WARs side by side.

use std::path::{Path, PathBuf};

use libpack::archive::{Unpack, unpack_file};
use libpack::{Error, Result, fs};
use serde::{Deserialize, Serialize};

use super::context_path;

/// The folder that makes another one an application.
const INSIDE: &str = "WEB-INF";

/// How the applications lie in the app folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shape {
    /// The app folder is one.
    Single,
    /// Its folders of these names are.
    Several(Vec<String>),
}

/// The WARs in the root of a folder.
pub fn archives(folder: &Path) -> Result<Vec<String>> {
    let is_archive =
        |name: &String| name.strip_suffix(".war").is_some_and(|stem| !stem.is_empty()) && folder.join(name).is_file();
    Ok(fs::list(folder)?.into_iter().filter(is_archive).collect())
}

/// Whether a folder is an exploded WAR.
pub fn is_exploded(folder: &Path) -> bool {
    folder.join(INSIDE).is_dir()
}

/// Turns WARs into folders of their names, and says what there is then.
///
/// Beside WARs, folders that are exploded ones count too; others are not served. The errors are
/// `java/tomcat-same-context`, and `java/tomcat-war` for a WAR that cannot be unpacked.
pub fn explode(folder: &Path) -> Result<Shape> {
    let archives = archives(folder)?;
    if archives.is_empty() {
        return Ok(Shape::Single);
    }
    let is_application = |name: &String| is_exploded(&folder.join(name));
    let mut names: Vec<String> = fs::list(folder)?.into_iter().filter(is_application).collect();
    for file in &archives {
        let name = file.strip_suffix(".war").unwrap_or(file);
        let (archive, target) = (folder.join(file), folder.join(name));
        if std::fs::symlink_metadata(&target).is_ok() {
            return Err(same_context(name, file));
        }
        unpack_file(&archive, &target, Unpack::default()).map_err(|error| {
            Error::user("java/tomcat-war", format!("{file} cannot be unpacked"))
                .hint("Build it again, and check that it is a WAR: unzip -l lists what it holds.")
                .because(error)
        })?;
        fs::remove(&archive)?;
        names.push(name.to_owned());
    }
    names.sort();
    Ok(Shape::Several(names))
}

fn same_context(folder: &str, file: &str) -> Error {
    let path = context_path::of_name(folder);
    Error::user("java/tomcat-same-context", format!("{folder} and {file} would both be the application at {path}"))
        .hint("Rename one of them, or leave it out: the name of a WAR is its path, ROOT.war is /.")
}

impl Shape {
    /// The folders of the applications, relative to the app folder.
    pub fn folders(&self) -> Vec<PathBuf> {
        match self {
            Self::Single => vec![PathBuf::new()],
            Self::Several(names) => names.iter().map(PathBuf::from).collect(),
        }
    }

    /// Their libraries, relative to the app folder.
    pub fn libraries(&self, app: &Path) -> Result<Vec<PathBuf>> {
        let mut libraries = Vec::new();
        for folder in self.folders() {
            let lib = folder.join(INSIDE).join("lib");
            let names = fs::list(&app.join(&lib))?;
            libraries
                .extend(names.iter().filter(|name| name.strip_suffix(".jar").is_some()).map(|name| lib.join(name)));
        }
        Ok(libraries)
    }
}

#[cfg(test)]
mod tests {
    use libpack::testing::{Archive, tree};

    use super::*;

    fn war() -> Vec<u8> {
        Archive::new().file("index.jsp", "hello").file("WEB-INF/lib/a.jar", "").zip()
    }

    fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = fs::scratch().unwrap();
        for (path, content) in files {
            fs::write(&folder.path().join(path), content).unwrap();
        }
        folder
    }

    #[test]
    fn wars_become_folders_beside_those_that_are_exploded_already() {
        let war = war();
        let app = folder(&[("api.war", &war), ("ROOT.war", &war), ("ui/WEB-INF/web.xml", b""), ("docs/a.txt", b"")]);
        let shape = explode(app.path()).unwrap();
        assert_eq!(shape, Shape::Several(vec!["ROOT".into(), "api".into(), "ui".into()]));
        assert_eq!(tree(&app.path().join("api")), ["WEB-INF/lib/a.jar", "index.jsp"]);
        assert!(!app.path().join("api.war").exists());
        let libraries = [PathBuf::from("ROOT/WEB-INF/lib/a.jar"), PathBuf::from("api/WEB-INF/lib/a.jar")];
        assert_eq!(shape.libraries(app.path()).unwrap(), libraries);
    }

    #[test]
    fn an_exploded_war_is_the_app_folder_itself() {
        let app = folder(&[("WEB-INF/lib/b.jar", b""), ("WEB-INF/lib/note.txt", b"")]);
        assert!(is_exploded(app.path()));
        let shape = explode(app.path()).unwrap();
        assert_eq!(shape.libraries(app.path()).unwrap(), [PathBuf::from("WEB-INF/lib/b.jar")]);
    }

    #[test]
    fn two_for_one_path_are_refused_and_two_versions_are_not() {
        let war = war();
        for beside in ["shop/WEB-INF/web.xml", "shop/readme.txt", "shop"] {
            let error = explode(folder(&[("shop.war", &war), (beside, b"")]).path()).unwrap_err();
            assert_eq!(error.id(), "java/tomcat-same-context", "{beside}");
            assert!(error.message().contains("shop.war") && error.message().contains("/shop"), "{error}");
        }
        let versions = explode(folder(&[("shop##1.war", &war), ("shop##2.war", &war)]).path()).unwrap();
        assert_eq!(versions, Shape::Several(vec!["shop##1".into(), "shop##2".into()]));
    }

    #[test]
    fn a_war_that_is_none_is_named() {
        let error = explode(folder(&[("shop.war", b"<html>not found</html>")]).path()).unwrap_err();
        assert_eq!((error.id(), error.message()), ("java/tomcat-war", "shop.war cannot be unpacked"));
    }
}
