//! The JVM that the image runs on.

use std::path::{Path, PathBuf};

use libpack::Result;
use libpack::context::{BuildCx, Toolchain};

use super::layout::Purpose;
use super::{JDK, JLINK, JRE, release, version};

/// The JVM that the image runs on.
pub struct Runtime {
    home: PathBuf,
    major: u64,
    toolchain: Option<Toolchain>,
}

impl Runtime {
    /// Ours, else the one of `JAVA_HOME`, which another buildpack set while building. None when nobody says what
    /// the image runs on.
    pub fn of(cx: &BuildCx<'_>) -> Result<Option<Self>> {
        let toolchains = [JLINK, JRE, JDK].into_iter().filter_map(|name| cx.toolchain(name));
        let ours = toolchains.into_iter().find(|one| one.fact("use") == Some(Purpose::Runtime.name()));
        if let Some(toolchain) = ours {
            let major = toolchain.fact("version").and_then(version::major).unwrap_or_default();
            return Ok(Some(Self { home: toolchain.path().to_owned(), major, toolchain: Some(toolchain) }));
        }
        let Some(home) = cx.environment().text("JAVA_HOME").filter(|home| !home.is_empty()) else { return Ok(None) };
        let home = PathBuf::from(home);
        Ok(release::major(&home).map(|major| Self { home, major, toolchain: None }))
    }

    /// Its folder in the image.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// The major version, 8 or more.
    pub fn major(&self) -> u64 {
        self.major
    }

    /// Whether we installed it: only then do we know that it is the one of the image.
    pub fn is_ours(&self) -> bool {
        self.toolchain.is_some()
    }

    /// Waits until it can be called, for a training run, and returns its folder.
    pub fn ready(&self) -> Result<&Path> {
        self.toolchain.as_ref().map_or(Ok(self.home.as_path()), Toolchain::ready)
    }

    /// What tells it from others in a key.
    pub fn identity(&self) -> String {
        let Some(toolchain) = &self.toolchain else { return release::identity(&self.home) };
        let facts = ["dependency-sha", "jlink-args", "jlink-modules"].map(|name| toolchain.fact(name));
        facts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}
