//! The component `go-mod-vendor`: what modules an app needs, and which Go it wants
//! (paketo-buildpacks/go-mod-vendor). They are fetched when the app is compiled, by [`crate::go_build`]:
//! a build that compiles nothing needs none of them.

use crate::stub as go;
use libpack::Result;
use libpack::component::{Component, Verdict};
use libpack::context::{BuildCx, DetectCx};
use libpack::plan::{Plan, Require};
use libpack::sbom::{Sbom, Subject};

use crate::go_build::Configuration;
use crate::go_dist::GO;
use crate::go_version::GO_MOD;
use crate::project::Project;
use crate::vendoring::Vendoring;

/// The modules of an app.
pub struct GoModVendor;

impl Component for GoModVendor {
    fn name(&self) -> &'static str {
        "go-mod-vendor"
    }

    fn detect(&self, cx: &DetectCx<'_>) -> Result<Verdict> {
        let Some(need) = Project::of(cx)?.need() else { return Ok(Verdict::decline("no go.mod and no go.work")) };
        // Paketo's words: a Go of somebody else's need not know the patch that ours looks for.
        Ok(Plan::new().requires(Require::new(GO).version(need.line(), need.source).build()).into())
    }

    fn build(&self, cx: &BuildCx<'_>) -> Result<()> {
        let configuration = Configuration::of(cx, &cx.environment())?;
        match &configuration.vendoring {
            Vendoring::Used => {
                cx.log().process("Skipping build process: modules are already vendored");
                cx.log().blank();
                return Ok(());
            }
            Vendoring::Ignored(reason) => cx.log().warning(format!("The folder vendor is not used: {reason}")),
            Vendoring::Absent | Vendoring::Unlisted => {}
        }
        if let (Some((folder, _)), true) = (&configuration.project.module, cx.is_described()) {
            let subject = Subject::file(folder.join(GO_MOD).to_string_lossy());
            cx.describe_build(Sbom::new(subject, go::from_module(folder)?));
        }
        Ok(())
    }
}
