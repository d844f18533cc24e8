//! The component `node-start`: an app that starts by a file (paketo-buildpacks/node-start).

use libpack::Result;
use libpack::component::{Component, Verdict};
use libpack::components::procfile::Procfile;
use libpack::context::{BuildCx, DetectCx, Surroundings};
use libpack::plan::{Plan, Require};
use libpack::version::Version;

use crate::launch_file::{LaunchFile, Search, runs_typescript};
use crate::node_engine;
use crate::project::Project;
use crate::start::{self, Watched};

/// An app that starts by a file.
pub struct NodeStart;

impl Component for NodeStart {
    fn name(&self) -> &'static str {
        "node-start"
    }

    fn detect(&self, cx: &DetectCx<'_>) -> Result<Verdict> {
        let project = Project::of(cx)?;
        if let Some(package) = &project.package {
            package.start_scripts(cx.setting("BP_NPM_START_SCRIPT").as_deref())?;
        }
        // A file that only `main` names is no reason: `npm init` writes one into every package.json.
        let found = find(cx, &project, false)?.filter(|file| !file.weak);
        if found.is_none() && !procfile_starts_node(cx)? {
            return Ok(Verdict::decline(reason(cx, &project)));
        }
        let mut plan = Plan::new().requires(Require::new("node").launch());
        if project.package.is_some() {
            plan = plan.requires(Require::new("node_modules").launch());
        }
        Ok(start::require_runners(cx, plan)?.into())
    }

    fn build(&self, cx: &BuildCx<'_>) -> Result<()> {
        let project = Project::of(cx)?;
        let Some(file) = find(cx, &project, takes_typescript(cx))? else { return Ok(()) };
        let command = vec!["node".to_owned(), file.path.to_string_lossy().into_owned()];
        let watched = Watched { folder: cx.app(), ignored: &[] };
        start::add_web(cx, start::plain_or_script(cx, command), &watched)
    }
}

fn search<'a>(settings: &'a Settings, around: &'a Surroundings, project: &'a Project) -> Search<'a> {
    Search {
        app: around.app(),
        project: &project.relative,
        launchpoint: settings.launchpoint.as_deref(),
        verify: settings.verify,
        main: project.package.as_ref().and_then(|package| package.main.as_deref()),
        typescript: false,
    }
}

struct Settings {
    launchpoint: Option<String>,
    verify: bool,
}

impl Settings {
    fn of(around: &Surroundings) -> Self {
        Self {
            launchpoint: around.setting("BP_LAUNCHPOINT"),
            verify: around.setting("BP_VERIFY_LAUNCHPOINT").as_deref() != Some("false"),
        }
    }
}

fn find(around: &Surroundings, project: &Project, typescript: bool) -> Result<Option<LaunchFile>> {
    Search { typescript, ..search(&Settings::of(around), around, project) }.find()
}

/// Whether the Node.js of this build runs TypeScript; one from elsewhere is not asked.
fn takes_typescript(cx: &BuildCx<'_>) -> bool {
    let toolchain = cx.toolchain(node_engine::NODE);
    let version = toolchain.as_ref().and_then(|node| node.fact("version")).and_then(|text| Version::parse(text).ok());
    version.is_some_and(|version| runs_typescript(version.major(), version.minor()))
}

fn reason(around: &Surroundings, project: &Project) -> String {
    search(&Settings::of(around), around, project).reason()
}

/// A Procfile consumes Node when one of its commands starts with a program of Node's.
fn procfile_starts_node(around: &Surroundings) -> Result<bool> {
    const PROGRAMS: [&str; 6] = ["node", "npm", "npx", "yarn", "pnpm", "bun"];
    const ENDINGS: [&str; 4] = [".js", ".cjs", ".mjs", ".ts"];
    let procfile = Procfile::read(around.variables(), around.app(), around.bindings())?;
    let starts_node = |program: String| {
        let name = program.rsplit('/').next().unwrap_or_default();
        PROGRAMS.contains(&name) || ENDINGS.iter().any(|ending| name.ends_with(ending))
    };
    Ok(procfile.programs().any(starts_node))
}
