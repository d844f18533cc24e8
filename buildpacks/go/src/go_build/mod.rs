//! The component `go-build`: executables from sources, and how they start (paketo-buildpacks/go-build).

mod build_cache;
mod compile;
mod configuration;
mod key;
mod module_cache;
mod programs;

use libpack::Result;
use libpack::component::{Component, Verdict};
use libpack::context::{BuildCx, DetectCx};
use libpack::plan::{Plan, Require};

use crate::go_dist::GO;
use crate::project::{Mode, Project};
use crate::toolchain::Go;
use configuration::is_no_app;

pub use configuration::Configuration;

/// The layer of the executables.
pub const TARGETS: &str = "targets";

/// Executables from sources.
pub struct GoBuild;

impl Component for GoBuild {
    fn name(&self) -> &'static str {
        "go-build"
    }

    fn detect(&self, cx: &DetectCx<'_>) -> Result<Verdict> {
        let configuration = match Configuration::of(cx, cx.variables()) {
            Err(error) if is_no_app(&error, &Project::of(cx)?) => {
                return Ok(Verdict::decline(format!("failed to parse build configuration: {error}")));
            }
            read => read?,
        };
        let plan = Plan::new().requires(Require::new(GO).build());
        Ok(if configuration.reload { plan.requires(Require::new("watchexec").launch()) } else { plan }.into())
    }

    fn build(&self, cx: &BuildCx<'_>) -> Result<()> {
        // Read again: earlier buildpacks may have set variables, or made files.
        let configuration = Configuration::of(cx, &cx.environment())?;
        tell(cx, &configuration);
        let go = Go::of(cx)?;
        keep_caches(cx, &configuration, &go);
        let vendored = cx.app_output("go-mod-vendor", &[]);
        let request = cx.layer(TARGETS).keyed_by(key::of(cx, &configuration, &go)?);
        let layer = if configuration.vendors() {
            request
                .replaying(&vendored)
                .create(|layer| vendored.record(|| compile::compile(cx, &configuration, &go, layer)))?
        } else {
            request.create(|layer| compile::compile(cx, &configuration, &go, layer))?
        };
        cx.log().blank();
        configuration.keep.clear(cx.app())?;
        programs::assign(cx, &configuration, &layer);
        Ok(())
    }
}

fn tell(cx: &BuildCx<'_>, configuration: &Configuration) {
    if configuration.project.folder != cx.app() {
        let folder = configuration.project.folder.display();
        cx.log().process(format!("Using BP_GO_WORKDIR variable, build subdirectory is '{folder}'"));
    }
    if configuration.project.mode() == Mode::Gopath {
        cx.log().debug("There is no go.mod: the app is built below a GOPATH");
    }
}

/// What nobody asks for goes: a build that compiles nothing still has to ask.
fn keep_caches(cx: &BuildCx<'_>, configuration: &Configuration, go: &Go) {
    build_cache::between_builds(cx, go);
    if !configuration.vendoring.is_used() {
        module_cache::between_builds(cx);
    }
}
