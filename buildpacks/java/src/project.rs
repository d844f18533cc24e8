//! What the app folder holds, as far as detection must know it.

use std::path::{Path, PathBuf};

use libpack::Result;
use libpack::context::Surroundings;

use crate::application;

/// Where the application comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A build tool makes it from sources.
    Source(Tool),
    /// It lies there.
    Package,
    /// Nothing here makes one.
    Nothing,
}

/// What builds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// Gradle, by its build or settings file.
    Gradle,
    /// Maven, by its POM.
    Maven,
}

/// The files that make a folder one of Gradle's (paketo-buildpacks/gradle, `gradle/detect.go`).
const GRADLE_FILES: [&str; 4] = ["build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts"];

impl Origin {
    /// One of several build tools acts, in the order of Paketo's group: Gradle stands before Maven.
    pub fn of(around: &Surroundings) -> Result<Self> {
        Ok(match Tool::of(around) {
            Some(tool) => Self::Source(tool),
            None if application::is_there(around)? => Self::Package,
            None => Self::Nothing,
        })
    }
}

impl Tool {
    /// The tool whose build file is there.
    pub fn of(around: &Surroundings) -> Option<Self> {
        let app = around.app();
        // An exploded archive may hold the build files that it was made with.
        let exploded = app.join("META-INF/MANIFEST.MF").is_file();
        if has_gradle_file(around) {
            return Some(Self::Gradle);
        }
        (!exploded && pom(around).is_file()).then_some(Self::Maven)
    }
}

fn has_gradle_file(around: &Surroundings) -> bool {
    let app = around.app();
    match around.setting("BP_GRADLE_BUILD_FILE") {
        Some(file) => app.join(file).exists(),
        None => GRADLE_FILES.iter().any(|file| app.join(file).exists()),
    }
}

/// The POM, there or not. `BP_MAVEN_POM_FILE` counts from the app folder.
pub fn pom(around: &Surroundings) -> PathBuf {
    below(around.app(), &around.setting("BP_MAVEN_POM_FILE").unwrap_or_else(|| "pom.xml".to_owned()))
}

/// A path below the app folder; an absolute one is taken from there too, as Paketo does.
fn below(app: &Path, path: &str) -> PathBuf {
    app.join(path.trim_start_matches('/'))
}
