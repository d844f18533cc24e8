//! The component `npm-start`: an app that starts by a script of its manifest, without npm
//! (paketo-buildpacks/npm-start).

use libpack::Result;
use libpack::component::{Component, Verdict};
use libpack::context::{BuildCx, DetectCx, Surroundings};
use libpack::plan::{Plan, Require};

use crate::package_json::{PackageJson, StartScripts};
use crate::project::Project;
use crate::start::{self, Watched};
use crate::start_script::{self, Start};

/// An app that starts by a script of its manifest.
pub struct NpmStart;

impl Component for NpmStart {
    fn name(&self) -> &'static str {
        "npm-start"
    }

    fn detect(&self, cx: &DetectCx<'_>) -> Result<Verdict> {
        let project = Project::of(cx)?;
        let Some(package) = &project.package else { return Ok(Verdict::decline(project.no_package())) };
        if scripts(cx, package)?.is_none() {
            return Ok(Verdict::decline("no start script in package.json"));
        }
        let plan = Plan::new()
            .requires(Require::new("node").launch())
            .requires(Require::new("npm").launch())
            .requires(Require::new("node_modules").launch());
        Ok(start::require_runners(cx, plan)?.into())
    }

    fn build(&self, cx: &BuildCx<'_>) -> Result<()> {
        let project = Project::of(cx)?;
        let Some(package) = &project.package else { return Ok(()) };
        let Some(mut scripts) = scripts(cx, package)? else { return Ok(()) };
        if start::under_tini(cx)? && scripts.drop_hooks() {
            cx.log().warning("BP_LAUNCH_WITH_TINI is set, so prestart and poststart do not run");
        }
        cx.log().process(format!("Start script: {}", start_script::shown(&scripts)));
        cx.log().blank();
        let command = match start_script::start(package, &scripts, &project.relative) {
            Start::Command(words) => words,
            Start::Script(text) => vec![cx.script("start-web", &text)],
        };
        let ignored = ["package.json", "package-lock.json", "node_modules"];
        start::add_web(cx, command, &Watched { folder: &project.path, ignored: &ignored })
    }
}

fn scripts(around: &Surroundings, package: &PackageJson) -> Result<Option<StartScripts>> {
    package.start_scripts(around.setting("BP_NPM_START_SCRIPT").as_deref())
}
