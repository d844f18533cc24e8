//! Maven (paketo-buildpacks/maven).

mod command;
mod repository;
mod tool;

use libpack::Result;
use libpack::component::{Component, Verdict};
use libpack::context::{BuildCx, DetectCx};
use libpack::layer::Key;
use libpack::plan::{Plan, Require};

use super::app_folder::KeptFiles;
use super::artifact::{Artifact, Habit};
use super::program::ready_wrapper;
use super::{Build, BuildSystem, PACKAGE, key, node};
use crate::jvm::{JDK, Jdk};
use crate::project;
use command::Command;
use tool::Tool;

/// The layer, and the plan's name.
pub const MAVEN: &str = "maven";

const HABIT: Habit =
    Habit { artifact: "BP_MAVEN_BUILT_ARTIFACT", module: command::MODULE, output: "target", advice: "" };

/// Maven builds this app.
pub struct Maven;

impl Component for Maven {
    fn name(&self) -> &'static str {
        MAVEN
    }

    fn detect(&self, cx: &DetectCx<'_>) -> Result<Verdict> {
        if project::Tool::of(cx) != Some(project::Tool::Maven) {
            return Ok(Verdict::decline("no POM, or another build tool stands before Maven"));
        }
        let plan = Plan::new().own(Require::new(MAVEN)).requires(Require::new(JDK));
        Ok(node::ask(cx, plan)?.into())
    }

    fn build(&self, cx: &BuildCx<'_>) -> Result<()> {
        tool::ready(cx)?;
        if cx.entries(PACKAGE).is_empty() {
            return Ok(());
        }
        repository::CACHE.ask(cx)
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

    fn build(&self, cx: &BuildCx<'_>) -> Result<()> {
        tool::ready(cx)
    }
}

/// Maven's build of the app.
pub struct MavenBuild(Build);

impl MavenBuild {
    /// By the settings and bindings of this build, checked before anything runs.
    pub fn of(cx: &BuildCx<'_>) -> Result<Self> {
        let tool = Tool::of(cx)?;
        let command = Command::of(cx)?;
        Ok(Self(Build {
            name: "Maven",
            options: "MAVEN_OPTS",
            program: tool.program(cx)?,
            jdk: Jdk::of(cx)?,
            arguments: command.arguments,
            artifact: Artifact::of(cx, &HABIT)?,
            kept: KeptFiles::of(cx)?,
            cache: &repository::CACHE,
            further: command.settings,
        }))
    }
}

impl BuildSystem for MavenBuild {
    fn key(&self, cx: &BuildCx<'_>) -> Result<Key> {
        key::of(cx, &self.0)
    }

    fn package(&self, cx: &BuildCx<'_>) -> Result<()> {
        self.0.package(cx, || {
            if self.0.program.toolchain.is_none() {
                ready_wrapper(cx, &[tool::WRAPPER, ".mvn/wrapper/maven-wrapper.properties"]);
            }
            Ok(())
        })
    }
}
