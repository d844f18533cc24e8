//! Maven (paketo-buildpacks/maven).

use libpack::Result;
use libpack::component::{Component, Verdict};
use libpack::context::{BuildCx, DetectCx};
use libpack::plan::{Plan, Require};

use crate::jvm::JDK;
use crate::project::Tool;

/// The layer, and the plan's name.
pub const MAVEN: &str = "maven";

/// Maven builds this app.
pub struct Maven;

impl Component for Maven {
    fn name(&self) -> &'static str {
        MAVEN
    }

    fn detect(&self, cx: &DetectCx<'_>) -> Result<Verdict> {
        if Tool::of(cx) != Some(Tool::Maven) {
            return Ok(Verdict::decline("no POM, or another build tool stands before Maven"));
        }
        Ok(Plan::new().own(Require::new(MAVEN)).requires(Require::new(JDK)).into())
    }

    fn build(&self, _cx: &BuildCx<'_>) -> Result<()> {
        Ok(())
    }
}

/// Maven for another buildpack's build.
pub struct MavenForOthers;

impl Component for MavenForOthers {
    fn name(&self) -> &'static str {
        "maven-for-others"
    }

    fn detect(&self, _cx: &DetectCx<'_>) -> Result<Verdict> {
        Ok(Plan::new().provides(MAVEN).own(Require::new(JDK)).into())
    }

    fn build(&self, _cx: &BuildCx<'_>) -> Result<()> {
        Ok(())
    }
}
