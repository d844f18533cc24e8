//! Gradle (paketo-buildpacks/gradle).

mod command;
mod home;
mod user_properties;

use libpack::Result;
use libpack::component::{Component, Verdict};
use libpack::context::{BuildCx, DetectCx};
use libpack::layer::Key;
use libpack::plan::{Choice, Plan, Require};

use super::app_folder::KeptFiles;
use super::artifact::{Artifact, Habit};
use super::program::{Program, provide, ready_wrapper};
use super::{Build, BuildSystem, PACKAGE, key, node};
use crate::jvm::{JDK, Jdk};
use crate::project::Tool;
use command::{Command, WRAPPER_PROPERTIES};
use user_properties::UserProperties;

/// The layer, and the plan's name.
pub const GRADLE: &str = "gradle";
/// The app's own script.
const WRAPPER: &str = "gradlew";

const HABIT: Habit = Habit {
    artifact: "BP_GRADLE_BUILT_ARTIFACT",
    module: command::MODULE,
    output: "build",
    advice: "Set `rootProject.name` in settings.gradle if the name is not the one expected, and leave build/ out of what is uploaded.",
};

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
        let plan = Plan::new().own(Require::new(GRADLE)).requires(Require::new(JDK));
        Ok(node::ask(cx, plan)?.into())
    }

    fn build(&self, cx: &BuildCx<'_>) -> Result<()> {
        if cx.entries(GRADLE).is_empty() {
            cx.log().debug("Gradle is supplied by another buildpack");
        } else if !has_wrapper(cx) {
            provide(cx, GRADLE, &Choice { chosen: None, candidates: Vec::new() }, home::keep)?;
        }
        if cx.entries(PACKAGE).is_empty() {
            return Ok(());
        }
        home::CACHE.ask(cx)
    }
}

fn has_wrapper(cx: &BuildCx<'_>) -> bool {
    cx.app().join(WRAPPER).is_file()
}

/// Gradle's build of the app.
pub struct GradleBuild {
    build: Build,
    /// What a binding lays over the wrapper's properties.
    wrapper_properties: Option<String>,
}

impl GradleBuild {
    /// By the settings and bindings of this build, checked before anything runs.
    pub fn of(cx: &BuildCx<'_>) -> Result<Self> {
        let program = match (has_wrapper(cx), cx.entries(GRADLE).is_empty()) {
            (true, _) => Program::wrapper(cx, WRAPPER),
            (false, true) => Program::on_path(cx, GRADLE)?,
            (false, false) => Program::ours(cx, GRADLE, "bin/gradle")?,
        };
        let command = Command::of(cx)?;
        let build = Build {
            name: "Gradle",
            options: "GRADLE_OPTS",
            program,
            jdk: Jdk::of(cx)?,
            arguments: command.arguments,
            artifact: Artifact::of(cx, &HABIT)?,
            kept: KeptFiles::of(cx)?,
            cache: &home::CACHE,
            further: command.settings,
        };
        Ok(Self { build, wrapper_properties: command.wrapper_properties })
    }
}

impl BuildSystem for GradleBuild {
    fn key(&self, cx: &BuildCx<'_>) -> Result<Key> {
        key::of(cx, &self.build)
    }

    fn package(&self, cx: &BuildCx<'_>) -> Result<()> {
        let mut properties = UserProperties::of(cx)?;
        let built = self.build.package(cx, || {
            ready_wrapper(cx, &[WRAPPER, WRAPPER_PROPERTIES]);
            if let Some(over) = &self.wrapper_properties {
                command::overlay_wrapper_properties(cx.app(), over)?;
            }
            properties.lay()
        });
        // Also behind a failure: the folder may be the user's own.
        built.and(properties.take_away())
    }
}
