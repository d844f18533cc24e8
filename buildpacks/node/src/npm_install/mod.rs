//! The component `npm-install`: the modules of an app, once for the image and, if another buildpack
//! wants them while building, once with the development ones (paketo-buildpacks/npm-install).

mod cache;
mod failure;
mod installer;
mod tree;

use std::path::Path;

use libpack::component::{Component, Verdict};
use libpack::context::{BuildCx, DetectCx};
use libpack::env::Scope;
use libpack::layer::{Flags, Key};
use libpack::plan::{Plan, Require};
use libpack::{Error, Result, fs};

use crate::npm_process::Modules;
use crate::project::Project;
use installer::Installer;

/// The plan's name.
pub const NODE_MODULES: &str = "node_modules";
/// The layer of the image's modules.
pub const LAUNCH: &str = "launch-modules";
/// The layer of the modules that later buildpacks see while building.
const BUILD: &str = "build-modules";
const KEEP_CACHE: &str = "BP_KEEP_NODE_BUILD_CACHE";

/// The modules of an app.
pub struct NpmInstall;

impl Component for NpmInstall {
    fn name(&self) -> &'static str {
        "npm-install"
    }

    fn detect(&self, cx: &DetectCx<'_>) -> Result<Verdict> {
        let project = Project::of(cx)?;
        let Some(package) = &project.package else { return Ok(Verdict::decline(project.no_package())) };
        if let Some(other) = other_manager(&project.path) {
            return Ok(Verdict::decline(format!("{other} is there and no lock of npm: the app is not npm's")));
        }
        package.start_scripts(cx.setting("BP_NPM_START_SCRIPT").as_deref())?;
        let engines = package.engines_node.clone().unwrap_or_default();
        let mut plan = Plan::new()
            .provides(NODE_MODULES)
            .requires(Require::new("node").version(engines, "package.json").build())
            .requires(Require::new("npm").build());
        // Set and empty counts as true here, any other value as false (npm-install 2.2.0).
        if cx.settings().raw("BP_NPM_INCLUDE_BUILD_PYTHON").is_some_and(|value| value.is_empty() || value == "true") {
            plan = plan.requires(Require::new("cpython").build());
        }
        Ok(plan.into())
    }

    fn build(&self, cx: &BuildCx<'_>) -> Result<()> {
        if !cx.supplies(NODE_MODULES) {
            cx.log().debug("node_modules are supplied by another buildpack");
            return Ok(());
        }
        let project = Project::of(cx)?;
        for warning in project.package.iter().flat_map(|package| &package.warnings) {
            cx.log().warning(warning);
        }
        let installer = Installer::new(cx, &project)?;
        installer.announce();
        let entries = cx.entries(NODE_MODULES);
        let (launch, build) = (entries.launch(), entries.build_outside());
        if build {
            provide_for_build(cx, &installer)?;
        }
        if launch {
            provide_for_launch(cx, &installer, build)?;
        }
        if build {
            // Later buildpacks' npm would leave out what NODE_ENV=production leaves out; ours, above, must.
            cx.env(Scope::Build).about(BUILD).default("NPM_CONFIG_INCLUDE", "dev");
        }
        installer.drop_vendored_cache()?;
        cx.log().blank();
        Ok(())
    }
}

/// The lock of another package manager, where npm has none.
fn other_manager(project: &Path) -> Option<&'static str> {
    let has = |name: &&str| project.join(name).is_file();
    let npm = ["package-lock.json", "npm-shrinkwrap.json"].iter().any(has);
    ["yarn.lock"].into_iter().find(has).filter(|_| !npm)
}

/// All modules, where later buildpacks see them.
fn provide_for_build(cx: &BuildCx<'_>, installer: &Installer<'_>) -> Result<()> {
    let flags = Flags { build: true, cache: false, launch: false };
    let layer = cx
        .layer(BUILD)
        .flags(flags)
        .keyed_by(installer.key(Modules::All)?)
        .create(|layer| installer.install(layer, Modules::All))?;
    installer.link_project(layer.path())?;
    let changes = cx.env(Scope::Build).about(BUILD);
    changes.append("PATH", layer.path().join("node_modules/.bin"), ":");
    if let Some(path) = installer.bound_npmrc() {
        changes.default("NPM_CONFIG_GLOBALCONFIG", path);
    }
    Ok(())
}

/// What the image runs with.
fn provide_for_launch(cx: &BuildCx<'_>, installer: &Installer<'_>, after_build: bool) -> Result<()> {
    let keep_cache = cx.setting(KEEP_CACHE).as_deref() == Some("true");
    let key = installer
        .key(Modules::AsNodeEnvSays)?
        .and(Key::from([("keep-cache", if keep_cache { "true" } else { "false" })]));
    let output = installer.app_output();
    let layer = cx
        .layer(LAUNCH)
        .flags(Flags::LAUNCH)
        .keyed_by(key)
        .outdated(installer.never_the_same())
        .replaying(&output)
        .create(|layer| {
            if after_build {
                let build = cx.layer_path(BUILD);
                output.record(|| installer.prune_copy(layer, &build))?;
            } else {
                output.record(|| installer.install(layer, Modules::AsNodeEnvSays))?;
            }
            if keep_cache { Ok(()) } else { temporary_cache(layer.path()) }
        })?;
    if after_build {
        // Later buildpacks must see the build's modules where the image has the launch's: the link
        // leads to a place that each of them fills.
        installer.link_through(&cx.layer_path(BUILD), layer.path())?;
        cx.env(Scope::Launch).default(crate::module_link::LAYER, layer.path());
        cx.helper(crate::module_link::NAME)?;
    } else {
        installer.link_project(layer.path())?;
    }
    if !keep_cache {
        cx.helper(crate::module_cache::NAME)?;
    }
    cx.env(Scope::Launch)
        .default("NPM_CONFIG_LOGLEVEL", "error")
        .default("NODE_PROJECT_PATH", installer.project())
        .append("PATH", layer.path().join("node_modules/.bin"), ":");
    Ok(())
}

/// Tools write below `node_modules/.cache`, which an image cannot keep: a link into the temporary
/// folder takes its place.
fn temporary_cache(layer: &Path) -> Result<()> {
    let cache = layer.join("node_modules/.cache");
    fs::symlink(&crate::module_cache::folder(), &cache)
}

/// An error of npm's that the user can mend.
fn npm_failed(id: &'static str, message: &str, hint: impl Into<String>) -> Error {
    Error::user(id, message).hint(hint)
}
