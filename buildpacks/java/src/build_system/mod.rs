//! Build tools: from sources to what a build leaves (paketo-buildpacks/libbs).
//!
//! A tool is a component, which takes part in the plan and readies the tool, and a [`BuildSystem`], which the
//! application asks for its key and, when that is new, for its package.

mod gradle;
mod maven;

use libpack::Result;
use libpack::context::BuildCx;
use libpack::layer::Key;

pub use gradle::Gradle;
pub use maven::{Maven, MavenForOthers};

/// How sources become a package.
pub trait BuildSystem {
    /// Everything that the result depends on: sources by content, arguments, the tool and the JDK, settings.
    fn key(&self, cx: &BuildCx<'_>) -> Result<Key>;

    /// Runs the tool, and leaves in the app folder what an application of this tool consists of: what it built,
    /// and those of the sources that the user wants to keep.
    fn package(&self, cx: &BuildCx<'_>) -> Result<()>;
}

/// The tool of this build. None when the application lies there as it is.
pub fn of(_cx: &BuildCx<'_>) -> Result<Option<Box<dyn BuildSystem>>> {
    Ok(None)
}
