//! The JDK that the steps of this build call.

use std::path::PathBuf;

use libpack::context::{BuildCx, Toolchain};
use libpack::exec::Run;
use libpack::{Error, Result};

use super::{JDK, release};

/// A JDK.
pub enum Jdk {
    /// Ours, unpacked when somebody calls it.
    Ours(Toolchain),
    /// An earlier buildpack's: `JAVA_HOME`.
    Supplied {
        /// Its folder.
        home: PathBuf,
    },
}

impl Jdk {
    /// Ours when the plan's entries reached us, else the one that `JAVA_HOME` names.
    /// Errors: `java/no-jdk`.
    pub fn of(cx: &BuildCx<'_>) -> Result<Self> {
        if let Some(toolchain) = cx.toolchain(JDK) {
            return Ok(Self::Ours(toolchain));
        }
        let home = cx.environment().text("JAVA_HOME").filter(|home| !home.is_empty());
        let home = home.map(PathBuf::from).ok_or_else(|| {
            Error::user("java/no-jdk", "another buildpack supplies the JDK, but JAVA_HOME is not set").hint(
                "Let the buildpack that provides `jdk` set JAVA_HOME while building, or remove it from the group.",
            )
        })?;
        Ok(Self::Supplied { home })
    }

    /// Waits until it can be called, and returns its folder.
    pub fn ready(&self) -> Result<PathBuf> {
        match self {
            Self::Ours(toolchain) => toolchain.ready().map(std::path::Path::to_path_buf),
            Self::Supplied { home } => Ok(home.clone()),
        }
    }

    /// What tells it from others in a key.
    pub fn identity(&self) -> String {
        match self {
            Self::Ours(toolchain) => toolchain.fact("dependency-sha").unwrap_or_default().to_owned(),
            Self::Supplied { home } => release::identity(home),
        }
    }

    /// A call with its variables set: `JAVA_HOME`, `JDK_HOME`, and its programs first on the `PATH`.
    pub fn call<'a>(&self, cx: &'a BuildCx<'_>, program: impl Into<std::ffi::OsString>) -> Result<Run<'a>> {
        let home = self.ready()?;
        Ok(cx.run(program).env("JAVA_HOME", &home).env("JDK_HOME", &home).path_first(&home.join("bin")))
    }
}
