//! Build tools: from sources to what a build leaves (paketo-buildpacks/libbs).
//!
//! A tool is a component, which takes part in the plan and readies the tool, and a [`BuildSystem`], which the
//! application asks for its key and, when that is new, for its package. What all tools do alike is [`Build`]; a
//! further tool adds its choice of a program, its arguments and its cache.

mod app_folder;
mod arguments;
mod artifact;
mod build;
mod failure;
mod gradle;
mod key;
mod maven;
mod node;
mod program;
mod properties;
mod tool_cache;
mod usage;

use libpack::Result;
use libpack::context::BuildCx;
use libpack::layer::Key;

pub use gradle::Gradle;
pub use maven::{Maven, MavenForOthers};

use build::Build;

/// The plan's name of what a build tool makes.
const PACKAGE: &str = "jvm-application-package";

/// Whether the tool runs though nothing that we know of changed: what it fetches may have (snapshots, `4.0.+`).
const FORCE: &str = "BP_JAVA_FORCE_BUILD";

/// How sources become a package.
pub trait BuildSystem {
    /// Everything that the result depends on: sources by content, arguments, the tool and the JDK, settings.
    fn key(&self, cx: &BuildCx<'_>) -> Result<Key>;

    /// Runs the tool, and leaves in the app folder what an application of this tool consists of: what it built,
    /// and those of the sources that the user wants to keep. A failure leaves the sources.
    fn package(&self, cx: &BuildCx<'_>) -> Result<()>;
}

/// The tool of this build. None when the application lies there as it is, or an earlier buildpack builds it.
pub fn of(cx: &BuildCx<'_>) -> Result<Option<Box<dyn BuildSystem>>> {
    if cx.entries(PACKAGE).is_empty() {
        return Ok(None);
    }
    if cx.joined(gradle::GRADLE) {
        return Ok(Some(Box::new(gradle::GradleBuild::of(cx)?)));
    }
    if cx.joined(maven::MAVEN) {
        return Ok(Some(Box::new(maven::MavenBuild::of(cx)?)));
    }
    Ok(None)
}

/// Why what an earlier build made is of no use although its key is the same.
pub fn outdated(cx: &BuildCx<'_>) -> Result<Option<&'static str>> {
    Ok(cx.settings().flag(FORCE)?.then_some("BP_JAVA_FORCE_BUILD is set"))
}
