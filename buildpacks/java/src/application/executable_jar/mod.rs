//! A JAR that `java` starts by itself, also exploded (paketo-buildpacks/executable-jar).

mod search;

use std::path::{Path, PathBuf};

use libpack::Result;
use libpack::context::{BuildCx, Surroundings};
use libpack::env::Scope;
use serde::{Deserialize, Serialize};

use super::process::{self, RELOAD};
use super::spring_boot::{self, SpringBoot};
use super::{Assembly, Facts, Kind, Part};
use crate::manifest::Manifest;
use search::Found;

/// The kind.
pub struct ExecutableJar;

/// What is known of it at launch.
#[derive(Debug, Serialize, Deserialize)]
struct Known {
    start: Start,
    /// What stands in the class path of an exploded one beside the app folder, relative to it.
    class_path: Vec<String>,
    boot: Option<SpringBoot>,
}

/// How it starts.
#[derive(Debug, Serialize, Deserialize)]
enum Start {
    /// A class of the class path.
    Class(String),
    /// A JAR, relative to the app folder.
    Jar(PathBuf),
}

impl Kind for ExecutableJar {
    fn name(&self) -> &'static str {
        "executable-jar"
    }

    fn looks_for(&self) -> &'static str {
        "a JAR whose manifest has a Main-Class"
    }

    fn settings(&self) -> &'static [&'static str] {
        &[search::LOCATION, search::ENABLED, RELOAD]
    }

    fn find(&self, around: &Surroundings) -> Result<bool> {
        Ok(search::search(around)?.is_some())
    }

    fn assemble(&self, cx: &BuildCx<'_>, app: &mut Assembly<'_>) -> Result<()> {
        let Some(found) = search::search(cx)? else { return Ok(()) };
        if process::reloads(cx)? {
            process::let_group_write(app.folder())?;
        }
        let known = match found {
            Found::Exploded(manifest) => exploded(app, &manifest)?,
            Found::Archive(path, manifest) => archive(app, path, &manifest),
        };
        app.keep(known)
    }

    fn launch(&self, cx: &BuildCx<'_>, facts: &Facts) -> Result<()> {
        let known: Known = facts.detail()?;
        let app = cx.app();
        let words = match &known.start {
            Start::Class(name) => {
                let folders =
                    std::iter::once(app.to_path_buf()).chain(known.class_path.iter().map(|path| app.join(path)));
                let class_path: Vec<_> = folders.map(|path| path.to_string_lossy().into_owned()).collect();
                // Whoever comes next and compiles against the application needs it too.
                cx.env(Scope::Both).about(super::APPLICATION).prepend("CLASSPATH", class_path.join(":"), ":");
                vec!["java".to_owned(), name.clone()]
            }
            Start::Jar(path) => {
                vec!["java".to_owned(), "-jar".to_owned(), app.join(path).to_string_lossy().into_owned()]
            }
        };
        process::assign(cx, self.name(), &words)
    }
}

fn exploded(app: &mut Assembly<'_>, manifest: &Manifest) -> Result<Known> {
    let class_path = class_path(manifest);
    let start = Start::Class(manifest.get("Main-Class").unwrap_or_default().to_owned());
    let libraries = files(app.folder(), Path::new(""), &class_path);
    for part in Part::of_libraries(libraries) {
        app.part(part.with_neighbours());
    }
    let boot = spring_boot::assemble(app, manifest)?;
    Ok(Known { start, class_path, boot })
}

fn archive(app: &mut Assembly<'_>, path: PathBuf, manifest: &Manifest) -> Known {
    let beside = path.parent().unwrap_or(Path::new(""));
    let libraries = files(app.folder(), beside, &class_path(manifest));
    for part in Part::of_libraries(libraries) {
        app.part(part.with_neighbours());
    }
    Known { start: Start::Jar(path), class_path: Vec::new(), boot: None }
}

fn class_path(manifest: &Manifest) -> Vec<String> {
    manifest.get("Class-Path").unwrap_or_default().split_ascii_whitespace().map(str::to_owned).collect()
}

/// Those entries of a class path that are files of the app, as paths below the app folder.
fn files(app: &Path, beside: &Path, class_path: &[String]) -> Vec<PathBuf> {
    let inside = |entry: &String| {
        let path = libpack::fs::normal(&app.join(beside).join(entry));
        path.is_file().then(|| path.strip_prefix(app).ok().map(Path::to_path_buf)).flatten()
    };
    class_path.iter().filter_map(inside).collect()
}
