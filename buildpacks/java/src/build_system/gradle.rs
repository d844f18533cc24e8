//! Gradle (paketo-buildpacks/gradle).

use libpack::Result;
use libpack::component::{Component, Verdict};
use libpack::context::{BuildCx, DetectCx};
use libpack::plan::{Plan, Require};

use crate::jvm::JDK;
use crate::project::Tool;

/// The layer, and the plan's name.
pub const GRADLE: &str = "gradle";

/// Gradle builds this app.
pub struct Gradle;

impl Component for Gradle {
    fn name(&self) -> &'static str {
        GRADLE
    }

    fn detect(&self, cx: &DetectCx<'_>) -> Result<Verdict> {
        if Tool::of(cx) != Some(Tool::Gradle) {
            return Ok(Verdict::decline("no build.gradle, build.gradle.kts, settings.gradle or settings.gradle.kts"));
        }
        Ok(Plan::new().own(Require::new(GRADLE)).requires(Require::new(JDK)).into())
    }

    fn build(&self, _cx: &BuildCx<'_>) -> Result<()> {
        Ok(())
    }
}
