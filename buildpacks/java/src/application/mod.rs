//! The component `application`: finds out what kind of application there is, lays it into layers and says how it
//! starts (paketo-buildpacks/executable-jar, apache-tomcat, dist-zip, spring-boot).

use libpack::Result;
use libpack::component::{Component, Verdict};
use libpack::context::{BuildCx, DetectCx, Surroundings};
use libpack::plan::{Plan, Require};

use crate::jvm::JRE;
use crate::project::Origin;

/// Whether the app folder holds something that can be started as it is.
pub fn is_there(_around: &Surroundings) -> Result<bool> {
    Ok(false)
}

/// An application of this folder.
pub struct Application;

impl Component for Application {
    fn name(&self) -> &'static str {
        "application"
    }

    fn detect(&self, cx: &DetectCx<'_>) -> Result<Verdict> {
        if Origin::of(cx)? == Origin::Nothing {
            return Ok(Verdict::decline("no build file of Maven or Gradle, and no application"));
        }
        Ok(plan(cx).own(Require::new("jvm-application-package")).into())
    }

    fn build(&self, _cx: &BuildCx<'_>) -> Result<()> {
        Ok(())
    }
}

/// An application that an earlier buildpack makes.
pub struct FromEarlier;

impl Component for FromEarlier {
    fn name(&self) -> &'static str {
        "application"
    }

    fn detect(&self, cx: &DetectCx<'_>) -> Result<Verdict> {
        Ok(plan(cx).requires(Require::new("jvm-application-package")).into())
    }

    fn build(&self, cx: &BuildCx<'_>) -> Result<()> {
        Application.build(cx)
    }
}

fn plan(_cx: &DetectCx<'_>) -> Plan {
    let owned = ["jvm-application", "java-app-server", "spring-boot"];
    owned.iter().fold(Plan::new(), |plan, name| plan.own(Require::new(*name))).requires(Require::new(JRE).launch())
}
