//! When the JAR of a Spring Boot application is unpacked: exploded it starts faster, and its libraries lie in a layer
//! of their own.

use std::fs::File;
use std::path::Path;

use libpack::archive::{Unpack, unzip_over};
use libpack::context::BuildCx;
use libpack::{Error, Result, fs};

use super::is_one;
use crate::manifest::Manifest;

/// What a build leaves beside the JAR that is made of the same sources.
const BY_PRODUCTS: [(&str, &str); 5] =
    [("", "-plain.jar"), ("", "-sources.jar"), ("", "-javadoc.jar"), ("", ".jar.original"), ("original-", ".jar")];

/// Unpacks a JAR into the app folder, in place of all that is there. Not when anything else was collected beside it:
/// agents, configuration and second JARs would be lost, as they are with Paketo; and not when a Procfile starts the
/// JAR. `path` is relative to the app folder.
pub fn unpack(cx: &BuildCx<'_>, path: &Path, manifest: &Manifest) -> Result<bool> {
    if !is_one(manifest) || !is_alone(cx.app(), path)? || is_named(cx, path)? {
        return Ok(false);
    }
    let jar = cx.app().join(path);
    let file = File::open(&jar)
        .map_err(|error| Error::user("java/unpack", format!("{} could not be read", path.display())).because(error))?;
    cx.log().process(format!("Unpacking {}", path.display()));
    for name in fs::list(cx.app())?.iter().filter(|name| *name != PROCFILE) {
        fs::remove(&cx.app().join(name))?;
    }
    // Removed, but still open.
    unzip_over(file, cx.app(), Unpack::default()).map_err(|error| {
        Error::user("java/unpack", format!("{} could not be unpacked", path.display()))
            .hint("Build the JAR again, or start it as it is with a Procfile that names it.")
            .because(error)
    })?;
    Ok(true)
}

/// What may start the JAR by its name.
const PROCFILE: &str = "Procfile";

/// Whether everything else is a by-product of it.
fn is_alone(app: &Path, path: &Path) -> Result<bool> {
    let mut folder = path;
    while let Some(parent) = folder.parent() {
        for name in fs::list(&app.join(parent))? {
            let is_procfile = parent.as_os_str().is_empty() && name == PROCFILE;
            let expected = parent.join(&name) == folder || is_by_product(&name) || is_procfile;
            if !expected {
                return Ok(false);
            }
        }
        folder = parent;
    }
    Ok(true)
}

fn is_by_product(name: &str) -> bool {
    BY_PRODUCTS.iter().any(|(beginning, ending)| name.starts_with(beginning) && name.ends_with(ending))
}

/// Whether a line of a Procfile has its name: the file may be gone, but its lines travel in the plan.
fn is_named(cx: &BuildCx<'_>, path: &Path) -> Result<bool> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let of_file = fs::read_text_if_any(&cx.app().join(PROCFILE))?.unwrap_or_default();
    let of_plan = cx.entries("procfile").iter().any(|entry| entry.metadata.to_string().contains(&name));
    Ok(of_plan || of_file.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_of_the_same_sources_does_not_count() {
        let alone = |path: &str, files: &[&str]| {
            let app = tempfile::tempdir().unwrap();
            for file in files {
                fs::write(&app.path().join(file), "").unwrap();
            }
            is_alone(app.path(), Path::new(path)).unwrap()
        };
        // paketo-buildpacks/spring-boot issue 223: Gradle's plain JAR comes first.
        assert!(alone("demo.jar", &["demo.jar", "demo-plain.jar", "Procfile"]));
        assert!(alone("libs/demo.jar", &["libs/demo.jar", "libs/demo-sources.jar", "libs/demo.jar.original"]));
        assert!(alone("demo.jar", &["demo.jar", "original-demo.jar"]));
        for other in ["agent.jar", "application.properties", "config/x", "libs/demo-plain.jar"] {
            assert!(!alone("demo.jar", &["demo.jar", other]), "{other}");
        }
        assert!(!alone("libs/demo.jar", &["libs/demo.jar", "libs/Procfile"]));
    }
}
