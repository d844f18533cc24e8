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
    /// Whether we unpacked it.
    unpacked: bool,
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
        &[search::LOCATION, search::ENABLED, RELOAD, spring_boot::BINDINGS_DISABLED]
    }

    fn find(&self, around: &Surroundings) -> Result<bool> {
        Ok(search::search(around)?.is_some())
    }

    fn assemble(&self, cx: &BuildCx<'_>, app: &mut Assembly<'_>) -> Result<()> {
        let Some(found) = search::search(cx)? else { return Ok(()) };
        let known = match found {
            Found::Archive(path, manifest) if !spring_boot::unpack(cx, &path, &manifest)? => {
                archive(app, path, &manifest)
            }
            Found::Archive(_, manifest) => exploded(cx, app, &manifest, true)?,
            Found::Exploded(manifest) => exploded(cx, app, &manifest, false)?,
        };
        if process::reloads(cx)? {
            process::let_group_write(app.folder())?;
        }
        app.keep(known)
    }

    fn launch(&self, cx: &BuildCx<'_>, facts: &Facts) -> Result<()> {
        let known: Known = facts.detail()?;
        let app = cx.app();
        let words = match &known.start {
            Start::Class(name) => {
                let beside = known.class_path.iter().map(|path| app.join(path));
                let class_path: Vec<_> =
                    std::iter::once(app.to_path_buf()).chain(beside).map(|path| text(&path)).collect();
                // Whoever comes next and compiles against the application needs it too.
                cx.env(Scope::Both).about(super::APPLICATION).prepend("CLASSPATH", class_path.join(":"), ":");
                vec!["java".to_owned(), name.clone()]
            }
            Start::Jar(path) => vec!["java".to_owned(), "-jar".to_owned(), text(&app.join(path))],
        };
        if let Some(boot) = &known.boot {
            spring_boot::launch(cx, boot)?;
        }
        // Paketo's Spring Boot buildpack adds a type of its own where it unpacked the JAR.
        let own: &[&str] = if known.unpacked { &[self.name(), "spring-boot-app"] } else { &[self.name()] };
        process::assign(cx, own, &words)
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn exploded(cx: &BuildCx<'_>, app: &mut Assembly<'_>, manifest: &Manifest, unpacked: bool) -> Result<Known> {
    let class_path = class_path(manifest);
    let start = Start::Class(manifest.get("Main-Class").unwrap_or_default().to_owned());
    add_libraries(app, Path::new(""), &class_path);
    let boot = if spring_boot::is_one(manifest) { Some(spring_boot::assemble(cx, app, manifest)?) } else { None };
    Ok(Known { start, class_path, boot, unpacked })
}

fn archive(app: &mut Assembly<'_>, path: PathBuf, manifest: &Manifest) -> Known {
    add_libraries(app, path.parent().unwrap_or(Path::new("")), &class_path(manifest));
    Known { start: Start::Jar(path), class_path: Vec::new(), boot: None, unpacked: false }
}

/// Those files of the app that a class path names, relative to where it stands.
fn add_libraries(app: &mut Assembly<'_>, beside: &Path, class_path: &[String]) {
    let libraries = files(app.folder(), beside, class_path);
    for part in Part::of_libraries(libraries) {
        app.part(part.with_neighbours());
    }
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
