//! An application for a buildpack behind us that makes a native image of it: it stays in the app folder, unpacked, and
//! nothing of it is for the launch (paketo-buildpacks/native-image).

use std::path::PathBuf;

use libpack::context::BuildCx;
use libpack::env::Scope;
use libpack::layer::Flags;
use libpack::{Result, fs};

use super::executable_jar::search::{self, Found};
use super::{nothing_to_start, spring_boot};
use crate::build_system::BuildSystem;
use crate::manifest::Manifest;

/// The plan's key.
const NATIVE: &str = "native-image";
/// The layer that the class path is about; there is nothing in it.
const LAYER: &str = "native-classpath";

/// Whether somebody asks for it.
pub fn is_wanted(cx: &BuildCx<'_>) -> bool {
    ["jvm-application", "spring-boot"].iter().any(|name| cx.entries(name).iter().any(|entry| entry.flag(NATIVE)))
}

/// Builds, unpacks, and tells the class path.
pub fn build(cx: &BuildCx<'_>, source: Option<&dyn BuildSystem>) -> Result<()> {
    if let Some(source) = source {
        source.package(cx)?;
    }
    let manifest = match search::search(cx)? {
        Some(Found::Exploded(manifest)) => manifest,
        Some(Found::Archive(path, manifest)) => {
            // Another JAR is named to the native buildpack by its own setting.
            spring_boot::unpack(cx, &path, &manifest)?;
            manifest
        }
        None => return nothing_to_start(cx),
    };
    let class_path: Vec<_> =
        class_path(cx, &manifest)?.iter().map(|path| cx.app().join(path).to_string_lossy().into_owned()).collect();
    cx.layer(LAYER).flags(Flags { build: true, ..Flags::default() }).create(|_| Ok(()))?;
    cx.env(Scope::Build).about(LAYER).prepend("CLASSPATH", class_path.join(":"), ":");
    Ok(())
}

/// The app folder with its `Class-Path`, then the classes and the libraries of Spring Boot, relative to the app folder.
fn class_path(cx: &BuildCx<'_>, manifest: &Manifest) -> Result<Vec<PathBuf>> {
    let listed = manifest.get("Class-Path").unwrap_or_default().split_ascii_whitespace().map(PathBuf::from);
    let mut paths: Vec<PathBuf> = std::iter::once(PathBuf::new()).chain(listed).collect();
    let libraries = PathBuf::from(manifest.get("Spring-Boot-Lib").unwrap_or_default());
    paths.extend(manifest.get("Spring-Boot-Classes").map(PathBuf::from));
    if let Some(index) = manifest.get("Spring-Boot-Classpath-Index") {
        for line in fs::read_text_if_any(&cx.app().join(index))?.unwrap_or_default().lines() {
            let entry = line.trim().trim_start_matches("- ").trim_matches('"');
            if !entry.is_empty() {
                paths.push(if entry.contains('/') { PathBuf::from(entry) } else { libraries.join(entry) });
            }
        }
    }
    Ok(paths)
}
