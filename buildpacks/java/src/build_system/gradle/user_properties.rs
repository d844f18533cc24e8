//! The user's properties, `~/.gradle/gradle.properties`, from a binding (paketo-buildpacks/gradle, `properties.go`).
//!
//! They may hold passwords, so the file is a link to the binding, and it is gone before the folder is kept.

use std::path::PathBuf;

use libpack::context::BuildCx;
use libpack::{Result, fs};

/// The file in Gradle's home folder.
const FILE: &str = ".gradle/gradle.properties";

/// The binding's file and its place.
pub struct UserProperties {
    /// Where it leads to and where it lies; none without a binding.
    link: Option<(PathBuf, PathBuf)>,
    /// What lay there, in a folder that is the user's own.
    before: Option<Vec<u8>>,
    laid: bool,
}

impl UserProperties {
    /// What the binding of the type `gradle` says.
    pub fn of(cx: &BuildCx<'_>) -> Result<Self> {
        let binding = cx.bindings().one("gradle")?;
        let file = binding.and_then(|binding| binding.path("gradle.properties"));
        let link = file.zip(cx.home()).map(|(file, home)| (file.to_path_buf(), home.join(FILE)));
        Ok(Self { link, before: None, laid: false })
    }

    /// Puts the link in place of whatever lies there.
    pub fn lay(&mut self) -> Result<()> {
        let Some((file, link)) = &self.link else { return Ok(()) };
        if link.is_file() {
            self.before = Some(fs::read_bytes(link)?);
        }
        fs::symlink(file, link)?;
        self.laid = true;
        Ok(())
    }

    /// Takes the link away, and puts back what lay there.
    pub fn take_away(&self) -> Result<()> {
        let Some((_, link)) = self.link.as_ref().filter(|_| self.laid) else { return Ok(()) };
        fs::remove(link)?;
        self.before.as_ref().map_or(Ok(()), |before| fs::write(link, before))
    }
}
