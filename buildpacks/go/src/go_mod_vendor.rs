//! The component `go-mod-vendor`: what modules an app needs, and which Go it wants
//! (paketo-buildpacks/go-mod-vendor). They are fetched when the app is compiled, by [`crate::go_build`]:
//! a build that compiles nothing needs none of them.

use std::path::Path;

use libpack::component::{Component, Verdict};
use libpack::context::{BuildCx, DetectCx};
use libpack::plan::{Plan, Require};
use libpack::sbom::go::{GoMod, GoWork, from_go_mod, from_go_work};
use libpack::sbom::{Catalog, Sbom, Subject};
use libpack::{Result, fs};

use crate::go_build::Configuration;
use crate::go_dist::GO;
use crate::go_version::{GO_MOD, GO_WORK};
use crate::project::Project;
use crate::vendoring::Vendoring;

/// The sums of a module's requirements.
const GO_SUM: &str = "go.sum";

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
        if cx.is_described() {
            describe(cx, &configuration.project)?;
        }
        Ok(())
    }
}

/// What the app's files ask for: the image holds what the linker took of it.
fn describe(cx: &BuildCx<'_>, project: &Project) -> Result<()> {
    let text = |path: &Path| Ok::<_, libpack::Error>(fs::read_text_if_any(path)?.unwrap_or_default());
    let (file, catalog) = match (&project.workspace, &project.module) {
        (Some((root, work)), _) => (root.join(GO_WORK), of_workspace(project, root, work)?),
        (None, Some((folder, module))) => {
            let file = folder.join(GO_MOD);
            let catalog = from_go_mod(module, &text(&folder.join(GO_SUM))?, &file.to_string_lossy());
            (file, catalog)
        }
        (None, None) => return Ok(()),
    };
    cx.describe_build(Sbom::new(Subject::file(file.to_string_lossy()), catalog));
    Ok(())
}

fn of_workspace(project: &Project, root: &Path, work: &GoWork) -> Result<Catalog> {
    let mut modules = Vec::new();
    let mut sums = fs::read_text_if_any(&root.join("go.work.sum"))?.unwrap_or_default();
    for folder in project.workspace_modules() {
        let file = folder.join(GO_MOD);
        let Some(text) = fs::read_text_if_any(&file)? else { continue };
        let location = file.to_string_lossy().into_owned();
        modules.push((GoMod::parse(&text, &location)?, location));
        sums.push('\n');
        sums.push_str(&fs::read_text_if_any(&folder.join(GO_SUM))?.unwrap_or_default());
    }
    let modules: Vec<_> = modules.iter().map(|(module, location)| (module, location.as_str())).collect();
    Ok(from_go_work(work, &modules, &sums))
}
