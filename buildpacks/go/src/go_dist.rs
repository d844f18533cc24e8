//! The component `go-dist`: Go itself (paketo-buildpacks/go-dist).

use libpack::component::{Component, Verdict};
use libpack::context::{BuildCx, DetectCx};
use libpack::layer::Flags;
use libpack::plan::{Candidate, Choice, Plan, Require};
use libpack::{Error, Result};

use crate::go_version::{GO_MOD, GO_WORK, Need, PRIORITY, SETTING};
use crate::project::{Project, looks_like_go};
use crate::seed;
use crate::toolchain::{Extent, install};

/// The layer, and the plan's name.
pub const GO: &str = "go";
/// Settings of long ago, which Paketo refuses to read (paketo-buildpacks/go-dist, detect.go).
const DEPRECATED: &str = "buildpack.yml";

/// Go itself.
pub struct GoDist;

impl Component for GoDist {
    fn name(&self) -> &'static str {
        "go-dist"
    }

    fn detect(&self, cx: &DetectCx<'_>) -> Result<Verdict> {
        if cx.app().join(DEPRECATED).exists() {
            return refuse_deprecated(cx);
        }
        let plan = Plan::new().provides(GO);
        let Some(version) = cx.settings().raw(SETTING) else { return Ok(plan.into()) };
        // A setting of nothing stands above go.mod too, and means the default.
        let version = if version.is_empty() { "default".to_owned() } else { version };
        Ok(plan.requires(Require::new(GO).version(version, SETTING)).into())
    }

    fn build(&self, cx: &BuildCx<'_>) -> Result<()> {
        if !cx.supplies(GO) {
            cx.log().debug("Go is supplied by another buildpack");
            return Ok(());
        }
        let entries = cx.entries(GO);
        let need = Project::of(cx)?.need();
        let go = cx.resolve(GO, &precisely(cx, entries.pick(&PRIORITY), need.as_ref()))?;
        if let Some(shortfall) = need.and_then(|need| need.shortfall(&go.version)) {
            cx.log().warning(shortfall);
        }
        // Our own steps borrow it: only others make it a layer.
        let flags = Flags { build: entries.build_outside(), cache: false, launch: entries.launch() };
        let for_others = ["GOOS", "GOARCH"].iter().any(|name| cx.variable(name).is_some());
        let request = cx.layer(GO).flags(flags).keyed_by(go.key());
        if flags.any() || for_others {
            request.provide(move |layer| install(layer, &go, Extent::Whole))?;
        } else if let Some(folder) = cx.seed(seed::GO_COMPILER, go.version.as_str()) {
            request.provide_from(folder, &format!("{} {}", go.name, go.version));
        } else {
            request.provide(move |layer| install(layer, &go, Extent::Compiler))?;
        }
        Ok(())
    }
}

/// The plan's choice with the patch that the app's files ask for, which the plan does not carry, if there
/// is such a version. Otherwise the Go command fetches one, as with Paketo.
fn precisely(cx: &BuildCx<'_>, mut choice: Choice, need: Option<&Need>) -> Choice {
    let Some(exact) = need.map(Need::exact).filter(|exact| !exact.is_empty() && cx.choose(GO, exact).is_ok()) else {
        return choice;
    };
    let of_files = |candidate: &&mut Candidate| [GO_MOD, GO_WORK].contains(&candidate.source.as_str());
    for candidate in choice.candidates.iter_mut().chain(&mut choice.chosen).filter(of_files) {
        candidate.version.clone_from(&exact);
    }
    choice
}

/// Only an app of Go's hears of it: other languages have such a file too.
fn refuse_deprecated(cx: &DetectCx<'_>) -> Result<Verdict> {
    let message =
        format!("working directory contains deprecated '{DEPRECATED}'; use environment variables for configuration");
    if looks_like_go(cx.app())? {
        return Err(Error::user("go/buildpack-yml", message)
            .hint("Remove the file, and set BP_GO_VERSION, BP_GO_TARGETS and BP_GO_BUILD_FLAGS instead."));
    }
    Ok(Verdict::Decline(message))
}
